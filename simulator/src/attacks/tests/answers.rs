//! The answers: the same bytes in every run, and those that are meant to verify do so with xmlsec1.

use std::fmt::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, OnceLock};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use openssl::x509::X509;
use serde_json::{Map, Value, json};
use strum::IntoEnumIterator as _;
use vestibule_certs::{CertStore, KeyAlgorithm, KeyState, SigningKey};
use vestibule_model::SamlSigning;

use crate::attacks::mutation::Mutation;
use crate::attacks::saml::SamlMutation;
use crate::attacks::{Case, Delivery, Expected, Family, GoodResponse, GoodToken, Keys, Protocol, catalogue};
use crate::saml::{
    Attribute, AuthnStatement, NameId, ResponseSpec, Status, SubjectSpec, name_id_format, sign_response,
};

/// The names of the families whose answers are recorded.
const FAMILIES: [&str; 11] = [
    "saml-signature",
    "saml-wrapping",
    "saml-parser",
    "saml-text",
    "saml-xml",
    "saml-protocol",
    "saml-encryption",
    "signals",
    "oidc",
    "jose",
    "flow",
];

#[test]
fn the_answers_are_the_same_bytes_in_every_run() {
    let of_logins = |family: &Family| catalogue().iter().any(|case| case.family == *family && case.protocol.is_login());
    let families: Vec<Family> = Family::iter().filter(of_logins).collect();
    assert_eq!(families.iter().map(Family::to_string).collect::<Vec<_>>(), FAMILIES);
    for family in families {
        let cases = catalogue().iter().filter(|case| case.family == family && case.delivery == Delivery::Once);
        let shown: String = cases.map(shown).collect();
        vestibule_snapshots::settings("attacks").bind(|| insta::assert_snapshot!(family.to_string(), shown));
    }
}

#[test]
fn the_good_answer_and_those_that_are_accepted_verify_with_xmlsec1() {
    let folder = tempfile::tempdir().unwrap();
    assert!(xmlsec1_verifies(folder.path(), &good_xml()));
    let mut count = 0;
    for case in catalogue() {
        let Mutation::Saml(mutation) = case.mutation else { continue };
        let as_sent =
            matches!(mutation, SamlMutation::Form(_) | SamlMutation::RelayState(_) | SamlMutation::Encrypted(..));
        if as_sent || matches!(case.expected, Expected::Refuse(_)) {
            continue;
        }
        assert!(xmlsec1_verifies(folder.path(), &xml(case)), "{}", case.id);
        count += 1;
    }
    assert!(count > 80, "{count}");
}

#[test]
fn xmlsec1_decrypts_and_verifies_what_is_encrypted_for_a_party_that_accepts_it() {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key.pem");
    std::fs::write(&key, receiver().pkey().private_key_to_pem_pkcs8().unwrap()).unwrap();
    // xmlsec1 1.2 knows neither SHA-256 there nor a key beside the data.
    for (id, signed_inside) in [
        ("saml.enc.assertion", true),
        ("saml.enc.cbc", true),
        ("saml.enc.gcm-256", true),
        ("saml.enc.signed-around", false),
    ] {
        let case = catalogue().iter().find(|case| case.id.as_str() == id).unwrap();
        let xml = xml(case);
        let message = folder.path().join("encrypted.xml");
        std::fs::write(&message, &xml).unwrap();
        let output = Command::new("xmlsec1")
            .args(["--decrypt", "--privkey-pem"])
            .args([&key, &message])
            .output()
            .expect("xmlsec1 is installed");
        let opened = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && opened.contains(">rep-7<"), "{id}: {output:?}");
        let verified = if signed_inside { opened.as_ref() } else { xml.as_str() };
        assert!(xmlsec1_verifies(folder.path(), verified), "{id}");
    }
}

#[test]
fn what_was_changed_after_it_was_signed_does_not_verify_with_xmlsec1() {
    let folder = tempfile::tempdir().unwrap();
    let tampered = catalogue().iter().filter(|case| case.id.as_str().starts_with("saml.sig.tampered-"));
    for case in tampered {
        assert!(!xmlsec1_verifies(folder.path(), &xml(case)), "{}", case.id);
    }
}

/// The digest of an answer, and what is other than in the good one.
fn shown(case: &Case) -> String {
    let (good, wrong) = match case.protocol {
        Protocol::Oidc => (lines_of_token(&good_token()), oidc(case)),
        _ => {
            let fields = fields(case);
            let xml: Vec<String> = fields.iter().map(|(name, value)| masked(&decoded(name, value))).collect();
            (lines(&good_xml()), lines(&xml.join("\n")))
        }
    };
    let digest = openssl::sha::sha256(wrong.join("\n").as_bytes());
    let mut text = format!("## {}\nsha256 {}\n", case.id, URL_SAFE_NO_PAD.encode(digest));
    for (sign, from, others) in [('-', &good, &wrong), ('+', &wrong, &good)] {
        for line in from.iter().filter(|line| !others.contains(line)).take(8) {
            let cut: String = line.chars().take(140).collect();
            writeln!(text, "{sign} {}", cut.escape_debug()).unwrap();
        }
    }
    text.push('\n');
    text
}

fn decoded(name: &str, value: &str) -> String {
    if name != "SAMLResponse" {
        return format!("{name}={value}");
    }
    let compact: String = value.split_ascii_whitespace().collect();
    STANDARD.decode(compact).map_or_else(|_| value.to_owned(), |bytes| String::from_utf8_lossy(&bytes).into_owned())
}

/// RSA pads the key of a content with random bytes, so a signature around it is another one in each run, too.
fn masked(xml: &str) -> String {
    if !xml.contains("<xenc:EncryptedKey") {
        return xml.to_owned();
    }
    let signed = without_text(&without_text(xml, "<ds:DigestValue>"), "<ds:SignatureValue>");
    let mut parts = signed.split("<xenc:EncryptedKey");
    let mut masked = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        // Its own value comes before that of the content.
        let (key, rest) = part.split_once("</xenc:EncryptedKey>").expect("an EncryptedKey has an end");
        let key = without_text(key, "<xenc:CipherValue>");
        write!(masked, "<xenc:EncryptedKey{key}</xenc:EncryptedKey>{rest}").unwrap();
    }
    masked
}

/// The message without the text behind each of these tags.
fn without_text(xml: &str, tag: &str) -> String {
    let mut parts = xml.split(tag);
    let mut rest = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (_, after) = part.split_once('<').expect("an element has an end");
        write!(rest, "{tag}random<{after}").unwrap();
    }
    rest
}

fn lines(xml: &str) -> Vec<String> {
    xml.replace("><", ">\n<").lines().map(str::to_owned).collect()
}

/// What each endpoint answers, line by line.
fn oidc(case: &Case) -> Vec<String> {
    let keys = keys();
    if let Some(token) = case.id_token(&good_claims(), keys) {
        return lines_of_token(&token);
    }
    let access =
        Map::from_iter([("access_token".to_owned(), json!("access")), ("token_type".to_owned(), json!("Bearer"))]);
    if let Some(answer) = case.token_answer(access).or_else(|| case.key_set(keys)) {
        return vec![format!("{} {}", answer.status, answer.kind), answer.body];
    }
    let mut answer = vec![("code", "code".to_owned()), ("state", "state".to_owned()), ("iss", ISSUER.to_owned())];
    case.authorization_answer(&mut answer);
    answer.into_iter().map(|(name, value)| format!("{name}={value}")).collect()
}

fn lines_of_token(token: &str) -> Vec<String> {
    let part = |text: &str| URL_SAFE_NO_PAD.decode(text).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let mut lines = Vec::new();
    // A PSS signature has a random salt.
    let random =
        token.split('.').next().and_then(|header| part(header).ok()).is_some_and(|text| text.contains("PS256"));
    for (at, text) in token.split('.').enumerate() {
        match part(text) {
            _ if at == 2 && random => lines.push("part 2: a signature with a random salt".to_owned()),
            Ok(text) if at < 2 => lines.extend(text.replace(",\"", ",\n\"").lines().map(str::to_owned)),
            _ => lines.push(format!("part {at}: {text}")),
        }
    }
    lines
}

fn fields(case: &Case) -> Vec<(&'static str, String)> {
    let xml = good_xml();
    let certificate = receiver().certificate_der();
    let good = GoodResponse { xml: &xml, relay_state: None, victim: Some("victim-7"), receiver: Some(certificate) };
    case.response(&good, keys()).expect("a case of SAML").expect("the good answer has what the case changes")
}

fn xml(case: &Case) -> String {
    let fields = fields(case);
    decoded(fields[0].0, &fields[0].1)
}

fn good_xml() -> String {
    let now: Timestamp = NOW.parse().unwrap();
    let spec = ResponseSpec {
        response_id: "_response".to_owned(),
        issue_instant: now,
        issuer: ISSUER.to_owned(),
        destination: Some(ACS.to_owned()),
        in_response_to: Some("_request".to_owned()),
        status: Status::success(),
        extension: None,
        assertion: Some(SubjectSpec {
            assertion_id: "_assertion".to_owned(),
            name_id: NameId { value: "rep-7".to_owned(), format: Some(name_id_format::UNSPECIFIED.to_owned()) },
            recipient: ACS.to_owned(),
            audience: "https://acme.my.salesforce.localhost".to_owned(),
            not_before: now,
            not_on_or_after: now + SignedDuration::from_mins(5),
            authn: AuthnStatement {
                authn_instant: now,
                session_index: Some("_session".to_owned()),
                session_not_on_or_after: None,
                class_ref: Some("urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport".to_owned()),
            },
            attributes: vec![Attribute {
                name: "amr".to_owned(),
                name_format: None,
                values: vec!["pwd".to_owned(), "swk".to_owned()],
                elements: Vec::new(),
            }],
        }),
    };
    sign_response(&spec, SamlSigning::Assertion, &keys().own).unwrap()
}

fn good_claims() -> GoodToken {
    let claims = json!({
        "iss": ISSUER, "sub": "rep-7", "aud": "client", "iat": 1_796_119_200, "exp": 1_796_119_500,
        "auth_time": 1_796_119_200, "nonce": "nonce", "amr": ["pwd", "swk"], "at_hash": "hash",
    });
    let Value::Object(claims) = claims else { unreachable!("an object") };
    GoodToken { claims, victim: Some("victim-7".to_owned()) }
}

fn good_token() -> String {
    let good =
        catalogue().iter().find(|case| case.id.as_str() == "jose.typ-case").expect("a case that only names a type");
    good.id_token(&good_claims(), keys()).unwrap()
}

/// Keys that are the same everywhere: those in `keys`, as a store keeps them.
fn keys() -> &'static Keys {
    &store().2
}

/// The key of who receives what is encrypted. It may be another one in each run.
fn receiver() -> &'static SigningKey {
    static RECEIVER: OnceLock<Arc<SigningKey>> = OnceLock::new();
    RECEIVER.get_or_init(|| store().1.decryption_key(KeyState::Valid).unwrap())
}

fn store() -> &'static (tempfile::TempDir, Arc<CertStore>, Keys) {
    static KEYS: OnceLock<(tempfile::TempDir, Arc<CertStore>, Keys)> = OnceLock::new();
    KEYS.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let certs = folder.path().join("certs");
        std::fs::create_dir(&certs).unwrap();
        std::fs::set_permissions(&certs, std::fs::Permissions::from_mode(0o700)).unwrap();
        for file in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/attacks/tests/keys")).unwrap() {
            let file = file.unwrap();
            let copy = certs.join(file.file_name());
            std::fs::copy(file.path(), &copy).unwrap();
            std::fs::set_permissions(&copy, std::fs::Permissions::from_mode(0o600)).unwrap();
        }
        let store = CertStore::open(folder.path(), NOW.parse().unwrap()).unwrap();
        let keys = Keys::read(&store, KeyAlgorithm::Rsa2048, KeyState::Valid).unwrap();
        (folder, store, keys)
    })
}

fn xmlsec1_verifies(folder: &Path, xml: &str) -> bool {
    let (certificate, message) = (folder.join("certificate.pem"), folder.join("message.xml"));
    let pem = X509::from_der(keys().own.certificate_der()).unwrap().to_pem().unwrap();
    std::fs::write(&certificate, pem).unwrap();
    std::fs::write(&message, xml).unwrap();
    let output = Command::new("xmlsec1")
        .args(["--verify", "--id-attr:ID", "urn:oasis:names:tc:SAML:2.0:assertion:Assertion"])
        .args(["--id-attr:ID", "urn:oasis:names:tc:SAML:2.0:protocol:Response", "--enabled-key-data", "rsa"])
        .args(["--pubkey-cert-pem"])
        .args([&certificate, &message])
        .output()
        .expect("xmlsec1 is installed");
    output.status.success()
}

const NOW: &str = "2026-12-01T10:00:00Z";
const ISSUER: &str = "https://okta.localhost/saml/metadata";
const ACS: &str = "https://acme.my.salesforce.localhost?so=00D000000000001";
