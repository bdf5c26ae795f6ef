//! Sessions end when they are not used (contract H4.4), and when the login hours of their user do (contract H5.4).

use jiff::SignedDuration;
use vestibule_model::{SessionLevel, SessionTimeout};
use vestibule_simulator::realm::{Event, SessionKind};

use super::html::title;
use super::test_realm::TestRealm;

/// Contract H4.4.
#[tokio::test]
async fn a_session_that_is_not_used_ends_after_the_timeout_and_one_that_is_used_goes_on() {
    for (timeout, minutes) in [
        (SessionTimeout::default(), 120),
        (SessionTimeout::FifteenMinutes, 15),
        (SessionTimeout::TwentyFourHours, 24 * 60),
    ] {
        let test = TestRealm::start(|spec| spec.org.session_timeout = timeout).await;
        let browser = test.browser();
        browser.log_in(&test.realm, "visitor").await;
        let wait = |minutes: i64| test.realm.clock.advance(SignedDuration::from_mins(minutes));
        let home = test.lightning("/lightning/page/home");

        wait(minutes - 1);
        let used = browser.get(&home).await;
        wait(minutes - 1);
        let used_again = browser.get(&home).await;
        wait(minutes);
        let ended = browser.get(&home).await;

        for page in [&used, &used_again] {
            assert_eq!(title(&page.body), "Home | Salesforce", "{timeout}");
        }
        assert_eq!(title(&ended.body), "Login | Salesforce", "{timeout}");
        assert!(ended.url.starts_with(&test.url("/?ec=302&startURL=")), "{}", ended.url);
        assert!(!test.realm.sessions.signed_in("visitor"), "{timeout}");
        assert!(test.events().iter().any(|event| matches!(event, Event::SessionClosed { .. })), "{timeout}");
    }
}

/// Contract H4.4.
#[tokio::test]
async fn a_use_in_the_first_half_of_the_timeout_does_not_count() {
    let test = TestRealm::start(|spec| spec.org.session_timeout = SessionTimeout::ThirtyMinutes).await;
    let browser = test.browser();
    browser.log_in(&test.realm, "visitor").await;
    let home = test.lightning("/lightning/page/home");

    test.realm.clock.advance(SignedDuration::from_mins(14));
    let used = browser.get(&home).await;
    test.realm.clock.advance(SignedDuration::from_mins(16));
    let ended = browser.get(&home).await;

    assert_eq!((title(&used.body), title(&ended.body)), ("Home | Salesforce".into(), "Login | Salesforce".into()));
}

/// Contract H4.4.
#[tokio::test]
async fn an_access_token_ends_too() {
    let test = TestRealm::start(|_| {}).await;
    let token = test.realm.open_session("visitor", SessionLevel::Standard, SessionKind::Api);
    let door = test.url(&format!("/secur/frontdoor.jsp?sid={}", token.sid.reveal()));

    test.realm.clock.advance(SignedDuration::from_hours(2));
    let late = test.browser().get(&door).await;

    assert_eq!(title(&late.body), "Login | Salesforce");
    assert!(!test.realm.sessions.signed_in("visitor"));
}

/// Contract H5.4.
#[tokio::test]
async fn a_session_ends_with_the_login_hours_of_its_user() {
    let hours = serde_json::from_value(serde_json::json!({ "monday": "08:00-12:30" })).unwrap();
    let test = TestRealm::start(|spec| spec.users.get_mut("visitor").unwrap().login_hours = hours).await;
    let browser = test.browser();
    browser.log_in(&test.realm, "visitor").await;
    let home = test.lightning("/lightning/page/home");

    test.realm.clock.advance(SignedDuration::from_mins(29));
    let within = browser.get(&home).await;
    test.realm.clock.advance(SignedDuration::from_mins(1));
    let after = browser.get(&home).await;

    assert_eq!((title(&within.body), title(&after.body)), ("Home | Salesforce".into(), "Login | Salesforce".into()));
}
