//! ID tokens made here and elsewhere.

use jiff::{SignedDuration, Timestamp};
use josekit::jws::{ES256, ES384, EdDSA, JwsHeader, JwsSigner, JwsVerifier, PS256, PS384, PS512, RS256, RS384, RS512};
use josekit::jwt::{self, JwtPayload};
use serde_json::{Value, json};
use strum::IntoEnumIterator as _;
use vestibule_certs::{KeyAlgorithm, KeyState, SigningKey, jwk_set};
use vestibule_model::{Carrier, JwsAlgorithm, Signal};

use super::{ACCESS_TOKEN, CLIENT, ISSUER, NONCE, NOW, claims, expected, key, published, valid};
use crate::oidc::{
    CompactJws, IdTokenClaims, half_hash, half_hash_by, published_for, sign, sign_by, sign_json, signals, verify,
};

const ALGORITHMS: [KeyAlgorithm; 2] = [KeyAlgorithm::Rsa2048, KeyAlgorithm::EcP256];

#[test]
fn an_id_token_made_here_verifies_with_josekit() {
    for algorithm in ALGORITHMS {
        let key = valid(algorithm);
        let token = sign(&typed_claims(), &key).unwrap();

        let (payload, header) = jwt::decode_with_verifier(&token, &*josekit_verifier(&key)).unwrap();

        let mut expected = claims();
        expected["at_hash"] = json!("77QmUPtjPfzWtF2AnpK9RQ");
        expected["name"] = json!("Rep");
        assert_eq!(Value::Object(payload.claims_set().clone()), expected);
        assert_eq!(header.claim("kid"), Some(&json!(key.kid())));
        assert_eq!(header.claim("typ"), Some(&json!("JWT")));
    }
}

#[test]
fn every_algorithm_signs_what_josekit_and_this_library_verify_with_the_published_key() {
    for algorithm in JwsAlgorithm::iter() {
        let key = valid(algorithm.key());
        let token = sign_by(&claims(), &key, algorithm, "JWT").unwrap();
        let published = published_for(&key, algorithm);
        let jwk = josekit::jwk::Jwk::from_bytes(serde_json::to_vec(&published).unwrap()).unwrap();

        let (payload, header) = jwt::decode_with_verifier(&token, &*verifier_of(algorithm, &jwk)).unwrap();

        assert_eq!(Value::Object(payload.claims_set().clone()), claims(), "{algorithm}");
        assert_eq!(header.claim("kid").and_then(Value::as_str), published.common.key_id.as_deref());
        assert_eq!(jwk.algorithm(), Some(algorithm.to_string().as_str()));
        let others = [published_for(&valid(KeyAlgorithm::EcP256), JwsAlgorithm::ES256), published.clone()];
        let keys = jsonwebtoken::jwk::JwkSet { keys: others.to_vec() };
        let read = CompactJws::read(&token).unwrap();
        assert_eq!(read.verify(&keys), Ok(()), "{algorithm}");
        let stranger = published_for(&self::key(algorithm.key(), KeyState::RolledOver), algorithm);
        assert!(read.verify_by(&stranger).is_err(), "{algorithm}");
        let tampered = token.replacen('.', ".e30", 1);
        assert!(CompactJws::read(&tampered).map_or(true, |read| read.verify(&keys).is_err()), "{algorithm}");
    }
}

#[test]
fn the_hash_of_an_access_token_is_by_the_hash_function_of_the_algorithm() {
    for (algorithm, length) in [(JwsAlgorithm::PS256, 22), (JwsAlgorithm::ES384, 32), (JwsAlgorithm::EdDsa, 43)] {
        assert_eq!(half_hash_by(ACCESS_TOKEN, algorithm).unwrap().len(), length, "{algorithm}");
    }
    assert_eq!(half_hash_by(ACCESS_TOKEN, JwsAlgorithm::RS256).unwrap(), half_hash(ACCESS_TOKEN));
}

#[test]
fn josekit_refuses_an_id_token_of_another_key() {
    let token = sign(&typed_claims(), &key(KeyAlgorithm::EcP256, KeyState::Foreign)).unwrap();
    assert!(jwt::decode_with_verifier(&token, &*josekit_verifier(&valid(KeyAlgorithm::EcP256))).is_err());
}

#[test]
fn an_id_token_made_by_josekit_is_accepted() {
    for algorithm in ALGORITHMS {
        let key = valid(algorithm);
        let mut header = JwsHeader::new();
        header.set_key_id(key.kid());
        let payload = JwtPayload::from_map(claims().as_object().unwrap().clone()).unwrap();
        let token = jwt::encode_with_signer(&payload, &header, &*josekit_signer(&key)).unwrap();

        let accepted = verify(&token, &published(), &expected()).unwrap();

        assert_eq!(serde_json::to_value(&accepted).unwrap(), claims());
    }
}

#[test]
fn claims_survive_signing_and_verifying_unchanged() {
    for algorithm in ALGORITHMS {
        let token = sign(&typed_claims(), &valid(algorithm)).unwrap();
        assert_eq!(verify(&token, &published(), &expected()).unwrap(), typed_claims());
    }
}

#[test]
fn a_token_without_a_kid_is_accepted_where_the_issuer_publishes_one_key() {
    let key = valid(KeyAlgorithm::EcP256);
    let payload = JwtPayload::from_map(claims().as_object().unwrap().clone()).unwrap();
    let token = jwt::encode_with_signer(&payload, &JwsHeader::new(), &*josekit_signer(&key)).unwrap();
    assert!(verify(&token, &jwk_set([&*key]), &expected()).is_ok());
}

#[test]
fn a_kid_that_keys_of_two_kinds_share_means_the_one_that_fits() {
    let (rsa, ec) = (valid(KeyAlgorithm::Rsa2048), valid(KeyAlgorithm::EcP256));
    let named = |key, algorithm| {
        let mut jwk = published_for(key, algorithm);
        jwk.common.key_id = Some("shared".to_owned());
        jwk
    };
    let both = [named(&rsa, JwsAlgorithm::RS256), named(&ec, JwsAlgorithm::ES256)];
    let without_algorithm = both.clone().map(|mut jwk| {
        jwk.common.key_algorithm = None;
        jwk
    });
    for (key, kind) in [(&rsa, "application/jwt"), (&ec, "JWT")] {
        let mut header = JwsHeader::new();
        header.set_key_id("shared");
        header.set_token_type(kind);
        let payload = JwtPayload::from_map(claims().as_object().unwrap().clone()).unwrap();
        let token = jwt::encode_with_signer(&payload, &header, &*josekit_signer(key)).unwrap();
        for keys in [&both, &without_algorithm] {
            let keys = jsonwebtoken::jwk::JwkSet { keys: keys.to_vec() };
            assert!(verify(&token, &keys, &expected()).is_ok(), "{kind}");
        }
    }
}

#[test]
fn unusual_claims_that_the_specifications_allow_are_accepted() {
    let longest = "x".repeat(255);
    let table = [
        ("aud", json!([CLIENT]), json!(CLIENT)),
        ("azp", json!(CLIENT), json!(CLIENT)),
        ("sub", json!("x"), json!("x")),
        ("sub", json!(longest), json!(longest)),
        ("exp", json!(1_785_758_700.5), json!(1_785_758_700)),
        ("iat", json!(1_785_758_399.999), json!(1_785_758_399)),
        ("auth_time", json!(1_785_758_395.0), json!(1_785_758_395)),
        ("at_hash", json!(half_hash(ACCESS_TOKEN)), json!(half_hash(ACCESS_TOKEN))),
    ];
    for (claim, written, read) in table {
        let mut unusual = claims();
        unusual[claim] = written;
        let token = sign_json(&unusual, &valid(KeyAlgorithm::EcP256)).unwrap();
        let accepted = verify(&token, &published(), &expected()).unwrap();
        assert_eq!(serde_json::to_value(&accepted).unwrap()[claim], read, "{claim}");
    }
}

#[test]
fn at_hash_and_c_hash_are_those_of_the_examples_in_openid_connect_core() {
    // Appendix A.3 and A.4.
    assert_eq!(half_hash(ACCESS_TOKEN), "77QmUPtjPfzWtF2AnpK9RQ");
    assert_eq!(half_hash("Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk"), "LDktKdoQak3Pk0cnXxCltA");
}

#[test]
fn each_string_of_an_amr_array_is_a_signal_and_acr_follows() {
    let signals = signals(&typed_claims());
    let amr = |value: &str| Signal::new(value, Carrier::IdTokenAmr);
    assert_eq!(signals, [amr("pwd"), amr("mfa"), amr("swk"), Signal::new("urn:okta:loa:2fa:any", Carrier::IdTokenAcr)]);
}

#[test]
fn a_malformed_amr_is_accepted_in_the_token_and_carries_no_signal_that_is_read() {
    let table = [
        (json!("mfa"), 0, &["mfa"][..]),
        (json!("pwd totp mfa"), 0, &["pwd totp mfa"]),
        (json!([]), 0, &[]),
        (json!({"mfa": true}), 0, &[r#"{"mfa":true}"#]),
        (json!(true), 0, &["true"]),
        (json!(null), 0, &[]),
        (json!(["pwd", 1, null, ["swk"]]), 1, &["1", r#"["swk"]"#]),
        (json!(["swk", "swk"]), 2, &[]),
    ];
    for (amr, count, beside) in table {
        let mut lie = claims();
        lie["amr"] = amr.clone();
        lie.as_object_mut().unwrap().remove("acr");
        let token = sign_json(&lie, &valid(KeyAlgorithm::EcP256)).unwrap();
        let accepted = verify(&token, &published(), &expected()).unwrap();
        let signals = signals(&accepted);
        let (read, others): (Vec<_>, Vec<_>) = signals.iter().partition(|signal| signal.carrier == Carrier::IdTokenAmr);
        assert_eq!(read.len(), count, "{amr}");
        assert_eq!(others.iter().map(|signal| signal.value.as_str()).collect::<Vec<_>>(), beside, "{amr}");
    }
}

#[test]
fn the_claims_of_an_id_token_are_written_as_the_specification_names_them() {
    let _guard = vestibule_snapshots::settings("oidc").bind_to_scope();
    insta::assert_json_snapshot!("id-token-claims", typed_claims());
}

fn typed_claims() -> IdTokenClaims {
    let now = Timestamp::from_second(NOW).unwrap();
    let mut claims = IdTokenClaims::new(ISSUER, "rep@acme.example", CLIENT, now, SignedDuration::from_secs(300));
    claims.auth_time = Some(NOW - 5);
    claims.nonce = Some(NONCE.to_owned());
    claims.acr = Some("urn:okta:loa:2fa:any".to_owned());
    claims.amr = Some(json!(["pwd", "mfa", "swk"]));
    claims.at_hash = Some(half_hash(ACCESS_TOKEN));
    claims.extra.insert("name".to_owned(), json!("Rep"));
    claims
}

pub(super) fn josekit_signer(key: &SigningKey) -> Box<dyn JwsSigner> {
    let pkcs8 = key.pkey().private_key_to_pkcs8().unwrap();
    match key.algorithm() {
        KeyAlgorithm::Rsa2048 => Box::new(RS256.signer_from_der(pkcs8).unwrap()),
        KeyAlgorithm::EcP256 => Box::new(ES256.signer_from_der(pkcs8).unwrap()),
        KeyAlgorithm::EcP384 => Box::new(ES384.signer_from_der(pkcs8).unwrap()),
        KeyAlgorithm::Ed25519 => Box::new(EdDSA.signer_from_der(pkcs8).unwrap()),
    }
}

fn josekit_verifier(key: &SigningKey) -> Box<dyn JwsVerifier> {
    let jwk = josekit::jwk::Jwk::from_bytes(serde_json::to_vec(&jwk_set([key]).keys[0]).unwrap()).unwrap();
    verifier_of(JwsAlgorithm::from(key.algorithm()), &jwk)
}

fn verifier_of(algorithm: JwsAlgorithm, jwk: &josekit::jwk::Jwk) -> Box<dyn JwsVerifier> {
    match algorithm {
        JwsAlgorithm::RS256 => Box::new(RS256.verifier_from_jwk(jwk).unwrap()),
        JwsAlgorithm::RS384 => Box::new(RS384.verifier_from_jwk(jwk).unwrap()),
        JwsAlgorithm::RS512 => Box::new(RS512.verifier_from_jwk(jwk).unwrap()),
        JwsAlgorithm::PS256 => Box::new(PS256.verifier_from_jwk(jwk).unwrap()),
        JwsAlgorithm::PS384 => Box::new(PS384.verifier_from_jwk(jwk).unwrap()),
        JwsAlgorithm::PS512 => Box::new(PS512.verifier_from_jwk(jwk).unwrap()),
        JwsAlgorithm::ES256 => Box::new(ES256.verifier_from_jwk(jwk).unwrap()),
        JwsAlgorithm::ES384 => Box::new(ES384.verifier_from_jwk(jwk).unwrap()),
        JwsAlgorithm::EdDsa => Box::new(EdDSA.verifier_from_jwk(jwk).unwrap()),
    }
}
