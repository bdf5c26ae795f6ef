//! What is secret by its shape, whoever made it: private keys, tokens, and messages that sign somebody in.

use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::Regex;

use super::layers::Kind;
use super::reading::Reading;

/// Where in the text this reading has private keys in PEM (RFC 7468) or DER (RFC 5208, 5915, 8017), signed JWTs (RFC 7515,
/// compact serialization), and SAML messages that came out of an encoding.
pub(super) fn find(kind: Kind, reading: &Reading) -> Vec<Range<usize>> {
    let bytes = reading.bytes();
    match kind {
        Kind::Keys => Vec::new(),
        Kind::Bytes => private_keys(reading).collect(),
        Kind::Text => {
            let keys = private_keys(reading);
            let tokens = SHAPES.find_iter(bytes).map(|found| reading.place(found.range()));
            let message = reading.run.clone().filter(|run| run.len() >= SHORTEST_MESSAGE).and_then(|run| {
                let found = MESSAGE.find(bytes)?;
                Some(reading.place(found.range()).start..run.end)
            });
            keys.chain(tokens).chain(message).collect()
        }
    }
}

/// Where in the text this reading has SAML assertions as XML, for texts that the program does not show on purpose.
pub(super) fn find_assertions(kind: Kind, reading: &Reading) -> Vec<Range<usize>> {
    if kind != Kind::Text {
        return Vec::new();
    }
    ASSERTIONS.find_iter(reading.bytes()).map(|found| reading.place(found.range())).collect()
}

/// Where in the text there is DER of `PrivateKeyInfo`, `ECPrivateKey` and `RSAPrivateKey`. A key whose end was cut off, or
/// of which bytes were taken for the ends of lines, goes as far as its run does.
fn private_keys(reading: &Reading) -> impl Iterator<Item = Range<usize>> {
    let (bytes, run_ends) = (reading.bytes(), reading.run_ends());
    let starts = bytes.iter().enumerate().filter(|(_, byte)| **byte == SEQUENCE).map(|(at, _)| at);
    starts.filter_map(move |at| {
        let (header, length) = der_header(&bytes[at..])?;
        let [0x02, 0x01, 0 | 1, rest @ ..] = bytes.get(at + header..)? else { return None };
        let is_key = match rest {
            // AlgorithmIdentifier, then an OCTET STRING.
            [SEQUENCE, ..] => {
                let (inner, algorithm) = der_header(rest)?;
                rest.get(inner) == Some(&OBJECT_IDENTIFIER) && rest.get(inner + algorithm) == Some(&OCTET_STRING)
            }
            [OCTET_STRING, 0x1c | 0x20 | 0x30 | 0x42, ..] => true,
            // A modulus of 128 bytes or more.
            [0x02, 0x81 | 0x82, ..] => true,
            _ => false,
        };
        is_key.then(|| {
            let run_end = run_ends.get(run_ends.partition_point(|end| *end < at)).copied().unwrap_or(bytes.len());
            reading.place(at..(at + header + length).min(run_end))
        })
    })
}

/// Length of the tag and length octets, and of the content (X.690 8.1.3).
fn der_header(bytes: &[u8]) -> Option<(usize, usize)> {
    match bytes {
        [_, 0x82, high, low, ..] => Some((4, usize::from(u16::from_be_bytes([*high, *low])))),
        [_, 0x81, length, ..] => Some((3, usize::from(*length))),
        [_, length @ 0..=0x7f, ..] => Some((2, usize::from(*length))),
        _ => None,
    }
}

const SEQUENCE: u8 = 0x30;
const OBJECT_IDENTIFIER: u8 = 0x06;
const OCTET_STRING: u8 = 0x04;

/// A key whose end was cut off is replaced as far as it goes. A message is recognised by what its encoding holds; here
/// only those whose text is damaged: `PHNhbWx`, `PG5z`, `PD94bWw` and `PFJlc3BvbnNl` are `<saml`, `<ns`, `<?xml` and
/// `<Response` in base64.
static SHAPES: LazyLock<Regex> = LazyLock::new(|| {
    let pem = r"-----BEGIN [A-Z ]*PRIVATE KEY-----(?:[A-Za-z0-9+/=\s]|\\n)*(?:-----END [A-Z ]*PRIVATE KEY-----)?";
    let jwt = r"eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}";
    let saml = r"(?:PHNhbW[wx]|PG5z|PD94bWw|PFJlc3BvbnNl)(?:[A-Za-z0-9+/=_-]|%(?:25)*(?:2[BFbf]|3[Dd])|\s){64,}";
    Regex::new(&format!("{pem}|{jwt}|{saml}")).expect("invariant: the pattern is constant")
});

static MESSAGE: LazyLock<Regex> = LazyLock::new(|| {
    let names = "AuthnRequest|LogoutRequest|LogoutResponse|Artifact|EncryptedAssertion|Assertion|Response";
    Regex::new(&format!(r"<(?:[A-Za-z_][\w.-]*:)?(?:{names})")).expect("invariant: the pattern is constant")
});

static ASSERTIONS: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"<(?:\w+:)?(?:Encrypted)?Assertion[\s>](?s-u:.*?)(?:</(?:\w+:)?(?:Encrypted)?Assertion>|\z)";
    Regex::new(pattern).expect("invariant: the pattern is constant")
});

/// Characters of an encoding; no message is shorter.
const SHORTEST_MESSAGE: usize = 64;

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

    use crate::Redactor;

    #[test]
    fn keys_tokens_and_encoded_messages_are_replaced_wherever_they_stand() {
        // No key: the first bytes of any, four times.
        let (key, body) = ("PRIVATE KEY", "MIGHAgEAMBMGByqGSM49AgEG".repeat(4));
        let rows = [
            (format!("a -----BEGIN {key}-----\n{body}\n-----END {key}----- b"), "a [redacted] b"),
            (format!("a -----BEGIN EC {key}-----\n{body}"), "a [redacted]"),
            ("id_token=eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJyZXAifQ.c2lnbmF0dXJl&x".to_owned(), "id_token=[redacted]&x"),
            (format!("value=\"PHNhbWxwOlJlc3BvbnNl{body}==\""), "value=\"[redacted]\""),
            (format!("value=\"PHNhbWwycDpSZXNwb25zZSB4{body}==\""), "value=\"[redacted]\""),
            (format!("value=\"PG5zMDpSZXNwb25zZSB4{body}==\""), "value=\"[redacted]\""),
            (
                format!("SAMLResponse=PHNhbWxwOlJlc3BvbnNl{body}%3D%3D&RelayState=/"),
                "SAMLResponse=[redacted]&RelayState=/",
            ),
            (
                format!("SAMLResponse=PHNhbWxwOlJlc3BvbnNl%252B{body}%253D&RelayState=/"),
                "SAMLResponse=[redacted]&RelayState=/",
            ),
            ("-----BEGIN CERTIFICATE-----\nMIIB".to_owned(), "-----BEGIN CERTIFICATE-----\nMIIB"),
        ];
        for (text, expected) in rows {
            assert_eq!(Redactor::default().redact(&text), expected);
        }
    }

    #[test]
    fn what_stands_behind_a_key_stays_whatever_bytes_the_key_has() {
        // The first bytes of any key on P-256, and as many as such a key has: ends of lines, which a decoder of wrapped text
        // takes out.
        let head = *b"\x30\x81\x87\x02\x01\x00\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x04\x6d";
        let key: Vec<u8> = head.into_iter().chain(*b"\n\r\nAB").chain([0x6b; 104]).collect();

        for encoded in [URL_SAFE_NO_PAD.encode(&key), STANDARD.encode(&key)] {
            let text = format!("<{encoded}> <acme.my.salesforce.localhost> <Verification> {encoded} localhost");
            let redacted = Redactor::default().redact_output(&text);
            assert_eq!(redacted, "<[redacted]> <acme.my.salesforce.localhost> <Verification> [redacted] localhost");
        }
    }

    #[test]
    fn an_assertion_is_replaced_and_what_stands_around_it_stays() {
        let text =
            "<samlp:Response><saml:Assertion ID=\"a\">x\n</saml:Assertion></samlp:Response> <saml:AssertionConsumer/>";
        let expected = "<samlp:Response>[redacted]</samlp:Response> <saml:AssertionConsumer/>";

        assert_eq!(Redactor::default().redact_output(text), expected);
        assert_eq!(Redactor::default().redact_output("cut: <Assertion><Subject>rep"), "cut: [redacted]");
    }
}
