//! The pages between a successful login and its destination.

use vestibule_model::{PageName, PasswordExpiry, SessionLevel};
use vestibule_simulator::realm::{Event, InterstitialExit, RealmSpec, SessionKind};

use super::html::{one, select, title};
use super::test_realm::TestRealm;

const USER: &str = "visitor";

/// Contract C1.9.
#[tokio::test]
async fn the_phone_page_keeps_its_contract_and_is_declined_for_good_by_its_link() {
    let test = TestRealm::start(|spec| user(spec).phone_registration = true).await;
    let browser = test.browser();

    let phone = browser.log_in(&test.realm, USER).await;
    let never = link(&phone.body, "no_phone");
    let signed_in_before = test.realm.sessions.signed_in(USER);
    let home = browser.get(&test.url(&never)).await;
    let again = test.browser().log_in(&test.realm, USER).await;

    assert!(phone.url.starts_with(&test.url("/_ui/identity/phone/AddPhoneNumber?d=m&retURL=")), "{}", phone.url);
    assert_eq!(one(&phone.body, "h2#header").text, "Register Your Mobile Phone");
    assert_eq!(one(&phone.body, "a#no_phone").text, "I Don't Want to Register My Phone");
    assert!(never.contains("_ui/identity/phone/AddPhoneNumber?retURL"), "{never}");
    assert!(!signed_in_before);
    assert_eq!(home.url, test.lightning("/lightning/page/home"));
    assert_eq!(again.url, test.lightning("/lightning/page/home"));
    assert_eq!(left(&test), [(PageName::RegisterPhone, InterstitialExit::Declined)]);
    assert_eq!(test.statuses(), ["Success", "Success"]);
}

/// Contract C1.9.
#[tokio::test]
async fn the_phone_page_comes_again_after_remind_me_later_and_not_after_a_number() {
    let test = TestRealm::start(|spec| user(spec).phone_registration = true).await;
    let browser = test.browser();

    let phone = browser.log_in(&test.realm, USER).await;
    let home = browser.get(&test.url(&link(&phone.body, "remind_later"))).await;
    let browser = test.browser();
    let phone = browser.log_in(&test.realm, USER).await;
    let bad = browser.submit(&phone, "editPage", &[("phone", "none")]).await;
    let registered = browser.submit(&bad, "editPage", &[("phone", "+49 151 0000000")]).await;
    let last = test.browser().log_in(&test.realm, USER).await;

    assert_eq!(title(&home.body), "Home | Salesforce");
    assert_eq!(one(&bad.body, "div.errorMsg").text, "Error: Enter a valid mobile phone number.");
    assert_eq!(title(&registered.body), "Home | Salesforce");
    assert_eq!(title(&last.body), "Home | Salesforce");
    assert_eq!(
        left(&test),
        [(PageName::RegisterPhone, InterstitialExit::Declined), (PageName::RegisterPhone, InterstitialExit::Answered),]
    );
}

#[tokio::test]
async fn the_phone_page_is_left_by_going_elsewhere() {
    let test = TestRealm::start(|spec| user(spec).phone_registration = true).await;
    let browser = test.browser();
    browser.log_in(&test.realm, USER).await;

    let root = browser.get(&test.url("/")).await;
    let home = browser.get(&test.url("/lightning/page/home")).await;

    assert_eq!(title(&root.body), "Register Your Mobile Phone | Salesforce", "the host root does not leave the page");
    assert_eq!(title(&home.body), "Home | Salesforce");
    assert_eq!(left(&test), [(PageName::RegisterPhone, InterstitialExit::Navigated)]);
}

/// Contract C1.17.
/// Contract C1.10.
#[tokio::test]
async fn a_notice_of_maintenance_comes_once_and_at_a_front_door_too() {
    let test = TestRealm::start(|spec| user(spec).maintenance_notice = true).await;
    let browser = test.browser();
    let token = test.realm.open_session(USER, SessionLevel::Standard, SessionKind::Api).sid;
    let door = test.url(&format!("/secur/frontdoor.jsp?sid={}", token.reveal()));

    let at_the_door = test.browser().get(&door).await;
    let notice = browser.log_in(&test.realm, USER).await;
    let home = browser.get(&test.url(&link(&notice.body, "continue_link"))).await;
    let again = test.browser().log_in(&test.realm, USER).await;

    for page in [&at_the_door, &notice] {
        assert!(page.url.starts_with(&test.url("/msg/maintenanceandavailable.jsp?retURL=")), "{}", page.url);
        assert_eq!((page.name(), one(&page.body, "#header").text.as_str()), ("maintenance", "Scheduled Improvements"));
    }
    assert_eq!((home.name(), again.name()), ("home", "home"));
    assert_eq!(left(&test), [(PageName::Maintenance, InterstitialExit::Answered)]);
}

/// Contract C1.11.
#[tokio::test]
async fn the_approval_of_an_app_comes_until_it_is_allowed_and_not_at_a_front_door() {
    let test = TestRealm::start(|spec| user(spec).app_approval = true).await;
    let browser = test.browser();
    let token = test.realm.open_session(USER, SessionLevel::Standard, SessionKind::Api).sid;

    let approval = browser.log_in(&test.realm, USER).await;
    let signed_in_before = test.realm.sessions.signed_in(USER);
    let neither = browser.submit(&approval, "editPage", &[]).await;
    let denied = browser.submit(&approval, "editPage", &[("cancel", " Deny ")]).await;
    let browser = test.browser();
    let again = browser.log_in(&test.realm, USER).await;
    let allowed = browser.submit(&again, "editPage", &[("save", " Allow ")]).await;
    let last = test.browser().log_in(&test.realm, USER).await;
    let door = test.browser().get(&test.url(&format!("/secur/frontdoor.jsp?sid={}", token.reveal()))).await;

    let address = test.url("/_ui/identity/oauth/ui/AuthorizationPage?retURL=");
    assert!(approval.url.starts_with(&address), "{}", approval.url);
    assert_eq!(one(&approval.body, "input#oaapprove").attribute("value"), " Allow ");
    assert_eq!(one(&approval.body, "span#asserted-user").text, "visitor@acme.example");
    assert!(!signed_in_before);
    for (page, name) in
        [(&approval, "authorize-app"), (&neither, "authorize-app"), (&denied, "home"), (&again, "authorize-app")]
    {
        assert_eq!(page.name(), name, "{}", page.url);
    }
    for page in [&allowed, &last, &door] {
        assert_eq!(page.name(), "home", "{}", page.url);
    }
    let page = PageName::AuthorizeApp;
    assert_eq!(left(&test), [(page, InterstitialExit::Declined), (page, InterstitialExit::Answered)]);
}

#[tokio::test]
async fn an_expired_password_is_changed_before_anything_else() {
    let test = TestRealm::start(|spec| user(spec).password_expired = Some(PasswordExpiry::Hard)).await;
    let browser = test.browser();
    let page = browser.log_in(&test.realm, USER).await;
    let fill = |new, again| [("p5", new), ("p6", again)];

    let elsewhere = browser.get(&test.url("/lightning/page/home")).await;
    let short = browser.submit(&page, "editPage", &fill("short", "short")).await;
    let unlike = browser.submit(&page, "editPage", &fill("Other-password-2", "Other-password-3")).await;
    let same = browser.submit(&page, "editPage", &fill("Right-password-1", "Right-password-1")).await;
    let cancelled = browser.submit(&page, "editPage", &[("cancel", "Cancel")]).await;
    let home = browser.submit(&page, "editPage", &fill("Other-password-2", "Other-password-2")).await;
    let again = test.browser().log_in(&test.realm, USER).await;

    assert!(page.url.starts_with(&test.url("/_ui/system/security/ChangePassword?retURL=")), "{}", page.url);
    assert_eq!(title(&elsewhere.body), "Change Your Password | Salesforce");
    assert!(select(&page.body, "input#cancel").is_empty());
    assert_eq!(select(&page.body, "input[type=password]").len(), 2);
    for (answer, text) in [
        (&short, "Error: Your new password must have at least 8 characters and mix letters and numbers."),
        (&unlike, "Error: The new passwords don't match."),
        (&same, "Error: Your new password can't be your old one."),
        (&cancelled, "Error: Your new password must have at least 8 characters and mix letters and numbers."),
    ] {
        assert_eq!(one(&answer.body, "div.errorMsg").text, text);
    }
    assert_eq!(title(&home.body), "Home | Salesforce");
    assert_eq!(title(&again.body), "Login | Salesforce", "the old password no longer works");
    assert_eq!(left(&test), [(PageName::ChangePassword, InterstitialExit::Answered)]);
}

/// Contract C1.10.
#[tokio::test]
async fn a_weak_trigger_is_left_by_cancel_and_comes_again() {
    let test = TestRealm::start(|spec| user(spec).password_expired = Some(PasswordExpiry::Leavable)).await;
    let browser = test.browser();

    let page = browser.log_in(&test.realm, USER).await;
    let home = browser.submit(&page, "editPage", &[("cancel", "Cancel")]).await;
    let again = test.browser().log_in(&test.realm, USER).await;

    assert_eq!(one(&page.body, "input#cancel").attribute("type"), "submit");
    assert_eq!(title(&home.body), "Home | Salesforce");
    assert_eq!(title(&again.body), "Change Your Password | Salesforce");
}

/// Contract C1.10.
#[tokio::test]
async fn an_expired_password_takes_the_session_of_a_front_door_too_and_a_phone_page_does_not() {
    let test = TestRealm::start(|spec| {
        let visitor = user(spec);
        visitor.password_expired = Some(PasswordExpiry::Hard);
        visitor.phone_registration = true;
    })
    .await;
    let browser = test.browser();
    let token = test.realm.open_session(USER, SessionLevel::Standard, SessionKind::Api).sid;

    let page = browser.get(&test.url(&format!("/secur/frontdoor.jsp?sid={}", token.reveal()))).await;
    let filled = [("p5", "Other-password-2"), ("p6", "Other-password-2")];
    let home = browser.submit(&page, "editPage", &filled).await;

    assert_eq!(title(&page.body), "Change Your Password | Salesforce");
    assert_eq!(title(&home.body), "Home | Salesforce");
}

fn user(spec: &mut RealmSpec) -> &mut vestibule_simulator::realm::UserSpec {
    spec.users.get_mut(USER).unwrap()
}

fn link(page: &str, id: &str) -> String {
    one(page, &format!("a#{id}")).attribute("href").to_owned()
}

fn left(test: &TestRealm) -> Vec<(PageName, InterstitialExit)> {
    let exits = test.events().into_iter().filter_map(|event| match event {
        Event::InterstitialLeft { page, how, .. } => Some((page, how)),
        _ => None,
    });
    exits.collect()
}
