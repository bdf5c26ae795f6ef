//! What the journal records about a test suite: posted forms, the timing of codes, stale cookies, lockouts.

use jiff::SignedDuration;
use vestibule_model::{LoginPage, PageName};
use vestibule_simulator::realm::{CodeFieldHolds, Event, HostRole, LockoutCause, PasswordHolds, UsernameHolds};

use super::html::{one, select, title};
use super::test_realm::TestRealm;

const BAD: &str = "Please check your username and password.";
const GOOD: [(&str, &str); 2] = [("username", "visitor@acme.example"), ("pw", "Right-password-1")];

#[tokio::test]
async fn a_posted_form_is_told_by_page_and_kind_of_text_and_never_by_the_text() {
    let name = "visitor@acme.example";
    let both = format!("{name}Right-password-1");
    let twice = format!("{name}{name}");
    type Row<'a> = (&'a [(&'a str, &'a str)], PageName, UsernameHolds, PasswordHolds);
    let rows: [Row<'_>; 8] = [
        (&[("username", name)], PageName::Username, UsernameHolds::Username, PasswordHolds::Absent),
        (&[("username", "")], PageName::Username, UsernameHolds::Nothing, PasswordHolds::Absent),
        (&[("username", "Right-password-1")], PageName::Username, UsernameHolds::Password, PasswordHolds::Absent),
        (&[("username", &both)], PageName::Username, UsernameHolds::Password, PasswordHolds::Absent),
        (&[("username", &twice)], PageName::Username, UsernameHolds::UsernameTwice, PasswordHolds::Absent),
        (&[("username", "nobody")], PageName::Username, UsernameHolds::UnknownText, PasswordHolds::Absent),
        (&[("username", name), ("pw", "")], PageName::Password, UsernameHolds::Username, PasswordHolds::Empty),
        (&[("username", name), ("pw", "guess")], PageName::Password, UsernameHolds::Username, PasswordHolds::Present),
    ];
    for (fields, page, username_holds, password_holds) in rows {
        let test = TestRealm::start(|spec| spec.org.login_page = Some(LoginPage::TwoStep)).await;

        test.browser().post(&test.url("/"), fields).await;

        let names_one = matches!(username_holds, UsernameHolds::Username | UsernameHolds::UsernameTwice);
        let user = names_one.then(|| "visitor".to_owned());
        let expected = Event::LoginFormPosted { page, user, username_holds, password_holds };
        let posted = test.events().into_iter().find(|event| matches!(event, Event::LoginFormPosted { .. }));
        assert_eq!(posted, Some(expected));
        let journal = serde_json::to_string(&test.realm.journal.all()).unwrap();
        assert!(!journal.contains("Right-password-1") && !journal.contains("nobody") && !journal.contains("guess"));
    }
}

#[tokio::test]
async fn the_page_of_a_posted_form_follows_the_login_page() {
    for (login_page, fields, page) in [
        (LoginPage::Classic, &GOOD[..], PageName::Login),
        (LoginPage::Classic, &GOOD[..1], PageName::Login),
        (LoginPage::PasskeyFirst, &GOOD[..1], PageName::Username),
        (LoginPage::PasskeyFirst, &[GOOD[0], ("usePassword", "1")][..], PageName::LoginPasskey),
    ] {
        let test = TestRealm::start(|spec| spec.org.login_page = Some(login_page)).await;

        test.browser().post(&test.url("/"), fields).await;

        let pages: Vec<_> = test.events().into_iter().filter_map(posted_page).collect();
        assert_eq!(pages, [page], "{login_page:?}");
    }
}

#[tokio::test]
async fn a_posted_totp_code_is_placed_in_time() {
    let test = TestRealm::start(|_| {}).await;
    let browser = test.browser();
    let verify = browser.log_in(&test.realm, "rep").await;
    test.realm.clock.advance(SignedDuration::from_secs(28));

    for (code, off) in [
        (test.totp("rep", -5), Some(-5)),
        (test.totp("rep", 4), Some(4)),
        ("letters".to_owned(), None),
        (test.totp("rep", -1), Some(-1)),
    ] {
        browser.submit(&verify, "editPage", &[("tc", &code)]).await;

        let placed = test.events().into_iter().rfind(|event| matches!(event, Event::TotpCodePosted { .. }));
        let expected = Event::TotpCodePosted { user: "rep".to_owned(), steps_off: off, seconds_left: 2 };
        assert_eq!(placed, Some(expected));
    }
    assert!(test.realm.sessions.signed_in("rep"), "the code of the previous step is still accepted");
}

#[tokio::test]
async fn a_code_that_is_left_empty_is_told() {
    let test = TestRealm::start(|_| {}).await;
    for (user, typed, told) in [("rep", " ", true), ("temp", "", true), ("rep", "1", false)] {
        let browser = test.browser();
        let verify = browser.log_in(&test.realm, user).await;
        let before = test.events().len();

        browser.submit(&verify, "editPage", &[("tc", typed)]).await;

        let empty = Event::CodeLeftEmpty { user: user.to_owned() };
        assert_eq!(test.events()[before..].contains(&empty), told, "{user}");
    }
}

/// The page cuts what its field cannot hold.
#[tokio::test]
async fn what_is_typed_instead_of_a_code_is_told_by_its_kind_and_never_by_the_text() {
    let test = TestRealm::start(|_| {}).await;
    let secret = test.realm.users.get("rep").unwrap().totp_secret.unwrap().reveal().to_owned();
    let begun = secret[..6].to_lowercase();
    for (typed, holds) in [
        (secret.as_str(), CodeFieldHolds::TotpSecret),
        (&begun, CodeFieldHolds::TotpSecret),
        ("Right-password-1", CodeFieldHolds::Password),
        ("Right-", CodeFieldHolds::Password),
        ("rep@acme.example", CodeFieldHolds::Username),
        ("[object", CodeFieldHolds::UnknownText),
        ("Right", CodeFieldHolds::UnknownText),
    ] {
        let browser = test.browser();
        let verify = browser.log_in(&test.realm, "rep").await;
        let before = test.events().len();

        browser.submit(&verify, "editPage", &[("tc", typed)]).await;

        let events = test.events().split_off(before);
        let mistyped = Event::CodeMistyped { user: "rep".to_owned(), holds };
        assert!(events.contains(&mistyped), "{typed}: {events:?}");
        assert!(!format!("{events:?}").contains(&secret[..6]) && !format!("{events:?}").contains("Right-"));
    }
}

/// A machine whose local time is taken for UTC is hours off.
#[tokio::test]
async fn a_code_of_another_time_zone_is_placed_in_time() {
    let test = TestRealm::start(|_| {}).await;
    let browser = test.browser();
    let verify = browser.log_in(&test.realm, "rep").await;
    for off in [240, -121, 660, 1680, -1441] {
        browser.submit(&verify, "editPage", &[("tc", &test.totp("rep", off))]).await;

        let placed = test.events().into_iter().rfind(|event| matches!(event, Event::TotpCodePosted { .. }));
        let Some(Event::TotpCodePosted { steps_off, .. }) = placed else { panic!("no code was posted") };
        assert_eq!(steps_off, Some(off));
    }
}

#[tokio::test]
async fn a_temporary_code_is_no_totp_code() {
    let test = TestRealm::start(|_| {}).await;
    let browser = test.browser();
    let verify = browser.log_in(&test.realm, "temp").await;

    browser.submit(&verify, "editPage", &[("tc", "ABCDEFGHIJ")]).await;

    assert!(!test.events().iter().any(|event| matches!(event, Event::TotpCodePosted { .. })));
}

#[tokio::test]
async fn a_cookie_of_a_session_that_has_ended_leads_to_the_login_page_and_is_told() {
    let test = TestRealm::start(|_| {}).await;
    let browser = test.browser();
    browser.log_in(&test.realm, "visitor").await;
    for session in test.realm.sessions.all() {
        test.realm.close_session(session.sid.reveal());
    }

    let page = browser.get(&test.lightning("/lightning/page/home")).await;

    assert!(page.url.starts_with(&test.url("/?ec=302&startURL=%2Fvisualforce%2Fsession")), "{}", page.url);
    let refused: Vec<_> = test.events().into_iter().filter_map(refused).collect();
    let expected = [(HostRole::Lightning, "/lightning/page/home".to_owned()), (HostRole::MyDomain, "/".to_owned())];
    assert_eq!(refused, expected);
}

#[tokio::test]
async fn a_browser_without_a_session_cookie_has_no_stale_one() {
    let test = TestRealm::start(|_| {}).await;
    let browser = test.browser();

    browser.get(&test.lightning("/lightning/page/home")).await;
    browser.log_in(&test.realm, "visitor").await;
    browser.get(&test.url("/secur/logout.jsp")).await;
    browser.get(&test.url("/lightning/page/home")).await;

    assert_eq!(test.events().into_iter().filter_map(refused).count(), 0);
}

/// Contract H1.4.
#[tokio::test]
async fn wrong_passwords_lock_a_user_out_for_a_quarter_of_an_hour() {
    let test = TestRealm::start(|spec| spec.org.lockout_after = 3).await;
    let browser = test.browser();
    let wrong = [GOOD[0], ("pw", "guess")];

    for _ in 0..2 {
        browser.post(&test.url("/"), &wrong).await;
    }
    let in_between = test.browser().log_in(&test.realm, "visitor").await;
    for _ in 0..3 {
        browser.post(&test.url("/"), &wrong).await;
    }
    let locked = test.browser().log_in(&test.realm, "visitor").await;
    test.realm.clock.advance(SignedDuration::from_secs(15 * 60 + 1));
    let later = test.browser().log_in(&test.realm, "visitor").await;

    assert_eq!(title(&in_between.body), "Home | Salesforce", "a right password resets the count");
    assert!(one(&locked.body, "div#error").text.contains(BAD));
    assert_eq!(title(&later.body), "Home | Salesforce");
    let (two, three) = (["Invalid Password"; 2], ["Invalid Password"; 3]);
    assert_eq!(test.statuses(), [&two[..], &["Success"], &three[..], &["Password lockout", "Success"]].concat());
    let lockouts: Vec<_> = test.events().into_iter().filter(|e| matches!(e, Event::UserLockedOut { .. })).collect();
    assert_eq!(lockouts, [Event::UserLockedOut { user: "visitor".to_owned(), by: LockoutCause::Passwords }]);
}

#[tokio::test]
async fn the_tenth_wrong_code_is_told_as_a_lockout_once() {
    let test = TestRealm::start(|_| {}).await;
    let browser = test.browser();
    let verify = browser.log_in(&test.realm, "rep").await;

    for _ in 0..12 {
        browser.submit(&verify, "editPage", &[("tc", "abcdef")]).await;
    }

    let lockouts: Vec<_> = test.events().into_iter().filter(|e| matches!(e, Event::UserLockedOut { .. })).collect();
    assert_eq!(lockouts, [Event::UserLockedOut { user: "rep".to_owned(), by: LockoutCause::Codes }]);
}

#[tokio::test]
async fn a_user_who_starts_locked_out_stays_so_and_zero_never_locks() {
    let locked = TestRealm::start(|spec| spec.users.get_mut("visitor").unwrap().locked = true).await;
    locked.realm.clock.advance(SignedDuration::from_hours(1000));
    let never = TestRealm::start(|spec| spec.org.lockout_after = 0).await;
    let browser = never.browser();
    for _ in 0..12 {
        browser.post(&never.url("/"), &[GOOD[0], ("pw", "guess")]).await;
    }

    let refused = locked.browser().log_in(&locked.realm, "visitor").await;
    let home = browser.log_in(&never.realm, "visitor").await;

    assert!(one(&refused.body, "div#error").text.contains(BAD));
    assert_eq!(locked.statuses(), ["Password lockout"]);
    assert_eq!(title(&home.body), "Home | Salesforce");
}

/// Contract A3.1.
#[tokio::test]
async fn a_browser_that_comes_first_finds_the_username_remembered_until_it_is_forgotten() {
    let test = TestRealm::start(|spec| {
        spec.org.login_page = Some(LoginPage::TwoStep);
        spec.users.get_mut("visitor").unwrap().remembered = true;
    })
    .await;
    let browser = test.browser();

    let first = browser.get(&test.url("/")).await;
    let second = browser.submit(&first, "login_form", &[]).await;
    let forgetful: Vec<(&str, &str)> = vec![("username", "rep@acme.example"), ("pw", "Right-password-1")];
    browser.post(&test.url("/"), &forgetful).await;
    let after = test.url("/");
    let after = browser.get(&after).await;

    assert_eq!(one(&first.body, "span#idcard-identity").text, "visitor@acme.example");
    assert_eq!(one(&first.body, "div#usernamegroup").attribute("style"), "display: none");
    assert_eq!(select(&second.body, "input#password").len(), 1);
    assert_eq!(one(&after.body, "span#idcard-identity").text, "", "a forgotten username stays forgotten");
}

#[tokio::test]
async fn a_realm_fills_in_the_username_that_an_app_would_name_unless_the_browser_remembers_one() {
    for remembered in [false, true] {
        let test = TestRealm::start(|spec| {
            spec.org.login_page = Some(LoginPage::TwoStep);
            spec.users.get_mut("visitor").unwrap().login_hint = true;
            spec.users.get_mut("rep").unwrap().remembered = remembered;
        })
        .await;

        let first = test.browser().get(&test.url("/")).await;

        let shown = if remembered { ("rep@acme.example", "rep@acme.example") } else { ("visitor@acme.example", "") };
        let card = if remembered { one(&first.body, "span#idcard-identity").text } else { String::new() };
        assert_eq!((one(&first.body, "input#username").attribute("value"), card.as_str()), shown);
        let hidden = one(&first.body, "div#usernamegroup").attribute("style") == "display: none";
        assert_eq!(hidden, remembered);
    }
}

#[tokio::test]
async fn only_page_one_of_the_two_step_login_is_late() {
    for (login_page, expected) in [(LoginPage::TwoStep, "1500"), (LoginPage::Classic, "")] {
        let test = TestRealm::start(|spec| {
            spec.org.login_page = Some(login_page);
            spec.org.second_page_delay = std::time::Duration::from_millis(1500);
        })
        .await;
        let browser = test.browser();

        let first = browser.get(&test.url("/")).await;
        let second = browser.submit(&first, "login_form", &GOOD[..1]).await;

        assert_eq!(one(&first.body, "form#login_form").attribute("data-second-page-delay"), expected);
        assert_eq!(one(&second.body, "form#login_form").attribute("data-second-page-delay"), "", "{login_page:?}");
    }
}

fn posted_page(event: Event) -> Option<PageName> {
    match event {
        Event::LoginFormPosted { page, .. } => Some(page),
        _ => None,
    }
}

fn refused(event: Event) -> Option<(HostRole, String)> {
    match event {
        Event::SessionCookieRefused { host, path } => Some((host, path)),
        _ => None,
    }
}
