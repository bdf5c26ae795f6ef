//! `frontdoor.jsp`, `singleaccess`, a raw `sid` cookie, logout.

use jiff::SignedDuration;
use reqwest::Method;
use vestibule_model::{EnrolmentGate, LoginKind, PasswordExpiry, SessionLevel};
use vestibule_simulator::realm::{Event, OrgSession, RealmSpec, SessionKind};

use super::browser::page;
use super::html::title;
use super::test_realm::TestRealm;

fn access_token(test: &TestRealm, user: &str) -> OrgSession {
    test.realm.open_session(user, SessionLevel::Standard, SessionKind::Api)
}

/// Contract C5.3.
#[tokio::test]
async fn frontdoor_puts_an_access_token_of_a_user_without_a_passkey_before_the_gate() {
    let test = TestRealm::start(|_| {}).await;
    let token = access_token(&test, "admin");

    let gate = test.browser().get(&test.url(&format!("/secur/frontdoor.jsp?sid={}", token.sid.reveal()))).await;

    assert_eq!(title(&gate.body), "Create a Passkey | Salesforce");
    let started = Event::LoginStarted { user: Some("admin".to_owned()), kind: LoginKind::Frontdoor };
    assert!(test.events().contains(&started));
    assert!(!test.realm.sessions.signed_in("admin"));
}

#[tokio::test]
async fn frontdoor_opens_lightning_where_the_rules_allow_it_and_never_leads_out_of_the_org() {
    let test = TestRealm::start(|_| {}).await;
    let token = access_token(&test, "visitor");
    for (return_url, expected) in [
        ("/lightning/setup/SetupOneHome/home", test.lightning("/lightning/setup/SetupOneHome/home")),
        ("https%3A%2F%2Fevil.example%2F", test.lightning("/lightning/page/home")),
        ("%2F%2Fevil.example%2F", test.lightning("/lightning/page/home")),
        ("", test.lightning("/lightning/page/home")),
    ] {
        let path = format!("/secur/frontdoor.jsp?sid={}&retURL={return_url}", token.sid.reveal());

        let page = test.browser().get(&test.url(&path)).await;

        assert_eq!(page.url, expected, "{return_url}");
    }
}

/// Contract C1.12.
#[tokio::test]
async fn frontdoor_leads_through_the_content_door_to_lightning() {
    let test = TestRealm::start(|_| {}).await;
    let token = access_token(&test, "visitor");
    let browser = test.browser();
    let mut page = browser.get_and_stay(&test.url(&format!("/secur/frontdoor.jsp?sid={}", token.sid.reveal()))).await;
    let mut hops = Vec::new();

    while let Some(location) = page.location {
        hops.push(location.split('?').next().unwrap_or_default().to_owned());
        page = browser.get_and_stay(&location).await;
    }

    let expected = [test.lightning("/secur/contentDoor"), test.lightning("/lightning/page/home")];
    assert!(hops.ends_with(&expected), "{hops:?}");
}

/// Contract C1.14.
#[tokio::test]
async fn frontdoor_with_an_unknown_session_id_leads_to_the_login_page() {
    let test = TestRealm::start(|_| {}).await;

    let page = test.browser().get(&test.url("/secur/frontdoor.jsp?sid=00Dunknown&retURL=/lightning/page/home")).await;

    assert_eq!(page.url, test.url("/?ec=302&startURL=%2Flightning%2Fpage%2Fhome"));
}

/// Contract C1.13, F1.1, K1.1 and M1.13.
#[tokio::test]
async fn singleaccess_answers_get_and_post_with_a_front_door_that_opens_once() {
    let test = TestRealm::start(|_| {}).await;
    let token = access_token(&test, "visitor");
    let bearer = format!("Bearer {}", token.sid.reveal());
    let url = test.url("/services/oauth2/singleaccess?redirect_uri=%2Flightning%2Fsetup%2FSetupOneHome%2Fhome");

    let answer = test.browser().get_with(&url, "authorization", &bearer).await;
    let answer: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    let door = answer["frontdoor_uri"].as_str().unwrap();
    let home = test.browser().get(&format!("{door}&apv=1&display=page&ucs=1")).await;
    let again = test.browser().get(door).await;

    assert!(door.starts_with(&test.url("/secur/frontdoor.jsp?otp=")) && door.contains("&cshc="), "{door}");
    assert_eq!(home.url, test.lightning("/lightning/setup/SetupOneHome/home"));
    assert_eq!(title(&again.body), "Login | Salesforce");
    let post = [("access_token", token.sid.reveal()), ("redirect_uri", "/lightning/page/home")];
    let posted = test.browser().post(&test.url("/services/oauth2/singleaccess"), &post).await;
    let request = test.browser().request(Method::POST, &url).header("authorization", &bearer);
    let with_header = page(request).await;
    assert!(posted.body.contains("frontdoor_uri") && with_header.body.contains("frontdoor_uri"));
    assert_eq!(test.browser().get(&test.url("/services/oauth2/singleaccess")).await.status, 403);
}

/// Contract M1.12.
#[tokio::test]
async fn a_raw_sid_cookie_with_an_access_token_opens_lightning_without_the_gate() {
    let test = TestRealm::start(|_| {}).await;
    let token = access_token(&test, "admin");
    let browser = test.browser();
    browser.set_cookie(&test.url("/"), &format!("sid={}; Secure; Path=/", token.sid.reveal()));

    let page = browser.get(&test.url("/lightning/page/home")).await;

    assert_eq!(page.url, test.lightning("/lightning/page/home"));
    assert!(test.realm.sessions.signed_in("admin"));
    assert!(test.realm.sessions.find(token.sid.reveal()).unwrap().kind == SessionKind::Api, "the token is unchanged");
}

/// Contract A4.6.
#[tokio::test]
async fn after_a_logout_no_host_of_the_org_knows_the_session() {
    let test = TestRealm::start(|_| {}).await;
    let browser = test.browser();
    browser.log_in(&test.realm, "visitor").await;

    let out = browser.get(&test.lightning("/secur/logout.jsp")).await;
    let back = browser.get(&test.lightning("/lightning/page/home")).await;
    let again = browser.log_in(&test.realm, "visitor").await;

    assert_eq!(out.url, test.url("/secur/logout.jsp"));
    assert_eq!(title(&back.body), "Login | Salesforce");
    assert_eq!(title(&again.body), "Home | Salesforce");
}

#[tokio::test]
async fn the_session_id_of_a_login_that_waits_opens_no_other_browser_at_the_front_door() {
    let test = TestRealm::start(|_| {}).await;
    let (attacker, victim) = (test.browser(), test.browser());
    attacker.log_in(&test.realm, "admin").await;
    let sid = attacker.cookie(&test.url("/"), "sid").unwrap();
    let door = test.url(&format!("/secur/frontdoor.jsp?sid={sid}"));

    let elsewhere = victim.get(&door).await;
    let own = attacker.get(&door).await;

    assert_eq!(title(&elsewhere.body), "Login | Salesforce");
    assert_eq!((victim.cookie(&test.url("/"), "vflow"), victim.cookie(&test.url("/"), "sid")), (None, None));
    assert!(test.events().iter().any(|event| matches!(event, Event::RequestRefused { .. })));
    assert_eq!(title(&own.body), "Create a Passkey | Salesforce");
}

#[tokio::test]
async fn the_session_id_changes_when_the_session_is_let_through() {
    type Row = (&'static str, fn(&mut RealmSpec), &'static str, &'static [(&'static str, &'static str)]);
    let rows: [Row; 3] = [
        ("new", |spec| spec.org.gate = Some(EnrolmentGate::Leavable), "/lightning/page/home", &[]),
        ("visitor", |spec| spec.users.get_mut("visitor").unwrap().phone_registration = true, "/home/home.jsp", &[]),
        (
            "visitor",
            |spec| spec.users.get_mut("visitor").unwrap().password_expired = Some(PasswordExpiry::Hard),
            "",
            &[("p5", "Other-password-2"), ("p6", "Other-password-2")],
        ),
    ];
    for (user, change, way_out, form) in rows {
        let test = TestRealm::start(change).await;
        let browser = test.browser();
        let waits = browser.log_in(&test.realm, user).await;
        let before = browser.cookie(&test.url("/"), "sid").unwrap();
        let stolen = test.browser();
        stolen.set_cookie(&test.url("/"), &format!("sid={before}; Secure; Path=/"));

        let home = match form {
            [] => browser.get(&test.url(way_out)).await,
            filled => browser.submit(&waits, "editPage", filled).await,
        };

        let after = browser.cookie(&test.url("/"), "sid").unwrap();
        assert_eq!(title(&home.body), "Home | Salesforce", "{user} {way_out}");
        assert_ne!(before, after, "{user} {way_out}");
        assert!(test.realm.sessions.find(&before).is_none() && test.realm.sessions.find(&after).is_some());
        assert_eq!(title(&stolen.get(&test.url("/lightning/page/home")).await.body), "Login | Salesforce");
        assert_eq!(test.realm.sessions.opened(), 1, "it is still the same session");
    }
}

#[tokio::test]
async fn the_cookie_of_a_login_is_of_no_use_once_the_login_is_through() {
    let test = TestRealm::start(|_| {}).await;
    let browser = test.browser();
    let verify = browser.log_in(&test.realm, "rep").await;
    let flow = browser.cookie(&test.url("/"), "vflow").unwrap();
    let code = test.totp("rep", 0);
    let thief = || {
        let thief = test.browser();
        thief.set_cookie(&test.url("/"), &format!("vflow={flow}; Secure; Path=/"));
        thief
    };

    browser.submit(&verify, "editPage", &[("tc", &code)]).await;

    assert_eq!(browser.cookie(&test.url("/"), "vflow"), None);
    for path in [
        "/_ui/identity/verification/policy/VerificationStartUi",
        "/_ui/identity/verification/method/TotpVerificationUi/e",
    ] {
        assert_eq!(title(&thief().get(&test.url(path)).await.body), "Login | Salesforce", "{path}");
    }
    let other = thief().submit(&verify, "editPage", &[("tc", "000000")]).await;
    assert_eq!(title(&other.body), "Login | Salesforce", "another form than the one that ended the login");
    let clicked_twice = thief().submit(&verify, "editPage", &[("tc", &code)]).await;
    assert_eq!(title(&clicked_twice.body), "Home | Salesforce", "a second click cancels the answer to the first");
    test.realm.clock.advance(SignedDuration::from_secs(61));
    let late = thief().submit(&verify, "editPage", &[("tc", &code)]).await;
    assert_eq!(title(&late.body), "Login | Salesforce");
}

#[tokio::test]
async fn a_logout_ends_the_login_that_is_under_way() {
    let test = TestRealm::start(|_| {}).await;
    let browser = test.browser();
    browser.log_in(&test.realm, "rep").await;
    let flow = browser.cookie(&test.url("/"), "vflow").unwrap();

    browser.get(&test.url("/secur/logout.jsp")).await;

    let other = test.browser();
    other.set_cookie(&test.url("/"), &format!("vflow={flow}; Secure; Path=/"));
    let start = other.get(&test.url("/_ui/identity/verification/policy/VerificationStartUi")).await;
    assert_eq!(title(&start.body), "Login | Salesforce");
}
