//! What the org can require of a login: a context, and a maximum age of the sign-in.

use jiff::SignedDuration;
use vestibule_model::{Carrier, Signal};
use vestibule_simulator::realm::{Event, IdpProtocol, IdpSpec, OnRequestedContext};

use crate::sso_realm::TestRealm;

const STRONG: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:X509";

/// A class that was not asked for is no answer in SAML (saml-core 3.3.2.2.1); `acr_values` are a wish (OpenID Connect
/// Core 5.5.1.1). Contract D2.3.
#[tokio::test]
async fn a_requested_context_reaches_the_identity_provider_and_is_held_against_the_answer() {
    const WEAK: &str = "urn:example:weak";
    for (protocol, carrier, ignored) in [
        (IdpProtocol::Saml, Carrier::AuthnContextClassRef, Err("Failed: Assertion Invalid")),
        (IdpProtocol::Oidc, Carrier::IdTokenAcr, Ok(WEAK)),
    ] {
        let said = || vec![Signal::new(WEAK, carrier.clone())];
        for (answer, expected) in [
            (OnRequestedContext::Ignore, ignored),
            (OnRequestedContext::Honour, Ok(STRONG)),
            (OnRequestedContext::Refuse, Err("Failed: Status Invalid")),
        ] {
            let idp = IdpSpec {
                emit: Some(said()),
                requested_context: vec![STRONG.to_owned()],
                on_requested_context: answer,
                ..IdpSpec::new(protocol)
            };
            let test = TestRealm::start(idp).await;

            let page = test.browser().go(&start(&test, protocol)).await;

            let accepted: Vec<_> =
                expected.map(|value| vec![Signal::new(value, carrier.clone())]).into_iter().collect();
            assert_eq!(test.accepted(), accepted, "{protocol:?} {answer:?}");
            if let Err(status) = expected {
                assert_eq!(test.last_login().status.text(), status, "{protocol:?} {answer:?}");
                assert_eq!(page.name(), "login-refused");
            }
            assert_eq!(test.issued().is_empty(), answer == OnRequestedContext::Refuse, "a refusal issues nothing");
        }
    }
}

#[tokio::test]
async fn max_age_makes_the_user_sign_in_again_once_the_session_is_too_old() {
    for (max_age, sign_ins) in [(None, 1), (Some(60), 2)] {
        let test = TestRealm::start(IdpSpec { max_age, ..IdpSpec::new(IdpProtocol::Oidc) }).await;
        let browser = test.browser();

        browser.go(&test.oidc_start()).await;
        test.realm.clock.advance(SignedDuration::from_secs(61));
        browser.go(&test.oidc_start()).await;

        let entries = test.realm.journal.all();
        let signed_in = entries.iter().filter(|entry| matches!(entry.event, Event::IdpSignedIn { .. }));
        assert_eq!((signed_in.count(), test.accepted().len()), (sign_ins, 2), "{max_age:?}");
    }
}

#[tokio::test]
async fn a_saml_login_is_as_young_as_the_org_asks_or_is_refused() {
    // A session of five minutes, and three of skew.
    for (max_age, accepted, sign_ins) in [(None, 2, 1), (Some(60), 1, 1), (Some(180), 2, 1), (Some(0), 2, 2)] {
        let test = TestRealm::start(IdpSpec { max_age, ..IdpSpec::new(IdpProtocol::Saml) }).await;
        let browser = test.browser();

        browser.go(&test.saml_start()).await;
        test.realm.clock.advance(SignedDuration::from_mins(5));
        browser.go(&test.saml_start()).await;

        assert_eq!((test.accepted().len(), test.sign_ins()), (accepted, sign_ins), "{max_age:?}");
        if accepted == 1 {
            assert_eq!(test.last_login().status.text(), "Failed: Assertion Expired");
        }
    }
}

fn start(test: &TestRealm, protocol: IdpProtocol) -> String {
    match protocol {
        IdpProtocol::Saml => test.saml_start(),
        IdpProtocol::Oidc => test.oidc_start(),
    }
}
