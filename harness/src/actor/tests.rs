//! The actors on small pages with the ids of the contract.

mod org;
mod passkey_interop;
mod real_hosts;
mod simulated_org;

use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;
use vestibule_model::{ActorKind, AuthenticatorKind, PageName, Secret, SignInPage};
use wiremock::matchers::path;
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::sign_in::ActorReport;
use super::*;
use crate::authenticator::TotpGenerator;
use crate::browser::tests::chromium::{Chromium, serve};
use crate::browser::{BrowserError, BrowserKind, Driver, SessionOptions};
use crate::trace::{Obstacle, StopReason, Trace};
use org::{EMAIL_CODE, PASSWORD, TOTP_SECRET};

#[tokio::test]
async fn the_single_page_actor_survives_classic_and_stops_at_two_step() {
    let mut stand = Stand::start().await;

    let classic = stand.sign_in(ActorKind::SinglePage, "classic").await;
    let two_step = stand.sign_in(ActorKind::SinglePage, "two-step").await;

    assert_eq!((classic.reached.name, classic.stopped), (PageName::Home, None));
    assert_eq!(two_step.reached.name, PageName::Username);
    let stopped = two_step.stopped.unwrap().to_string();
    assert_eq!(stopped, "waited for #password on `username` (/two-step), which no longer changes");
    stand.chromium.stop().await;
}

#[tokio::test]
async fn what_broke_first_is_told_and_not_that_nothing_can_be_cleaned_up() {
    vestibule_certs::install_tls_provider();
    let server = MockServer::start().await;
    let session = json!({ "sessionId": "s1", "capabilities": { "browserName": "chrome" } });
    let crash = json!({ "error": "unknown error", "message": "tab crashed", "stacktrace": "" });
    for (at, status, value) in [
        ("/session", 200, session),
        ("/session/s1/webauthn/authenticator", 200, json!("a1")),
        ("/session/s1/url", 500, crash),
    ] {
        let answer = ResponseTemplate::new(status).set_body_json(json!({ "value": value }));
        Mock::given(path(at)).respond_with(answer).mount(&server).await;
    }
    let session = Driver::remote(server.uri().parse().unwrap(), BrowserKind::Chromium)
        .open(&SessionOptions::default())
        .await
        .unwrap();
    let (mut held, mut trace) = (authenticator(), Trace::start());
    held.kind = AuthenticatorKind::Full;
    let route = LoginRoute::Password { login_url: "https://acme.localhost/".to_owned() };

    let limit = Duration::from_secs(2);
    let broken = sign_in(ActorKind::TwoStep, &session, &persona(), &route, &mut held, &mut trace, limit).await;

    let why = broken.unwrap_err();
    assert!(matches!(&why, BrowserError::Lost { reason, .. } if reason.contains("tab crashed")), "{why}");
}

#[tokio::test]
async fn the_two_step_actor_survives_two_step_and_stops_at_a_verification() {
    let mut stand = Stand::start().await;

    let two_step = stand.sign_in(ActorKind::TwoStep, "two-step").await;
    let verified = stand.sign_in(ActorKind::TwoStep, "two-step-totp").await;
    let classic = stand.sign_in(ActorKind::TwoStep, "classic").await;

    assert_eq!((two_step.reached.name, two_step.stopped), (PageName::Home, None));
    assert_eq!(verified.reached.name, PageName::VerifyTotp);
    assert!(verified.stopped.unwrap().to_string().contains("for home on `verify-totp`"));
    assert_eq!(classic.reached.name, PageName::Home, "an empty password brings the page again with its field");
    stand.chromium.stop().await;
}

#[tokio::test]
async fn the_adaptive_actor_copes_with_every_page_of_the_login() {
    let mut stand = Stand::start().await;
    for page in ["classic", "two-step", "two-step-totp", "two-step-email", "slow"] {
        let report = stand.sign_in(ActorKind::Adaptive, page).await;
        assert_eq!((report.reached.name, report.stopped), (PageName::Home, None), "{page}");
    }
    stand.chromium.stop().await;
}

#[tokio::test]
async fn the_adaptive_actor_creates_a_passkey_at_the_gate_where_the_browser_has_an_authenticator() {
    let mut stand = Stand::start().await;
    stand.authenticator.kind = AuthenticatorKind::Full;

    let report = stand.sign_in(ActorKind::Adaptive, "gate").await;

    assert_eq!((report.reached.name, report.stopped), (PageName::Home, None));
    assert_eq!(stand.authenticator.passkeys.credentials().len(), 1);
    let again = stand.sign_in(ActorKind::Adaptive, "passkey").await;
    assert_eq!((again.reached.name, again.stopped), (PageName::Home, None));
    assert!(stand.authenticator.passkeys.credentials()[0].sign_count > 0, "the counter came back from the browser");
    stand.chromium.stop().await;
}

#[tokio::test]
async fn without_an_authenticator_it_connects_a_totp_app_and_uses_it_next_time() {
    let mut stand = Stand::start().await;
    stand.persona.totp = None;

    let report = stand.sign_in(ActorKind::Adaptive, "gate").await;

    assert_eq!((report.reached.name, report.stopped), (PageName::Home, None), "{:?}", stand.trace.actions());
    assert!(stand.authenticator.totp.is_some());
    let used = stand.authenticator.last_totp_step;
    assert!(used.is_some());
    stand.chromium.stop().await;
}

#[tokio::test]
async fn a_used_step_on_a_frozen_clock_is_not_waited_for() {
    let mut stand = Stand::start().await;

    let first = stand.sign_in(ActorKind::Adaptive, "two-step-totp").await;
    let second = stand.sign_in(ActorKind::Adaptive, "two-step-totp").await;

    assert_eq!(first.stopped, None);
    assert_eq!(second.stopped, Some(StopReason::NoFreshCode));
    stand.chromium.stop().await;
}

#[tokio::test]
async fn a_missing_means_a_wrong_password_and_a_dead_end_are_told_apart() {
    let mut stand = Stand::start().await;
    stand.persona.totp = None;
    let totp = stand.sign_in(ActorKind::Adaptive, "two-step-totp").await;
    let passkey = stand.sign_in(ActorKind::Adaptive, "passkey").await;
    let hard = stand.sign_in(ActorKind::Adaptive, "hard-gate").await;
    stand.persona.password = Secret::new("wrong");
    let wrong = stand.sign_in(ActorKind::Adaptive, "two-step").await;

    assert_eq!(totp.reached.name, PageName::VerifyTotp);
    assert!(matches!(totp.stopped, Some(StopReason::Cannot { obstacle: Obstacle::NoCode, .. })));
    assert_eq!(passkey.reached.name, PageName::VerifyPasskey);
    assert!(matches!(passkey.stopped, Some(StopReason::Cannot { obstacle: Obstacle::NoPasskey, .. })));
    assert_eq!(hard.reached.name, PageName::CreatePasskey);
    assert!(hard.stopped.unwrap().to_string().contains("no authenticator"));
    assert!(wrong.stopped.unwrap().to_string().contains("Please check your username and password."));
    stand.chromium.stop().await;
}

#[tokio::test]
async fn sso_by_button_types_at_the_identity_provider() {
    let mut stand = Stand::start().await;
    stand.persona.idp_page =
        SignInPage::Fields { username: "okta-name".into(), password: "okta:pass".into(), submit: "okta-go".into() };
    let login_url = stand.url("two-step");

    let report =
        stand.go(ActorKind::Adaptive, LoginRoute::Sso { login_url: login_url.clone(), label: "Okta".into() }).await;
    let missing = stand.go(ActorKind::Adaptive, LoginRoute::Sso { login_url, label: "Entra".into() }).await;

    assert_eq!((report.reached.name, report.stopped), (PageName::Home, None));
    assert!(missing.stopped.unwrap().to_string().starts_with("no button \"Log in with Entra\""));
    stand.chromium.stop().await;
}

#[tokio::test]
async fn session_routes_open_home_and_leave_no_secret_in_the_timeline() {
    let mut stand = Stand::start().await;
    let sid = "00Dxx0000000001!AQsecretsecret";
    let frontdoor = LoginRoute::Frontdoor { url: Secret::new(format!("{}?sid={sid}", stand.url("frontdoor"))) };
    let cookie = LoginRoute::SidCookie {
        my_domain_url: stand.url("two-step"),
        sid: Secret::new(sid),
        home_url: stand.url("lightning/page/home"),
    };

    for route in [frontdoor, cookie] {
        let report = stand.go(ActorKind::SinglePage, route).await;
        assert_eq!((report.reached.name, report.stopped), (PageName::Home, None));
    }

    let shown = format!("{:?}", stand.trace.actions());
    assert!(shown.contains("set the cookie sid") && !shown.contains("secretsecret"), "{shown}");
    stand.chromium.stop().await;
}

#[tokio::test]
async fn the_timeline_names_each_action_with_the_page_after_it_and_no_secret() {
    let mut stand = Stand::start().await;

    stand.sign_in(ActorKind::Adaptive, "two-step-totp").await;

    let actions = stand.trace.actions();
    let shown: Vec<_> = actions.iter().map(|action| format!("{} -> {}", action.what, action.page)).collect();
    assert_eq!(
        shown,
        [
            "open the login page -> username",
            "type the username into #username -> username",
            "click #Login -> password",
            "type the password into #password -> password",
            "click #Login -> verify-totp",
            "type the verification code into #tc -> verify-totp",
            "click #save -> home",
        ]
    );
    let all = format!("{actions:?}");
    assert!(!all.contains(PASSWORD) && !all.contains(TOTP_SECRET), "{all}");
    stand.chromium.stop().await;
}

/// A browser, a persona and the small org.
fn persona() -> Persona {
    Persona {
        username: "rep@acme.example".into(),
        password: Secret::new(PASSWORD),
        totp: Some(TotpGenerator::from_base32(&Secret::new(TOTP_SECRET)).unwrap()),
        temporary_code: None,
        email: Some(EmailReader::new(|| vec![format!("Verification Code: {EMAIL_CODE}")])),
        answers_push: false,
        idp_page: SignInPage::default(),
        remember: false,
    }
}

/// A clock frozen in the middle of a step: the small org accepts only this code.
fn authenticator() -> AuthenticatorState {
    AuthenticatorState::new(|| Timestamp::from_second(org::NOW).unwrap())
}

struct Stand {
    chromium: Chromium,
    port: u16,
    persona: Persona,
    authenticator: AuthenticatorState,
    trace: Trace,
}

impl Stand {
    async fn start() -> Self {
        let chromium = Chromium::start().await;
        let port = serve(org::pages()).await;
        Self { chromium, port, persona: persona(), authenticator: authenticator(), trace: Trace::start() }
    }

    fn url(&self, path: &str) -> String {
        format!("http://acme.localhost:{}/{path}", self.port)
    }

    async fn sign_in(&mut self, kind: ActorKind, page: &str) -> ActorReport {
        self.go(kind, LoginRoute::Password { login_url: self.url(page) }).await
    }

    async fn go(&mut self, kind: ActorKind, route: LoginRoute) -> ActorReport {
        self.chromium.session.reset().await.unwrap();
        let limit = Duration::from_millis(1500);
        let Self { chromium, persona, authenticator, trace, .. } = self;
        sign_in(kind, &chromium.session, persona, &route, authenticator, trace, limit).await.unwrap()
    }
}
