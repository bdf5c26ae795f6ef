//! The enrolment gate: hard and leavable, and the choice of an authenticator app instead of a passkey.

use vestibule_model::EnrolmentGate;
use vestibule_simulator::realm::{Component, Event};

use super::html::{one, select, title};
use super::test_realm::{TestRealm, totp};

/// Contract C1.7 and H1.5.
#[tokio::test]
async fn a_user_without_a_method_lands_at_the_gate_and_is_not_signed_in() {
    let test = TestRealm::start(|_| {}).await;

    let gate = test.browser().log_in(&test.realm, "new").await;

    let expected = test.url("/_ui/identity/webauthn/AddPasskeyUi?retURL=%2Flightning%2Fpage%2Fhome");
    assert_eq!(gate.url, expected);
    assert!(!test.realm.sessions.signed_in("new"));
    assert_eq!(test.statuses(), ["Multi-factor required"]);
}

/// Contract C5.2 and C5.4.
#[tokio::test]
async fn every_page_leads_back_to_a_hard_gate() {
    let test = TestRealm::start(|spec| {
        spec.org.gate = Some(EnrolmentGate::Hard);
        spec.org.trusted_ip_ranges = vec!["127.0.0.1".parse().unwrap()];
        spec.users.get_mut("new").unwrap().login_ip_ranges = vec!["127.0.0.1".parse().unwrap()];
    })
    .await;
    let browser = test.browser();
    browser.log_in(&test.realm, "new").await;

    for url in [
        test.lightning("/lightning/page/home"),
        test.lightning("/lightning/setup/SetupOneHome/home"),
        test.url("/setup/forcecomHomepage.apexp"),
        test.url("/"),
        test.url("/lightning/page/home"),
    ] {
        let page = browser.get(&url).await;
        assert_eq!(title(&page.body), "Create a Passkey | Salesforce", "{url}");
    }
    assert!(!test.realm.sessions.signed_in("new"));
}

/// Contract C5.5.
#[tokio::test]
async fn a_leavable_gate_is_left_by_navigating_to_its_cancel_url() {
    let test = TestRealm::start(|spec| spec.org.gate = Some(EnrolmentGate::Leavable)).await;
    let browser = test.browser();
    let gate = browser.log_in(&test.realm, "new").await;
    let way_out = one(&gate.body, "input#cancelURL").attribute("value").to_owned();
    let root = browser.get(&test.url("/")).await;
    assert_eq!(title(&root.body), "Create a Passkey | Salesforce", "the host root does not leave the gate");

    let home = browser.get(&way_out).await;

    assert_eq!(home.url, test.lightning("/lightning/page/home"));
    assert!(test.realm.sessions.signed_in("new"));
    assert!(test.events().contains(&Event::GateLeft { user: "new".to_owned() }));
    assert_eq!(test.statuses(), ["Multi-factor required", "Success"]);
}

#[tokio::test]
async fn a_session_before_which_the_gate_stands_is_good_for_no_rest_call() {
    let test = TestRealm::start(|_| {}).await;
    let browser = test.browser();
    browser.log_in(&test.realm, "new").await;

    let info = browser.get(&test.url("/services/oauth2/userinfo")).await;

    assert_eq!(info.status, 403);
}

/// Contract C5.6 and C5.7.
#[tokio::test]
async fn a_standard_user_connects_an_authenticator_app_and_uses_it_at_the_next_login() {
    let test = TestRealm::start(|_| {}).await;
    let browser = test.browser();
    let gate = browser.log_in(&test.realm, "new").await;

    let chooser = browser.get(&test.url(one(&gate.body, "a#chRegL").attribute("href"))).await;
    assert_eq!(one(&chooser.body, "h2").text, "Choose a Verification Method");
    let offered: Vec<_> = select(&chooser.body, "button").into_iter().map(|button| button.text).collect();
    assert_eq!(offered, ["Salesforce Authenticator", "One-Time Password App", "Security Key"]);
    let connect = browser.submit(&chooser, "editPage", &[("selectedMethod", "One-Time Password App")]).await;
    assert_eq!(one(&connect.body, "h2").text, "Connect an Authenticator App");
    assert_eq!(select(&connect.body, "img#qr").len(), 1);
    assert_eq!(one(&connect.body, "a#cantScan").text, "I Can't Scan the QR Code");
    assert_eq!(one(&connect.body, "input#save").attribute("value"), "Connect");
    let key = one(&connect.body, "code#key").text;
    let bad = browser.submit(&connect, "editPage", &[("t", "abcdef")]).await;
    assert_eq!(one(&bad.body, "code#key").text, key, "a wrong code keeps the key");
    let now = test.realm.clock.now(Component::Org);
    let home = browser.submit(&bad, "editPage", &[("t", &totp(&key, now, 0))]).await;
    assert_eq!(title(&home.body), "Home | Salesforce");

    browser.get(&test.url("/secur/logout.jsp")).await;
    let verify = browser.log_in(&test.realm, "new").await;
    let replayed = browser.submit(&verify, "editPage", &[("tc", &totp(&key, now, 0))]).await;
    let home = browser.submit(&replayed, "editPage", &[("tc", &totp(&key, now, 1))]).await;

    assert_eq!(select(&replayed.body, "div.errorMsg").len(), 1, "the enrolment has already used that time step");
    assert_eq!(title(&home.body), "Home | Salesforce");
}

/// Contract C5.6.
#[tokio::test]
async fn a_privileged_user_is_offered_no_authenticator_app() {
    let test = TestRealm::start(|_| {}).await;
    let browser = test.browser();
    browser.log_in(&test.realm, "admin").await;

    let chooser = browser.get(&test.url("/_ui/identity/verification/addTwoFactor")).await;
    let totp = browser.get(&test.url("/_ui/identity/totp/AddTotpUi")).await;

    let offered: Vec<_> = select(&chooser.body, "button").into_iter().map(|button| button.text).collect();
    assert_eq!(offered, ["Security Key"]);
    assert_eq!(title(&totp.body), "Create a Passkey | Salesforce");
}

/// Contract M1.11.
#[tokio::test]
async fn the_paths_beside_the_gate_lead_a_login_to_the_other_methods_or_back_and_nobody_home() {
    let test = TestRealm::start(|_| {}).await;
    let browser = test.browser();
    let gate = browser.log_in(&test.realm, "new").await;
    let button = one(&gate.body, "button#create-passkey");
    assert_eq!((button.attribute("type"), button.text.as_str()), ("button", "Create Passkey"));
    for (path, shown) in [
        ("/_ui/identity/verification/addTwoFactor", "Choose a Verification Method | Salesforce"),
        ("/_ui/identity/verification/addTwoFactorOnly", "Choose a Verification Method | Salesforce"),
        ("/_ui/identity/challenge", "Create a Passkey | Salesforce"),
    ] {
        let page = browser.get(&test.url(path)).await;
        let stranger = test.browser().get(&test.url(path)).await;

        assert_eq!(title(&page.body), shown, "{path}");
        assert_eq!(title(&stranger.body), "Login | Salesforce", "{path}");
        assert!(!test.realm.sessions.signed_in("new"), "{path}");
    }
}
