//! Who may not log in at all, and what such a user sees (contract H5.1 to H5.7).

use vestibule_model::{LoginPage, SessionLevel, UserState, UserType};
use vestibule_simulator::realm::{Event, RealmSpec, SessionKind, UserSpec};

use super::browser::Page;
use super::html::{one, select, title};
use super::passkeys::{register, token};
use super::test_realm::TestRealm;

/// The text for a wrong password.
const BAD: &str =
    "Error: Please check your username and password. If you still can't log in, contact your Salesforce administrator.";

fn visitor(spec: &mut RealmSpec) -> &mut UserSpec {
    spec.users.get_mut("visitor").unwrap()
}

/// A change of the realm, and the `Status` of a login that it stops; `None` if it stops none.
type Row = (&'static str, fn(&mut RealmSpec), Option<&'static str>);

const ROWS: [Row; 8] = [
    ("nothing", |_| {}, None),
    ("frozen", |spec| visitor(spec).state = UserState::Frozen, Some("User is frozen")),
    ("inactive", |spec| visitor(spec).state = UserState::Inactive, Some("User is inactive")),
    (
        "another address",
        |spec| visitor(spec).login_ip_ranges = vec![range("203.0.113.0-203.0.113.255")],
        Some("Restricted IP"),
    ),
    ("a listed address", |spec| visitor(spec).login_ip_ranges = vec![range("127.0.0.0-127.0.0.255")], None),
    ("after hours", |spec| visitor(spec).login_hours = hours("00:00-12:00"), Some("Restricted time")),
    ("within hours", |spec| visitor(spec).login_hours = hours("12:00-12:01"), None),
    (
        "a listed address as the org sees it",
        |spec| {
            visitor(spec).login_ip_ranges = vec![range("203.0.113.0-203.0.113.255")];
            spec.org.source_ip = "203.0.113.9".parse().unwrap();
        },
        None,
    ),
];

/// Contract A2.2, H1.4, H5.1, H5.2, H5.3 and H5.4.
#[tokio::test]
async fn a_user_who_may_not_log_in_sees_the_text_for_a_wrong_password_and_login_history_tells() {
    for (title_of_row, change, stopped) in ROWS {
        for page in [LoginPage::Classic, LoginPage::TwoStep] {
            let test = TestRealm::start(|spec| {
                change(spec);
                spec.org.login_page = Some(page);
            })
            .await;

            let shown = log_in(&test, page, "visitor").await;

            match stopped {
                Some(status) => {
                    assert_eq!(one(&shown.body, "div#error").text, BAD, "{title_of_row} {page}");
                    assert_eq!(test.statuses(), [status], "{title_of_row} {page}");
                    assert!(!test.realm.sessions.signed_in("visitor"), "{title_of_row} {page}");
                    assert_eq!(select(&shown.body, "input#password").len(), 1, "{title_of_row} {page}");
                }
                None => assert_eq!(title(&shown.body), "Home | Salesforce", "{title_of_row} {page}"),
            }
        }
    }
}

/// Contract H1.4.
#[tokio::test]
async fn a_user_restricted_to_the_api_has_a_status_of_its_own() {
    let test = TestRealm::start(|spec| visitor(spec).user_type = UserType::ApiOnly).await;

    test.browser().log_in(&test.realm, "visitor").await;

    assert_eq!(test.statuses(), ["Failed: API-only user"]);
    assert!(!test.realm.sessions.signed_in("visitor"));
}

/// Contract H5.1, H5.2, H5.3 and H5.4.
#[tokio::test]
async fn a_user_who_may_not_log_in_gets_no_session_at_the_front_door_either() {
    for (title_of_row, change, stopped) in ROWS {
        let test = TestRealm::start(change).await;
        let token = test.realm.open_session("visitor", SessionLevel::Standard, SessionKind::Api);

        let shown = test.browser().get(&test.url(&format!("/secur/frontdoor.jsp?sid={}", token.sid.reveal()))).await;

        match stopped {
            Some(status) => {
                assert_eq!(title(&shown.body), "Login Error | Salesforce", "{title_of_row}");
                assert_eq!(one(&shown.body, "#login-status").text, status, "{title_of_row}");
            }
            None => assert_eq!(title(&shown.body), "Home | Salesforce", "{title_of_row}"),
        }
        assert_eq!(test.realm.sessions.signed_in("visitor"), stopped.is_none(), "{title_of_row}");
    }
}

#[tokio::test]
async fn a_wrong_password_of_a_user_who_may_not_log_in_is_a_wrong_password() {
    let test = TestRealm::start(|spec| visitor(spec).state = UserState::Frozen).await;

    test.browser().post(&test.url("/"), &[("username", "visitor@acme.example"), ("pw", "guess")]).await;

    assert_eq!(test.statuses(), ["Invalid Password"]);
}

#[tokio::test]
async fn a_passkey_admits_nobody_who_may_not_log_in() {
    let test = TestRealm::start(|spec| {
        spec.org.login_page = Some(LoginPage::PasskeyFirst);
        spec.users.get_mut("admin").unwrap().state = UserState::Frozen;
    })
    .await;
    let mut token = token();
    register(&test.realm, "admin", &mut token);
    let browser = test.browser();
    let first = browser.get(&test.url("/")).await;
    let second = browser.submit(&first, "login_form", &[("username", "admin@acme.example")]).await;
    let answer = super::passkeys::answer(&test.realm, &mut token, &second);

    let refused = browser.submit(&second, "login_form", &[("credential", &answer)]).await;

    assert_eq!(one(&refused.body, "div#error").text, BAD);
    assert_eq!(test.statuses(), ["User is frozen"]);
}

/// Contract H5.5.
#[tokio::test]
async fn where_only_single_sign_on_is_allowed_the_page_says_so_to_its_users_alone() {
    let test = TestRealm::start(|spec| {
        spec.org.salesforce_credentials_disabled = true;
        spec.users.get_mut("rep").unwrap().single_sign_on_enabled = true;
    })
    .await;

    let refused = test.browser().log_in(&test.realm, "rep").await;
    let other = test.browser().log_in(&test.realm, "visitor").await;

    assert_eq!(
        one(&refused.body, "div#error").text,
        "Error: We can't log you in because you're only allowed to use single sign-on. For help, contact your Salesforce administrator."
    );
    assert_eq!(title(&other.body), "Home | Salesforce");
}

#[tokio::test]
async fn a_locked_user_goes_through_a_front_door_unless_it_is_set_otherwise() {
    for (settings, opens) in [(&[][..], true), (&[("admission.lockout", "every-login")][..], false)] {
        let test = TestRealm::with_settings(|spec| visitor(spec).locked = true, settings).await;
        let token = test.realm.open_session("visitor", SessionLevel::Standard, SessionKind::Api);

        test.browser().get(&test.url(&format!("/secur/frontdoor.jsp?sid={}", token.sid.reveal()))).await;

        assert_eq!(test.realm.sessions.signed_in("visitor"), opens, "{settings:?}");
        assert_eq!(test.statuses(), [if opens { "Success" } else { "Password lockout" }]);
    }
}

/// Contract C5.19.
#[tokio::test]
async fn a_front_door_asks_for_a_registered_app_only_if_it_is_set_so() {
    for (settings, page) in [
        (&[][..], "Home | Salesforce"),
        (&[("routes.frontdoor-with-app", "verify")][..], "Verify Your Identity | Salesforce"),
    ] {
        let test = TestRealm::with_settings(|_| {}, settings).await;
        let token = test.realm.open_session("rep", SessionLevel::Standard, SessionKind::Api);
        let browser = test.browser();

        let shown = browser.get(&test.url(&format!("/secur/frontdoor.jsp?sid={}", token.sid.reveal()))).await;

        assert_eq!(title(&shown.body), page);
        if !settings.is_empty() {
            let home = browser.submit(&shown, "editPage", &[("tc", &test.totp("rep", 0))]).await;
            assert_eq!(title(&home.body), "Home | Salesforce");
        }
    }
}

/// Contract H5.6.
#[tokio::test]
async fn a_profile_that_requires_a_high_assurance_session_has_its_users_verify() {
    let test = TestRealm::start(|spec| {
        let user = visitor(spec);
        user.required_session_level = Some(SessionLevel::HighAssurance);
        user.verifiers.insert(vestibule_model::VerificationMethod::TotpApp);
    })
    .await;
    let browser = test.browser();

    let verify = browser.log_in(&test.realm, "visitor").await;
    let home = browser.submit(&verify, "editPage", &[("tc", &test.totp("visitor", 0))]).await;

    assert_eq!(title(&verify.body), "Verify Your Identity | Salesforce");
    assert_eq!(title(&home.body), "Home | Salesforce");
    let level = test.realm.sessions.all().first().map(|session| session.level);
    assert_eq!(level, Some(SessionLevel::HighAssurance));
}

/// Contract C6.6.
#[tokio::test]
async fn narrow_trusted_ranges_of_org_and_profile_need_no_device_activation() {
    for (trusted, of_profile, page) in [
        (vec![], vec![], "Verify Your Identity | Salesforce"),
        (vec!["127.0.0.1"], vec![], "Verify Your Identity | Salesforce"),
        (vec!["127.0.0.1"], vec!["127.0.0.1"], "Home | Salesforce"),
    ] {
        let test = TestRealm::start(|spec| {
            spec.org.device_activation = true;
            spec.org.trusted_ip_ranges = trusted.iter().map(|text| range(text)).collect();
            visitor(spec).login_ip_ranges = of_profile.iter().map(|text| range(text)).collect();
        })
        .await;

        let shown = test.browser().log_in(&test.realm, "visitor").await;

        assert_eq!(title(&shown.body), page, "{trusted:?} {of_profile:?}");
    }
}

/// Contract H4.2.
#[tokio::test]
async fn experience_builder_wants_more_than_a_front_door_gives() {
    let path = "/sfsites/picasso/core/config/commeditor.jsp?siteId=0DM";
    let test = TestRealm::start(|_| {}).await;
    let token = test.realm.open_session("rep", SessionLevel::Standard, SessionKind::Api);
    let by_token = test.browser();
    by_token.get(&test.url(&format!("/secur/frontdoor.jsp?sid={}", token.sid.reveal()))).await;
    let verified = test.browser();
    let verify = verified.log_in(&test.realm, "rep").await;
    verified.submit(&verify, "editPage", &[("tc", &test.totp("rep", 0))]).await;
    let site_user = test.browser();
    site_user.log_in(&test.realm, "visitor").await;

    let refused = by_token.get(&test.url(path)).await;
    let shown = verified.get(&test.url(path)).await;
    let of_visitor = site_user.get(&test.url(path)).await;

    assert_eq!(refused.status, 403);
    assert!(
        refused.body.contains("You do not have the level of access necessary to perform the operation you requested")
    );
    assert_eq!((shown.status, of_visitor.status), (200, 200), "MFA is not enforced for users of sites");
    assert!(test.events().iter().any(|event| matches!(event, Event::RequestRefused { status: 403, .. })));
}

/// Contract H4.2.
#[tokio::test]
async fn any_page_can_want_a_high_assurance_session() {
    let test = TestRealm::start(|spec| {
        spec.org.high_assurance_pages.insert("/lightning/setup/".to_owned());
    })
    .await;
    let path = "/lightning/setup/OrgLoginHistory/home";
    for (level, status) in [(SessionLevel::Standard, 403), (SessionLevel::HighAssurance, 200)] {
        let session = test.realm.open_session("admin", level, SessionKind::Browser);
        let browser = test.browser();
        browser.set_cookie(&test.lightning("/"), &format!("sid={}; Secure; Path=/", session.sid.reveal()));

        let setup = browser.get(&test.lightning(path)).await;
        let home = browser.get(&test.lightning("/lightning/page/home")).await;

        assert_eq!((setup.status, home.status), (status, 200), "{level:?}");
    }
    let stranger = test.browser().get(&test.lightning(path)).await;

    assert_eq!(stranger.name(), "login");
    let too_low = Event::SessionLevelTooLow { user: "admin".to_owned(), path: path.to_owned() };
    assert_eq!(test.events().iter().filter(|event| **event == too_low).count(), 1);
}

/// Page 2 follows the user: a passkey for one who has it, where the org allows passwordless login (contract B1.1,
/// B1.7 and B1.8).
#[tokio::test]
async fn the_second_page_asks_for_a_passkey_or_a_password_by_the_user() {
    for (page, passwordless, passkeys) in [
        (LoginPage::TwoStep, false, [false, false]),
        (LoginPage::TwoStep, true, [true, false]),
        (LoginPage::PasskeyFirst, false, [true, false]),
    ] {
        let test = TestRealm::start(|spec| {
            spec.org.login_page = Some(page);
            spec.org.passwordless = passwordless;
        })
        .await;
        register(&test.realm, "admin", &mut token());
        for (user, passkey) in ["admin", "rep"].into_iter().zip(passkeys) {
            let browser = test.browser();
            let first = browser.get(&test.url("/")).await;
            let username = format!("{user}@acme.example");
            let second = browser.submit(&first, "login_form", &[("username", &username)]).await;

            let asked = (select(&second.body, "#use-passkey").len(), select(&second.body, "#password").len());
            assert_eq!(asked, if passkey { (1, 0) } else { (0, 1) }, "{page} {passwordless} {user}");
        }
    }
}

async fn log_in(test: &TestRealm, page: LoginPage, user: &str) -> Page {
    let browser = test.browser();
    if page == LoginPage::Classic {
        return browser.log_in(&test.realm, user).await;
    }
    let first = browser.get(&test.url("/")).await;
    let username = test.realm.users.get(user).unwrap().username;
    let second = browser.submit(&first, "login_form", &[("username", &username)]).await;
    browser.submit(&second, "login_form", &[("pw", "Right-password-1")]).await
}

fn range(text: &str) -> vestibule_model::IpRange {
    text.parse().unwrap()
}

/// Hours of a Monday, the day of the tests.
fn hours(text: &str) -> vestibule_model::LoginHours {
    serde_json::from_value(serde_json::json!({ "monday": text })).unwrap()
}
