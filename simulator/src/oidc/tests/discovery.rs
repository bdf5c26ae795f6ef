//! OpenID Provider metadata and JWK sets.

use serde_json::json;
use vestibule_certs::KeyAlgorithm;

use super::{ISSUER, published, valid};
use crate::oidc::{DiscoveryError, JwksError, ProviderMetadata, parse_jwks};

#[test]
fn the_metadata_is_written_as_the_specification_names_it() {
    let _guard = vestibule_snapshots::settings("oidc").bind_to_scope();
    insta::assert_json_snapshot!("provider-metadata", ProviderMetadata::new(ISSUER));
}

#[test]
fn metadata_survives_writing_and_reading() {
    let metadata = ProviderMetadata::new(ISSUER);
    assert_eq!(ProviderMetadata::parse(&serde_json::to_vec(&metadata).unwrap(), ISSUER).unwrap(), metadata);
}

#[test]
fn metadata_of_another_issuer_is_refused() {
    let body = serde_json::to_vec(&ProviderMetadata::new("https://evil.localhost")).unwrap();
    let error = ProviderMetadata::parse(&body, ISSUER).unwrap_err();
    assert!(matches!(error, DiscoveryError::IssuerMismatch { ref actual, .. } if actual == "https://evil.localhost"));
}

#[test]
fn what_is_not_metadata_is_refused() {
    for body in ["", "<html>", "{}", "[]", r#"{"issuer": "https://okta.localhost:8443"}"#] {
        assert!(
            matches!(ProviderMetadata::parse(body.as_bytes(), ISSUER), Err(DiscoveryError::Malformed(_))),
            "{body}"
        );
    }
}

#[test]
fn a_jwk_set_is_read_as_it_was_written_and_unknown_kinds_of_keys_are_left_out() {
    let mut body = serde_json::to_value(published()).unwrap();
    assert_eq!(parse_jwks(body.to_string().as_bytes()).unwrap(), published());

    body["keys"].as_array_mut().unwrap().insert(0, json!("not a key"));
    let keys = parse_jwks(body.to_string().as_bytes()).unwrap();
    assert!(keys.find(valid(KeyAlgorithm::Rsa2048).kid()).is_some());
}

#[test]
fn an_error_page_and_an_object_without_keys_are_no_jwk_sets() {
    assert!(matches!(parse_jwks(b"<html>500</html>"), Err(JwksError::NotJson(_))));
    assert!(matches!(parse_jwks(b""), Err(JwksError::NotJson(_))));
    assert!(matches!(parse_jwks(b"{}"), Err(JwksError::NoKeys)));
}
