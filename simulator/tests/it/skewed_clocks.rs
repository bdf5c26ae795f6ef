//! A clock that a scenario sets too far ahead or back makes no request fail.

use jiff::SignedDuration;
use vestibule_model::LoginPage;
use vestibule_simulator::realm::{Component, IdpProtocol, IdpSpec, SessionKind};

use crate::sso_realm::{PASSWORD, TestRealm, pairs};

/// Beyond the end of time, before its beginning, and as far as a scenario can write.
const SKEWS: [i64; 4] = [400_000_000_000, -400_000_000_000, i64::MAX, i64::MIN];

#[tokio::test]
async fn a_login_by_password_is_answered_whatever_the_clock_of_the_org() {
    for skew in SKEWS {
        for login_page in [LoginPage::Classic, LoginPage::PasskeyFirst] {
            let test = skewed(IdpProtocol::Saml, Component::Org, skew, login_page).await;
            let browser = test.browser();
            let username = [("username", "rep@acme.example"), ("pw", PASSWORD)];

            for fields in [&username[..1], &username[..]] {
                let page = browser.post(&test.org("/"), &pairs(fields)).await;
                assert!(page.status < 500, "{skew}: {page:?}");
            }
            let page = browser.get(&test.org("/")).await;

            assert_eq!(page.name(), "create-passkey", "{skew} {login_page:?}");
            test.realm.clock.advance(SignedDuration::from_secs(1));
            test.realm.clock.advance(SignedDuration::MAX);
            test.realm.clock.advance(SignedDuration::MAX);
            assert!(browser.get(&test.org("/")).await.status < 500, "{skew}");
        }
    }
}

#[tokio::test]
async fn a_front_door_is_answered_whatever_the_clock_of_the_org() {
    for skew in SKEWS {
        let test = skewed(IdpProtocol::Saml, Component::Org, skew, LoginPage::Classic).await;
        let level = vestibule_model::SessionLevel::Standard;
        let token = test.realm.open_session("rep", level, SessionKind::Api).sid;
        let authorization = format!("Bearer {}", token.reveal());
        let door = test.browser().request(reqwest::Method::GET, &test.org("/services/oauth2/singleaccess"));
        let door = crate::sso_realm::page(door.header("authorization", authorization)).await;
        let door: serde_json::Value = serde_json::from_str(&door.body).unwrap();

        let gate = test.browser().get(door["frontdoor_uri"].as_str().unwrap()).await;

        assert_eq!(gate.name(), "create-passkey", "{skew}");
    }
}

#[tokio::test]
async fn a_single_sign_on_is_answered_whatever_the_clocks() {
    for protocol in [IdpProtocol::Saml, IdpProtocol::Oidc] {
        for component in [Component::Org, Component::Idp] {
            for skew in SKEWS {
                let test = skewed(protocol, component, skew, LoginPage::Classic).await;
                let start = match protocol {
                    IdpProtocol::Saml => test.saml_start(),
                    IdpProtocol::Oidc => test.oidc_start(),
                };

                let page = test.browser().go(&start).await;

                assert!(page.status < 500, "{protocol:?} {component} {skew}: {page:?}");
                assert_ne!(page.name(), "none", "{protocol:?} {component} {skew}: {page:?}");
                assert!(!test.realm.sessions.signed_in("rep"), "no two clocks that far apart agree");
            }
        }
    }
}

async fn skewed(protocol: IdpProtocol, component: Component, seconds: i64, login_page: LoginPage) -> TestRealm {
    let change = |spec: &mut vestibule_simulator::realm::RealmSpec| {
        spec.clock.skew.insert(component, SignedDuration::from_secs(seconds));
        spec.org.login_page = Some(login_page);
    };
    TestRealm::with(IdpSpec::new(protocol), change).await
}
