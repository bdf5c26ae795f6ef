//! "Identity Verification" in Setup.

use jiff::civil::date;
use vestibule_model::{OrgKind, SessionLevel, VerificationMethod};
use vestibule_simulator::realm::{Event, SessionKind, UserSpec};

use super::browser::{Browser, Page};
use super::html::{one, select};
use super::test_realm::TestRealm;

/// Contract H4.5: the days of the newest rulebook, for the employees of a production org.
#[tokio::test]
async fn the_mfa_setting_is_active_and_greyed_out_once_enforcement_has_reached_the_org() {
    for (day, set, active, greyed_out) in [
        (date(2026, 5, 1), false, false, false),
        (date(2026, 5, 1), true, true, false),
        (date(2026, 11, 2), false, true, true),
        (date(2026, 11, 2), true, true, true),
    ] {
        let test = TestRealm::start(|spec| {
            spec.org.kind = OrgKind::Production;
            spec.org.date = day;
            spec.org.mfa_setting = set;
        })
        .await;
        let browser = test.browser();

        let page = opened(&test, &browser, "admin").await;

        assert_eq!(page.name(), "identity-verification", "{}", page.url);
        let label = one(&page.body, "label[for=mfa]").text;
        assert_eq!(label, "Require multi-factor authentication (MFA) for all direct UI logins to your Salesforce org");
        assert_eq!(select(&page.body, "input#mfa[checked]").len(), usize::from(active), "{day} {set}");
        assert_eq!(select(&page.body, "input#mfa[disabled]").len(), usize::from(greyed_out), "{day} {set}");
        assert_eq!(select(&page.body, "input#save").is_empty(), greyed_out, "{day} {set}");
        if greyed_out {
            let nothing: [(&str, &str); 0] = [];
            assert_eq!(browser.post(&page.url, &nothing).await.status, 403);
            assert!(changes(&test).is_empty());
        }
    }
}

#[tokio::test]
async fn an_admin_who_switches_mfa_on_is_followed_by_the_next_login() {
    let test = TestRealm::start(|spec| {
        spec.org.kind = OrgKind::Production;
        spec.org.date = date(2026, 5, 1);
    })
    .await;
    let browser = test.browser();
    let page = opened(&test, &browser, "admin").await;
    let before = test.browser().log_in(&test.realm, "rep").await;

    let on = browser.submit(&page, "editPage", &[("mfa", "on")]).await;
    let asked = test.browser().log_in(&test.realm, "rep").await;
    let off = browser.post(&page.url, &[("save", "Save")]).await;
    let after = test.browser().log_in(&test.realm, "rep").await;

    assert_eq!((before.name(), asked.name(), after.name()), ("home", "verify-totp", "home"));
    assert_eq!(select(&on.body, "input#mfa[checked]").len(), 1);
    assert!(select(&off.body, "input#mfa[checked]").is_empty());
    assert_eq!(changes(&test), [true, false]);
}

#[tokio::test]
async fn only_an_administrator_sees_it() {
    let test = TestRealm::start(|spec| {
        let manager = UserSpec { manage_users: true, ..UserSpec::new("Standard User") };
        spec.users.insert("manager".to_owned(), manager.verifier(VerificationMethod::TotpApp));
    })
    .await;

    for user in ["rep", "manager"] {
        assert_eq!(opened(&test, &test.browser(), user).await.status, 403, "{user}");
    }
    let stranger = test.browser().get(&test.lightning(PATH)).await;
    assert_eq!(stranger.name(), "login");
}

/// The page as this user sees it.
async fn opened(test: &TestRealm, browser: &Browser, user: &str) -> Page {
    let session = test.realm.open_session(user, SessionLevel::HighAssurance, SessionKind::Browser);
    browser.set_cookie(&test.lightning("/"), &format!("sid={}; Secure; Path=/", session.sid.reveal()));
    browser.get(&test.lightning(PATH)).await
}

fn changes(test: &TestRealm) -> Vec<bool> {
    let change = |event| match event {
        Event::MfaSettingChanged { on } => Some(on),
        _ => None,
    };
    test.events().into_iter().filter_map(change).collect()
}

const PATH: &str = "/lightning/setup/IdentityVerification/home";
