//! Every reason to refuse an ID token, one mutation each.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use josekit::jws::{HS256, JwsHeader, PS256};
use josekit::jwt::{self, JwtPayload};
use jsonwebtoken::jwk::{JwkSet, PublicKeyUse};
use serde_json::{Value, json};
use vestibule_certs::{KeyAlgorithm, KeyState, jwk_set};
use vestibule_model::{JwsAlgorithm, Weakness};

use super::id_token::josekit_signer;
use super::{CLIENT, ISSUER, NOW, claims, expected, key, published, valid};
use crate::oidc::{Expected, IdTokenRejection as Rejection, sign_by, sign_json, verify, verify_without};

#[test]
fn an_org_that_skips_the_signature_still_reads_the_type() {
    let careless = BTreeSet::from([Weakness::SkipSignature]);
    let verdict = |typ: &str| {
        let token = sign_by(&claims(), &valid(KeyAlgorithm::Rsa2048), JwsAlgorithm::RS256, typ).unwrap();
        verify_without(&careless, &token, &published(), &expected()).map(|_| ())
    };

    assert_eq!(verdict("JWT"), Ok(()));
    assert_eq!(verdict("logout+jwt"), Err(Rejection::OtherType { typ: "logout+jwt".into() }));
}

#[test]
fn each_wrong_claim_is_refused_for_its_own_reason() {
    let missing = |claim| Rejection::ClaimMissing { claim };
    let malformed = |claim, expected| Rejection::ClaimMalformed { claim, expected };
    let other = |aud: &[&str]| Rejection::Audience {
        expected: CLIENT.into(),
        actual: aud.iter().map(|a| (*a).into()).collect(),
    };
    let evil = || "https://evil.localhost".to_owned();
    let table: Vec<(&str, Value, Rejection)> = vec![
        ("iss", json!(evil()), Rejection::Issuer { expected: ISSUER.into(), actual: evil() }),
        (
            "iss",
            json!(format!("{ISSUER}/")),
            Rejection::Issuer { expected: ISSUER.into(), actual: format!("{ISSUER}/") },
        ),
        ("iss", Value::Null, missing("iss")),
        ("sub", Value::Null, missing("sub")),
        ("sub", json!(7), malformed("sub", "a string")),
        ("aud", Value::Null, missing("aud")),
        ("aud", json!("somebody-else"), other(&["somebody-else"])),
        ("aud", json!([]), other(&[])),
        ("aud", json!([CLIENT, 7]), malformed("aud", "a string or an array of strings")),
        ("aud", json!([CLIENT, "api"]), Rejection::OtherAudience { others: vec!["api".into()] }),
        ("aud", json!(["api", CLIENT]), Rejection::OtherAudience { others: vec!["api".into()] }),
        ("sub", json!(""), malformed("sub", "1 to 255 ASCII characters")),
        ("sub", json!("x".repeat(256)), malformed("sub", "1 to 255 ASCII characters")),
        ("sub", json!("Zoë"), malformed("sub", "1 to 255 ASCII characters")),
        ("at_hash", json!("AAAAAAAAAAAAAAAAAAAAAA"), Rejection::AtHashMismatch),
        ("at_hash", json!(""), Rejection::AtHashMismatch),
        ("auth_time", json!(NOW + 31), Rejection::SignedInInTheFuture { seconds: 31 }),
        ("azp", json!("api"), Rejection::Azp { expected: CLIENT.into(), actual: "api".into() }),
        ("nonce", Value::Null, Rejection::NonceMissing),
        ("nonce", json!("another"), Rejection::NonceMismatch),
        ("exp", Value::Null, missing("exp")),
        ("exp", json!("soon"), malformed("exp", "a number of seconds")),
        ("exp", json!(1e300), malformed("exp", "a number of seconds")),
        ("exp", json!(1_785_758_369.9), Rejection::Expired { seconds: 31 }),
        ("exp", json!(NOW - 30), Rejection::Expired { seconds: 30 }),
        ("iat", Value::Null, missing("iat")),
        ("iat", json!(NOW + 31), Rejection::IssuedInTheFuture { seconds: 31 }),
        ("nbf", json!(NOW + 31), Rejection::NotYetValid { seconds: 31 }),
        ("acr", json!(["phr"]), malformed("acr", "a string")),
    ];
    for (claim, value, rejection) in table {
        let mut wrong = claims();
        wrong[claim] = value.clone();
        let token = sign_json(&wrong, &valid(KeyAlgorithm::EcP256)).unwrap();
        assert_eq!(verify(&token, &published(), &expected()), Err(rejection), "{claim} = {value}");
    }
}

#[test]
fn the_leeway_is_granted_to_the_last_second_and_no_longer() {
    let table = [("exp", NOW - 29, NOW - 30), ("iat", NOW + 30, NOW + 31), ("nbf", NOW + 30, NOW + 31)];
    for (claim, inside, outside) in table {
        for (time, accepted) in [(inside, true), (outside, false)] {
            let mut edge = claims();
            edge[claim] = json!(time);
            let token = sign_json(&edge, &valid(KeyAlgorithm::EcP256)).unwrap();
            assert_eq!(verify(&token, &published(), &expected()).is_ok(), accepted, "{claim} {}", time - NOW);
        }
    }
}

#[test]
fn a_sign_in_before_what_max_age_allows_is_refused() {
    let limited = Expected { max_age: Some(60), ..expected() };
    let too_old = |seconds| Err(Rejection::SignedInTooLongAgo { seconds, max_age: 60 });
    let table = [
        (json!(NOW - 90), Ok(())),
        (json!(NOW - 91), too_old(91)),
        (json!(i64::MIN), too_old(i64::MAX)),
        (Value::Null, Err(Rejection::AuthTimeMissing)),
    ];
    for (auth_time, verdict) in table {
        let mut timed = claims();
        timed["auth_time"] = auth_time.clone();
        let token = sign_json(&timed, &valid(KeyAlgorithm::EcP256)).unwrap();
        assert_eq!(verify(&token, &published(), &limited).map(drop), verdict, "{auth_time}");
        assert!(verify(&token, &published(), &expected()).is_ok(), "nobody asked for max_age: {auth_time}");
    }
}

#[test]
fn a_nonce_that_nobody_sent_is_refused() {
    let token = sign_json(&claims(), &valid(KeyAlgorithm::EcP256)).unwrap();
    let none_sent = Expected { nonce: None, ..expected() };
    assert_eq!(verify(&token, &published(), &none_sent), Err(Rejection::NonceMismatch));
}

#[test]
fn a_token_without_a_signature_is_refused_however_none_is_written() {
    for alg in ["none", "None", "NONE", "nOnE"] {
        let token = format!("{}.{}.", part(&json!({ "alg": alg, "typ": "JWT" })), part(&claims()));
        assert_eq!(verify(&token, &published(), &expected()), Err(Rejection::AlgNone { alg: alg.into() }));
    }
}

#[test]
fn a_mac_with_the_published_key_as_its_secret_is_refused() {
    let key = valid(KeyAlgorithm::Rsa2048);
    let pem = key.pkey().public_key_to_pem().unwrap();
    for secret in [pem.clone(), pem.trim_ascii_end().to_vec(), key.pkey().public_key_to_der().unwrap()] {
        let signer = HS256.signer_from_bytes(&secret).unwrap();
        let token = jwt::encode_with_signer(&payload(), &header(key.kid()), &signer).unwrap();
        assert_eq!(verify(&token, &published(), &expected()), Err(Rejection::AlgSymmetric { alg: "HS256".into() }));
    }
}

#[test]
fn another_algorithm_of_the_same_key_is_refused() {
    let key = valid(KeyAlgorithm::Rsa2048);
    let signer = PS256.signer_from_der(key.pkey().private_key_to_pkcs8().unwrap()).unwrap();
    let token = jwt::encode_with_signer(&payload(), &header(key.kid()), &signer).unwrap();
    assert_eq!(verify(&token, &published(), &expected()), Err(Rejection::AlgNotAccepted { alg: "PS256".into() }));
}

#[test]
fn a_foreign_key_is_unknown_under_its_own_kid_and_does_not_fit_under_ours() {
    let foreign = key(KeyAlgorithm::EcP256, KeyState::Foreign);
    let token = sign_json(&claims(), &foreign).unwrap();
    let unknown = Rejection::KidUnknown { kid: foreign.kid().into() };
    assert_eq!(verify(&token, &published(), &expected()), Err(unknown));

    let ours = header(valid(KeyAlgorithm::EcP256).kid());
    let token = jwt::encode_with_signer(&payload(), &ours, &*josekit_signer(&foreign)).unwrap();
    assert_eq!(verify(&token, &published(), &expected()), Err(Rejection::Signature));
}

#[test]
fn a_key_that_the_token_brings_along_is_not_used() {
    let foreign = key(KeyAlgorithm::EcP256, KeyState::Foreign);
    let mut header = header(valid(KeyAlgorithm::EcP256).kid());
    header.set_claim("jwk", Some(serde_json::to_value(&jwk_set([&*foreign]).keys[0]).unwrap())).unwrap();
    header.set_claim("jku", Some(json!("https://evil.localhost/jwks"))).unwrap();
    let token = jwt::encode_with_signer(&payload(), &header, &*josekit_signer(&foreign)).unwrap();
    assert_eq!(verify(&token, &published(), &expected()), Err(Rejection::Signature));
}

#[test]
fn a_header_that_changes_what_the_token_means_is_refused() {
    let key = valid(KeyAlgorithm::EcP256);
    let alg = |alg: &str, typ: &str| json!({ "alg": alg, "typ": typ, "kid": key.kid() });
    let nulled = |parameter: &str| {
        let mut header = alg("ES256", "JWT");
        header[parameter] = Value::Null;
        header
    };
    let mut critical = alg("ES256", "JWT");
    critical["crit"] = json!(["b64"]);
    critical["b64"] = json!(false);
    let table = [
        (critical, Rejection::CriticalHeader),
        (alg("ES256", "at+jwt"), Rejection::OtherType { typ: "at+jwt".into() }),
        (alg("RS256", "JWT"), Rejection::KeyUnfit { alg: "RS256".into() }),
        (nulled("crit"), Rejection::CriticalHeader),
        (nulled("typ"), Rejection::NotACompactJws),
        (nulled("kid"), Rejection::NotACompactJws),
        (json!({ "alg": "ES256" }), Rejection::KidMissing),
        (json!({ "kid": key.kid() }), Rejection::NotACompactJws),
    ];
    for (header, rejection) in table {
        let token = sign_json(&claims(), &key).unwrap();
        let (_, rest) = token.split_once('.').unwrap();
        let token = format!("{}.{rest}", part(&header));
        assert_eq!(verify(&token, &published(), &expected()), Err(rejection), "{header}");
    }
}

#[test]
fn a_changed_payload_and_a_forged_signature_are_refused() {
    let token = sign_json(&claims(), &valid(KeyAlgorithm::EcP256)).unwrap();
    let parts: Vec<&str> = token.split('.').collect();
    let mut stronger = claims();
    stronger["amr"] = json!(["hwk"]);
    let zeros = URL_SAFE_NO_PAD.encode([0; 64]);
    let forged = [
        format!("{}.{}.{}", parts[0], part(&stronger), parts[2]),
        format!("{}.{}.{zeros}", parts[0], parts[1]),
        format!("{}.{}.", parts[0], parts[1]),
    ];
    for token in forged {
        assert_eq!(verify(&token, &published(), &expected()), Err(Rejection::Signature), "{token}");
    }
}

#[test]
fn a_claim_that_comes_twice_is_refused() {
    let text = claims().to_string().replacen('{', "{\"sub\":\"admin@acme.example\",", 1);
    let key = valid(KeyAlgorithm::EcP256);
    let token = josekit::jws::serialize_compact(text.as_bytes(), &header(key.kid()), &*josekit_signer(&key)).unwrap();
    let rejection = verify(&token, &published(), &expected()).unwrap_err();
    assert!(
        matches!(&rejection, Rejection::Payload { reason } if reason.contains("duplicate field `sub`")),
        "{rejection:?}"
    );
}

#[test]
fn what_is_not_a_signed_jwt_is_refused_without_a_panic() {
    let token = sign_json(&claims(), &valid(KeyAlgorithm::EcP256)).unwrap();
    for text in
        ["", ".", "..", "a.b.c", "....", "é.é.é", &format!("{token}.x"), &format!("{token}.x.y"), "{\"payload\":\"\"}"]
    {
        assert_eq!(verify(text, &published(), &expected()), Err(Rejection::NotACompactJws), "{text}");
    }
    let huge = "a".repeat(64 * 1024 + 1);
    assert_eq!(verify(&huge, &published(), &expected()), Err(Rejection::TooLarge));
}

#[test]
fn a_key_for_encryption_and_an_empty_key_set_verify_nothing() {
    let key = valid(KeyAlgorithm::EcP256);
    let token = sign_json(&claims(), &key).unwrap();
    let mut encryption = jwk_set([&*key]);
    encryption.keys[0].common.public_key_use = Some(PublicKeyUse::Encryption);
    assert_eq!(verify(&token, &encryption, &expected()), Err(Rejection::KeyUnfit { alg: "ES256".into() }));

    let empty = JwkSet { keys: Vec::new() };
    assert_eq!(verify(&token, &empty, &expected()), Err(Rejection::KidUnknown { kid: key.kid().into() }));
}

#[test]
fn a_rejection_is_one_sentence_that_names_what_was_expected() {
    let rejection = Rejection::Issuer { expected: ISSUER.into(), actual: "https://evil.localhost".into() };
    assert_eq!(
        rejection.to_string(),
        format!("the ID token was issued by `https://evil.localhost`, not by `{ISSUER}`")
    );
}

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn payload() -> JwtPayload {
    JwtPayload::from_map(claims().as_object().unwrap().clone()).unwrap()
}

fn header(kid: &str) -> JwsHeader {
    let mut header = JwsHeader::new();
    header.set_key_id(kid);
    header
}
