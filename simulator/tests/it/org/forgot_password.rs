//! "Forgot Your Password": the page, the mail, and the new password behind its link.

use vestibule_model::UserState;
use vestibule_simulator::realm::Event;

use super::html::{one, select, title};
use super::test_realm::TestRealm;

const USER: &str = "visitor@acme.example";

/// Contract A4.1, A4.2.
#[tokio::test]
async fn a_forgotten_password_is_set_behind_the_link_of_a_mail() {
    let test = TestRealm::start(|_| {}).await;
    let browser = test.browser();
    let login = browser.get(&test.url("/")).await;
    let forgotten = test.url(one(&login.body, "a#forgot_password_link").attribute("href"));

    let page = browser.get(&forgotten).await;
    let sent = browser.submit(&page, "forgotPassForm", &[("un", USER), ("continue", "Continue")]).await;
    let link = link(&test);
    let opened = browser.get(&link).await;
    let unlike = browser.submit(&opened, "editPage", &fill("Other-password-3")).await;
    let login = browser.submit(&unlike, "editPage", &fill("Other-password-2")).await;
    let again = browser.get(&link).await;
    let twice = browser.submit(&unlike, "editPage", &fill("Other-password-2")).await;
    let old = browser.submit(&login, "login_form", &[("username", USER), ("pw", "Right-password-1")]).await;
    let home = browser.submit(&old, "login_form", &[("username", USER), ("pw", "Other-password-2")]).await;

    assert_eq!((page.name(), one(&page.body, "#header").text.as_str()), ("forgot-password", "Forgot Your Password"));
    for (selector, attribute, value) in [
        ("input#un", "name", "un"),
        ("input#continue", "name", "continue"),
        ("input#continue", "type", "submit"),
        ("input[name=cancel]", "value", "Cancel"),
    ] {
        assert_eq!(one(&page.body, selector).attribute(attribute), value, "{selector} {attribute}");
    }
    assert_eq!(one(&sent.body, "#header").text, "Check Your Email");
    assert_eq!(opened.name(), "change-password");
    assert_eq!(one(&unlike.body, "div.errorMsg").text, "Error: The new passwords don't match.");
    assert_eq!((login.name(), login.url.as_str()), ("login", test.url("/").as_str()));
    for refused in [&again, &twice] {
        let error = &one(&refused.body, "div.errorMsg").text;
        assert_eq!(error, "Error: The link was used or is too old. Ask for a new one.");
    }
    assert_eq!(title(&old.body), "Login | Salesforce", "the old password no longer works");
    assert_eq!(home.name(), "home");
}

#[tokio::test]
async fn a_new_password_makes_the_links_void_that_were_sent_before() {
    let test = TestRealm::start(|_| {}).await;
    let browser = test.browser();
    let page = browser.get(&test.url("/secur/forgotpassword.jsp")).await;
    let mut links = Vec::new();
    for _ in 0..3 {
        browser.submit(&page, "forgotPassForm", &[("un", USER), ("continue", "Continue")]).await;
        links.push(link(&test));
    }
    let opened = browser.get(&links[0]).await;
    let also_opened = browser.get(&links[1]).await;

    let set = browser.submit(&opened, "editPage", &fill("Other-password-2")).await;
    let third = [("p5", "Other-password-3"), ("p6", "Other-password-3")];
    let late = browser.submit(&also_opened, "editPage", &third).await;
    let unopened = browser.get(&links[2]).await;

    assert_eq!((also_opened.name(), set.name()), ("change-password", "login"));
    for refused in [&late, &unopened] {
        let error = &one(&refused.body, "div.errorMsg").text;
        assert_eq!(error, "Error: The link was used or is too old. Ask for a new one.");
    }
    let user = test.realm.users.all().into_iter().find(|user| user.username == USER).unwrap();
    assert_eq!(user.password.reveal(), "Other-password-2");
}

#[tokio::test]
async fn nobody_learns_which_usernames_there_are() {
    let test = TestRealm::start(|spec| spec.users.get_mut("rep").unwrap().state = UserState::Inactive).await;
    let browser = test.browser();
    let page = browser.get(&test.url("/secur/forgotpassword.jsp")).await;
    let mut bodies = Vec::new();

    for name in [USER, "nobody@acme.example", "rep@acme.example"] {
        bodies.push(browser.submit(&page, "forgotPassForm", &[("un", name), ("continue", "Continue")]).await.body);
    }
    let empty = browser.submit(&page, "forgotPassForm", &[("continue", "Continue")]).await;
    let cancelled = browser.submit(&page, "forgotPassForm", &[("un", USER), ("cancel", "Cancel")]).await;

    assert!(bodies.iter().all(|body| *body == bodies[0]));
    assert_eq!(test.events().iter().filter(|event| matches!(event, Event::EmailSent { .. })).count(), 1);
    assert_eq!(one(&empty.body, "div.errorMsg").text, "Error: Please enter your username.");
    assert!(select(&page.body, ".errorMsg").is_empty());
    assert_eq!(cancelled.name(), "login");
}

fn fill(again: &str) -> [(&str, &str); 2] {
    [("p5", "Other-password-2"), ("p6", again)]
}

/// The link in the last mail.
fn link(test: &TestRealm) -> String {
    let mail = test.realm.inbox.all().pop().unwrap();
    let (_, link) = mail.body.split_once("within a day: ").unwrap();
    link.lines().next().unwrap().to_owned()
}
