//! A user who is locked out proves nothing, by whatever method.

use vestibule_simulator::realm::Component;

use super::browser::{Browser, Page};
use super::html::{one, select, title};
use super::passkeys::{answer, asked_for_a_passkey_first, create, register, token};
use super::test_realm::{TestRealm, totp};

#[tokio::test]
async fn a_right_code_does_not_help_a_user_who_is_locked_out() {
    let test = TestRealm::start(|spec| spec.org.device_activation = true).await;
    let temporary = test.realm.users.get("temp").unwrap().temporary_code.unwrap().0;
    for (user, field, code) in [
        ("rep", "tc", test.totp("rep", 0)),
        ("temp", "tc", temporary.reveal().to_owned()),
        ("visitor", "emc", String::new()),
    ] {
        let browser = test.browser();
        let verify = browser.log_in(&test.realm, user).await;
        let code = if code.is_empty() { emailed_code(&test) } else { code };
        lock_out(&test, user).await;

        let refused = browser.submit(&verify, "editPage", &[(field, &code)]).await;

        assert_locked_out(&test, user, &refused);
        let again = browser.get(&refused.url).await;
        assert_locked_out(&test, user, &again);
    }
}

#[tokio::test]
async fn a_passkey_does_not_help_a_user_who_is_locked_out() {
    let test = TestRealm::start(|_| {}).await;
    let mut token = token();
    register(&test.realm, "admin", &mut token);
    let browser = test.browser();
    let verify = browser.log_in(&test.realm, "admin").await;
    let answer = answer(&test.realm, &mut token, &verify);
    lock_out(&test, "admin").await;

    let refused = browser.submit(&verify, "editPage", &[("credential", &answer)]).await;

    assert_locked_out(&test, "admin", &refused);
}

#[tokio::test]
async fn a_passkey_without_a_password_does_not_help_a_user_who_is_locked_out() {
    let mut token = token();
    let (test, browser, second) = asked_for_a_passkey_first(&mut token).await;
    let answer = answer(&test.realm, &mut token, &second);
    lock_out(&test, "admin").await;

    let refused = browser.submit(&second, "login_form", &[("credential", &answer)]).await;

    assert_eq!(title(&refused.body), "Login | Salesforce");
    assert!(!test.realm.sessions.signed_in("admin"));
    assert_eq!(test.statuses().last().copied(), Some("Password lockout"));
}

#[tokio::test]
async fn a_user_who_is_locked_out_registers_no_method() {
    let test = TestRealm::start(|_| {}).await;
    let browser = test.browser();
    let gate = browser.log_in(&test.realm, "new").await;
    let options = serde_json::from_str(&one(&gate.body, "script#webauthn-create").text).unwrap();
    let credential = serde_json::to_string(&create(&test.realm, &mut token(), options)).unwrap();
    let chooser = browser.get(&test.url("/_ui/identity/verification/addTwoFactor")).await;
    let connect = browser.submit(&chooser, "editPage", &[("selectedMethod", "One-Time Password App")]).await;
    let key = one(&connect.body, "code#key").text;
    let code = totp(&key, test.realm.clock.now(Component::Org), 0);
    lock_out(&test, "new").await;

    let by_passkey = browser.submit(&gate, "editPage", &[("credential", &credential)]).await;
    let by_app = browser.submit(&connect, "editPage", &[("t", &code)]).await;

    for refused in [&by_passkey, &by_app] {
        assert_locked_out(&test, "new", refused);
    }
    let user = test.realm.users.get("new").unwrap();
    assert!(user.passkeys.is_empty() && user.totp_secret.is_none());
}

/// Wrong passwords in another browser.
async fn lock_out(test: &TestRealm, user: &str) {
    let username = test.realm.users.get(user).unwrap().username;
    let other: Browser = test.browser();
    for _ in 0..10 {
        other.post(&test.url("/"), &[("username", username.as_str()), ("pw", "guess")]).await;
    }
}

fn emailed_code(test: &TestRealm) -> String {
    let emails = test.realm.inbox.all();
    emails.last().unwrap().body.split("Verification Code: ").nth(1).unwrap()[..6].to_owned()
}

fn assert_locked_out(test: &TestRealm, user: &str, page: &Page) {
    let errors = select(&page.body, "div.errorMsg");
    let told = errors.iter().any(|error| error.text.contains("exceeded the maximum number of verification attempts"));
    assert!(told, "{user}: {}", page.body);
    assert!(!test.realm.sessions.signed_in(user), "{user}");
}
