//! Signatures and attestations of every algorithm, verified with the public key that the RP was given. webauthn-rs verifies
//! passkeys of ES256; what it does not, OpenSSL does.

use std::sync::Arc;

use openssl::bn::BigNum;
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{Id, PKey, Public};
use openssl::rsa::Rsa;
use openssl::sha::sha256;
use openssl::sign::Verifier;
use openssl::x509::X509;
use serde_cbor_2::Value;
use strum::IntoEnumIterator as _;
use vestibule_certs::AttestationKey;
use webauthn_rs_proto::{AttestationConveyancePreference, PubKeyCredParams, RequestChallengeResponse};

use super::relying_party::{RP_ID, RelyingParty};
use super::*;

#[test]
fn openssl_verifies_assertions_of_every_algorithm_with_the_key_of_the_registration() {
    for algorithm in PasskeyAlgorithm::iter() {
        let rp = RelyingParty::new(1);
        let mut passkeys = CredentialStore::default();
        let mut options = rp.creation();
        options.public_key.pub_key_cred_params = vec![only(algorithm)];
        let made = Authenticator::new(&mut passkeys).register(&rp.origin, options).unwrap();
        let key = registered_key(&made.response.attestation_object, algorithm);
        let request = json!({ "publicKey": {
            "challenge": "AAECAw", "rpId": RP_ID, "allowCredentials": [], "userVerification": "required",
        } });
        let request: RequestChallengeResponse = serde_json::from_value(request).unwrap();

        let answer = Authenticator::new(&mut passkeys).authenticate(&rp.origin, request).unwrap();

        let response = &answer.response;
        let signed = [response.authenticator_data.as_slice(), &sha256(&response.client_data_json)].concat();
        assert!(verifies(&key, algorithm, &signed, &response.signature), "{algorithm}");
        let other = [signed.as_slice(), b"x"].concat();
        assert!(!verifies(&key, algorithm, &other, &response.signature), "{algorithm}");
        assert_eq!(response.authenticator_data[33..37], [0, 0, 0, 1], "{algorithm}: its counter");
    }
}

#[test]
fn the_rp_chooses_the_algorithm_and_the_settings_restrict_the_choice() {
    let rows = [
        (None, vec![-257, -7], Some(PasskeyAlgorithm::Rs256)),
        (None, vec![-37, -8, -7], Some(PasskeyAlgorithm::EdDsa)),
        (None, vec![], Some(PasskeyAlgorithm::Es256)),
        (Some(PasskeyAlgorithm::Es256), vec![-257, -7], Some(PasskeyAlgorithm::Es256)),
        (Some(PasskeyAlgorithm::EdDsa), vec![-257, -7], None),
        (Some(PasskeyAlgorithm::EdDsa), vec![], None),
        (None, vec![-37], None),
    ];
    for (algorithm, accepted, expected) in rows {
        let settings = AuthenticatorSettings { algorithm, ..AuthenticatorSettings::default() };
        let accepted: Vec<_> =
            accepted.into_iter().map(|alg| PubKeyCredParams { type_: "public-key".to_owned(), alg }).collect();
        assert_eq!(settings.algorithm_for(&accepted), expected, "{accepted:?}");
    }
}

/// Self attestation is signed by the credential, with its own algorithm.
#[test]
fn self_attestation_of_every_algorithm_verifies() {
    for algorithm in PasskeyAlgorithm::iter() {
        let settings =
            AuthenticatorSettings { attestation: Some(Attestation::OwnKey), ..AuthenticatorSettings::default() };
        let rp = RelyingParty::new(1);
        let mut passkeys = CredentialStore::default();
        let mut options = rp.creation();
        options.public_key.pub_key_cred_params = vec![only(algorithm)];

        let made = Authenticator::with(&mut passkeys, settings).register(&rp.origin, options).unwrap();

        let (format, statement, auth_data) = read(&made.response.attestation_object);
        let signed = [auth_data.as_slice(), &sha256(&made.response.client_data_json)].concat();
        let key = registered_key(&made.response.attestation_object, algorithm);
        assert_eq!(format, "packed");
        assert_eq!(field(&statement, "alg"), &Value::Integer(algorithm.cose().into()));
        let Value::Bytes(signature) = field(&statement, "sig") else { panic!("{statement:?}") };
        assert!(verifies(&key, algorithm, &signed, signature), "{algorithm}");
    }
}

#[test]
fn packed_attestation_has_a_certificate_that_webauthn_rs_accepts() {
    let attester = Arc::new(AttestationKey::make().unwrap());
    let settings = AuthenticatorSettings {
        attestation: Some(Attestation::Packed(Arc::clone(&attester))),
        ..AuthenticatorSettings::default()
    };
    let rp = RelyingParty::new(1);
    let mut passkeys = CredentialStore::default();

    let made = Authenticator::with(&mut passkeys, settings).register(&rp.origin, rp.creation()).unwrap();

    rp.created(&made).unwrap();
    let (format, statement, auth_data) = read(&made.response.attestation_object);
    assert_eq!(format, "packed");
    let Value::Array(chain) = field(&statement, "x5c") else { panic!("{statement:?}") };
    let [Value::Bytes(leaf)] = chain.as_slice() else { panic!("{chain:?}") };
    let leaf = X509::from_der(leaf).unwrap();
    let authority = X509::from_der(attester.authority()).unwrap();
    assert!(leaf.verify(&authority.public_key().unwrap()).unwrap());
    let signed = [auth_data.as_slice(), &sha256(&made.response.client_data_json)].concat();
    let Value::Bytes(signature) = field(&statement, "sig") else { panic!("{statement:?}") };
    assert!(verifies(&leaf.public_key().unwrap(), PasskeyAlgorithm::Es256, &signed, signature));
}

#[test]
fn no_attestation_is_given_where_it_is_switched_off_though_the_rp_asks() {
    let settings = AuthenticatorSettings { attestation: Some(Attestation::None), ..AuthenticatorSettings::default() };
    let rp = RelyingParty::new(1);
    let mut passkeys = CredentialStore::default();
    let mut options = rp.creation();
    options.public_key.attestation = Some(AttestationConveyancePreference::Direct);

    let made = Authenticator::with(&mut passkeys, settings).register(&rp.origin, options).unwrap();

    let (format, statement, _) = read(&made.response.attestation_object);
    assert_eq!((format.as_str(), statement), ("none", Value::Map(std::collections::BTreeMap::new())));
    rp.created(&made).unwrap();
}

fn only(algorithm: PasskeyAlgorithm) -> PubKeyCredParams {
    PubKeyCredParams { type_: "public-key".to_owned(), alg: algorithm.cose() }
}

/// Format, statement and authenticator data of an attestation object.
fn read(attestation_object: &[u8]) -> (String, Value, Vec<u8>) {
    let object: Value = serde_cbor_2::from_slice(attestation_object).unwrap();
    let Value::Text(format) = field(&object, "fmt") else { panic!("{object:?}") };
    let Value::Bytes(auth_data) = field(&object, "authData") else { panic!("{object:?}") };
    (format.clone(), field(&object, "attStmt").clone(), auth_data.clone())
}

fn field<'a>(map: &'a Value, name: &str) -> &'a Value {
    entry(map, &Value::Text(name.to_owned()))
}

fn entry<'a>(map: &'a Value, key: &Value) -> &'a Value {
    let Value::Map(entries) = map else { panic!("not a map: {map:?}") };
    &entries[key]
}

/// The public key as the RP reads it from the attested credential data (WebAuthn Level 3, 6.5.2).
fn registered_key(attestation_object: &[u8], algorithm: PasskeyAlgorithm) -> PKey<Public> {
    let (_, _, auth_data) = read(attestation_object);
    let length = usize::from(u16::from_be_bytes([auth_data[53], auth_data[54]]));
    let key: Value = serde_cbor_2::from_slice(&auth_data[55 + length..]).unwrap();
    assert_eq!(entry(&key, &Value::Integer(3)), &Value::Integer(algorithm.cose().into()));
    let bytes = |label: i128| match entry(&key, &Value::Integer(label)) {
        Value::Bytes(bytes) => bytes.clone(),
        other => panic!("{label}: {other:?}"),
    };
    let number = |label| BigNum::from_slice(&bytes(label)).unwrap();
    match algorithm {
        PasskeyAlgorithm::Es256 => {
            let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
            let key = EcKey::from_public_key_affine_coordinates(&group, &number(-2), &number(-3)).unwrap();
            PKey::from_ec_key(key).unwrap()
        }
        PasskeyAlgorithm::Rs256 => {
            PKey::from_rsa(Rsa::from_public_components(number(-1), number(-2)).unwrap()).unwrap()
        }
        PasskeyAlgorithm::EdDsa => PKey::public_key_from_raw_bytes(&bytes(-2), Id::ED25519).unwrap(),
    }
}

fn verifies(key: &PKey<Public>, algorithm: PasskeyAlgorithm, message: &[u8], signature: &[u8]) -> bool {
    let mut verifier = match algorithm {
        PasskeyAlgorithm::EdDsa => Verifier::new_without_digest(key).unwrap(),
        PasskeyAlgorithm::Es256 | PasskeyAlgorithm::Rs256 => Verifier::new(MessageDigest::sha256(), key).unwrap(),
    };
    verifier.verify_oneshot(signature, message).unwrap()
}
