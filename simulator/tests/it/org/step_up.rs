//! A report or dashboard asks somebody who is signed in for another verification (contract C7.1 to C7.4).

use jiff::SignedDuration;
use vestibule_model::{SessionLevel, SessionTimeout, StepUpPeriod};
use vestibule_simulator::realm::{Event, RealmSpec, SessionKind};

use super::browser::{Browser, Page};
use super::html::{one, select, title};
use super::passkeys::{answer, register, token};
use super::test_realm::TestRealm;

const REPORT: &str = "/lightning/r/Report/00O5e000008fXyZEAU/view";
const VERIFY: &str = "Verify Your Identity | Salesforce";
/// The title of the shell that stands for the page.
const OPEN: &str = "Lightning Experience | Salesforce";

/// A browser in which the user `rep` has just logged in with a code. The clock then moves on to the next code.
async fn signed_in(test: &TestRealm) -> Browser {
    let browser = test.browser();
    let page = browser.log_in(&test.realm, "rep").await;
    let home = browser.submit(&page, "editPage", &[("tc", &test.totp("rep", 0))]).await;
    assert_eq!(title(&home.body), "Home | Salesforce");
    test.realm.clock.advance(SignedDuration::from_secs(60));
    browser
}

async fn give_code(test: &TestRealm, browser: &Browser, page: &Page) -> Page {
    browser.submit(page, "editPage", &[("tc", &test.totp("rep", 0))]).await
}

fn minutes(count: u16) -> Option<StepUpPeriod> {
    Some(count.try_into().unwrap())
}

/// Contract C7.1 and C7.2.
#[tokio::test]
async fn a_report_asks_right_after_a_login_with_mfa_and_then_opens_for_the_period() {
    let test = TestRealm::start(|spec| spec.org.session_timeout = SessionTimeout::TwelveHours).await;
    let browser = signed_in(&test).await;

    let asked = browser.get(&test.lightning(REPORT)).await;
    let wrong = browser.submit(&asked, "editPage", &[("tc", "000000")]).await;
    let report = give_code(&test, &browser, &asked).await;
    let dashboard = browser.get(&test.lightning("/lightning/r/Dashboard/01Z5e000000AbCdEAK/view")).await;
    test.realm.clock.advance(SignedDuration::from_mins(119));
    let late = browser.get(&test.lightning(REPORT)).await;
    test.realm.clock.advance(SignedDuration::from_mins(1));
    let again = browser.get(&test.lightning(REPORT)).await;

    assert_eq!(title(&asked.body), VERIFY);
    assert!(
        asked.url.starts_with(&test.url("/_ui/identity/verification/method/TotpVerificationUi/e?vcsrf=")),
        "{}",
        asked.url
    );
    assert!(asked.body.contains("Access Reports and Dashboards"), "{}", asked.body);
    assert_eq!(title(&wrong.body), VERIFY);
    assert_eq!((report.url.as_str(), title(&report.body).as_str()), (test.lightning(REPORT).as_str(), OPEN));
    assert_eq!(title(&dashboard.body), OPEN);
    assert_eq!(title(&late.body), OPEN);
    assert_eq!(title(&again.body), VERIFY);
    assert_eq!(test.statuses(), ["Multi-factor required", "Success"], "it is no login");
    let session = test.realm.sessions.all()[0].number;
    assert_eq!(test.realm.sessions.opened(), session, "it is still the same session");
    let user = || "rep".to_owned();
    let of_step_up = |event: &Event| matches!(event, Event::StepUpRequired { .. } | Event::StepUpPassed { .. });
    assert_eq!(
        test.events().into_iter().filter(of_step_up).collect::<Vec<_>>(),
        [
            Event::StepUpRequired { user: user(), session, export: false },
            Event::StepUpPassed { user: user(), session },
            Event::StepUpRequired { user: user(), session, export: false },
        ]
    );
}

/// Contract C7.1 and C7.2.
#[tokio::test]
async fn every_way_to_a_report_is_asked_and_no_other_page() {
    let test = TestRealm::start(|spec| {
        spec.org.trusted_ip_ranges = vec!["127.0.0.1".parse().unwrap()];
        spec.users.get_mut("rep").unwrap().login_ip_ranges = vec!["127.0.0.1".parse().unwrap()];
    })
    .await;
    let browser = signed_in(&test).await;
    for url in [
        test.url(REPORT),
        test.url("/00O5e000008fXyZ"),
        test.url("/00O5e000008fXyZ?export=1&enc=UTF-8&xf=csv"),
        test.lightning("/lightning/r/Report/00O5e000008fXyZEAU/edit"),
        test.lightning("/lightning/r/%52eport/00O5e000008fXyZEAU/view"),
        test.lightning("/lightning/r/00O5e000008fXyZEAU/view"),
        test.url("/visualforce/session?url=%2Flightning%2Fr%2FReport%2F00O5e000008fXyZEAU%2Fview"),
    ] {
        let page = browser.get(&url).await;
        assert_eq!(title(&page.body), VERIFY, "{url}");
    }
    let posted = browser.post(&test.url("/00O5e000008fXyZ"), &[("export", "1")]).await;
    assert_eq!(title(&posted.body), VERIFY);
    for url in [
        test.lightning("/lightning/page/home"),
        test.lightning("/lightning/o/Report/home"),
        test.lightning("/lightning/r/Account/0015e000008fXyZEAU/view"),
        test.url("/0015e000008fXyZ"),
    ] {
        let page = browser.get(&url).await;
        assert_ne!(title(&page.body), VERIFY, "{url}");
    }
}

/// Contract C7.2.
#[tokio::test]
async fn a_step_up_is_of_one_session_and_a_login_at_the_front_door_needs_one_too() {
    let test = TestRealm::start(|_| {}).await;
    let browser = signed_in(&test).await;
    let asked = browser.get(&test.lightning(REPORT)).await;
    give_code(&test, &browser, &asked).await;
    let api = test.realm.open_session("rep", SessionLevel::Standard, SessionKind::Api);

    let door = format!("/secur/frontdoor.jsp?sid={}&retURL={REPORT}", api.sid.reveal());
    let other = test.browser().get(&test.url(&door)).await;
    let same = browser.get(&test.lightning(REPORT)).await;

    assert_eq!(title(&other.body), VERIFY);
    assert_eq!(title(&same.body), OPEN);
}

#[tokio::test]
async fn a_passkey_answers_it() {
    let test = TestRealm::start(|_| {}).await;
    let mut token = token();
    register(&test.realm, "admin", &mut token);
    let browser = test.browser();
    let verify = browser.log_in(&test.realm, "admin").await;
    let credential = answer(&test.realm, &mut token, &verify);
    browser.submit(&verify, "editPage", &[("credential", &credential)]).await;

    let asked = browser.get(&test.lightning(REPORT)).await;
    let credential = answer(&test.realm, &mut token, &asked);
    let report = browser.submit(&asked, "editPage", &[("credential", &credential)]).await;

    assert!(asked.url.contains("UnifiedPasskeyVerificationUi"), "{}", asked.url);
    assert_eq!(title(&report.body), OPEN);
}

/// As it is with users of single sign-on. Contract C3.4 and C7.3.
#[tokio::test]
async fn without_a_verifier_a_code_comes_by_email_and_activates_no_browser() {
    let test = TestRealm::start(|_| {}).await;
    let browser = test.browser();
    browser.log_in(&test.realm, "visitor").await;

    let asked = browser.get(&test.lightning(REPORT)).await;
    let resent = browser.get(&test.url(one(&asked.body, "a.small.ib").attribute("href"))).await;
    let mails = test.realm.inbox.to("visitor@acme.example");
    let code = |at: usize| mails[at].body.split("Verification Code: ").nth(1).unwrap()[..6].to_owned();
    let (old, new) = (code(0), code(1));
    let wrong = browser.submit(&resent, "editPage", &[("emc", if old == new { "x" } else { &old })]).await;
    let report = browser.submit(&wrong, "editPage", &[("emc", &new)]).await;

    assert_eq!((title(&asked.body).as_str(), select(&asked.body, "input#emc").len()), (VERIFY, 1));
    assert!(mails[0].body.starts_with("You recently tried to open a report or dashboard"), "{}", mails[0].body);
    assert_eq!(select(&wrong.body, "div.errorMsg").len(), 1);
    assert_eq!(title(&report.body), OPEN);
    assert!(test.realm.users.get("visitor").unwrap().devices.is_empty());
    assert_eq!(browser.cookie(&test.url("/"), "sfdc_lv2"), None);
    let checked = |accepted| Event::StepUpCodeChecked { user: "visitor".to_owned(), accepted };
    assert!(test.events().contains(&checked(false)) && test.events().contains(&checked(true)));
}

/// Contract C7.4.
#[tokio::test]
async fn whoever_has_nothing_to_verify_with_is_blocked() {
    let test = TestRealm::start(|spec| spec.users.get_mut("visitor").unwrap().email = Some(String::new())).await;
    let browser = test.browser();
    browser.log_in(&test.realm, "visitor").await;

    let page = browser.get(&test.lightning(REPORT)).await;

    assert_eq!(page.status, 403);
    assert!(page.body.contains("needs another verification"), "{}", page.body);
}

#[tokio::test]
async fn a_user_who_is_locked_out_steps_up_by_no_code() {
    let test = TestRealm::start(|_| {}).await;
    let browser = signed_in(&test).await;
    let asked = browser.get(&test.lightning(REPORT)).await;
    for _ in 0..10 {
        browser.submit(&asked, "editPage", &[("tc", "abcdef")]).await;
    }

    let refused = give_code(&test, &browser, &asked).await;

    assert!(one(&refused.body, "div.errorMsg").text.contains("exceeded the maximum number of verification attempts"));
    assert_eq!(title(&browser.get(&test.lightning("/lightning/page/home")).await.body), "Home | Salesforce");
}

/// Contract C7.2.
#[tokio::test]
async fn date_and_settings_of_the_org_decide() {
    type Row = (&'static str, fn(&mut RealmSpec), i64, bool);
    let rows: [Row; 6] = [
        ("by default", |_| {}, 0, true),
        ("off", |spec| spec.org.step_up = Some(false), 0, false),
        ("before its day", |spec| spec.org.date = "2026-06-21".parse().unwrap(), 0, false),
        ("on its day", |spec| spec.org.date = "2026-06-22".parse().unwrap(), 0, true),
        ("within a short period", |spec| spec.org.step_up_period = minutes(2), 119, false),
        ("after a short period", |spec| spec.org.step_up_period = minutes(2), 120, true),
    ];
    for (what, change, seconds, is_asked) in rows {
        let test = TestRealm::start(|spec| {
            change(spec);
            spec.org.mfa_setting = true;
        })
        .await;
        let browser = signed_in(&test).await;
        if seconds > 0 {
            let asked = browser.get(&test.lightning(REPORT)).await;
            give_code(&test, &browser, &asked).await;
            test.realm.clock.advance(SignedDuration::from_secs(seconds));
        }

        let page = browser.get(&test.lightning(REPORT)).await;

        assert_eq!(title(&page.body) == VERIFY, is_asked, "{what}");
    }
}

/// Contract C7.4.
#[tokio::test]
async fn an_unusual_export_is_challenged_each_time_even_after_a_step_up() {
    let test = TestRealm::start(|spec| spec.org.unusual_exports = true).await;
    let browser = signed_in(&test).await;
    let export = test.url("/00O5e000008fXyZ?export=1&enc=UTF-8&xf=csv");
    let asked = browser.get(&test.url("/00O5e000008fXyZ")).await;
    give_code(&test, &browser, &asked).await;

    for _ in 0..2 {
        test.realm.clock.advance(SignedDuration::from_secs(60));
        let asked = browser.get(&export).await;
        let exported = give_code(&test, &browser, &asked).await;

        assert_eq!(title(&asked.body), VERIFY);
        assert_eq!((exported.url.as_str(), title(&exported.body).as_str()), (export.as_str(), OPEN));
    }
    assert_eq!(title(&browser.get(&test.url("/00O5e000008fXyZ")).await.body), OPEN, "a report opens");
}

/// The form of a classic report. After the verification the report opens, where the form is posted again.
#[tokio::test]
async fn an_export_by_a_posted_form_is_challenged_too() {
    let test = TestRealm::start(|spec| spec.org.unusual_exports = true).await;
    let browser = signed_in(&test).await;
    let report = test.url("/00O5e000008fXyZ");
    let asked = browser.get(&report).await;
    give_code(&test, &browser, &asked).await;
    test.realm.clock.advance(SignedDuration::from_secs(60));

    let first = browser.post(&report, &[("export", "1")]).await;
    let opened = give_code(&test, &browser, &first).await;
    let exported = browser.post(&report, &[("export", "1")]).await;
    let next = browser.post(&report, &[("export", "1")]).await;

    assert_eq!(title(&first.body), VERIFY);
    assert_eq!((opened.url.as_str(), title(&opened.body).as_str()), (report.as_str(), OPEN));
    assert_eq!(title(&exported.body), OPEN);
    assert_eq!(title(&next.body), VERIFY);
}

#[tokio::test]
async fn a_second_click_on_verify_leads_to_the_report_and_a_stranger_gets_nowhere() {
    let test = TestRealm::start(|_| {}).await;
    let browser = signed_in(&test).await;
    let asked = browser.get(&test.lightning(REPORT)).await;
    let code = test.totp("rep", 0);
    let stranger = test.browser();

    let stolen = stranger.submit(&asked, "editPage", &[("tc", &code)]).await;
    let first = browser.submit(&asked, "editPage", &[("tc", &code)]).await;
    let second = browser.submit(&asked, "editPage", &[("tc", &code)]).await;

    assert_eq!(title(&stolen.body), "Login | Salesforce");
    assert_eq!((title(&first.body).as_str(), title(&second.body).as_str()), (OPEN, OPEN));
    assert_eq!(test.realm.sessions.opened(), 1);
}

#[tokio::test]
async fn without_a_session_a_report_leads_to_the_login_page() {
    let test = TestRealm::start(|_| {}).await;

    let page = test.browser().get(&test.lightning(REPORT)).await;

    assert_eq!(title(&page.body), "Login | Salesforce");
}
