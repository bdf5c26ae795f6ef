//! The integration: its OAuth connection to the org, before and after MFA goes on.

use std::sync::Arc;

use jiff::SignedDuration;
use jiff::civil::{Date, date};
use reqwest::Method;
use vestibule_model::{HostNaming, IntegrationFault, LoginPage, SessionLevel, UserType};
use vestibule_simulator::Simulator;
use vestibule_simulator::realm::{
    Component, Event, HostRole, OrgSpec, ProductKind, ProductSpec, Realm, SessionKind, UserSpec,
};

use super::{KEY, PASSWORD};
use crate::support::browser::{Browser, Page, page};
use crate::support::html;

const BEFORE: Date = date(2026, 3, 1);
const AFTER: Date = date(2026, 11, 2);

struct TestIntegration {
    realm: Arc<Realm>,
    _simulator: Simulator,
}

impl TestIntegration {
    async fn on(day: Date) -> Self {
        Self::under(day, HostNaming::Localhost).await
    }

    async fn under(day: Date, naming: HostNaming) -> Self {
        let user = || UserSpec::new("Standard User").password(PASSWORD);
        let visitor = UserSpec { user_type: UserType::ExperienceCloud, ..user() };
        let builder = Simulator::builder()
            .org(OrgSpec::production("acme", day).login_page(LoginPage::Classic))
            .user("rep", user().totp())
            .user("visitor", visitor)
            .product(KEY, ProductSpec::new(ProductKind::Integration))
            .naming(naming)
            .frozen_at("2026-12-01T12:00:00Z".parse().unwrap())
            .seed(7);
        let simulator = builder.start().await.unwrap();
        Self { realm: Arc::clone(simulator.realm()), _simulator: simulator }
    }

    fn browser(&self) -> Browser {
        Browser::new(&self.realm)
    }

    fn url(&self, path: &str) -> String {
        self.realm.hosts.url(&HostRole::Product(KEY.to_owned()), path)
    }

    /// Connects the integration as this user, with a code if the org asks for one.
    async fn connect(&self, browser: &Browser, user: &str) -> Page {
        let login = browser.get(&self.url("/connect")).await;
        let username = self.realm.users.get(user).unwrap().username;
        let mut page = browser.submit(&login, "login_form", &[("username", &username), ("pw", PASSWORD)]).await;
        if page.name() == "verify-totp" {
            let code = self.code(user);
            page = browser.submit(&page, "editPage", &[("tc", &code)]).await;
        }
        if page.name() == "authorize-app" {
            page = allow(browser, &page).await;
        }
        page
    }

    fn code(&self, user: &str) -> String {
        let key = self.realm.users.get(user).unwrap().totp_secret.unwrap();
        let secret = totp_rs::Secret::try_from_base32(key.reveal()).unwrap();
        let totp = totp_rs::Builder::new().with_secret(secret).build_noncompliant();
        totp.generate(self.realm.clock.unix(Component::Authenticator)).to_string()
    }

    /// Has the integration read data of the org.
    async fn sync(&self) -> Page {
        page(self.browser().request(Method::POST, &self.url("/api/v1/sync"))).await
    }

    fn stops(&self) -> Vec<IntegrationFault> {
        let stops = self.realm.journal.events().into_iter().filter_map(|event| match event {
            Event::IntegrationStopped { why, .. } => Some(why),
            _ => None,
        });
        stops.collect()
    }

    fn levels(&self) -> Vec<SessionLevel> {
        let levels = self.realm.journal.events().into_iter().filter_map(|event| match event {
            Event::IntegrationConnected { level, .. } => Some(level),
            _ => None,
        });
        levels.collect()
    }
}

/// Clicks "Allow" on the approval page of the org.
async fn allow(browser: &Browser, page: &Page) -> Page {
    browser.submit(page, "editPage", &[("save", "Allow")]).await
}

#[tokio::test]
async fn without_mfa_the_integration_goes_on_with_its_token_and_renews_it_by_itself() {
    for naming in [HostNaming::Localhost, HostNaming::Real] {
        let test = TestIntegration::under(BEFORE, naming).await;

        let home = test.connect(&test.browser(), "rep").await;
        let first = test.sync().await;
        for session in test.realm.sessions.all() {
            test.realm.close_session(session.sid.reveal());
        }
        let renewed = test.sync().await;

        assert_eq!((home.name(), test.levels()), ("product-home", vec![SessionLevel::Standard]), "{naming:?}");
        assert!(home.body.contains("Connected to the org as rep"), "{naming:?}: {}", home.body);
        for answer in [first, renewed] {
            assert_eq!((answer.status, answer.body.as_str()), (200, "{\"users\":2}"), "{naming:?}");
        }
        let events = test.realm.journal.events();
        let refreshed = |event: &&Event| matches!(event, Event::OauthTokenIssued { refreshed: true, .. });
        assert_eq!(events.iter().filter(refreshed).count(), 1, "{naming:?}");
    }
}

#[tokio::test]
async fn the_connection_breaks_when_mfa_goes_on_and_works_after_it_is_made_again_with_a_code() {
    let test = TestIntegration::on(BEFORE).await;
    let browser = test.browser();
    test.connect(&browser, "rep").await;
    assert_eq!(test.sync().await.status, 200);

    test.realm.set_date(AFTER);
    let broken = test.sync().await;
    let home = test.connect(&browser, "rep").await;
    let again = test.sync().await;

    assert_eq!((broken.status, again.status), (409, 200), "{}", broken.body);
    assert!(broken.body.contains("mfa-turned-on") && broken.body.contains("with the code"), "{}", broken.body);
    assert_eq!(home.name(), "product-home", "{}", home.body);
    assert_eq!(test.levels(), [SessionLevel::Standard, SessionLevel::HighAssurance]);
    assert_eq!(test.stops(), [IntegrationFault::MfaTurnedOn]);
}

#[tokio::test]
async fn a_connection_made_with_a_code_and_that_of_an_external_user_outlast_the_day() {
    for (user, made) in [("rep", AFTER), ("visitor", BEFORE)] {
        let test = TestIntegration::on(made).await;
        test.connect(&test.browser(), user).await;

        test.realm.set_date(AFTER);

        assert_eq!(test.sync().await.status, 200, "{user}");
        assert!(test.stops().is_empty(), "{user}");
    }
}

/// Contract F1.6: since then a refresh token is good once.
#[tokio::test]
async fn several_that_renew_the_token_at_once_do_not_break_the_connection() {
    let test = TestIntegration::on(AFTER).await;
    test.connect(&test.browser(), "rep").await;
    for session in test.realm.sessions.all() {
        test.realm.close_session(session.sid.reveal());
    }

    let (first, second, third) = tokio::join!(test.sync(), test.sync(), test.sync());

    for answer in [first, second, third, test.sync().await] {
        assert_eq!((answer.status, answer.body.as_str()), (200, "{\"users\":2}"));
    }
    assert!(test.stops().is_empty());
}

#[tokio::test]
async fn a_missing_and_a_revoked_connection_say_what_to_do() {
    let test = TestIntegration::on(BEFORE).await;
    let missing = test.sync().await;
    let browser = test.browser();
    test.connect(&browser, "rep").await;
    let sessions = test.realm.sessions.all();
    let token = &sessions.iter().find(|session| session.kind == SessionKind::Api).unwrap().sid;

    let revoke = test.realm.hosts.url(&HostRole::MyDomain, "/services/oauth2/revoke");
    browser.post(&revoke, &[("token", token.reveal())]).await;
    let revoked = test.sync().await;

    assert_eq!((missing.status, revoked.status), (409, 409), "{}", revoked.body);
    assert_eq!(test.stops(), [IntegrationFault::NotConnected, IntegrationFault::TokensRefused]);
    assert!(revoked.body.contains("Connect it again"), "{}", revoked.body);
}

#[tokio::test]
async fn an_answer_that_nobody_asked_for_connects_nothing_and_a_denial_is_shown() {
    let test = TestIntegration::on(BEFORE).await;
    let (victim, other) = (test.browser(), test.browser());
    let asked = other.get_and_stay(&test.url("/connect")).await;
    let state = asked.redirected_with("state").unwrap();

    let forged = victim.get(&test.url(&format!("/callback?code=aPrx&state={state}"))).await;
    let unknown = victim.get(&test.url("/callback?code=aPrx&state=nothing")).await;
    let login = other.get(&test.url("/connect")).await;
    let username = test.realm.users.get("rep").unwrap().username;
    let approval = other.submit(&login, "login_form", &[("username", &username), ("pw", PASSWORD)]).await;
    let denied = other.submit(&approval, "editPage", &[("cancel", "Deny")]).await;

    for page in [forged, unknown] {
        assert_eq!((page.status, page.name()), (400, "product-error"), "{}", page.body);
    }
    assert!(denied.body.contains("The org allowed nothing"), "{}", denied.body);
    assert!(test.levels().is_empty());
}

#[tokio::test]
async fn the_notice_is_shown_since_spring_2021_and_no_page_asks_for_a_phone_number() {
    for (day, shown) in [(date(2021, 1, 4), false), (date(2021, 3, 1), true)] {
        let test = TestIntegration::on(day).await;
        let browser = test.browser();

        let home = test.connect(&browser, "rep").await;
        let synced = browser.submit(&home, "sync", &[]).await;

        assert_eq!(home.body.contains("Activate MFA now"), shown, "{day}: {}", home.body);
        assert!(synced.body.contains("Read 2 users of the org"), "{day}: {}", synced.body);
        for page in [home, synced, browser.get(&test.url("/")).await] {
            assert!(html::select(&page.body, "input").is_empty(), "{day}: {}", page.body);
            assert!(!page.body.to_lowercase().contains("phone"), "{day}: {}", page.body);
            assert!(page.body.contains("Simulated product of Vestibule"), "{day}: {}", page.body);
        }
    }
}

#[tokio::test]
async fn each_time_that_the_integration_is_connected_the_org_asks_for_a_code() {
    let test = TestIntegration::on(AFTER).await;
    let browser = test.browser();

    test.connect(&browser, "rep").await;
    test.realm.clock.advance(SignedDuration::from_secs(60));
    let home = test.connect(&browser, "rep").await;

    assert_eq!(home.name(), "product-home", "each connection asks for a code of its own: {}", home.body);
    assert_eq!(test.levels(), [SessionLevel::HighAssurance; 2]);
}
