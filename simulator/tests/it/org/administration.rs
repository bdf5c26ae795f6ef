//! What an admin does about a user, and what the next login of that user meets (contract C5.18, H7.1 to H7.5).

use jiff::SignedDuration;
use vestibule_model::{PasswordExpiry, PushAnswer, Secret, SessionLevel, UserState, VerificationMethod, Waiver};
use vestibule_simulator::realm::{
    Administered, AdministrationRefused, AdministrativeAct, CodeHours, Event, SessionKind, TokenRenewal,
};

use super::html::{one, select, title};
use super::passkeys::{register, token};
use super::test_realm::TestRealm;

const HOME: &str = "Home | Salesforce";

#[tokio::test]
async fn a_user_who_is_unlocked_logs_in_again_and_has_every_attempt_back() {
    let test = TestRealm::start(|_| {}).await;
    guess(&test, "visitor", 10).await;
    let locked = test.browser().log_in(&test.realm, "visitor").await;

    let unlocked = test.realm.administer("visitor", AdministrativeAct::Unlock);
    guess(&test, "visitor", 9).await;
    let home = test.browser().log_in(&test.realm, "visitor").await;
    let again = test.realm.administer("visitor", AdministrativeAct::Unlock);

    assert_ne!(title(&locked.body), HOME);
    assert_eq!(unlocked, Ok(Administered::Done));
    assert_eq!(title(&home.body), HOME);
    assert_eq!(again, Err(AdministrationRefused::NotLocked("visitor".to_owned())));
    assert_eq!(recorded(&test), [Event::UserUnlocked { user: "visitor".to_owned() }]);
}

#[tokio::test]
async fn a_frozen_user_is_stopped_at_the_next_login_and_keeps_the_open_session() {
    let test = TestRealm::start(|_| {}).await;
    let before = test.browser();
    before.log_in(&test.realm, "visitor").await;

    test.realm.administer("visitor", AdministrativeAct::Freeze).unwrap();
    let stopped = test.browser().log_in(&test.realm, "visitor").await;
    let still = before.get(&test.lightning("/lightning/page/home")).await;
    let twice = test.realm.administer("visitor", AdministrativeAct::Freeze);
    test.realm.administer("visitor", AdministrativeAct::Unfreeze).unwrap();
    let home = test.browser().log_in(&test.realm, "visitor").await;

    assert_ne!(title(&stopped.body), HOME);
    assert_eq!(title(&still.body), HOME);
    assert_eq!(title(&home.body), HOME);
    assert_eq!(test.statuses(), ["Success", "User is frozen", "Success"]);
    let user = || "visitor".to_owned();
    let (state, wanted) = (UserState::Frozen, UserState::Active);
    assert_eq!(twice, Err(AdministrationRefused::OtherState { user: user(), state, wanted }));
    assert_eq!(recorded(&test), [Event::UserFrozen { user: user() }, Event::UserUnfrozen { user: user() }]);
}

#[tokio::test]
async fn whoever_has_the_only_method_disconnected_registers_one_at_the_next_login() {
    for (user, method) in
        [("rep", VerificationMethod::TotpApp), ("pusher", VerificationMethod::SalesforceAuthenticator), ("temp", CODE)]
    {
        let test = TestRealm::start(|spec| {
            let mut pusher = spec.users["new"].clone();
            pusher.verifiers.insert(VerificationMethod::SalesforceAuthenticator);
            spec.users.insert("pusher".to_owned(), pusher);
        })
        .await;
        let verified = test.browser().log_in(&test.realm, user).await;

        let done = test.realm.administer(user, AdministrativeAct::Disconnect(method));
        let enrols = test.browser().log_in(&test.realm, user).await;
        let again = test.realm.administer(user, AdministrativeAct::Disconnect(method));

        assert!(verified.name().starts_with("verify-"), "{method}: {}", verified.name());
        assert_eq!(done, Ok(Administered::Done), "{method}");
        assert_eq!(enrols.name(), "create-passkey", "{method}");
        assert_eq!(again, Err(AdministrationRefused::NotRegistered { user: user.to_owned(), method }));
        assert_eq!(recorded(&test), [Event::VerifierDisconnected { user: user.to_owned(), method }]);
    }
}

/// Contract C3.3.
#[tokio::test]
async fn a_temporary_code_verifies_for_as_long_as_the_admin_says() {
    let test = TestRealm::start(|_| {}).await;
    let hour = AdministrativeAct::GenerateTemporaryCode(CodeHours::try_from(1_u8).unwrap());

    let first = code(test.realm.administer("new", hour.clone()).unwrap());
    let second = code(test.realm.administer("new", hour).unwrap());
    let browser = test.browser();
    let verify = browser.log_in(&test.realm, "new").await;
    let refused = browser.submit(&verify, "editPage", &[("tc", &first)]).await;
    let home = browser.submit(&verify, "editPage", &[("tc", &second)]).await;
    test.realm.clock.advance(SignedDuration::from_mins(61));
    let enrols = test.browser().log_in(&test.realm, "new").await;

    assert_ne!(title(&refused.body), HOME, "the second code takes the place of the first");
    assert_eq!(title(&home.body), HOME);
    assert_eq!(enrols.name(), "create-passkey");
    assert_eq!(recorded(&test).len(), 2);
    assert!(test.realm.secrets.all().iter().any(|secret| secret.reveal() == second));
}

#[tokio::test]
async fn a_password_that_was_reset_comes_by_email_unlocks_and_must_be_changed() {
    let test = TestRealm::start(|spec| {
        let visitor = spec.users.get_mut("visitor").unwrap();
        visitor.security_token = Some(Secret::new("Old-token"));
        visitor.password_expired = Some(PasswordExpiry::Leavable);
    })
    .await;
    let user = test.realm.users.get("visitor").unwrap();
    guess(&test, "visitor", 10).await;

    let reset = test.realm.administer("visitor", AdministrativeAct::ResetPassword).unwrap();
    let Administered::Password(password) = reset else { panic!("{reset:?}") };
    let old = test.browser().log_in(&test.realm, "visitor").await;
    let browser = test.browser();
    let fields = [("username", user.username.as_str()), ("pw", password.reveal())];
    let change = browser.post(&test.url("/"), &fields).await;
    let home = browser.submit(&change, "editPage", &[("p5", "Chosen-by-me-1"), ("p6", "Chosen-by-me-1")]).await;

    assert_eq!(one(&old.body, "div#error").text, BAD);
    assert_eq!(change.name(), "change-password");
    assert_eq!(title(&home.body), HOME);
    let mails = test.realm.inbox.to(&user.email);
    assert!(
        mails[0].body.contains(&format!("Password (case-sensitive): {}\n", password.reveal())),
        "{}",
        mails[0].body
    );
    assert!(mails[1].subject.contains("security token"), "{}", mails[1].subject);
    assert_ne!(test.realm.users.get("visitor").unwrap().security_token, user.security_token);
    assert_eq!(recorded(&test), [Event::PasswordReset { user: "visitor".to_owned() }]);
    let told = format!("{:?}", test.events());
    assert!(!told.contains(password.reveal()), "{told}");
}

#[tokio::test]
async fn a_security_token_that_an_admin_resets_comes_by_email() {
    let test = TestRealm::start(|_| {}).await;

    let reset = test.realm.administer("rep", AdministrativeAct::ResetSecurityToken).unwrap();

    let Administered::SecurityToken(token) = reset else { panic!("{reset:?}") };
    let user = test.realm.users.get("rep").unwrap();
    assert_eq!(user.security_token, Some(token.clone()));
    assert!(test.realm.inbox.to(&user.email)[0].body.contains(token.reveal()));
    let renewed = Event::SecurityTokenRenewed { user: "rep".to_owned(), because: TokenRenewal::ByManager };
    assert!(test.events().contains(&renewed));
}

/// Contract H3.2.
#[tokio::test]
async fn a_waiver_that_support_restores_exempts_again() {
    let test = TestRealm::start(|spec| spec.users.get_mut("new").unwrap().waiver = Waiver::Assigned).await;
    let inert = test.browser().log_in(&test.realm, "new").await;

    let none = test.realm.administer("rep", AdministrativeAct::RestoreWaiver);
    test.realm.administer("new", AdministrativeAct::RestoreWaiver).unwrap();
    let exempt = test.browser().log_in(&test.realm, "new").await;
    let again = test.realm.administer("new", AdministrativeAct::RestoreWaiver);

    assert_eq!(inert.name(), "create-passkey");
    assert_eq!(title(&exempt.body), HOME);
    assert_eq!(none, Err(AdministrationRefused::NoWaiver("rep".to_owned())));
    assert_eq!(again, Err(AdministrationRefused::WaiverRestored("new".to_owned())));
    assert_eq!(recorded(&test), [Event::WaiverRestored { user: "new".to_owned() }]);
}

/// Contract C5.18.
#[tokio::test]
async fn the_page_of_a_user_has_what_tools_look_for_and_does_what_its_buttons_say() {
    let test = managed().await;
    let rep = test.realm.users.get("rep").unwrap();
    let admin = test.browser();
    admin.log_in(&test.realm, "visitor").await;
    let path = format!("/{}?noredirect=1&isUserEntityOverride=1", rep.id);

    let page = admin.get(&test.url(&path)).await;
    let wrapped = format!("/lightning/setup/ManageUsers/page?address=%2F{}", rep.id);
    let wrapped = admin.get(&test.lightning(&wrapped)).await;
    let short = admin.get(&test.url(&format!("/{}", &rep.id[..15]))).await;
    let own = test.url(&format!("/{}", rep.id));
    let done = admin.post(&own, &[("act", r#"{"disconnect":"totp-app"}"#)]).await;
    let again = admin.post(&own, &[("act", r#"{"disconnect":"totp-app"}"#)]).await;
    let code = admin.post(&own, &[("act", r#"{"generate-temporary-code":24}"#)]).await;

    for page in [&page, &wrapped, &short] {
        assert_eq!(
            (page.status, page.name(), title(&page.body)),
            (200, "user-detail", format!("User: {} | Salesforce", rep.username))
        );
        assert_eq!(select(&page.body, "div.bPageBlock").len(), 2);
        assert!(page.body.contains("App Registration: One-Time Password Authenticator"), "{}", page.body);
        assert!(page.body.contains("Built-in Authenticators[0]"), "{}", page.body);
    }
    assert_eq!(one(&done.body, "p#said").text, "Done.");
    assert_eq!(one(&again.body, "p#said").text, "That is not possible any more.");
    assert_eq!(
        recorded(&test)[0],
        Event::VerifierDisconnected { user: "rep".to_owned(), method: VerificationMethod::TotpApp }
    );
    let generated = test.realm.users.get("rep").unwrap().temporary_code.unwrap().0;
    assert_eq!(one(&code.body, "p#said").text, format!("Temporary verification code: {}", generated.reveal()));
}

/// Contract C5.18.
#[tokio::test]
async fn a_passkey_is_deleted_by_the_link_of_the_page_and_by_no_link_of_another_session() {
    let test = managed().await;
    register(&test.realm, "rep", &mut token());
    let rep = test.realm.users.get("rep").unwrap();
    let [admin, other] = [test.browser(), test.browser()];
    for browser in [&admin, &other] {
        browser.log_in(&test.realm, "visitor").await;
    }

    let page = admin.get(&test.url(&format!("/{}", rep.id))).await;
    let links = select(&page.body, "a").into_iter().map(|link| link.attribute("href").to_owned());
    let links: Vec<_> = links.filter(|link| link.contains("delID=0mo")).collect();
    let [link] = links.as_slice() else { panic!("{links:?}") };
    let refused = other.get(&test.url(link)).await;
    let kept = test.realm.users.get("rep").unwrap().passkeys.len();
    let deleted = admin.get(&test.url(link)).await;
    let gone = admin.get(&test.url(link)).await;

    assert!(page.body.contains("Built-in Authenticators[1]"), "{}", page.body);
    assert_eq!((refused.status, kept), (403, 1));
    assert_eq!((deleted.status, deleted.url), (200, test.url(&format!("/{}", rep.id))));
    assert!(deleted.body.contains("Built-in Authenticators[0]"), "{}", deleted.body);
    assert!(test.realm.users.get("rep").unwrap().passkeys.is_empty());
    assert_eq!(gone.status, 404);
    let method = VerificationMethod::BuiltInAuthenticator;
    assert_eq!(recorded(&test), [Event::VerifierDisconnected { user: "rep".to_owned(), method }]);
}

/// Contract C5.18.
#[tokio::test]
async fn a_security_key_is_disconnected_by_the_button_that_tools_look_for() {
    let test = managed().await;
    register(&test.realm, "rep", &mut token());
    test.realm.users.update("rep", |user| user.passkeys[0].0 = VerificationMethod::SecurityKey);
    let own = test.url(&format!("/{}", test.realm.users.get("rep").unwrap().id));
    let admin = test.browser();
    admin.log_in(&test.realm, "visitor").await;

    let page = admin.get(&own).await;
    let disconnect = one(&page.body, "button#DisableU2FOrWebAuthn");
    admin.post(&own, &[("act", disconnect.attribute("value"))]).await;

    assert_eq!(disconnect.text, "Disconnect");
    assert!(test.realm.users.get("rep").unwrap().passkeys.is_empty());
}

#[tokio::test]
async fn the_page_of_a_user_is_for_who_manages_users() {
    let test = TestRealm::start(|_| {}).await;
    let rep = test.realm.users.get("rep").unwrap();
    let own = test.url(&format!("/{}", rep.id));
    let browser = test.browser();

    let nobody = browser.get(&own).await;
    browser.log_in(&test.realm, "visitor").await;
    let seen = browser.get(&own).await;
    let acted = browser.post(&own, &[("act", "\"freeze\"")]).await;
    let delete = browser.get(&test.url("/setup/own/deleteredirect.jsp?delID=0mo000000000000AAA")).await;

    assert_eq!(nobody.name(), "login");
    assert_eq!((seen.status, acted.status, delete.status), (403, 403, 403));
    assert!(!seen.body.contains(&rep.email), "{}", seen.body);
    assert!(recorded(&test).is_empty());
}

#[tokio::test]
async fn every_act_about_nobody_is_refused_and_changes_nothing() {
    let test = TestRealm::start(|_| {}).await;
    test.realm.open_session("rep", SessionLevel::Standard, SessionKind::Browser);
    let before = test.events().len();

    for act in [
        AdministrativeAct::GenerateTemporaryCode(CodeHours::try_from(24_u8).unwrap()),
        AdministrativeAct::Disconnect(VerificationMethod::TotpApp),
        AdministrativeAct::RemovePasskey("0mo000000000000AAA".to_owned()),
        AdministrativeAct::Unlock,
        AdministrativeAct::Freeze,
        AdministrativeAct::Unfreeze,
        AdministrativeAct::ResetPassword,
        AdministrativeAct::ResetSecurityToken,
        AdministrativeAct::RestoreWaiver,
        AdministrativeAct::AnswerPush(PushAnswer::Approve),
    ] {
        let refused = test.realm.administer("nobody", act.clone());

        assert_eq!(refused, Err(AdministrationRefused::UnknownUser("nobody".to_owned())), "{act:?}");
    }
    assert_eq!(test.events().len(), before);
    assert!(test.realm.inbox.all().is_empty());
}

/// A realm whose visitor manages users.
async fn managed() -> TestRealm {
    TestRealm::start(|spec| spec.users.get_mut("visitor").unwrap().manage_users = true).await
}

/// Wrong passwords in browsers of their own.
async fn guess(test: &TestRealm, user: &str, times: usize) {
    let username = test.realm.users.get(user).unwrap().username;
    for _ in 0..times {
        test.browser().post(&test.url("/"), &[("username", username.as_str()), ("pw", "guess")]).await;
    }
}

fn code(administered: Administered) -> String {
    let Administered::TemporaryCode { code, .. } = administered else { panic!("{administered:?}") };
    code.reveal().to_owned()
}

/// The administrative events.
fn recorded(test: &TestRealm) -> Vec<Event> {
    let administrative = |event: &Event| {
        matches!(
            event,
            Event::TemporaryCodeGenerated { .. }
                | Event::VerifierDisconnected { .. }
                | Event::UserUnlocked { .. }
                | Event::UserFrozen { .. }
                | Event::UserUnfrozen { .. }
                | Event::PasswordReset { .. }
                | Event::WaiverRestored { .. }
        )
    };
    test.events().into_iter().filter(administrative).collect()
}

const CODE: VerificationMethod = VerificationMethod::TemporaryCode;
/// The text for a wrong password.
const BAD: &str =
    "Error: Please check your username and password. If you still can't log in, contact your Salesforce administrator.";
