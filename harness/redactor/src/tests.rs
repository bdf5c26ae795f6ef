use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use vestibule_snapshots::growth::assert_linear;

use super::*;
use encoders::{ALL, Encoding, Tracked};

mod drawn;
mod encoders;

#[test]
fn a_secret_inside_a_basic_header_is_found_at_every_alignment() {
    let redactor = Redactor::new(vec!["correct horse".to_owned()]).unwrap();

    for user in ["a", "ab", "abc", "abcd"] {
        let header = STANDARD.encode(format!("{user}:correct horse"));
        let redacted = redactor.redact(&header);
        assert!(redacted.contains(REPLACEMENT), "{header} became {redacted}");
    }
}

#[test]
fn the_longer_of_two_secrets_wins() {
    let redactor = Redactor::new(vec!["hunter2".to_owned(), "hunter2-and-more".to_owned()]).unwrap();

    assert_eq!(redactor.redact("hunter2-and-more, hunter2"), "[redacted], [redacted]");
}

#[test]
fn a_secret_with_a_quote_is_replaced_as_a_shell_shows_it() {
    let redactor = Redactor::new(vec!["it's me".to_owned()]).unwrap();

    for shown in [r"+ login 'it'\''s me' now", r#"+ login 'it'"'"'s me' now"#] {
        assert_eq!(redactor.redact(shown), "+ login '[redacted]' now", "{shown}");
    }
}

#[test]
fn short_secrets_and_no_secrets_change_nothing() {
    for redactor in [Redactor::new(vec!["abc".to_owned(), String::new()]).unwrap(), Redactor::default()] {
        assert_eq!(redactor.redact("abc and the rest"), "abc and the rest");
    }
}

#[test]
fn a_secret_is_replaced_in_each_encoding_and_what_stands_beside_it_stays() {
    let secret = "p&ss \"wörd\"/<+>\\x'€";
    let redactor = Redactor::new(vec![secret.to_owned()]).unwrap();

    for encoding in ALL {
        let written = Tracked::new("", secret, "").encoded(encoding).map(|written| written.readable().bytes());
        let Some(written) = written else { continue };
        let text = format!("before={} after", String::from_utf8(written).unwrap());
        let redacted = redactor.redact(&text);
        let whole = redacted.starts_with("before=") && redacted.ends_with(" after") && redacted.len() < 60;
        assert!(whole && redacted.contains(REPLACEMENT), "{encoding:?}: {text} became {redacted}");
    }
}

#[test]
fn a_secret_of_four_characters_is_found_at_every_alignment_of_base64_and_base32() {
    let redactor = Redactor::new(vec!["k7#q".to_owned()]).unwrap();

    for before in ["", "a", "ab", "abc", "abcd"] {
        for encoding in [Encoding::Base64, Encoding::Base64Url, Encoding::Base32, Encoding::Base32Lower, Encoding::Hex]
        {
            let written = Tracked::new(before, "k7#q", "xyz").encoded(encoding).unwrap().bytes();
            let text = format!("/fused-with_{}", String::from_utf8(written).unwrap());
            let redacted = redactor.redact(&text);
            assert!(redacted.contains(REPLACEMENT), "{encoding:?}: {text} became {redacted}");
        }
    }
}

#[test]
fn a_totp_key_is_found_however_it_is_written() {
    let redactor = Redactor::new(vec!["JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP".to_owned()]).unwrap();
    let bytes = "48656c6c6f21deadbeef48656c6c6f21deadbeef";

    for (text, expected) in [
        ("key jbswy3dpehpk3pxpjbswy3dpehpk3pxp.", "key [redacted]."),
        ("Key: JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP, then", "Key: [redacted], then"),
        ("JBSW-Y3DP-EHPK-3PXP-JBSW-Y3DP-EHPK-3PXP", "[redacted]"),
        ("jbsw y3dp ehpk 3pxp\n  jbsw y3dp ehpk 3pxp\n", "[redacted]\n"),
        (bytes, "[redacted]"),
        ("SGVsbG8h3q2+70hlbGxvId6tvu8=", "[redacted]="),
        (
            "[74,66,83,87,89,51,68,80,69,72,80,75,51,80,88,80,74,66,83,87,89,51,68,80,69,72,80,75,51,80,88,80]",
            "[[redacted]]",
        ),
    ] {
        assert_eq!(redactor.redact(text), expected);
    }
}

#[test]
fn a_private_key_in_base64url_is_found_in_every_other_encoding_of_its_bytes() {
    let bytes: Vec<u8> = (0..=255_u8).rev().step_by(2).collect();
    let redactor = Redactor::new(vec![URL_SAFE_NO_PAD.encode(&bytes)]).unwrap();
    let hex: String = bytes.iter().map(|byte| format!("{byte:02X}:")).collect();

    for (written, left) in [
        (STANDARD.encode(&bytes), "="),
        (STANDARD.encode(&bytes).replace('+', "%2B").replace('/', "\\/"), "="),
        (
            STANDARD.encode(&bytes).as_bytes().chunks(64).map(String::from_utf8_lossy).collect::<Vec<_>>().join("\r\n"),
            "=",
        ),
        (hex, ":"),
        (format!("{bytes:?}"), ""),
    ] {
        let redacted = redactor.redact(&format!("{{\"privateKey\":\"{written}\"}}"));
        let shown = redacted.trim_start_matches("{\"privateKey\":\"").replace(['[', ']'], "");
        assert_eq!(shown, format!("redacted{left}\"}}"));
    }
}

#[test]
fn keys_that_are_typed_one_by_one_are_found_in_the_logs_of_drivers() {
    let redactor = Redactor::new(vec!["hunnter,2".to_owned()]).unwrap();
    let action = |kind: &str, key: char| format!(r#"{{"type":"{kind}","value":"{key}"}}"#);
    let actions: Vec<String> =
        "hunnter,2".chars().flat_map(|key| [action("keyDown", key), action("keyUp", key)]).collect();

    for (text, expected) in [
        (r#"{"value":["h","u","n","n","t","e","r",",","2"]}"#.to_owned(), r#"{"value":[[redacted]]}"#.to_owned()),
        (r#""[\"h\",\"u\",\"n\",\"n\",\"t\",\"e\",\"r\",\",\",\"2\"]""#.to_owned(), r#""[[redacted]]""#.to_owned()),
        ("['h', 'u', 'n', 'n', 't', 'e', 'r', ',', '2']".to_owned(), "[[redacted]]".to_owned()),
        (
            format!("COMMAND PerformActions [{}] end", actions.join(",")),
            r#"COMMAND PerformActions [{"type":"keyDown","value":[redacted]}] end"#.to_owned(),
        ),
    ] {
        assert_eq!(redactor.redact(&text), expected);
    }
}

#[test]
fn an_escape_in_a_long_log_of_keys_does_not_hide_the_others() {
    let secret = "correct-horse?battery=staple!9";
    let redactor = Redactor::new(vec![secret.to_owned()]).unwrap();
    let log = Tracked::new("", secret, "").encoded(Encoding::KeyActions).unwrap();
    let redacted = |encodings: &[Encoding]| {
        let written = encodings.iter().fold(log.clone(), |written, encoding| written.encoded(*encoding).unwrap());
        redactor.redact(&String::from_utf8(written.bytes()).unwrap())
    };

    for encodings in [
        &[Encoding::HtmlNamed][..],
        &[Encoding::HtmlNamed, Encoding::HtmlNamed],
        &[Encoding::QuotedPrintable],
        &[Encoding::QuotedPrintable, Encoding::HtmlNamed],
    ] {
        assert_eq!(redacted(encodings), r#"{"type":"keyDown","value":[redacted]},"#, "{encodings:?}");
    }
    // One slash in a run of two kilobytes.
    let encoded = redacted(&[Encoding::Base64, Encoding::HtmlNamed]);
    assert!(encoded.contains(REPLACEMENT) && encoded.len() < 100, "{encoded}");
}

#[test]
fn messages_of_saml_are_found_by_what_their_encoding_holds() {
    let redactor = Redactor::default();
    let rest = "ID=\"_4fee3b046395c4e751011e97f8900b5273d56685\" Version=\"2.0\"><x>&gt;&#62;?~?~?~</x>";

    for name in ["samlp:Response", "saml2p:Response", "ns0:Response", "Response", "saml:Assertion", "q1:AuthnRequest"] {
        let message = format!("<{name} {rest}</{name}>");
        let plain = STANDARD.encode(&message);
        let deflated = Tracked::new("", &message, "").encoded(Encoding::Deflate).unwrap().bytes();
        let deflated = String::from_utf8(deflated).unwrap();
        for value in [plain, STANDARD.encode(format!("<?xml version=\"1.0\"?>\n{message}")), deflated] {
            let once: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
            let twice: String = url::form_urlencoded::byte_serialize(once.as_bytes()).collect();
            for value in [value, once, twice] {
                let redacted = redactor.redact(&format!("POST SAMLResponse={value}&RelayState=/home"));
                assert_eq!(redacted, "POST SAMLResponse=[redacted]&RelayState=/home", "{name}: {value}");
            }
        }
    }
}

#[test]
fn private_keys_that_a_suite_makes_itself_are_found_by_their_shape() {
    let group = openssl::ec::EcGroup::from_curve_name(openssl::nid::Nid::X9_62_PRIME256V1).unwrap();
    let key = openssl::ec::EcKey::generate(&group).unwrap();
    let sec1 = key.private_key_to_der().unwrap();
    let pkcs8 = openssl::pkey::PKey::from_ec_key(key).unwrap().private_key_to_pkcs8().unwrap();
    let rsa = openssl::rsa::Rsa::generate(2048).unwrap();
    let pkcs1 = rsa.private_key_to_der().unwrap();
    let rsa = openssl::pkey::PKey::from_rsa(rsa).unwrap().private_key_to_pkcs8().unwrap();
    let ed25519 = openssl::pkey::PKey::generate_ed25519().unwrap().private_key_to_pkcs8().unwrap();

    for der in [sec1, pkcs8, pkcs1, rsa, ed25519] {
        let hex: String = der.iter().map(|byte| format!("{byte:02x}")).collect();
        for written in [STANDARD.encode(&der), URL_SAFE_NO_PAD.encode(&der), hex] {
            let redacted = Redactor::default().redact(&format!("privateKey: {written}; rpId: x"));
            assert_eq!(redacted.replace('=', ""), "privateKey: [redacted]; rpId: x");
        }
    }
}

#[test]
fn assertions_in_an_output_are_found_in_escapes_too() {
    for (output, expected) in [
        ("a <saml:Assertion x>y</saml:Assertion> b", "a [redacted] b"),
        (r#"{"xml":"\u003csaml:Assertion x\u003ey\u003c/saml:Assertion\u003e"}"#, r#"{"xml":"[redacted]"}"#),
        ("a &lt;saml:Assertion x&gt;y&lt;/saml:Assertion&gt; b", "a [redacted] b"),
    ] {
        assert_eq!(Redactor::default().redact_output(output), expected);
    }
}

#[test]
fn ordinary_output_stays_readable() {
    // As many secrets as a case has, of each kind; and a short password, which is a word.
    let entropy = |seed: u8| URL_SAFE_NO_PAD.encode(openssl::sha::sha256(&[seed]));
    let secrets: Vec<String> =
        (0..40).map(entropy).chain((40..50).map(|seed| format!("Pw1-{}", entropy(seed)))).collect();
    let others = ["JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "Summer2026!", "correct horse battery", "083911", "Q7PZ2K9XAB"];
    let secrets: Vec<String> = secrets.into_iter().chain(others.map(str::to_owned)).collect();
    let ordinary = include_str!("tests/ordinary.txt");

    let redacted = Redactor::new(secrets.clone()).unwrap().redact_output(ordinary);
    for (line, shown) in ordinary.lines().zip(redacted.lines()) {
        assert_eq!(line, shown);
    }
    assert_eq!(ordinary, redacted);

    let with_word = [secrets, vec!["test".to_owned()]].concat();
    let redacted = Redactor::new(with_word).unwrap().redact_output(ordinary);
    assert_eq!(redacted, ordinary.replace("test", REPLACEMENT));
}

#[test]
fn eight_times_the_text_takes_eight_times_as_long() {
    let secrets = (0..40).map(|seed| URL_SAFE_NO_PAD.encode(openssl::sha::sha256(&[seed]))).collect();
    let redactor = Redactor::new(secrets).unwrap();
    let bytes: Vec<u8> = (0..200_u8).flat_map(|seed| openssl::sha::sha256(&[seed])).collect();
    let kinds = [
        include_str!("tests/ordinary.txt").to_owned(),
        STANDARD.encode(&bytes),
        bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        "%25252525\\\\\\\\&amp;amp;amp;=3D=3D".repeat(100),
        concat!("eyJ-----BEGIN PRIVATE", " KEY<Assertion \"a\",\"b\":\n1,2,3 PHNhbWx").repeat(60),
        "a\n".repeat(2000),
        [r#"{"value":"a"},{"value":"b"},"#, r#"{"value":"&excl;"},{"value":"c"},"#, "[]=3D"].concat().repeat(50),
    ];
    for kind in &kinds {
        // Shorter texts have fewer readings for each character.
        let input = |size: usize| kind.chars().take(4000).collect::<String>().repeat(size);
        assert_linear(&kind[..20], 2, input, |text| drop(redactor.redact_output(text)));
    }
}
