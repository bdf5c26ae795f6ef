//! The actors against the simulated org over TLS.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use jiff::civil::date;
use vestibule_model::{
    ActorKind, AuthenticatorKind, EnrolmentGate, LoginPage, PageName, Secret, SessionLevel, VerificationMethod,
};
use vestibule_simulator::Simulator;
use vestibule_simulator::realm::{
    Component, Event, HostNaming, HostRole, IdpProtocol, IdpSpec, OrgSpec, PasswordHolds, Realm, SessionKind,
    SignInPage, UserSpec,
};

use crate::actor::sign_in::ActorReport;
use crate::actor::{AuthenticatorState, EmailReader, LoginRoute, Persona, sign_in};
use crate::authenticator::TotpGenerator;
use crate::browser::tests::chromium::Chromium;
use crate::browser::{SessionOptions, WebDriverSession};
use crate::trace::Trace;

#[tokio::test]
async fn the_classic_and_the_two_step_login_meet_their_actors() {
    let chromium = Chromium::start().await;
    let rows = [
        (LoginPage::Classic, ActorKind::SinglePage, PageName::Home),
        (LoginPage::TwoStep, ActorKind::SinglePage, PageName::Username),
        (LoginPage::TwoStep, ActorKind::TwoStep, PageName::Home),
        (LoginPage::Classic, ActorKind::Adaptive, PageName::Home),
        (LoginPage::TwoStep, ActorKind::Adaptive, PageName::Home),
        (LoginPage::PasskeyFirst, ActorKind::Adaptive, PageName::Home),
    ];
    for (page, actor, expected) in rows {
        let mut test = TestLogin::start(&chromium, |org, _| org.login_page = Some(page)).await;
        let report = test.sign_in(actor).await;
        assert_eq!(report.reached.name, expected, "{page:?} {actor:?}: {:?} {:?}", report.stopped, test.trace);
        assert_eq!(report.stopped.is_none(), expected == PageName::Home);
    }
    chromium.stop().await;
}

#[tokio::test]
async fn a_totp_app_answers_and_is_not_asked_for_one_step_twice() {
    let chromium = Chromium::start().await;
    let mut test = TestLogin::start(&chromium, |org, user| {
        org.mfa_setting = true;
        org.date = date(2026, 3, 1);
        user.verifiers.insert(VerificationMethod::TotpApp);
    })
    .await;

    let report = test.sign_in(ActorKind::Adaptive).await;

    assert_eq!((report.reached.name, report.stopped), (PageName::Home, None), "{:?}", test.trace);
    assert!(test.authenticator.last_totp_step.is_some());
    chromium.stop().await;
}

/// Contract C5.10.
#[tokio::test]
async fn at_the_gate_a_passkey_is_created_and_answers_the_next_login() {
    let chromium = Chromium::start().await;
    let mut test = TestLogin::admin_with_passkeys(&chromium, HostNaming::Localhost).await;

    let first = test.sign_in(ActorKind::Adaptive).await;
    let second = test.sign_in(ActorKind::Adaptive).await;

    assert_eq!((first.reached.name, first.stopped), (PageName::Home, None), "{:?}", test.trace);
    assert_eq!((second.reached.name, second.stopped), (PageName::Home, None), "{:?}", test.trace);
    let pages: Vec<_> = test.trace.actions().iter().map(|action| action.page.as_str()).collect();
    assert!(pages.contains(&"create-passkey") && pages.contains(&"verify-passkey"), "{pages:?}");
    assert_eq!(test.authenticator.passkeys.credentials().len(), 1);
    chromium.stop().await;
}

/// Contract C5.7.
#[tokio::test]
async fn without_an_authenticator_the_gate_stops_an_admin_and_a_standard_user_connects_an_app() {
    let chromium = Chromium::start().await;
    let mut admin = TestLogin::start(&chromium, |org, user| {
        org.date = date(2027, 6, 1);
        org.gate = Some(EnrolmentGate::Hard);
        user.profile = "System Administrator".into();
    })
    .await;
    let mut rep = TestLogin::start(&chromium, |org, _| {
        org.date = date(2027, 6, 1);
        org.gate = Some(EnrolmentGate::Hard);
    })
    .await;

    let stopped = admin.sign_in(ActorKind::Adaptive).await;
    let connected = rep.sign_in(ActorKind::Adaptive).await;
    rep.realm.clock.advance(SignedDuration::from_secs(30));
    let again = rep.sign_in(ActorKind::Adaptive).await;

    assert!(stopped.stopped.is_some(), "{:?}", admin.trace);
    assert_eq!((connected.reached.name, connected.stopped), (PageName::Home, None), "{:?}", rep.trace);
    assert_eq!((again.reached.name, again.stopped), (PageName::Home, None), "{:?}", rep.trace);
    chromium.stop().await;
}

#[tokio::test]
async fn device_activation_reads_its_code_from_the_inbox() {
    let chromium = Chromium::start().await;
    let mut test = TestLogin::start(&chromium, |org, _| org.device_activation = true).await;

    let report = test.sign_in(ActorKind::Adaptive).await;

    assert_eq!((report.reached.name, report.stopped), (PageName::Home, None), "{:?}", test.trace);
    let asked = test.trace.actions().iter().any(|action| action.page == "verify-email");
    assert!(asked, "{:?}", test.trace);
    chromium.stop().await;
}

#[tokio::test]
async fn a_temporary_code_is_typed_where_the_org_asks_for_it() {
    let chromium = Chromium::start().await;
    let mut test = TestLogin::start(&chromium, |org, user| {
        org.mfa_setting = true;
        org.date = date(2026, 3, 1);
        user.verifiers.insert(VerificationMethod::TemporaryCode);
    })
    .await;

    let report = test.sign_in(ActorKind::Adaptive).await;

    assert_eq!((report.reached.name, report.stopped), (PageName::Home, None), "{:?}", test.trace);
    chromium.stop().await;
}

#[tokio::test]
async fn single_sign_on_reaches_home_by_the_button_and_from_the_identity_provider() {
    let chromium = Chromium::start().await;
    let own = |protocol| IdpSpec { sign_in: SignInPage::Own, ..IdpSpec::new(protocol) };
    let fields = SignInPage::Fields { username: "okta-name".into(), password: "p:w".into(), submit: "go".into() };
    let idps = vec![
        ("saml-own", own(IdpProtocol::Saml)),
        ("oidc-own", own(IdpProtocol::Oidc)),
        ("okta", IdpSpec { sign_in: fields.clone(), ..IdpSpec::new(IdpProtocol::Saml) }),
        ("at-once", IdpSpec::new(IdpProtocol::Saml)),
        ("entra", IdpSpec { sign_in: SignInPage::Entra, ..IdpSpec::new(IdpProtocol::Saml) }),
        ("okta-engine", IdpSpec { sign_in: SignInPage::Okta, ..IdpSpec::new(IdpProtocol::Oidc) }),
        ("okta-classic", IdpSpec { sign_in: SignInPage::OktaClassic, ..IdpSpec::new(IdpProtocol::Saml) }),
    ];
    let mut test = TestLogin::start_with(&chromium, HostNaming::Localhost, idps, |_, _| {}).await;
    let sso =
        |test: &TestLogin, label: &str| LoginRoute::Sso { login_url: test.my_domain("/"), label: label.to_owned() };

    for label in ["saml-own", "oidc-own", "at-once"] {
        let report = test.go(ActorKind::Adaptive, sso(&test, label)).await;
        assert_eq!((report.reached.name, report.stopped), (PageName::Home, None), "{label}: {:?}", test.trace);
    }
    let typed = test.trace.actions().iter().filter(|action| action.page == "idp-sign-in").count();
    assert!(typed >= 4, "the pages of both identity providers were typed into: {:?}", test.trace);

    test.persona.idp_page = fields;
    let url = test.realm.hosts.url(&HostRole::Idp("okta".to_owned()), "/saml/idp-initiated");
    let report = test.go(ActorKind::Adaptive, LoginRoute::IdpInitiated { url }).await;
    assert_eq!((report.reached.name, report.stopped), (PageName::Home, None), "{:?}", test.trace);

    let pages = [SignInPage::Entra, SignInPage::Okta, SignInPage::OktaClassic];
    for (label, page) in ["entra", "okta-engine", "okta-classic"].into_iter().zip(pages) {
        test.persona.idp_page = page;
        let report = test.go(ActorKind::Adaptive, sso(&test, label)).await;
        assert_eq!((report.reached.name, report.stopped), (PageName::Home, None), "{label}: {:?}", test.trace);
    }
    chromium.stop().await;
}

/// Contract A5.2.
#[tokio::test]
async fn the_button_of_an_identity_provider_works_from_its_onclick_on_both_login_pages() {
    let chromium = Chromium::start().await;
    for page in [LoginPage::Classic, LoginPage::TwoStep] {
        let idps = vec![("okta", IdpSpec::new(IdpProtocol::Saml))];
        let change = |org: &mut OrgSpec, _: &mut UserSpec| org.login_page = Some(page);
        let mut test = TestLogin::start_with(&chromium, HostNaming::Localhost, idps, change).await;
        let route = LoginRoute::Sso { login_url: test.my_domain("/"), label: "okta".to_owned() };

        let report = test.go(ActorKind::Adaptive, route).await;

        assert_eq!((report.reached.name, report.stopped), (PageName::Home, None), "{page:?}: {:?}", test.trace);
    }
    chromium.stop().await;
}

/// Contract A2.4.
#[tokio::test]
async fn the_combined_page_refuses_an_empty_password_itself_and_the_org_hears_of_it() {
    let chromium = Chromium::start().await;
    let test = TestLogin::start(&chromium, |org, _| org.login_page = Some(LoginPage::Classic)).await;
    let (limit, session) = (Duration::from_secs(5), &test.session);
    session.goto(&test.my_domain("/")).await.unwrap();
    session.type_into("#username", &Secret::new(test.persona.username.clone())).await.unwrap();
    let heard = || {
        let events = test.realm.journal.all().into_iter().map(|entry| entry.event);
        events
            .filter(|event| {
                matches!(event, Event::LoginFormPosted { password_holds: PasswordHolds::Empty, user: Some(_), .. })
            })
            .count()
    };

    session.click("#Login").await.unwrap();
    let refused = session.wait_for(limit, |page| page.error().is_some() && heard() == 1).await.unwrap().into_page();
    session.type_into("#password", &test.persona.password).await.unwrap();
    session.click("#Login").await.unwrap();
    let home = session.wait_for(limit, |page| page.name == PageName::Home).await.unwrap().into_page();

    assert_eq!((refused.error(), heard()), (Some("Error: Please enter your password."), 1));
    assert!(refused.is_blank("password") && !refused.is_blank("username"), "{refused:?}");
    assert_eq!(home.name, PageName::Home, "the username was kept: {home:?}");
    let login_page = |entry: &vestibule_simulator::realm::Entry| {
        matches!(entry.event, Event::PageServed { page: PageName::Login, .. })
    };
    assert_eq!(test.realm.journal.all().iter().filter(|entry| login_page(entry)).count(), 1, "it was not sent");
    chromium.stop().await;
}

/// Contract A5.3.
#[tokio::test]
async fn the_identity_provider_that_was_used_last_stands_in_place_of_the_form_until_it_is_cancelled() {
    let chromium = Chromium::start().await;
    let idps = vec![("okta", IdpSpec::new(IdpProtocol::Saml))];
    let change = |org: &mut OrgSpec, _: &mut UserSpec| org.idp_hint = true;
    let mut test = TestLogin::start_with(&chromium, HostNaming::Localhost, idps, change).await;
    let route = LoginRoute::Sso { login_url: test.my_domain("/"), label: "okta".to_owned() };
    let home = test.go(ActorKind::Adaptive, route).await;
    assert_eq!(home.reached.name, PageName::Home, "{:?}", test.trace);
    test.session.goto(&test.my_domain("/secur/logout.jsp")).await.unwrap();
    test.session.goto(&test.my_domain("/")).await.unwrap();
    let limit = Duration::from_secs(5);

    let hinted = test.session.wait_for(limit, |page| page.shows("cancel_idp_hint")).await.unwrap().into_page();
    test.session.click("#cancel_idp_hint").await.unwrap();
    let form = test.session.wait_for(limit, |page| page.shows("username")).await.unwrap().into_page();

    assert!(hinted.shows("cancel_idp_hint") && !hinted.shows("username"), "{hinted:?}");
    assert!(form.shows("username") && !form.shows("cancel_idp_hint"), "{form:?}");
    chromium.stop().await;
}

/// Contract A6.5 and A6.9.
#[tokio::test]
async fn the_user_menu_of_home_opens_the_card_that_logs_out() {
    let chromium = Chromium::start().await;
    let mut test = TestLogin::start(&chromium, |_, _| {}).await;
    let limit = Duration::from_secs(5);
    let home = test.sign_in(ActorKind::Adaptive).await;
    assert_eq!(home.reached.name, PageName::Home, "{:?}", test.trace);
    let session = &test.session;

    session.goto(&test.my_domain("/001")).await.unwrap();
    let closed = session.page().await.unwrap();
    session.click("button.branding-userProfile-button .uiImage").await.unwrap();
    let open = session.wait_for(limit, |page| page.shows("logout")).await.unwrap().into_page();
    session.click("a.logout").await.unwrap();
    let out = session.wait_for(limit, |page| page.name == PageName::LoggedOut).await.unwrap().into_page();

    assert_eq!(closed.name, PageName::Home, "a shell, at an address that no page of Lightning has");
    assert!(!closed.shows("logout") && open.shows("logout"), "{closed:?} {open:?}");
    assert_eq!(out.name, PageName::LoggedOut);
    chromium.stop().await;
}

/// Contract A4.3.
#[tokio::test]
async fn the_shared_login_host_leads_to_the_domain_that_is_typed() {
    let chromium = Chromium::start().await;
    let test = TestLogin::start(&chromium, |_, _| {}).await;
    let my_domain = test.my_domain("/");
    test.session.goto(&test.realm.hosts.url(&HostRole::Login, "/")).await.unwrap();

    test.session.click("#mydomainLink").await.unwrap();
    test.session.type_into("#mydomain", &Secret::new("acme")).await.unwrap();
    test.session.click_text("Continue").await.unwrap();
    let arrived = test.session.wait_for(Duration::from_secs(5), |page| page.url() == my_domain).await.unwrap();

    assert_eq!(arrived.into_page().url(), my_domain);
    chromium.stop().await;
}

#[tokio::test]
async fn an_api_session_enters_by_the_front_door_and_as_a_raw_cookie() {
    let chromium = Chromium::start().await;
    let mut test = TestLogin::start(&chromium, |_, _| {}).await;
    let sid = test.realm.open_session("rep", SessionLevel::Standard, SessionKind::Api).sid;
    let frontdoor = test.my_domain(&format!("/secur/frontdoor.jsp?sid={}", sid.reveal()));
    let cookie = LoginRoute::SidCookie {
        my_domain_url: test.my_domain("/"),
        sid: sid.clone(),
        home_url: test.realm.hosts.url(&HostRole::Lightning, "/lightning/page/home"),
    };

    for route in [LoginRoute::Frontdoor { url: Secret::new(frontdoor) }, cookie] {
        let report = test.go(ActorKind::TwoStep, route).await;
        assert_eq!((report.reached.name, report.stopped), (PageName::Home, None), "{:?}", test.trace);
    }
    assert!(!format!("{:?}", test.trace).contains(sid.reveal()));
    chromium.stop().await;
}

/// A realm behind TLS, its only user, and a browser that trusts it.
pub(super) struct TestLogin {
    pub(super) realm: Arc<Realm>,
    session: WebDriverSession,
    pub(super) persona: Persona,
    pub(super) authenticator: AuthenticatorState,
    pub(super) trace: Trace,
    _simulator: Simulator,
}

impl TestLogin {
    /// A production org on a day before any enforcement, and a standard user with nothing registered.
    pub(super) async fn start(chromium: &Chromium, change: impl FnOnce(&mut OrgSpec, &mut UserSpec)) -> Self {
        Self::start_with(chromium, HostNaming::Localhost, Vec::new(), change).await
    }

    pub(super) async fn start_with(
        chromium: &Chromium,
        naming: HostNaming,
        idps: Vec<(&str, IdpSpec)>,
        change: impl FnOnce(&mut OrgSpec, &mut UserSpec),
    ) -> Self {
        let mut org = OrgSpec::production("acme", date(2026, 3, 1)).login_page(LoginPage::TwoStep);
        let mut user = UserSpec::new("Standard User");
        change(&mut org, &mut user);
        let builder = Simulator::builder().org(org).user("rep", user).naming(naming);
        let builder = idps.into_iter().fold(builder, |builder, (key, idp)| builder.idp(key, idp));
        let simulator = builder.start().await.unwrap();
        let realm = Arc::clone(simulator.realm());
        let host_rules = (naming == HostNaming::Real).then(|| realm.hosts.resolver_rules());
        let options =
            SessionOptions { spki_pin: Some(simulator.spki_pin().to_owned()), host_rules, ..SessionOptions::default() };
        let session = chromium.driver.open(&options).await.unwrap();
        let clock = Arc::clone(&realm);
        let authenticator = AuthenticatorState::new(move || clock.clock.now(Component::Authenticator));
        let persona = persona(&realm);
        Self { realm, session, persona, authenticator, trace: Trace::start(), _simulator: simulator }
    }

    /// An administrator under enforcement, whose browser has an authenticator for passkeys.
    pub(super) async fn admin_with_passkeys(chromium: &Chromium, naming: HostNaming) -> Self {
        let mut test = Self::start_with(chromium, naming, Vec::new(), |org, user| {
            org.date = date(2027, 6, 1);
            org.gate = Some(EnrolmentGate::Hard);
            user.profile = "System Administrator".into();
        })
        .await;
        test.authenticator.kind = AuthenticatorKind::Full;
        test
    }

    pub(super) async fn sign_in(&mut self, actor: ActorKind) -> ActorReport {
        self.go(actor, LoginRoute::Password { login_url: self.my_domain("/") }).await
    }

    pub(super) async fn go(&mut self, actor: ActorKind, route: LoginRoute) -> ActorReport {
        self.session.reset().await.unwrap();
        let limit = Duration::from_secs(3);
        let Self { session, persona, authenticator, trace, .. } = self;
        sign_in(actor, session, persona, &route, authenticator, trace, limit).await.unwrap()
    }

    pub(super) fn my_domain(&self, path: &str) -> String {
        self.realm.hosts.url(&HostRole::MyDomain, path)
    }
}

fn persona(realm: &Arc<Realm>) -> Persona {
    let user = realm.users.get("rep").unwrap();
    let inbox = Arc::clone(realm);
    let address = user.email.clone();
    Persona {
        username: user.username,
        password: user.password,
        totp: user.totp_secret.map(|secret| TotpGenerator::from_base32(&secret).unwrap()),
        temporary_code: user.temporary_code.map(|(code, _)| code),
        email: Some(EmailReader::new(move || inbox.inbox.to(&address).into_iter().map(|email| email.body).collect())),
        answers_push: false,
        idp_page: SignInPage::default(),
        remember: false,
    }
}
