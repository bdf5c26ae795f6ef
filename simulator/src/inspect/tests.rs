//! Messages as people copy them: from tracers, addresses, pages, logs and decoders.

use std::io::Write as _;

use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use flate2::Compression;
use flate2::write::DeflateEncoder;
use serde_json::json;
use url::form_urlencoded::byte_serialize;

use super::*;
use vestibule_model::Carrier;

#[test]
fn a_response_is_found_in_whatever_it_is_wrapped_in() {
    use Wrapping::{Base64, Deflate, Json, SamlResponseField, UrlEscapes, XmlEscapes};

    let form = STANDARD.encode(OKTA);
    let lines: Vec<&str> = form.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap()).collect();
    let escaped = escaped(&form);
    let redirect =
        format!("https://acme.my.salesforce.com/?SAMLResponse={}&RelayState=%2Fhome", self::escaped(&deflated()));
    let page =
        format!("<html><body><form><input type=\"hidden\" name=\"SAMLResponse\" value=\"{form}\"/></form></html>");
    let har = json!({ "log": { "entries": [
        { "request": { "postData": { "params": [{ "name": "RelayState", "value": "/" }, { "name": "SAMLResponse", "value": escaped }] } } },
    ] } });
    let tracer = json!({ "requests": [{ "method": "POST", "post": [["SAMLResponse", form], ["RelayState", ""]] }] });
    let parsed = json!({ "requests": [
        { "saml": OKTA },
        { "saml": "<samlp:AuthnRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"_1\"/>" },
    ] });
    for (pasted, wrappings) in [
        (OKTA.to_owned(), &[][..]),
        (format!("\u{feff}\n  {OKTA}\n"), &[]),
        (form.clone(), &[Base64]),
        (format!("\"{form}\"\n"), &[Base64]),
        (lines.join("\r\n"), &[Base64]),
        (form.replace('+', "-").replace('/', "_").replace('=', ""), &[Base64]),
        (escaped.clone(), &[UrlEscapes, Base64]),
        (self::escaped(&escaped), &[UrlEscapes, UrlEscapes, Base64]),
        (self::escaped(OKTA), &[UrlEscapes]),
        (OKTA.replace('&', "&amp;").replace('<', "&lt;"), &[XmlEscapes]),
        (deflated(), &[Base64, Deflate]),
        (redirect, &[SamlResponseField, UrlEscapes, Base64, Deflate]),
        (format!("SAMLResponse={escaped}&RelayState=%2Fhome"), &[SamlResponseField, UrlEscapes, Base64]),
        (format!("SAMLResponse={form}&RelayState="), &[SamlResponseField, Base64]),
        (format!("RelayState: /home\nSAMLResponse: {form}\n"), &[SamlResponseField, Base64]),
        (page, &[SamlResponseField, Base64]),
        (har.to_string(), &[Json, SamlResponseField, UrlEscapes, Base64]),
        (tracer.to_string(), &[Json, SamlResponseField, Base64]),
        (parsed.to_string(), &[Json]),
        (json!({ "SAMLResponse": [form] }).to_string(), &[Json, SamlResponseField, Base64]),
    ] {
        let found = inspect(&pasted).unwrap_or_else(|error| panic!("{error}: {pasted}"));

        assert_eq!(found.wrappings, wrappings, "{pasted}");
        assert_eq!(found.kind, MessageKind::SamlResponse);
        assert_eq!(found.issuer.as_deref(), Some("http://www.okta.com/exk1"), "{pasted}");
        assert_eq!(
            values(&found),
            ["urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport", "pwd", "swk", "Ada"]
        );
    }
}

#[test]
fn an_id_token_is_found_and_its_amr_is_read_as_the_org_reads_it() {
    use Wrapping::{Base64, Claims, IdTokenField, Json, UrlEscapes};

    let token = token(
        &json!({ "iss": "https://idp.example", "sub": "1", "aud": "c", "exp": 2, "iat": 1, "amr": ["pwd", "swk"], "acr": "high" }),
    );
    let answer =
        json!({ "access_token": self::token(&json!({ "sub": "1" })), "id_token": token, "token_type": "Bearer" });
    let decoded = json!({ "header": { "alg": "RS256" }, "payload": { "iss": "https://idp.example", "amr": ["pwd", "swk"], "acr": "high" } });
    for (pasted, wrappings) in [
        (token.clone(), &[][..]),
        (format!("Bearer {token}"), &[]),
        (format!("> authorization: Bearer {token}\n> accept: */*"), &[]),
        (format!("https://app.example/callback#state=x&id_token={token}&expires_in=3600"), &[IdTokenField]),
        (format!("id_token={}", token.replace('.', "%2E")), &[IdTokenField, UrlEscapes]),
        (answer.to_string(), &[Json, IdTokenField]),
        (STANDARD.encode(answer.to_string()), &[Base64, Json, IdTokenField]),
        (decoded.to_string(), &[Json, Claims]),
        (decoded["payload"].to_string(), &[Json, Claims]),
    ] {
        let found = inspect(&pasted).unwrap_or_else(|error| panic!("{error}: {pasted}"));

        assert_eq!(found.wrappings, wrappings, "{pasted}");
        assert_eq!(found.issuer.as_deref(), Some("https://idp.example"), "{pasted}");
        assert_eq!(values(&found), ["pwd", "swk", "high"], "{pasted}");
        assert_eq!(found.refusal, None, "{pasted}");
    }
    for (amr, carrier) in [
        (json!("pwd swk"), Carrier::IdTokenAmrText),
        (json!({ "method": "swk" }), Carrier::IdTokenAmrText),
        (json!([1]), Carrier::IdTokenAmrText),
        (json!(["swk"]), Carrier::IdTokenAmr),
    ] {
        let found = inspect(&self::token(&json!({ "amr": amr }))).unwrap();
        assert_eq!(found.signals[0].signal.carrier, carrier, "{amr}");
    }
}

#[test]
fn what_the_org_refuses_whatever_its_settings_are_is_said() {
    let claims = json!({ "iss": "i", "sub": "1", "aud": "c", "exp": 2, "iat": 1, "amr": [] });
    let part = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
    let unsigned = format!("{}.{}.", part(&json!({ "alg": "none" })), part(&claims));
    let access = format!("{}.{}.c2ln", part(&json!({ "alg": "RS256", "typ": "at+jwt" })), part(&claims));
    let failed = OKTA.replace("status:Success", "status:Responder");
    for (pasted, refusal) in [
        (OKTA.to_owned(), "neither the Response nor the Assertion is signed"),
        (failed, "status:Responder"),
        (OKTA.replace("<saml2p:Status>", "<!-- x --><saml2p:Status>"), "the message has a comment"),
        (OKTA.replace("saml2:Assertion", "saml2:EncryptedAssertion"), "encrypted"),
        (assertion(), "the root is a Assertion"),
        (unsigned, "the ID token is not signed"),
        (access, "so it is not an ID token"),
        (token(&json!({ "amr": ["swk"] })), "the ID token has no `iss`"),
    ] {
        let found = inspect(&pasted).unwrap();
        let said = found.refusal.unwrap_or_default();
        assert!(said.contains(refusal), "{said}: {pasted}");
    }
}

#[test]
fn what_is_no_message_is_said_to_be_none() {
    let request = "<samlp:AuthnRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"_1\"/>";
    let encrypted = format!("{}.a.b.c.d", URL_SAFE_NO_PAD.encode("{\"alg\":\"RSA-OAEP\",\"enc\":\"A256GCM\"}"));
    for (pasted, error) in [
        ("", NotAMessage::Empty),
        (" \n\u{feff}", NotAMessage::Empty),
        ("hello", NotAMessage::NotFound),
        ("SAMLResponse=", NotAMessage::NotFound),
        ("{\"a\": [1, null, true, \"b\"]}", NotAMessage::NotFound),
        ("<html><body>Sign in</body></html>", NotAMessage::NotFound),
        ("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", NotAMessage::NotFound),
        (request, NotAMessage::OtherMessage("AuthnRequest".to_owned())),
        (&STANDARD.encode(request), NotAMessage::OtherMessage("AuthnRequest".to_owned())),
        (&encrypted, NotAMessage::Encrypted),
    ] {
        assert_eq!(inspect(pasted), Err(error), "{pasted}");
    }
    assert_eq!(inspect(&"a".repeat(GREATEST_LENGTH + 1)), Err(NotAMessage::TooLarge));
}

#[test]
fn of_several_messages_the_last_counts() {
    let first = STANDARD.encode(OKTA.replace("swk", "sms"));
    let last = STANDARD.encode(OKTA);
    let pasted = format!("SAMLResponse={}\nSAMLResponse={}\n", escaped(&first), escaped(&last));

    assert!(values(&inspect(&pasted).unwrap()).contains(&"swk"), "{pasted}");
}

fn values(found: &Inspected) -> Vec<&str> {
    found.signals.iter().map(|found| found.signal.value.as_str()).collect()
}

fn token(claims: &Value) -> String {
    let part = |text: String| URL_SAFE_NO_PAD.encode(text);
    format!("{}.{}.c2lnbmF0dXJl", part(json!({ "alg": "RS256", "kid": "1" }).to_string()), part(claims.to_string()))
}

fn escaped(text: &str) -> String {
    byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}

fn deflated() -> String {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(OKTA.as_bytes()).unwrap();
    STANDARD.encode(encoder.finish().unwrap())
}

/// The assertion by itself, as some tracers show it.
fn assertion() -> String {
    let (_, rest) = OKTA.split_once("<saml2:Assertion").unwrap();
    let (inside, _) = rest.split_once("</saml2:Assertion>").unwrap();
    format!("<saml2:Assertion xmlns:saml2=\"urn:oasis:names:tc:SAML:2.0:assertion\"{inside}</saml2:Assertion>")
}

/// As Okta writes it, without the signature.
const OKTA: &str = r#"<?xml version="1.0" encoding="UTF-8"?><saml2p:Response xmlns:saml2p="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml2="urn:oasis:names:tc:SAML:2.0:assertion" ID="id1" IssueInstant="2026-09-01T10:00:00.000Z" Version="2.0"><saml2:Issuer>http://www.okta.com/exk1</saml2:Issuer><saml2p:Status><saml2p:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></saml2p:Status><saml2:Assertion ID="id2" IssueInstant="2026-09-01T10:00:00.000Z" Version="2.0"><saml2:Issuer>http://www.okta.com/exk1</saml2:Issuer><saml2:Subject><saml2:NameID>rep@acme.example</saml2:NameID></saml2:Subject><saml2:AuthnStatement AuthnInstant="2026-09-01T10:00:00.000Z"><saml2:AuthnContext><saml2:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport</saml2:AuthnContextClassRef></saml2:AuthnContext></saml2:AuthnStatement><saml2:AttributeStatement><saml2:Attribute Name="amr"><saml2:AttributeValue>pwd</saml2:AttributeValue><saml2:AttributeValue>swk</saml2:AttributeValue></saml2:Attribute><saml2:Attribute Name="firstName"><saml2:AttributeValue>Ada</saml2:AttributeValue></saml2:Attribute></saml2:AttributeStatement></saml2:Assertion></saml2p:Response>"#;
