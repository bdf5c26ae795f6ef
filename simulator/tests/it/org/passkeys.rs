//! Passkeys over HTTP with a second, independent implementation of the authenticator.

use std::sync::Arc;

use vestibule_model::{LoginPage, VerificationMethod};
use vestibule_simulator::org::passkeys::{finish_registration, start_registration};
use vestibule_simulator::realm::{Event, HostRole, Realm};
use webauthn_authenticator_rs::AuthenticatorBackend as _;
use webauthn_authenticator_rs::softtoken::SoftToken;
use webauthn_rs_proto::{
    CreationChallengeResponse, RegisterPublicKeyCredential, RequestChallengeResponse, ResidentKeyRequirement,
};

use super::browser::{Browser, Page};
use super::html::{one, select, title};
use super::test_realm::TestRealm;

#[tokio::test]
async fn a_passkey_created_at_the_gate_completes_this_login_and_is_asked_for_at_the_next() {
    let test = TestRealm::start(|_| {}).await;
    let browser = test.browser();
    let mut token = token();
    let gate = browser.log_in(&test.realm, "admin").await;

    let home = enrol(&test, &browser, &mut token, &gate).await;
    assert_eq!(title(&home.body), "Home | Salesforce");
    browser.get(&test.url("/secur/logout.jsp")).await;
    let verify = browser.log_in(&test.realm, "admin").await;
    assert_eq!(one(&verify.body, "button#use-passkey").text, "Log In With a Passkey");
    let home = assert_passkey(&test, &browser, &mut token, &verify, "editPage").await;

    assert_eq!(title(&home.body), "Home | Salesforce");
    let enrolled =
        Event::VerifierEnrolled { user: "admin".to_owned(), method: VerificationMethod::BuiltInAuthenticator };
    assert!(test.events().contains(&enrolled));
}

#[tokio::test]
async fn the_gate_asks_for_a_resident_key_with_direct_attestation_for_the_my_domain_host() {
    let test = TestRealm::start(|_| {}).await;
    let gate = test.browser().log_in(&test.realm, "admin").await;

    let options: serde_json::Value = serde_json::from_str(&one(&gate.body, "script#webauthn-create").text).unwrap();

    assert_eq!(options["publicKey"]["rp"]["id"], test.realm.hosts.name(&HostRole::MyDomain));
    assert_eq!(options["publicKey"]["attestation"], "direct");
    assert_eq!(options["publicKey"]["authenticatorSelection"]["residentKey"], "required");
    assert_eq!(options["publicKey"]["authenticatorSelection"]["userVerification"], "required");
}

#[tokio::test]
async fn a_passkey_registered_in_process_is_asked_for_and_a_foreign_or_repeated_answer_is_refused() {
    let test = TestRealm::start(|_| {}).await;
    let mut token = token();
    register(&test.realm, "admin", &mut token);
    let browser = test.browser();
    let verify = browser.log_in(&test.realm, "admin").await;
    let other = browser.log_in(&test.realm, "admin").await;
    let answer = answer(&test.realm, &mut token, &verify);

    let foreign = browser.submit(&other, "editPage", &[("credential", &answer)]).await;
    let nonsense = browser.submit(&foreign, "editPage", &[("credential", "{}")]).await;

    for page in [&foreign, &nonsense] {
        assert_eq!(select(&page.body, "div.errorMsg")[0].text, "Error: We couldn't verify your passkey. Try again.");
    }
    assert!(nonsense.body.contains("We couldn't verify your passkey") || nonsense.body.contains("couldn&#39;t verify"));
    assert!(!test.realm.sessions.signed_in("admin"));
    let home = assert_passkey(&test, &browser, &mut token, &nonsense, "editPage").await;
    assert_eq!(title(&home.body), "Home | Salesforce");
}

#[tokio::test]
async fn passkey_first_logs_in_without_a_password_where_the_org_allows_it() {
    let test = TestRealm::start(|spec| {
        spec.org.login_page = LoginPage::PasskeyFirst;
        spec.org.passwordless = true;
    })
    .await;
    let mut token = token();
    register(&test.realm, "admin", &mut token);
    let browser = test.browser();
    let first = browser.get(&test.url("/")).await;
    let second = browser.submit(&first, "login_form", &[("username", "admin@acme.example")]).await;

    let password = browser.submit(&second, "login_form", &[]).await;
    assert_eq!(one(&password.body, "input#password").attribute("name"), "pw", "the password is an alternative");
    let home = assert_passkey(&test, &browser, &mut token, &second, "login_form").await;

    assert_eq!(title(&home.body), "Home | Salesforce");
    assert_eq!(test.realm.login_history.all()[0].login_type, "Passwordless Login");
}

fn token() -> SoftToken {
    SoftToken::new(true).unwrap().0
}

fn origin(realm: &Realm) -> url::Url {
    realm.my_domain_origin().parse().unwrap()
}

fn register(realm: &Arc<Realm>, user: &str, token: &mut SoftToken) {
    let (options, registration) = start_registration(realm, user).unwrap();
    let credential = create(realm, token, options);
    finish_registration(realm, &registration, &credential, VerificationMethod::BuiltInAuthenticator).unwrap();
}

/// Removes the requirement of a resident key from the options, because SoftToken has none. A browser never does this.
fn create(realm: &Realm, token: &mut SoftToken, mut options: CreationChallengeResponse) -> RegisterPublicKeyCredential {
    if let Some(selection) = options.public_key.authenticator_selection.as_mut() {
        selection.resident_key = Some(ResidentKeyRequirement::Discouraged);
        selection.require_resident_key = false;
    }
    token.perform_register(origin(realm), options.public_key, 60_000).unwrap()
}

async fn enrol(test: &TestRealm, browser: &Browser, token: &mut SoftToken, gate: &Page) -> Page {
    let options = serde_json::from_str(&one(&gate.body, "script#webauthn-create").text).unwrap();
    let credential = serde_json::to_string(&create(&test.realm, token, options)).unwrap();
    browser.submit(gate, "editPage", &[("credential", &credential)]).await
}

fn answer(realm: &Realm, token: &mut SoftToken, page: &Page) -> String {
    let options: RequestChallengeResponse = serde_json::from_str(&one(&page.body, "script#webauthn-get").text).unwrap();
    let credential = token.perform_auth(origin(realm), options.public_key, 60_000).unwrap();
    serde_json::to_string(&credential).unwrap()
}

async fn assert_passkey(test: &TestRealm, browser: &Browser, token: &mut SoftToken, page: &Page, form: &str) -> Page {
    let answer = answer(&test.realm, token, page);
    browser.submit(page, form, &[("credential", &answer)]).await
}

#[tokio::test]
async fn an_error_box_is_in_the_document_only_where_there_is_an_error() {
    let test = TestRealm::start(|_| {}).await;
    let gate = test.browser().log_in(&test.realm, "admin").await;

    assert_eq!(title(&gate.body), "Create a Passkey | Salesforce");
    assert!(select(&gate.body, "div.errorMsg").is_empty() && !gate.body.contains("ceremony-error"), "{}", gate.body);
}

#[tokio::test]
async fn a_page_may_say_how_far_its_ceremony_got_and_nothing_else() {
    let test = TestRealm::start(|_| {}).await;
    let before = test.events().len();
    for (step, status) in [("authenticator-found", 204), ("started", 204), ("failed", 204), ("other", 404)] {
        let told = test.browser().post(&test.url(&format!("/vestibule/ceremony/{step}")), &[]).await;
        assert_eq!(told.status, status, "{step}");
    }
    assert_eq!(test.events().len(), before, "no event comes of it");
}
