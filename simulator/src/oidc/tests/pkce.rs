//! PKCE by RFC 7636.

use crate::oidc::CodeChallenge;
use crate::oidc::pkce::PkceError;

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

#[test]
fn the_example_of_rfc_7636_appendix_b_holds() {
    assert_eq!(CodeChallenge::of(VERIFIER).as_str(), CHALLENGE);
    let challenge = CodeChallenge::parse(Some(CHALLENGE), Some("S256")).unwrap().unwrap();
    assert_eq!(challenge.verify(Some(VERIFIER)), Ok(()));
}

#[test]
fn a_challenge_is_read_only_with_method_s256() {
    let unknown = PkceError::UnknownMethod { method: "S512".to_owned() };
    let table = [
        (None, None, Ok(false)),
        (Some(CHALLENGE), Some("S256"), Ok(true)),
        (Some(CHALLENGE), Some("plain"), Err(PkceError::Plain)),
        (Some(CHALLENGE), None, Err(PkceError::Plain)),
        (Some(CHALLENGE), Some("S512"), Err(unknown)),
        (None, Some("S256"), Err(PkceError::ChallengeMissing)),
        (Some("short"), Some("S256"), Err(PkceError::MalformedChallenge)),
        (Some("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM="), Some("S256"), Err(PkceError::MalformedChallenge)),
    ];
    for (challenge, method, expected) in table {
        let parsed = CodeChallenge::parse(challenge, method).map(|challenge| challenge.is_some());
        assert_eq!(parsed, expected, "{challenge:?} {method:?}");
    }
}

#[test]
fn a_verifier_must_be_there_well_formed_and_the_right_one() {
    let challenge = CodeChallenge::of(VERIFIER);
    let table = [
        (None, PkceError::VerifierMissing),
        (Some("a".repeat(42)), PkceError::MalformedVerifier),
        (Some("a".repeat(129)), PkceError::MalformedVerifier),
        (Some(format!("{}+", "a".repeat(50))), PkceError::MalformedVerifier),
        (Some("a".repeat(43)), PkceError::VerifierMismatch),
        (Some(CHALLENGE.to_owned()), PkceError::VerifierMismatch),
    ];
    for (verifier, expected) in table {
        assert_eq!(challenge.verify(verifier.as_deref()), Err(expected), "{verifier:?}");
    }
}
