//! What is secret by its shape, whatever its origin: private keys, tokens, and messages that sign a user in.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{NoExpand, Regex};

use super::REPLACEMENT;

/// Replaces PEM private keys (RFC 7468), signed JWTs (RFC 7515, compact serialization) and encoded SAML messages, as
/// they appear in a form or a URL.
pub(super) fn redact(text: &str) -> Cow<'_, str> {
    SHAPES.replace_all(text, NoExpand(REPLACEMENT))
}

/// Replaces SAML assertions as XML, for texts that are not meant to show them.
pub(super) fn redact_assertions(text: &str) -> Cow<'_, str> {
    ASSERTIONS.replace_all(text, NoExpand(REPLACEMENT))
}

/// `PHNhbWx`, `PD94bWw` and `PFJlc3BvbnNl` are `<saml`, `<?xml` and `<Response` in base64. A key whose end was cut off
/// is replaced as far as it goes.
static SHAPES: LazyLock<Regex> = LazyLock::new(|| {
    let pem = r"-----BEGIN [A-Z ]*PRIVATE KEY-----(?:[A-Za-z0-9+/=\s]|\\n)*(?:-----END [A-Z ]*PRIVATE KEY-----)?";
    let jwt = r"eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}";
    let saml = r"(?:PHNhbWx|PD94bWw|PFJlc3BvbnNl)(?:[A-Za-z0-9+/=_-]|%2[BFbf]|%3[Dd]|\s){64,}";
    Regex::new(&format!("{pem}|{jwt}|{saml}")).expect("invariant: the pattern is constant")
});

static ASSERTIONS: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r"<(?:\w+:)?(?:Encrypted)?Assertion[\s>](?s:.*?)(?:</(?:\w+:)?(?:Encrypted)?Assertion>|\z)";
    Regex::new(pattern).expect("invariant: the pattern is constant")
});

#[cfg(test)]
mod tests {
    use super::{redact, redact_assertions};

    #[test]
    fn keys_tokens_and_encoded_messages_are_replaced_wherever_they_stand() {
        // Not a key: the first bytes of any key, four times.
        let (key, body) = ("PRIVATE KEY", "MIGHAgEAMBMGByqGSM49AgEG".repeat(4));
        let rows = [
            (format!("a -----BEGIN {key}-----\n{body}\n-----END {key}----- b"), "a [redacted] b"),
            (format!("a -----BEGIN EC {key}-----\n{body}"), "a [redacted]"),
            ("id_token=eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJyZXAifQ.c2lnbmF0dXJl&x".to_owned(), "id_token=[redacted]&x"),
            (format!("value=\"PHNhbWxwOlJlc3BvbnNl{body}==\""), "value=\"[redacted]\""),
            (
                format!("SAMLResponse=PHNhbWxwOlJlc3BvbnNl{body}%3D%3D&RelayState=/"),
                "SAMLResponse=[redacted]&RelayState=/",
            ),
            ("-----BEGIN CERTIFICATE-----\nMIIB".to_owned(), "-----BEGIN CERTIFICATE-----\nMIIB"),
        ];
        for (text, expected) in rows {
            assert_eq!(redact(&text), expected);
        }
    }

    #[test]
    fn an_assertion_is_replaced_and_what_stands_around_it_stays() {
        let text =
            "<samlp:Response><saml:Assertion ID=\"a\">x\n</saml:Assertion></samlp:Response> <saml:AssertionConsumer/>";
        let expected = "<samlp:Response>[redacted]</samlp:Response> <saml:AssertionConsumer/>";

        assert_eq!(redact_assertions(text), expected);
        assert_eq!(redact_assertions("cut: <Assertion><Subject>rep"), "cut: [redacted]");
    }
}
