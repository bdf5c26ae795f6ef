//! The org refuses each fault of an identity provider with the documented text, and reads what is left of bent signals.

use strum::IntoEnumIterator as _;
use vestibule_model::{Carrier, Fault, Signal};
use vestibule_simulator::realm::{IdpProtocol, IdpSpec};

use crate::sso_realm::TestRealm;

/// The text in Login History with SAML and with OpenID Connect.
const FAULTS: [(Fault, &str, &str); 7] = [
    (Fault::IssuerOther, "Failed: Issuer Mismatched", "Failed: Issuer Mismatched"),
    (Fault::AudienceOther, "Failed: Audience Invalid", "Failed: Audience Invalid"),
    (Fault::RecipientOther, "Failed: Recipient Mismatched", "Failed: Audience Invalid"),
    (Fault::RequestOther, "Failed: InResponseTo Invalid", "Failed: Replay Detected"),
    (Fault::Expired, "Failed: Assertion Expired", "Failed: Assertion Expired"),
    (Fault::NotYetValid, "Failed: Assertion Expired", "Failed: Assertion Expired"),
    (Fault::SignInStale, "Failed: Assertion Expired", "Failed: Assertion Expired"),
];

/// What the org reads of `pwd` and `swk`: in the attribute `amr`, and in the ID token.
const BENT: [(Fault, &[&str], &[&str]); 12] = [
    (Fault::SignalsDropped, &[], &[]),
    (Fault::SignalsInOtherName, &[], &[]),
    (Fault::SignalsInRecasedName, &[], &[]),
    (Fault::SignalsUnsigned, &[], &[]),
    (Fault::SignalsRenamed, &["acme_pwd", "acme_swk"], &["acme_pwd", "acme_swk"]),
    (Fault::SignalsRecased, &["PWD", "SWK"], &["PWD", "SWK"]),
    (Fault::SignalsPadded, &[" pwd\n", " swk\n"], &[" pwd\n", " swk\n"]),
    (Fault::SignalsJoined, &["pwd,swk"], &["pwd,swk"]),
    (Fault::SignalsDuplicated, &["pwd", "pwd", "swk", "swk"], &["pwd", "pwd", "swk", "swk"]),
    (Fault::SignalsAsText, &["[\"pwd\",\"swk\"]"], &["pwd swk"]),
    (Fault::SignalsAsNumbers, &["1", "2"], &["1", "2"]),
    (Fault::SignalsContradicted, &["pwd", "swk"], &["pwd", "swk", PASSWORD]),
];

/// They need a UserInfo response or an access token.
const OF_OPENID_CONNECT: [Fault; 2] = [Fault::SignalsInUserInfo, Fault::SignalsInAccessToken];

#[tokio::test]
async fn the_org_refuses_every_fault_under_the_documented_text() {
    for (fault, saml, oidc) in FAULTS {
        for (protocol, expected) in [(IdpProtocol::Saml, saml), (IdpProtocol::Oidc, oidc)] {
            let idp = IdpSpec { max_age: Some(3600), ..IdpSpec::new(protocol) };
            assert_eq!(found(idp.clone()).await, "accepted", "{protocol:?}");
            assert_eq!(found(idp.fault(fault)).await, expected, "{fault} {protocol:?}");
        }
    }
}

/// A name is no second definition of what is wrong.
#[tokio::test]
async fn a_fault_that_is_not_about_signals_is_a_case_of_the_catalogue_by_another_name() {
    for (fault, saml, oidc) in FAULTS {
        for (protocol, expected) in [(IdpProtocol::Saml, saml), (IdpProtocol::Oidc, oidc)] {
            let case = fault.case(protocol).unwrap();
            let row = vestibule_simulator::attacks::case(case).unwrap();
            let idp = IdpSpec { max_age: Some(3600), ..IdpSpec::new(protocol) };

            assert_eq!(found(idp.fault(row.fault())).await, expected, "{fault}: {case}");
            assert!(row.sent_by_provider() && row.protocol.of_provider() == Some(protocol), "{case}");
        }
        assert!(!fault.is_about_signals(), "{fault}");
    }
}

#[test]
fn each_fault_has_a_row() {
    let rows = FAULTS.map(|(fault, ..)| fault).into_iter().chain(BENT.map(|(fault, ..)| fault));
    let rows: Vec<_> = rows.chain(OF_OPENID_CONNECT).collect();

    assert!(Fault::iter().all(|fault| rows.contains(&fault)), "{rows:?}");
    assert_eq!(rows.len(), Fault::iter().count());
}

#[tokio::test]
async fn bent_signals_reach_the_org_as_they_are_and_a_good_signature_covers_them() {
    for (fault, saml, oidc) in BENT {
        for (protocol, expected) in [(IdpProtocol::Saml, saml), (IdpProtocol::Oidc, oidc)] {
            let test = TestRealm::start(with_swk(protocol).fault(fault)).await;
            let start = if protocol == IdpProtocol::Saml { test.saml_start() } else { test.oidc_start() };

            test.browser().go(&start).await;

            let accepted = test.accepted();
            assert_eq!(accepted.len(), 1, "{fault} {protocol:?}: {:?}", test.refused_by_org());
            let read = |signal: &&Signal| match &signal.carrier {
                Carrier::SamlAttribute(name) => name == "amr",
                Carrier::AuthnContextClassRef => false,
                _ => true,
            };
            let values: Vec<_> = accepted[0].iter().filter(read).map(|signal| signal.value.as_str()).collect();
            assert_eq!(values, expected, "{fault} {protocol:?}");
        }
    }
}

#[tokio::test]
async fn a_contradiction_is_in_the_class_reference() {
    let test = TestRealm::start(with_swk(IdpProtocol::Saml).fault(Fault::SignalsContradicted)).await;

    test.browser().go(&test.saml_start()).await;

    assert_eq!(test.accepted()[0][0], Signal::new(PASSWORD, Carrier::AuthnContextClassRef));
}

#[tokio::test]
async fn signals_beside_the_id_token_are_issued_there_and_do_not_reach_the_org() {
    for (fault, carrier) in OF_OPENID_CONNECT.into_iter().zip([Carrier::UserInfo, Carrier::AccessToken]) {
        let test = TestRealm::start(with_swk(IdpProtocol::Oidc).fault(fault)).await;

        test.browser().go(&test.oidc_start()).await;

        assert_eq!(test.issued(), [["pwd", "swk"].map(|value| Signal::new(value, carrier.clone())).to_vec()]);
        assert_eq!(test.accepted(), [Vec::new()], "{fault}");
    }
}

fn with_swk(protocol: IdpProtocol) -> IdpSpec {
    IdpSpec { amr: Some(vec!["pwd".to_owned(), "swk".to_owned()]), ..IdpSpec::new(protocol) }
}

/// What an org says of a login through this identity provider.
async fn found(idp: IdpSpec) -> &'static str {
    let saml = idp.protocol == IdpProtocol::Saml;
    let test = TestRealm::start(idp).await;
    let start = if saml { test.saml_start() } else { test.oidc_start() };

    test.browser().go(&start).await;

    if test.accepted().is_empty() { test.last_login().status.text() } else { "accepted" }
}

const PASSWORD: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:Password";
