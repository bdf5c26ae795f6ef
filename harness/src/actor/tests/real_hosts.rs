//! Logins on the vendor's own host names, which only this browser maps to the loopback address.

use jiff::civil::date;
use vestibule_model::{ActorKind, OrgKind, PageName, VerificationMethod};
use vestibule_simulator::realm::{HostNaming, HostRole, IdpProtocol, IdpSpec, SignInPage};

use super::simulated_org::TestLogin;
use crate::actor::LoginRoute;
use crate::browser::tests::chromium::Chromium;

/// Contract M1.8.
#[tokio::test]
async fn a_two_step_login_with_totp_stays_on_the_real_names() {
    let chromium = Chromium::start().await;
    let mut test = TestLogin::start_with(&chromium, HostNaming::Real, Vec::new(), |org, user| {
        org.my_domain = Some("acme--uat".to_owned());
        org.kind = OrgKind::Sandbox;
        org.date = date(2027, 6, 1);
        user.verifiers.insert(VerificationMethod::TotpApp);
    })
    .await;
    let login_url = test.realm.hosts.url(&HostRole::Login, "/");

    let report = test.go(ActorKind::Adaptive, LoginRoute::Password { login_url }).await;

    assert_eq!((report.reached.name, report.stopped), (PageName::Home, None), "{:?}", test.trace);
    assert_eq!(report.reached.url(), "https://acme--uat.sandbox.lightning.force.com/lightning/page/home");
    let urls: Vec<_> = test.trace.actions().iter().map(|action| action.url.as_str()).collect();
    assert!(urls.contains(&"https://test.salesforce.com/"), "{urls:?}");
    assert!(urls.iter().any(|url| url.starts_with("https://acme--uat.sandbox.my.salesforce.com/_ui/")), "{urls:?}");
    assert!(test.realm.sessions.signed_in("rep"));
    chromium.stop().await;
}

#[tokio::test]
async fn a_passkey_is_made_for_the_real_name_and_answers_the_next_login() {
    let chromium = Chromium::start().await;
    let mut test = TestLogin::admin_with_passkeys(&chromium, HostNaming::Real).await;

    let first = test.sign_in(ActorKind::Adaptive).await;
    let second = test.sign_in(ActorKind::Adaptive).await;

    assert_eq!((first.reached.name, first.stopped), (PageName::Home, None), "{:?}", test.trace);
    assert_eq!((second.reached.name, second.stopped), (PageName::Home, None), "{:?}", test.trace);
    let credentials = test.authenticator.passkeys.credentials();
    assert_eq!(credentials.iter().map(|one| one.rp_id.as_str()).collect::<Vec<_>>(), ["acme.my.salesforce.com"]);
    chromium.stop().await;
}

#[tokio::test]
async fn sign_on_by_either_protocol_reaches_the_identity_provider_without_a_port() {
    for protocol in [IdpProtocol::Saml, IdpProtocol::Oidc] {
        let chromium = Chromium::start().await;
        let idps = vec![("okta", IdpSpec::new(protocol))];
        let mut test = TestLogin::start_with(&chromium, HostNaming::Real, idps, |_, _| ()).await;
        let route = LoginRoute::Sso { login_url: test.my_domain("/"), label: "okta".to_owned() };

        let report = test.go(ActorKind::Adaptive, route).await;

        assert_eq!((report.reached.name, report.stopped), (PageName::Home, None), "{protocol:?} {:?}", test.trace);
        assert_eq!(report.reached.url(), "https://acme.lightning.force.com/lightning/page/home");
        chromium.stop().await;
    }
}

#[tokio::test]
async fn the_identity_provider_of_a_product_has_its_real_host_and_its_fields() {
    let chromium = Chromium::start().await;
    for (preset, protocol, origin, page) in [
        ("entra", IdpProtocol::Saml, "https://login.microsoftonline.com/sign-in", SignInPage::Entra),
        ("okta", IdpProtocol::Oidc, "https://acme.okta.com/sign-in", SignInPage::Okta),
    ] {
        let idp = IdpSpec { preset: Some(preset.to_owned()), sign_in: SignInPage::Own, ..IdpSpec::new(protocol) };
        let mut test = TestLogin::start_with(&chromium, HostNaming::Real, vec![("corp", idp)], |_, _| ()).await;
        test.persona.idp_page = page;
        let route = LoginRoute::Sso { login_url: test.my_domain("/"), label: "corp".to_owned() };

        let report = test.go(ActorKind::Adaptive, route).await;

        assert_eq!((report.reached.name, report.stopped), (PageName::Home, None), "{preset}: {:?}", test.trace);
        assert!(test.trace.actions().iter().any(|action| action.url.starts_with(origin)), "{preset}: {:?}", test.trace);
    }
    chromium.stop().await;
}
