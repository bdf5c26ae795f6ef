//! What a person learns of a real answer of an identity provider, with its keys and without.

use josekit::jws::{JwsHeader, RS256};
use josekit::jwt::{self, JwtPayload};
use serde_json::json;
use vestibule_certs::{KeyAlgorithm, KeyState, jwk_set};
use vestibule_model::{Carrier, Fault};
use vestibule_simulator::inspect::{Inspected, Keys, SignatureCheck, inspect, inspect_with};
use vestibule_simulator::realm::{IdpProtocol, IdpSpec, SamlSigning};

use crate::sso_realm::{TestRealm, certs};

async fn answer(idp: IdpSpec) -> String {
    let test = TestRealm::start(IdpSpec { amr: Some(vec!["pwd".to_owned(), "swk".to_owned()]), ..idp }).await;
    test.browser().get(&test.idp("/saml/idp-initiated")).await.field("SAMLResponse")
}

fn certificate(state: KeyState) -> Keys {
    let key = certs().signing_key(KeyAlgorithm::Rsa2048, state).unwrap();
    Keys::default().with_certificates(key.certificate_der()).unwrap()
}

/// The carriers of the signals that no signature covers.
fn unsigned(found: &Inspected) -> Vec<Carrier> {
    found.signals.iter().filter(|found| !found.signed).map(|found| found.signal.carrier.clone()).collect()
}

#[tokio::test]
async fn a_response_is_verified_with_the_certificate_that_is_given() {
    for (signing, of) in
        [(SamlSigning::Assertion, "Assertion"), (SamlSigning::Response, "Response"), (SamlSigning::Both, "Response")]
    {
        let message = answer(IdpSpec { signing, ..IdpSpec::new(IdpProtocol::Saml) }).await;

        let found = inspect_with(&message, &certificate(KeyState::Valid)).unwrap();
        let foreign = inspect_with(&message, &certificate(KeyState::Foreign)).unwrap();
        let unchecked = inspect(&message).unwrap();

        assert_eq!(found.signature, SignatureCheck::Verified { of: of.to_owned() });
        assert!(matches!(foreign.signature, SignatureCheck::Refused { .. }), "{:?}", foreign.signature);
        assert_eq!(unchecked.signature, SignatureCheck::NotChecked);
        assert_eq!(unsigned(&found), []);
        for name in ["NameID", "SignatureValue", "X509Certificate"] {
            assert!(found.others.iter().any(|other| other == name), "{name}: {:?}", found.others);
        }
    }
}

#[tokio::test]
async fn a_signal_in_a_part_without_a_signature_is_said_to_be_there() {
    let message = answer(IdpSpec::new(IdpProtocol::Saml).fault(Fault::SignalsUnsigned)).await;

    let found = inspect_with(&message, &certificate(KeyState::Valid)).unwrap();

    assert_eq!(found.signature, SignatureCheck::Verified { of: "Assertion".to_owned() });
    assert_eq!(unsigned(&found), [Carrier::Unsigned, Carrier::Unsigned]);
}

#[test]
fn an_id_token_is_verified_with_the_jwk_set_that_is_given() {
    let key = certs().signing_key(KeyAlgorithm::Rsa2048, KeyState::Valid).unwrap();
    let foreign = certs().signing_key(KeyAlgorithm::Rsa2048, KeyState::Foreign).unwrap();
    let claims = json!({
        "iss": "https://idp.example", "sub": "rep", "aud": "org", "exp": 2, "iat": 1,
        "amr": ["swk"], "AMR": ["hwk"], "roles": ["admin"], "level": 3,
    });
    let signer = RS256.signer_from_pem(key.pkey().private_key_to_pem_pkcs8().unwrap()).unwrap();
    let mut header = JwsHeader::new();
    header.set_key_id(key.kid());
    let payload = JwtPayload::from_map(claims.as_object().unwrap().clone()).unwrap();
    let token = jwt::encode_with_signer(&payload, &header, &signer).unwrap();
    let jwks = |key| Keys::default().with_jwks(&serde_json::to_vec(&jwk_set([key])).unwrap()).unwrap();

    let found = inspect_with(&token, &jwks(&*key)).unwrap();
    let refused = inspect_with(&token, &jwks(&*foreign)).unwrap();

    assert_eq!(found.signature, SignatureCheck::Verified { of: "ID token".to_owned() });
    assert!(matches!(refused.signature, SignatureCheck::Refused { .. }), "{:?}", refused.signature);
    let values: Vec<_> =
        found.signals.iter().map(|found| (found.signal.value.as_str(), &found.signal.carrier)).collect();
    let claim = |name: &str| Carrier::IdTokenClaim(name.to_owned());
    assert_eq!(values, [("swk", &Carrier::IdTokenAmr), ("hwk", &claim("AMR")), ("admin", &claim("roles"))]);
    assert_eq!(found.others, ["iss", "sub", "aud", "exp", "iat", "level", "signature"]);
}

#[test]
fn what_is_no_key_is_said_to_be_none() {
    assert!(
        Keys::default().with_certificates(b"no certificate").unwrap_err().to_string().contains("neither PEM nor DER")
    );
    assert!(Keys::default().with_jwks(b"{}").unwrap_err().to_string().contains("no array `keys`"));
}
