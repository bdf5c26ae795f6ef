//! The discovery document of an OpenID provider, as an org reads it.

use serde_json::{Value, json};
use url::Url;

use crate::oidc::{ProviderDocument, ProviderMetadata};

const ISSUER: &str = "https://op.example/realms/acme";

#[test]
fn what_our_identity_provider_publishes_is_read_back() {
    let published = serde_json::to_vec(&ProviderMetadata::new("https://okta.localhost:8443")).unwrap();

    let read = ProviderDocument::read(&published, None).unwrap();

    assert_eq!(read.issuer, "https://okta.localhost:8443");
    assert_eq!(read.token_endpoint.as_str(), "https://okta.localhost:8443/oidc/token");
    assert!(read.authorization_response_iss_parameter_supported);
}

#[test]
fn a_document_belongs_to_the_issuer_from_whom_it_was_read() {
    let text = document(&[]).to_string();
    let read = |url: &str| ProviderDocument::read(text.as_bytes(), Some(&Url::parse(url).unwrap()));

    let right = read("https://op.example/realms/acme/.well-known/openid-configuration").unwrap();
    assert!(!right.authorization_response_iss_parameter_supported, "it does not say so");
    for wrong in ["https://op.example/.well-known/openid-configuration", "https://evil.example/document"] {
        let fault = read(wrong).unwrap_err().to_string();
        assert_eq!(fault, format!("it was read from {wrong}, and belongs to the issuer {ISSUER}"));
    }
    assert!(ProviderDocument::read(text.as_bytes(), None).is_ok(), "whoever has the file vouches for it");
}

#[test]
fn what_no_login_could_work_with_is_refused_with_its_reason() {
    for (text, why) in [
        ("<html>".to_owned(), "it is not a discovery document: expected value"),
        ("{}".to_owned(), "missing field `issuer`"),
        (document(&[("jwks_uri", Value::Null)]).to_string(), "it is not a discovery document"),
        (document(&[("token_endpoint", json!("/token"))]).to_string(), "relative URL without a base"),
        (
            document(&[("authorization_endpoint", json!("javascript:alert(1)"))]).to_string(),
            "`authorization_endpoint` is javascript:alert(1), which is not an http or https address",
        ),
    ] {
        let fault = ProviderDocument::read(text.as_bytes(), None).unwrap_err().to_string();

        assert!(fault.contains(why), "{text}: {fault}");
    }
}

fn document(changes: &[(&str, Value)]) -> Value {
    let mut document = json!({
        "issuer": ISSUER,
        "authorization_endpoint": "https://op.example/realms/acme/authorize",
        "token_endpoint": "https://op.example/realms/acme/token",
        "jwks_uri": "https://op.example/realms/acme/keys",
    });
    for (name, value) in changes {
        document[*name] = value.clone();
    }
    document
}
