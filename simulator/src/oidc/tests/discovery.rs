//! OpenID Provider metadata and JWK sets.

use serde_json::json;
use vestibule_certs::KeyAlgorithm;

use super::{ISSUER, published, valid};
use crate::oidc::jwks::JwksError;
use crate::oidc::{ProviderMetadata, parse_jwks};

#[test]
fn the_metadata_is_written_as_the_specification_names_it() {
    let _guard = vestibule_snapshots::settings("oidc").bind_to_scope();
    insta::assert_json_snapshot!("provider-metadata", ProviderMetadata::new(ISSUER));
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
