//! What the journal keeps of a suite's habits: posted forms, placed codes, stale cookies, lockouts.

use jiff::SignedDuration;
use vestibule_model::{LoginPage, PageName};
use vestibule_simulator::realm::{Event, HostRole, LockoutCause, PasswordHolds, UsernameHolds};

use super::html::{one, select, title};
use super::world::World;

const BAD: &str = "Please check your username and password.";
const GOOD: [(&str, &str); 2] = [("username", "visitor@acme.example"), ("pw", "Right-password-1")];

#[tokio::test]
async fn a_posted_form_is_told_by_page_and_kind_of_text_and_never_by_the_text() {
    let name = "visitor@acme.example";
    let both = format!("{name}Right-password-1");
    type Row<'a> = (&'a [(&'a str, &'a str)], PageName, UsernameHolds, PasswordHolds);
    let rows: [Row<'_>; 7] = [
        (&[("username", name)], PageName::Username, UsernameHolds::Username, PasswordHolds::Absent),
        (&[("username", "")], PageName::Username, UsernameHolds::Nothing, PasswordHolds::Absent),
        (&[("username", "Right-password-1")], PageName::Username, UsernameHolds::Password, PasswordHolds::Absent),
        (&[("username", &both)], PageName::Username, UsernameHolds::Password, PasswordHolds::Absent),
        (&[("username", "nobody")], PageName::Username, UsernameHolds::UnknownText, PasswordHolds::Absent),
        (&[("username", name), ("pw", "")], PageName::Password, UsernameHolds::Username, PasswordHolds::Empty),
        (&[("username", name), ("pw", "guess")], PageName::Password, UsernameHolds::Username, PasswordHolds::Present),
    ];
    for (fields, page, username_holds, password_holds) in rows {
        let world = World::start(|spec| spec.org.login_page = LoginPage::TwoStep).await;

        world.browser().post(&world.url("/"), fields).await;

        let user = (username_holds == UsernameHolds::Username).then(|| "visitor".to_owned());
        let expected = Event::LoginFormPosted { page, user, username_holds, password_holds };
        let posted = world.events().into_iter().find(|event| matches!(event, Event::LoginFormPosted { .. }));
        assert_eq!(posted, Some(expected));
        let journal = serde_json::to_string(&world.realm.journal.all()).unwrap();
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
        let world = World::start(|spec| spec.org.login_page = login_page).await;

        world.browser().post(&world.url("/"), fields).await;

        let pages: Vec<_> = world.events().into_iter().filter_map(posted_page).collect();
        assert_eq!(pages, [page], "{login_page:?}");
    }
}

#[tokio::test]
async fn a_posted_totp_code_is_placed_in_time() {
    let world = World::start(|_| {}).await;
    let browser = world.browser();
    let verify = browser.log_in(&world.realm, "rep").await;
    world.realm.clock.advance(SignedDuration::from_secs(28));

    for (code, off) in [
        (world.totp("rep", -5), Some(-5)),
        (world.totp("rep", 4), Some(4)),
        ("letters".to_owned(), None),
        (world.totp("rep", -1), Some(-1)),
    ] {
        browser.submit(&verify, "editPage", &[("tc", &code)]).await;

        let placed = world.events().into_iter().rfind(|event| matches!(event, Event::TotpCodePosted { .. }));
        let expected = Event::TotpCodePosted { user: "rep".to_owned(), steps_off: off, seconds_left: 2 };
        assert_eq!(placed, Some(expected));
    }
    assert!(world.realm.sessions.signed_in("rep"), "a code of the step before is still good");
}

#[tokio::test]
async fn a_temporary_code_is_no_totp_code() {
    let world = World::start(|_| {}).await;
    let browser = world.browser();
    let verify = browser.log_in(&world.realm, "temp").await;

    browser.submit(&verify, "editPage", &[("tc", "ABCDEFGHIJ")]).await;

    assert!(!world.events().iter().any(|event| matches!(event, Event::TotpCodePosted { .. })));
}

#[tokio::test]
async fn a_cookie_of_a_session_that_has_ended_leads_to_the_login_page_and_is_told() {
    let world = World::start(|_| {}).await;
    let browser = world.browser();
    browser.log_in(&world.realm, "visitor").await;
    for session in world.realm.sessions.all() {
        world.realm.close_session(session.sid.reveal());
    }

    let page = browser.get(&world.lightning("/lightning/page/home")).await;

    assert_eq!(page.url, world.url("/?ec=302&startURL=%2Flightning%2Fpage%2Fhome"));
    let refused: Vec<_> = world.events().into_iter().filter_map(refused).collect();
    let expected = [(HostRole::Lightning, "/lightning/page/home".to_owned()), (HostRole::MyDomain, "/".to_owned())];
    assert_eq!(refused, expected);
}

#[tokio::test]
async fn a_browser_without_a_session_cookie_has_no_stale_one() {
    let world = World::start(|_| {}).await;
    let browser = world.browser();

    browser.get(&world.lightning("/lightning/page/home")).await;
    browser.log_in(&world.realm, "visitor").await;
    browser.get(&world.url("/secur/logout.jsp")).await;
    browser.get(&world.url("/lightning/page/home")).await;

    assert_eq!(world.events().into_iter().filter_map(refused).count(), 0);
}

#[tokio::test]
async fn wrong_passwords_lock_a_user_out_for_a_quarter_of_an_hour() {
    let world = World::start(|spec| spec.org.lockout_after = 3).await;
    let browser = world.browser();
    let wrong = [GOOD[0], ("pw", "guess")];

    for _ in 0..2 {
        browser.post(&world.url("/"), &wrong).await;
    }
    let in_between = world.browser().log_in(&world.realm, "visitor").await;
    for _ in 0..3 {
        browser.post(&world.url("/"), &wrong).await;
    }
    let locked = world.browser().log_in(&world.realm, "visitor").await;
    world.realm.clock.advance(SignedDuration::from_secs(15 * 60 + 1));
    let later = world.browser().log_in(&world.realm, "visitor").await;

    assert_eq!(title(&in_between.body), "Home | Salesforce", "a right password starts the count again");
    assert!(one(&locked.body, "div#error").text.contains(BAD));
    assert_eq!(title(&later.body), "Home | Salesforce");
    let (two, three) = (["Invalid Password"; 2], ["Invalid Password"; 3]);
    assert_eq!(world.statuses(), [&two[..], &["Success"], &three[..], &["Password lockout", "Success"]].concat());
    let lockouts: Vec<_> = world.events().into_iter().filter(|e| matches!(e, Event::UserLockedOut { .. })).collect();
    assert_eq!(lockouts, [Event::UserLockedOut { user: "visitor".to_owned(), by: LockoutCause::Passwords }]);
}

#[tokio::test]
async fn the_tenth_wrong_code_is_told_as_a_lockout_once() {
    let world = World::start(|_| {}).await;
    let browser = world.browser();
    let verify = browser.log_in(&world.realm, "rep").await;

    for _ in 0..12 {
        browser.submit(&verify, "editPage", &[("tc", "abcdef")]).await;
    }

    let lockouts: Vec<_> = world.events().into_iter().filter(|e| matches!(e, Event::UserLockedOut { .. })).collect();
    assert_eq!(lockouts, [Event::UserLockedOut { user: "rep".to_owned(), by: LockoutCause::Codes }]);
}

#[tokio::test]
async fn a_user_who_starts_locked_out_stays_so_and_zero_never_locks() {
    let locked = World::start(|spec| spec.users.get_mut("visitor").unwrap().locked = true).await;
    locked.realm.clock.advance(SignedDuration::from_hours(1000));
    let never = World::start(|spec| spec.org.lockout_after = 0).await;
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

#[tokio::test]
async fn a_browser_that_comes_first_finds_the_username_remembered_until_it_is_forgotten() {
    let world = World::start(|spec| {
        spec.org.login_page = LoginPage::TwoStep;
        spec.users.get_mut("visitor").unwrap().remembered = true;
    })
    .await;
    let browser = world.browser();

    let first = browser.get(&world.url("/")).await;
    let second = browser.submit(&first, "login_form", &[]).await;
    let forgetful: Vec<(&str, &str)> = vec![("username", "rep@acme.example"), ("pw", "Right-password-1")];
    browser.post(&world.url("/"), &forgetful).await;
    let after = world.url("/");
    let after = browser.get(&after).await;

    assert_eq!(one(&first.body, "span#idcard-identity").text, "visitor@acme.example");
    assert_eq!(one(&first.body, "div#usernamegroup").attribute("style"), "display: none");
    assert_eq!(select(&second.body, "input#password").len(), 1);
    assert_eq!(one(&after.body, "span#idcard-identity").text, "", "what was forgotten stays so");
}

#[tokio::test]
async fn only_page_one_of_the_two_step_login_is_late() {
    for (login_page, expected) in [(LoginPage::TwoStep, "1500"), (LoginPage::Classic, "")] {
        let world = World::start(|spec| {
            spec.org.login_page = login_page;
            spec.org.second_page_delay = std::time::Duration::from_millis(1500);
        })
        .await;
        let browser = world.browser();

        let first = browser.get(&world.url("/")).await;
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
