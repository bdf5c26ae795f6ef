//! TOTP, temporary codes and device activation.

use jiff::SignedDuration;
use vestibule_model::VerificationMethod;
use vestibule_simulator::realm::{Event, VerificationResult};

use super::html::{one, select, title};
use super::rest_client;
use super::test_realm::TestRealm;

const BAD_CODE: &str = "Error: Your verification code is incorrect or has expired. Try again.";

/// Contract C3.5, C7.3.
#[tokio::test]
async fn a_user_with_a_phone_gets_the_code_by_text_message() {
    let test = TestRealm::start(|spec| {
        spec.org.device_activation = true;
        spec.users.get_mut("visitor").unwrap().mobile_phone = Some("+49 151 0001234".to_owned());
    })
    .await;
    let browser = test.browser();

    let page = browser.log_in(&test.realm, "visitor").await;
    let other = browser.get(&test.url("/_ui/identity/verification/method/EmailVerificationFinishUi/e")).await;
    let first = test.realm.inbox.to("+49 151 0001234").pop().unwrap().body;
    let resend = one(&page.body, "a.small.ib").attribute("href").to_owned();
    let again = browser.get(&test.url(&resend)).await;
    let second = test.realm.inbox.to("+49 151 0001234").pop().unwrap().body;
    let code = |mail: &str| mail.split_once("Verification Code: ").unwrap().1.chars().take(6).collect::<String>();
    let stale = browser.submit(&again, "editPage", &[("smc", &code(&first))]).await;
    let home = browser.submit(&stale, "editPage", &[("smc", &code(&second))]).await;

    assert!(page.url.contains("/SmsVerificationFinishUi/e?"), "{}", page.url);
    for page in [&page, &other, &again, &stale] {
        assert_eq!(page.name(), "verify-sms", "{}", page.url);
        assert_eq!(one(&page.body, "input#smc").attribute("name"), "smc");
        assert_eq!(select(&page.body, "input#emc").len(), 0);
    }
    assert!(page.body.contains("*******1234") && !page.body.contains("0001234"), "{}", page.body);
    assert_eq!(one(&stale.body, "div.errorMsg").text, BAD_CODE);
    assert_eq!(home.name(), "home");
    assert!(test.realm.inbox.to("visitor@acme.example").is_empty());
    let methods = rest_client::query(&test, "rep", "SELECT VerificationMethod FROM VerificationHistory").await;
    assert_eq!(methods["records"][0]["VerificationMethod"], "Sms");
}

#[tokio::test]
async fn a_phone_that_a_user_registers_gets_the_next_code() {
    let test = TestRealm::start(|spec| spec.users.get_mut("visitor").unwrap().phone_registration = true).await;
    let browser = test.browser();
    let page = browser.log_in(&test.realm, "visitor").await;
    browser.submit(&page, "editPage", &[("phone", "+49 151 0001234")]).await;

    let report = browser.get(&test.lightning("/lightning/r/Report/00O5e000008fXyZEAU/view")).await;

    assert_eq!(report.name(), "verify-sms");
    assert_eq!(test.realm.inbox.to("+49 151 0001234").len(), 1);
}

/// Contract C3.6.
#[tokio::test]
async fn a_browser_is_recognised_only_where_dont_ask_again_is_ticked() {
    for (asks, ticked, recognised) in [(true, false, false), (true, true, true), (false, false, true)] {
        let test = TestRealm::start(|spec| {
            spec.org.device_activation = true;
            spec.org.dont_ask_again = asks;
        })
        .await;
        let browser = test.browser();
        let page = browser.log_in(&test.realm, "visitor").await;
        let mail = test.realm.inbox.all().pop().unwrap().body;
        let code: String = mail.split_once("Verification Code: ").unwrap().1.chars().take(6).collect();
        let mut fields = vec![("emc", code.as_str())];
        fields.extend(ticked.then_some(("daa", "on")));

        let home = browser.submit(&page, "editPage", &fields).await;
        browser.get(&test.url("/secur/logout.jsp")).await;
        let again = browser.log_in(&test.realm, "visitor").await;

        assert_eq!(select(&page.body, "input#daa[type=checkbox]").len(), usize::from(asks));
        assert_eq!((page.name(), home.name()), ("verify-email", "home"));
        assert_eq!(again.name() == "home", recognised, "{asks} {ticked}");
        assert_eq!(test.realm.users.get("visitor").unwrap().devices.len(), usize::from(recognised));
    }
}

#[tokio::test]
async fn dont_ask_again_on_the_page_for_a_totp_code_recognises_the_browser_and_the_code_is_asked_for_again() {
    let test = TestRealm::start(|spec| spec.org.dont_ask_again = true).await;
    let browser = test.browser();
    let page = browser.log_in(&test.realm, "rep").await;

    let code = test.totp("rep", 0);
    let home = browser.submit(&page, "editPage", &[("tc", &code), ("daa", "on")]).await;
    browser.get(&test.url("/secur/logout.jsp")).await;
    let again = browser.log_in(&test.realm, "rep").await;

    assert_eq!(one(&page.body, "label[for=daa]").text, "Don't ask again");
    assert_eq!((home.name(), again.name()), ("home", "verify-totp"));
    assert!(browser.cookie(&test.url("/"), "sfdc_lv2").is_some());
    assert_eq!(test.realm.users.get("rep").unwrap().devices.len(), 1);
}

/// Contract C1.1.
#[tokio::test]
async fn the_dispatcher_leads_to_where_the_login_stands() {
    let test = TestRealm::start(|_| {}).await;
    let browser = test.browser();
    browser.log_in(&test.realm, "rep").await;

    let page = browser.get(&test.url("/_ui/identity/verification/policy/VerificationStartUi")).await;

    let code_page = test.url("/_ui/identity/verification/method/TotpVerificationUi/e");
    assert!(page.url.starts_with(&code_page), "{}", page.url);
}

/// Contract C1.4 and C3.7.
#[tokio::test]
async fn another_registered_method_is_chosen_by_a_radio_button() {
    let test = TestRealm::start(|spec| {
        spec.users.get_mut("rep").unwrap().verifiers.insert(VerificationMethod::SalesforceAuthenticator);
    })
    .await;
    let browser = test.browser();
    let verify = browser.log_in(&test.realm, "rep").await;

    let other = one(&verify.body, "a#other_method");
    let chooser = browser.get(&test.url(other.attribute("href"))).await;
    let push = browser.submit(&chooser, "editPage", &[("selectedMethod", "Salesforce Authenticator")]).await;

    assert_eq!(other.text, "Use a different verification method");
    assert_eq!(select(&chooser.body, "div.methodOption").len(), 2);
    assert_eq!(select(&chooser.body, "input[type=radio][name=selectedMethod]").len(), 2);
    assert_eq!(one(&chooser.body, "input#save").attribute("value"), "Continue");
    let waiting = test.url("/_ui/identity/verification/method/ToopherVerificationFinishUi/e");
    assert!(push.url.starts_with(&waiting), "{}", push.url);
    assert_eq!(title(&push.body), "Check Your Mobile Device | Salesforce");
}

/// Contract C2.5, H1.4 and H1.5.
#[tokio::test]
async fn other_workers_use_up_the_code_of_one_window_each() {
    let test = TestRealm::start(|_| {}).await;
    test.realm.users.update("rep", |user| user.totp_races = 2);
    let browser = test.browser();
    let mut page = browser.log_in(&test.realm, "rep").await;

    for (later, name) in [(0, "verify-totp"), (0, "verify-totp"), (30, "verify-totp"), (30, "home")] {
        test.realm.clock.advance(SignedDuration::from_secs(later));
        let code = test.totp("rep", 0);
        page = browser.submit(&page, "editPage", &[("tc", &code)]).await;

        assert_eq!(page.name(), name, "{later} s later");
    }
}

#[tokio::test]
async fn a_totp_code_completes_the_login() {
    let test = TestRealm::start(|_| {}).await;
    let browser = test.browser();

    let verify = browser.log_in(&test.realm, "rep").await;
    assert_eq!(title(&verify.body), "Verify Your Identity | Salesforce");
    assert!(!test.realm.sessions.signed_in("rep"));
    let home = browser.submit(&verify, "editPage", &[("tc", &test.totp("rep", 0))]).await;

    assert_eq!(home.url, test.lightning("/lightning/page/home"));
    assert!(test.realm.sessions.signed_in("rep"));
    assert_eq!(test.statuses(), ["Multi-factor required", "Success"]);
}

/// Contract C2.3 and C3.9.
#[tokio::test]
async fn a_wrong_a_stale_and_a_replayed_code_look_the_same_and_differ_in_the_journal() {
    let test = TestRealm::start(|_| {}).await;
    let first = test.browser();
    let verify = first.log_in(&test.realm, "rep").await;
    let used = test.totp("rep", 0);
    first.submit(&verify, "editPage", &[("tc", &used)]).await;
    let browser = test.browser();
    let verify = browser.log_in(&test.realm, "rep").await;

    let wrong = if test.totp("rep", 0) == "000000" { "000001" } else { "000000" };
    for (code, result) in [
        (wrong.to_owned(), VerificationResult::Wrong),
        (test.totp("rep", -5), VerificationResult::Stale),
        (used, VerificationResult::Replayed),
        (test.totp("rep", -1), VerificationResult::Replayed),
    ] {
        let page = browser.submit(&verify, "editPage", &[("tc", &code)]).await;

        assert_eq!(one(&page.body, "div.errorMsg").text, BAD_CODE, "{result:?}");
        let checked = |event: &Event| matches!(event, Event::VerificationChecked { .. });
        let last = test.events().into_iter().rfind(checked);
        let expected =
            Event::VerificationChecked { user: "rep".to_owned(), method: VerificationMethod::TotpApp, result };
        assert_eq!(last, Some(expected));
    }
}

#[tokio::test]
async fn a_code_of_the_next_step_is_good_and_one_of_the_step_after_is_not() {
    let test = TestRealm::start(|_| {}).await;
    let browser = test.browser();
    let verify = browser.log_in(&test.realm, "rep").await;

    let early = browser.submit(&verify, "editPage", &[("tc", &test.totp("rep", 2))]).await;
    let home = browser.submit(&verify, "editPage", &[("tc", &test.totp("rep", 1))]).await;

    assert_eq!(one(&early.body, "div.errorMsg").text, BAD_CODE);
    assert_eq!(title(&home.body), "Home | Salesforce");
}

#[tokio::test]
async fn a_second_post_of_the_same_code_leads_home_too() {
    let test = TestRealm::start(|_| {}).await;
    let browser = test.browser();
    let verify = browser.log_in(&test.realm, "rep").await;
    let code = test.totp("rep", 0);

    browser.submit(&verify, "editPage", &[("tc", &code)]).await;
    let again = browser.submit(&verify, "editPage", &[("tc", &code)]).await;

    assert_eq!(title(&again.body), "Home | Salesforce");
}

/// Contract C3.8.
#[tokio::test]
async fn ten_bad_codes_lock_the_user_out_for_an_hour_even_with_the_right_code_and_password() {
    let test = TestRealm::start(|_| {}).await;
    let browser = test.browser();
    let verify = browser.log_in(&test.realm, "rep").await;

    for _ in 0..9 {
        let page = browser.submit(&verify, "editPage", &[("tc", "abcdef")]).await;
        assert_eq!(one(&page.body, "div.errorMsg").text, BAD_CODE);
    }
    let tenth = browser.submit(&verify, "editPage", &[("tc", "abcdef")]).await;
    let right = browser.submit(&verify, "editPage", &[("tc", &test.totp("rep", 0))]).await;
    let login = test.browser().log_in(&test.realm, "rep").await;
    test.realm.clock.advance(SignedDuration::from_secs(3601));
    let later = test.browser();
    let verify = later.log_in(&test.realm, "rep").await;
    let home = later.submit(&verify, "editPage", &[("tc", &test.totp("rep", 0))]).await;

    for page in [&tenth, &right] {
        assert!(one(&page.body, "div.errorMsg").text.contains("exceeded the maximum number of verification attempts"));
    }
    assert!(one(&login.body, "div#error").text.contains("Please check your username and password."));
    assert!(test.statuses().contains(&"Password lockout"));
    assert_eq!(title(&home.body), "Home | Salesforce");
}

/// Contract C3.3.
#[tokio::test]
async fn a_temporary_code_fits_the_box_and_can_be_used_again_until_it_expires() {
    let test = TestRealm::start(|_| {}).await;
    let code = test.realm.users.get("temp").unwrap().temporary_code.unwrap().0.reveal().to_owned();
    for _ in 0..2 {
        let browser = test.browser();
        let verify = browser.log_in(&test.realm, "temp").await;
        assert_eq!(one(&verify.body, "input#tc").attribute("maxlength"), "");
        let home = browser.submit(&verify, "editPage", &[("tc", &code)]).await;
        assert_eq!(title(&home.body), "Home | Salesforce");
    }
    let browser = test.browser();
    let verify = browser.log_in(&test.realm, "temp").await;
    test.realm.clock.advance(SignedDuration::from_hours(25));

    let gone = browser.submit(&verify, "editPage", &[("tc", &code)]).await;

    assert_ne!(title(&gone.body), "Home | Salesforce");
}

#[tokio::test]
async fn a_form_with_a_foreign_vcsrf_leads_back_to_the_page_where_the_login_stands() {
    let test = TestRealm::start(|_| {}).await;
    let browser = test.browser();
    let verify = browser.log_in(&test.realm, "rep").await;

    let page = browser.submit(&verify, "editPage", &[("tc", &test.totp("rep", 0)), ("vcsrf", "old")]).await;

    assert_eq!(page.status, 200);
    assert!(select(&page.body, "input#tc").len() == 1 && !test.realm.sessions.signed_in("rep"));
    assert!(test.events().iter().any(|event| matches!(event, Event::RequestRefused { .. })));
}

#[tokio::test]
async fn a_verification_page_without_a_login_leads_to_the_login_page() {
    let test = TestRealm::start(|_| {}).await;

    for path in [
        "/_ui/identity/verification/method/TotpVerificationUi/e",
        "/_ui/identity/verification/method/UnifiedPasskeyVerificationUi",
        "/_ui/identity/verification/method/EmailVerificationFinishUi/e",
        "/_ui/identity/webauthn/AddPasskeyUi",
        "/_ui/identity/verification/policy/VerificationStartUi",
    ] {
        let page = test.browser().get(&test.url(path)).await;
        assert_eq!(title(&page.body), "Login | Salesforce", "{path}");
    }
}

/// Contract C1.3, C2.2, C3.4, C6.1 and M1.10.
#[tokio::test]
async fn an_unrecognised_browser_is_activated_by_the_emailed_code_and_known_from_then_on() {
    let test = TestRealm::start(|spec| spec.org.device_activation = true).await;
    let browser = test.browser();

    let verify = browser.log_in(&test.realm, "visitor").await;
    assert!(verify.url.starts_with(&test.url("/_ui/identity/verification/method/EmailVerificationFinishUi/e")));
    assert_eq!(one(&verify.body, "input#vpol").attribute("value"), "ic");
    let field = one(&verify.body, "input#emc");
    assert_eq!((field.attribute("name"), field.attribute("maxlength")), ("emc", "6"));
    let resend = one(&verify.body, "a.small.ib");
    assert_eq!(resend.text, "Resend code");
    let address = resend.attribute("href");
    let sends_again = "/_ui/identity/verification/method/EmailVerificationStartUi/e?";
    assert!(address.starts_with(sends_again) && address.ends_with("&vir=1"), "{address}");
    let wrong = browser.submit(&verify, "editPage", &[("emc", "none")]).await;
    assert_eq!(one(&wrong.body, "div.errorMsg").text, BAD_CODE);
    let inbox = browser.get(&test.url("/vestibule/inbox")).await;
    assert!(inbox.body.contains("From noreply@salesforce.com"));
    let code = inbox.body.split("Verification Code: ").nth(1).unwrap()[..6].to_owned();
    let home = browser.submit(&verify, "editPage", &[("emc", &code)]).await;
    browser.get(&test.url("/secur/logout.jsp")).await;
    let again = browser.log_in(&test.realm, "visitor").await;
    let other = test.browser().log_in(&test.realm, "visitor").await;

    assert_eq!(title(&home.body), "Home | Salesforce");
    assert_eq!(title(&again.body), "Home | Salesforce");
    assert_eq!(title(&other.body), "Verify Your Identity | Salesforce");
}

/// Contract C6.2 and C6.3.
#[tokio::test]
async fn either_cookie_of_an_activated_browser_makes_another_one_known() {
    let test = TestRealm::start(|spec| spec.org.device_activation = true).await;
    let browser = test.browser();
    let verify = browser.log_in(&test.realm, "visitor").await;
    let code = test.realm.inbox.all().last().unwrap().body.split("Code: ").nth(1).unwrap()[..6].to_owned();
    browser.submit(&verify, "editPage", &[("emc", &code)]).await;

    for name in ["sfdc_lv2_platform", "sfdc_lv2"] {
        let id = browser.cookie(&test.url("/"), name).unwrap();
        let other = test.browser();
        other.set_cookie(&test.url("/"), &format!("{name}={id}; Path=/; Secure"));

        let home = other.log_in(&test.realm, "visitor").await;

        assert_eq!(title(&home.body), "Home | Salesforce", "{name}");
    }
}

/// Contract C6.4.
#[tokio::test]
async fn a_login_that_was_verified_needs_no_device_activation() {
    let test = TestRealm::start(|spec| spec.org.device_activation = true).await;
    let browser = test.browser();
    let verify = browser.log_in(&test.realm, "rep").await;

    let home = browser.submit(&verify, "editPage", &[("tc", &test.totp("rep", 0))]).await;

    assert_eq!(title(&home.body), "Home | Salesforce");
}
