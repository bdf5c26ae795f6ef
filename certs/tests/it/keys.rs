//! Signing keys: what they export and what they hide.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openssl::bn::BigNum;
use openssl::pkey::PKey;
use openssl::rsa::Rsa;
use openssl::sha::sha256;
use openssl::x509::X509;
use vestibule_certs::{CertStore, KeyAlgorithm, KeyState, jwk_set};

use crate::now;

#[test]
fn the_jwk_of_an_rsa_key_is_the_public_key_of_its_certificate_and_its_kid_the_rfc_7638_thumbprint() {
    let dir = tempfile::tempdir().unwrap();
    let key = CertStore::open(dir.path(), now()).unwrap().signing_key(KeyAlgorithm::Rsa2048, KeyState::Valid).unwrap();
    let jwk = serde_json::to_value(jwk_set([&*key])).unwrap()["keys"][0].clone();
    let number =
        |name: &str| BigNum::from_slice(&URL_SAFE_NO_PAD.decode(jwk[name].as_str().unwrap()).unwrap()).unwrap();
    let public = PKey::from_rsa(Rsa::from_public_components(number("n"), number("e")).unwrap()).unwrap();
    let certificate = X509::from_der(key.certificate_der()).unwrap();

    assert!(certificate.public_key().unwrap().public_eq(&public));
    let canonical = format!(r#"{{"e":{},"kty":"RSA","n":{}}}"#, jwk["e"], jwk["n"]);
    assert_eq!(key.kid(), URL_SAFE_NO_PAD.encode(sha256(canonical.as_bytes())));
    assert_eq!(
        (jwk["kid"].as_str(), jwk["use"].as_str(), jwk["alg"].as_str()),
        (Some(key.kid()), Some("sig"), Some("RS256"))
    );
}

#[test]
fn a_jwk_set_has_the_members_of_a_public_key_and_no_other() {
    let dir = tempfile::tempdir().unwrap();
    let store = CertStore::open(dir.path(), now()).unwrap();
    let keys =
        [KeyState::Valid, KeyState::RolledOver].map(|state| store.signing_key(KeyAlgorithm::EcP256, state).unwrap());

    let set = serde_json::to_value(jwk_set(keys.iter().map(|key| &**key))).unwrap();

    let members: Vec<Vec<&str>> = set["keys"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| key.as_object().unwrap().keys().map(String::as_str).collect())
        .collect();
    for mut names in members {
        names.sort_unstable();
        assert_eq!(names, ["alg", "crv", "kid", "kty", "use", "x", "y"]);
    }
    assert_ne!(set["keys"][0]["kid"], set["keys"][1]["kid"]);
}

#[test]
fn every_state_of_every_algorithm_has_a_key_of_its_own() {
    let dir = tempfile::tempdir().unwrap();
    let store = CertStore::open(dir.path(), now()).unwrap();
    let mut kids = Vec::new();
    for state in [KeyState::Valid, KeyState::Expired, KeyState::RolledOver, KeyState::Foreign] {
        let key = store.signing_key(KeyAlgorithm::EcP256, state).unwrap();
        assert_eq!(key.algorithm(), KeyAlgorithm::EcP256);
        kids.push(key.kid().to_owned());
    }
    kids.sort_unstable();
    kids.dedup();
    assert_eq!(kids.len(), 4);
}

#[test]
fn the_org_signs_with_keys_of_its_own() {
    let dir = tempfile::tempdir().unwrap();
    let store = CertStore::open(dir.path(), now()).unwrap();
    for state in [KeyState::Valid, KeyState::Expired, KeyState::RolledOver, KeyState::Foreign] {
        let of_org = store.request_signing_key(state).unwrap();
        let of_idp = store.signing_key(of_org.algorithm(), state).unwrap();
        let subject = String::from_utf8(X509::from_der(of_org.certificate_der()).unwrap().to_text().unwrap()).unwrap();

        assert_ne!(of_org.kid(), of_idp.kid(), "{state}");
        assert!(subject.contains(&format!("Vestibule Test Org Request Signing rsa2048 ({state})")), "{subject}");
        let again = CertStore::open(dir.path(), now()).unwrap().request_signing_key(state).unwrap();
        assert_eq!(again.kid(), of_org.kid(), "{state}");
    }
}

#[test]
fn the_private_key_fits_the_certificate() {
    let dir = tempfile::tempdir().unwrap();
    let store = CertStore::open(dir.path(), now()).unwrap();
    for algorithm in [KeyAlgorithm::Rsa2048, KeyAlgorithm::EcP256] {
        let key = store.signing_key(algorithm, KeyState::Valid).unwrap();
        let certificate = X509::from_der(key.certificate_der()).unwrap();
        assert!(certificate.public_key().unwrap().public_eq(key.pkey()), "{algorithm:?}");
    }
}

#[test]
fn debug_shows_no_private_key() {
    let dir = tempfile::tempdir().unwrap();
    let store = CertStore::open(dir.path(), now()).unwrap();
    let key = store.signing_key(KeyAlgorithm::EcP256, KeyState::Valid).unwrap();
    let expected = format!("SigningKey {{ algorithm: EcP256, state: Valid, kid: {:?}, .. }}", key.kid());
    assert_eq!(format!("{key:?}"), expected);
    assert!(format!("{store:?}").starts_with("CertStore { folder: "));
    assert!(!format!("{store:?}").contains("PRIVATE"));
}
