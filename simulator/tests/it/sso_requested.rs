//! What the org can require of a login: a context, and a maximum age of the sign-in.

use jiff::SignedDuration;
use vestibule_model::{Carrier, Signal};
use vestibule_simulator::realm::{Event, IdpProtocol, IdpSpec, OnRequestedContext};

use crate::sso_realm::TestRealm;

const STRONG: &str = "urn:oasis:names:tc:SAML:2.0:ac:classes:X509";

#[tokio::test]
async fn a_requested_context_reaches_the_identity_provider_and_is_ignored_honoured_or_refused() {
    for (protocol, carrier) in
        [(IdpProtocol::Saml, Carrier::AuthnContextClassRef), (IdpProtocol::Oidc, Carrier::IdTokenAcr)]
    {
        let said = || vec![Signal::new("urn:example:weak", carrier.clone())];
        for (answer, expected) in [
            (OnRequestedContext::Ignore, Some("urn:example:weak")),
            (OnRequestedContext::Honour, Some(STRONG)),
            (OnRequestedContext::Refuse, None),
        ] {
            let idp = IdpSpec {
                emit: Some(said()),
                requested_context: vec![STRONG.to_owned()],
                on_requested_context: answer,
                ..IdpSpec::new(protocol)
            };
            let test = TestRealm::start(idp).await;

            test.browser().go(&start(&test, protocol)).await;

            let expected_signals: Vec<_> =
                expected.map(|value| vec![Signal::new(value, carrier.clone())]).into_iter().collect();
            assert_eq!(test.accepted(), expected_signals, "{protocol:?} {answer:?}");
            if expected.is_none() {
                assert_eq!(test.last_login().status, "Failed: Status Invalid", "{protocol:?}");
                assert!(test.issued().is_empty(), "a refusal issues nothing");
            }
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

fn start(test: &TestRealm, protocol: IdpProtocol) -> String {
    match protocol {
        IdpProtocol::Saml => test.saml_start(),
        IdpProtocol::Oidc => test.oidc_start(),
    }
}
