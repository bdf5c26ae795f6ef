//! A lockout is one of the password and of codes: single sign-on goes past it, unless a verification at the org is due
//! or the rules are set otherwise (contract H5.7).

use vestibule_model::VerificationMethod;
use vestibule_simulator::realm::{IdpProtocol, IdpSpec, RealmSpec};

use crate::sso_realm::{PASSWORD, TestRealm, pairs};

/// Every way in through an identity provider.
const WAYS: [(IdpProtocol, Way); 3] =
    [(IdpProtocol::Saml, Way::FromOrg), (IdpProtocol::Saml, Way::FromIdp), (IdpProtocol::Oidc, Way::FromOrg)];

#[derive(Debug, Clone, Copy)]
enum Way {
    FromOrg,
    FromIdp,
}

#[tokio::test]
async fn a_locked_user_signs_in_by_single_sign_on_unless_it_is_set_otherwise() {
    for (protocol, way) in WAYS {
        for (settings, status) in
            [(&[][..], "Success"), (&[("admission.lockout", "every-login")][..], "Password lockout")]
        {
            let test = TestRealm::with_settings(strong(protocol), lock, settings).await;

            test.browser().go(&start(&test, protocol, way)).await;

            assert_eq!(test.last_login().status.text(), status, "{protocol} {way:?}");
            assert_eq!(test.realm.sessions.signed_in("rep"), status == "Success", "{protocol} {way:?}");
            assert_eq!(test.accepted().len(), 1, "the answer itself is right");
        }
    }
}

#[tokio::test]
async fn a_locked_user_whom_the_org_asks_for_a_code_stays_outside() {
    const TOO_MANY: &str = "exceeded the maximum number of verification attempts";
    for (protocol, way) in WAYS {
        for locked in [false, true] {
            let idp = IdpSpec { amr: Some(vec!["pwd".to_owned()]), ..IdpSpec::new(protocol) };
            let test = TestRealm::with(idp, |spec| {
                rep_with_an_app(spec);
                spec.users.get_mut("rep").unwrap().locked = locked;
            })
            .await;

            let page = test.browser().go(&start(&test, protocol, way)).await;

            assert_eq!(page.name(), "verify-totp", "{protocol} {way:?}");
            assert_eq!(page.body.contains(TOO_MANY), locked, "{protocol} {way:?}: {}", page.body);
            assert!(!test.realm.sessions.signed_in("rep"));
        }
    }
}

/// The password itself stays locked after a single sign-on.
#[tokio::test]
async fn a_single_sign_on_unlocks_no_password() {
    let test = TestRealm::with(strong(IdpProtocol::Saml), lock).await;
    test.browser().go(&test.saml_start()).await;
    assert!(test.realm.sessions.signed_in("rep"));

    let password = pairs(&[("username", "rep@acme.example"), ("pw", PASSWORD)]);
    test.browser().post(&test.org("/"), &password).await;

    assert_eq!(test.last_login().status.text(), "Password lockout");
}

fn strong(protocol: IdpProtocol) -> IdpSpec {
    IdpSpec { amr: Some(vec!["swk".to_owned()]), ..IdpSpec::new(protocol) }
}

fn lock(spec: &mut RealmSpec) {
    spec.users.get_mut("rep").unwrap().locked = true;
}

fn rep_with_an_app(spec: &mut RealmSpec) {
    spec.users.get_mut("rep").unwrap().verifiers = [VerificationMethod::TotpApp].into();
}

fn start(test: &TestRealm, protocol: IdpProtocol, way: Way) -> String {
    match (protocol, way) {
        (IdpProtocol::Oidc, _) => test.oidc_start(),
        (IdpProtocol::Saml, Way::FromOrg) => test.saml_start(),
        (IdpProtocol::Saml, Way::FromIdp) => test.idp("/saml/idp-initiated?user=rep"),
    }
}
