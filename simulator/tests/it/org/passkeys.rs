//! Passkeys over HTTP with a second, independent implementation of the authenticator.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openssl::sha::sha256;
use serde_json::{Value, json};
use vestibule_model::{LoginPage, SessionLevel, Strength, VerificationMethod};
use vestibule_simulator::org::passkeys::{PasskeyError, exclude, finish_registration, start_registration};
use vestibule_simulator::realm::{Event, HostRole, Realm, SessionKind};
use webauthn_authenticator_rs::softtoken::SoftToken;
use webauthn_authenticator_rs::{AuthenticatorBackend, AuthenticatorBackendHashedClientData};
use webauthn_rs_proto::{
    AuthenticatorAttestationResponseRaw, AuthenticatorTransport, CreationChallengeResponse, PublicKeyCredential,
    RegisterPublicKeyCredential, RequestChallengeResponse, ResidentKeyRequirement,
};

use super::browser::{Browser, Page};
use super::html::{one, select, title};
use super::rest_client::{get_with, path_of};
use super::test_realm::TestRealm;

/// Contract C1.6, C5.3 and C5.13.
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
    let path = "/_ui/identity/verification/method/UnifiedPasskeyVerificationUi";
    assert!(verify.url.starts_with(&test.url(path)), "{}", verify.url);
    assert_eq!(title(&verify.body), "Verify Your Identity | Salesforce");
    assert_eq!(one(&verify.body, "button#use-passkey").text, "Log In With a Passkey");
    assert_eq!(one(&verify.body, "a#trouble").text, "Having Trouble? Contact your admin.");
    let home = assert_passkey(&test, &browser, &mut token, &verify, "editPage").await;

    assert_eq!(title(&home.body), "Home | Salesforce");
    let enrolled =
        Event::VerifierEnrolled { user: "admin".to_owned(), method: VerificationMethod::BuiltInAuthenticator };
    assert!(test.events().contains(&enrolled));
}

/// The passkey of an administrator, for whom only the strongest tier will do. Contract C5.16.
#[tokio::test]
async fn a_passkey_that_says_it_is_synced_counts_like_any_other() {
    let test = TestRealm::start(|_| {}).await;
    let browser = test.browser();
    let gate = browser.log_in(&test.realm, "admin").await;
    let options = serde_json::from_str(&one(&gate.body, "script#webauthn-create").text).unwrap();
    let mut credential = create(&test.realm, &mut token(), options);
    credential.response.attestation_object = synced(&credential.response.attestation_object);
    let credential = serde_json::to_string(&credential).unwrap();

    let home = browser.submit(&gate, "editPage", &[("credential", &credential)]).await;

    assert_eq!(title(&home.body), "Home | Salesforce");
    let strength = test.events().into_iter().rev().find_map(|event| match event {
        Event::Decided { decision, .. } => Some(decision.strength),
        _ => None,
    });
    assert_eq!(strength, Some(Strength::PhishingResistant));
}

/// Contract C5.8 and C5.9.
#[tokio::test]
async fn the_gate_asks_for_a_resident_key_with_direct_attestation_for_the_my_domain_host() {
    let test = TestRealm::start(|_| {}).await;
    let gate = test.browser().log_in(&test.realm, "admin").await;

    let options: serde_json::Value = serde_json::from_str(&one(&gate.body, "script#webauthn-create").text).unwrap();

    assert_eq!(options["publicKey"]["rp"]["id"], test.realm.hosts.name(&HostRole::MyDomain));
    assert_eq!(options["publicKey"]["attestation"], "direct");
    assert_eq!(options["publicKey"]["authenticatorSelection"]["residentKey"], "required");
    assert_eq!(options["publicKey"]["authenticatorSelection"]["userVerification"], "required");
    assert_eq!(options["publicKey"]["authenticatorSelection"]["authenticatorAttachment"], Value::Null);
}

/// What a ceremony is told: how long it may take, and which credentials are not to answer it.
#[tokio::test]
async fn a_ceremony_has_the_timeout_of_the_org_and_excludes_what_it_is_told_to() {
    let timeout_of = async |limit: Option<Duration>| {
        let test = TestRealm::start(|spec| {
            if let Some(limit) = limit {
                spec.org.passkey_timeout = limit;
            }
        })
        .await;
        exclude(&test.realm, "admin", &[1, 2, 3]);
        let gate = test.browser().log_in(&test.realm, "admin").await;
        let options: Value = serde_json::from_str(&one(&gate.body, "script#webauthn-create").text).unwrap();
        let excluded = options["publicKey"]["excludeCredentials"][0]["id"].as_str().map(str::to_owned);
        assert_eq!(excluded.as_deref(), Some("AQID"));
        options["publicKey"]["timeout"].as_u64()
    };

    assert_eq!(timeout_of(None).await, Some(300_000));
    assert_eq!(timeout_of(Some(Duration::from_millis(1500))).await, Some(1500));
    assert_eq!(timeout_of(Some(Duration::MAX)).await, Some(u64::from(u32::MAX)));
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

/// Contract H1.3 and H1.8.
#[tokio::test]
async fn passkey_first_logs_in_without_a_password_where_the_org_allows_it() {
    let mut token = token();
    let (test, browser, second) = asked_for_a_passkey_first(&mut token).await;

    let password = browser.submit(&second, "login_form", &[]).await;
    assert_eq!(one(&password.body, "input#password").attribute("name"), "pw", "the password is an alternative");
    let home = assert_passkey(&test, &browser, &mut token, &second, "login_form").await;

    assert_eq!(title(&home.body), "Home | Salesforce");
    assert_eq!(test.realm.login_history.all()[0].login_type, "Passwordless Login");
    for (version, expected) in [("v65.0", "Passwordless Login"), ("v66.0", "PasswordlessPasskeyLogin")] {
        let query = path_of(&format!("SELECT LoginType FROM LoginHistory WHERE LoginType = '{expected}'"));
        let (_, answer) = get_with(&test, "rep", &format!("/services/data/{version}{query}"), None).await;
        assert_eq!(answer["records"][0]["LoginType"], expected, "{version}: {answer}");
    }
}

/// Contract A3.3, A3.4. A click on the saved username is the script's; what it posts is here.
#[tokio::test]
async fn a_saved_username_starts_the_passkey_prompt_where_the_org_allows_it() {
    for (passwordless, has_passkey) in [(true, true), (true, false), (false, true)] {
        let test = TestRealm::start(|spec| {
            spec.org.login_page = Some(LoginPage::TwoStep);
            spec.org.passwordless = passwordless;
            spec.users.get_mut("admin").unwrap().remembered = true;
        })
        .await;
        let mut token = token();
        if has_passkey {
            register(&test.realm, "admin", &mut token);
        }
        let browser = test.browser();

        let first = browser.get(&test.url("/")).await;

        assert_eq!(first.name(), "username");
        let prompts = passwordless && has_passkey;
        let role = one(&first.body, "span#idcard-identity").attribute("role").to_owned();
        assert_eq!(role, if prompts { "button" } else { "" }, "{passwordless} {has_passkey}");
        assert_eq!(one(&first.body, "a#hint_back_chooser").text, "1 Saved Username");
        if prompts {
            let credential = answer(&test.realm, &mut token, &first);
            let home = browser.submit(&first, "login_form", &[("credential", &credential)]).await;
            assert_eq!(home.name(), "home", "{}", home.body);
        }
        let second = test.browser().submit(&first, "login_form", &[]).await;
        assert_eq!(second.name(), if prompts { "login-passkey" } else { "password" });
    }
}

#[tokio::test]
async fn an_answer_of_another_origin_frame_or_user_is_refused() {
    let test = TestRealm::start(|_| {}).await;
    let origin = test.realm.my_domain_origin();
    let port = test.realm.hosts.port();
    let other_port = origin.replace(&format!(":{port}"), ":1");
    let (options, _) = start_registration(&test.realm, "admin").unwrap();
    let (own, other) = (Some(options.public_key.user.id), Some(b"another user".to_vec()));
    let rows = [
        (json!({}), None, true),
        (json!({ "origin": format!("{origin}/") }), None, true),
        (json!({ "crossOrigin": false }), own, true),
        (json!({ "origin": other_port }), None, false),
        (json!({ "origin": origin.replace(&format!(":{port}"), "") }), None, false),
        (json!({ "origin": format!("{origin}/any/path") }), None, false),
        (json!({ "origin": origin.replace("https", "http") }), None, false),
        (json!({ "origin": test.realm.hosts.origin(&HostRole::Lightning) }), None, false),
        (json!({ "crossOrigin": true }), None, false),
        (json!({ "crossOrigin": false, "topOrigin": origin }), None, false),
        (json!({ "topOrigin": "https://evil.example" }), None, false),
        (json!({}), other, false),
        (json!({}), Some(Vec::new()), false),
    ];
    for (changes, user_handle, good) in rows {
        let mut token = token();
        test.realm.users.update("admin", |user| user.passkeys.clear());
        register(&test.realm, "admin", &mut token);
        for session in test.realm.sessions.all() {
            test.realm.close_session(session.sid.reveal());
        }
        let browser = test.browser();
        let verify = browser.log_in(&test.realm, "admin").await;
        let mut credential = signed(&test.realm, &mut token, &verify, &changes);
        credential.response.user_handle = user_handle.clone();
        let credential = serde_json::to_string(&credential).unwrap();

        browser.submit(&verify, "editPage", &[("credential", &credential)]).await;

        assert_eq!(test.realm.sessions.signed_in("admin"), good, "{changes} {user_handle:?}");
    }
}

#[tokio::test]
async fn a_registration_of_another_origin_or_frame_is_refused() {
    let test = TestRealm::start(|_| {}).await;
    let origin = test.realm.my_domain_origin();
    for (changes, good) in [
        (json!({ "topOrigin": origin }), false),
        (json!({ "crossOrigin": true }), false),
        (json!({ "origin": format!("{origin}/any/path") }), false),
        (json!({ "origin": origin.replace(&format!(":{}", test.realm.hosts.port()), ":1") }), false),
        (json!({}), true),
    ] {
        let (options, registration) = start_registration(&test.realm, "admin").unwrap();
        let credential = made(&test.realm, &mut token(), options, &changes);

        let finished =
            finish_registration(&test.realm, &registration, &credential, VerificationMethod::BuiltInAuthenticator);

        assert_eq!(finished.is_ok(), good, "{changes}: {finished:?}");
    }
}

#[tokio::test]
async fn a_credential_is_registered_once_in_the_org() {
    let test = TestRealm::start(|_| {}).await;
    let (options, registration) = start_registration(&test.realm, "admin").unwrap();
    let first = made(&test.realm, &mut token(), options, &json!({}));
    let method = VerificationMethod::BuiltInAuthenticator;
    finish_registration(&test.realm, &registration, &first, method).unwrap();

    for user in ["rep", "admin"] {
        let (options, registration) = start_registration(&test.realm, user).unwrap();
        let again = RegisterPublicKeyCredential {
            response: AuthenticatorAttestationResponseRaw {
                client_data_json: client_data(&test.realm, "create", &options.public_key.challenge, &json!({})),
                attestation_object: unattested(&first.response.attestation_object),
                transports: None,
            },
            ..first.clone()
        };

        let refused = finish_registration(&test.realm, &registration, &again, method).unwrap_err();

        match user {
            "rep" => assert!(matches!(refused, PasskeyError::AlreadyRegistered), "{refused}"),
            // The library refuses a credential that it was told to exclude.
            _ => assert!(matches!(refused, PasskeyError::Ceremony(_)), "{refused}"),
        }
        assert!(test.realm.users.get("rep").unwrap().passkeys.is_empty());
        assert_eq!(test.realm.users.get("admin").unwrap().passkeys.len(), 1);
    }
}

#[tokio::test]
async fn a_copied_key_is_told_by_its_counter_across_ceremonies_that_run_side_by_side() {
    let test = TestRealm::start(|_| {}).await;
    let mut token = token();
    register(&test.realm, "admin", &mut token);
    let mut copy = SoftToken::from_cbor(&token.to_cbor().unwrap()).unwrap();
    let (first, second) = (test.browser(), test.browser());
    let (one_page, other_page) = (first.log_in(&test.realm, "admin").await, second.log_in(&test.realm, "admin").await);

    let home = assert_passkey(&test, &first, &mut token, &one_page, "editPage").await;
    let copied = assert_passkey(&test, &second, &mut copy, &other_page, "editPage").await;
    let next = assert_passkey(&test, &second, &mut token, &copied, "editPage").await;

    assert_eq!(title(&home.body), "Home | Salesforce");
    assert_eq!(select(&copied.body, "div.errorMsg")[0].text, "Error: We couldn't verify your passkey. Try again.");
    assert_eq!(title(&next.body), "Home | Salesforce", "the counter of the key itself has gone on");
}

/// The page that asks an administrator for a passkey instead of a password, in an org that allows it. The passkey is in the
/// token.
pub(super) async fn asked_for_a_passkey_first(token: &mut SoftToken) -> (TestRealm, Browser, Page) {
    let test = TestRealm::start(|spec| {
        spec.org.login_page = Some(LoginPage::PasskeyFirst);
        spec.org.passwordless = true;
    })
    .await;
    register(&test.realm, "admin", token);
    let browser = test.browser();
    let first = browser.get(&test.url("/")).await;
    let second = browser.submit(&first, "login_form", &[("username", "admin@acme.example")]).await;
    (test, browser, second)
}

pub(super) fn token() -> SoftToken {
    SoftToken::new(true).unwrap().0
}

fn origin(realm: &Realm) -> url::Url {
    realm.my_domain_origin().parse().unwrap()
}

pub(super) fn register(realm: &Arc<Realm>, user: &str, token: &mut SoftToken) {
    let (options, registration) = start_registration(realm, user).unwrap();
    let credential = create(realm, token, options);
    finish_registration(realm, &registration, &credential, VerificationMethod::BuiltInAuthenticator).unwrap();
}

/// Removes the requirement of a resident key from the options, because SoftToken has none. A browser never does this.
pub(super) fn create(
    realm: &Realm,
    token: &mut SoftToken,
    mut options: CreationChallengeResponse,
) -> RegisterPublicKeyCredential {
    if let Some(selection) = options.public_key.authenticator_selection.as_mut() {
        selection.resident_key = Some(ResidentKeyRequirement::Discouraged);
        selection.require_resident_key = false;
    }
    AuthenticatorBackend::perform_register(token, origin(realm), options.public_key, 60_000).unwrap()
}

/// A new credential over client data with these changes.
fn made(
    realm: &Realm,
    token: &mut SoftToken,
    mut options: CreationChallengeResponse,
    changes: &Value,
) -> RegisterPublicKeyCredential {
    if let Some(selection) = options.public_key.authenticator_selection.as_mut() {
        selection.resident_key = Some(ResidentKeyRequirement::Discouraged);
        selection.require_resident_key = false;
    }
    let json = client_data(realm, "create", &options.public_key.challenge, changes);
    let made = AuthenticatorBackendHashedClientData::perform_register(
        token,
        sha256(&json).to_vec(),
        options.public_key,
        60_000,
    );
    let mut made = made.unwrap();
    made.response.client_data_json = json;
    made
}

/// The answer to a verification page over client data with these changes.
fn signed(realm: &Realm, token: &mut SoftToken, page: &Page, changes: &Value) -> PublicKeyCredential {
    let options: RequestChallengeResponse = serde_json::from_str(&one(&page.body, "script#webauthn-get").text).unwrap();
    let json = client_data(realm, "get", &options.public_key.challenge, changes);
    let hash = sha256(&json).to_vec();
    let answer = AuthenticatorBackendHashedClientData::perform_auth(token, hash, options.public_key, 60_000);
    let mut answer = answer.unwrap();
    answer.response.client_data_json = json;
    answer
}

fn client_data(realm: &Realm, ceremony: &str, challenge: &[u8], changes: &Value) -> Vec<u8> {
    let mut data = json!({
        "type": format!("webauthn.{ceremony}"),
        "challenge": URL_SAFE_NO_PAD.encode(challenge),
        "origin": realm.my_domain_origin(),
    });
    for (name, value) in changes.as_object().unwrap() {
        data[name] = value.clone();
    }
    serde_json::to_vec(&data).unwrap()
}

/// An attestation object with the same authenticator data and no attestation, which nothing signs.
fn unattested(object: &[u8]) -> Vec<u8> {
    let name = b"authData";
    let at = object.windows(name.len()).position(|window| window == name).unwrap() + name.len();
    let (header, length) = match object[at] {
        0x58 => (2, usize::from(object[at + 1])),
        0x59 => (3, usize::from(u16::from_be_bytes([object[at + 1], object[at + 2]]))),
        other => panic!("a byte string of 24 bytes or more, not {other:#x}"),
    };
    let bytes = &object[at..at + header + length];
    [&b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData"[..], bytes].concat()
}

/// The same attestation object without attestation, whose flags BE and BS are set (WebAuthn Level 3, 6.1).
fn synced(object: &[u8]) -> Vec<u8> {
    let mut object = unattested(object);
    let name = b"authData";
    let at = object.windows(name.len()).position(|window| window == name).unwrap() + name.len();
    let header = if object[at] == 0x58 { 2 } else { 3 };
    let flags_after_hash = at + header + 32;
    object[flags_after_hash] |= 0b0001_1000;
    object
}

async fn enrol(test: &TestRealm, browser: &Browser, token: &mut SoftToken, gate: &Page) -> Page {
    let options = serde_json::from_str(&one(&gate.body, "script#webauthn-create").text).unwrap();
    let credential = serde_json::to_string(&create(&test.realm, token, options)).unwrap();
    browser.submit(gate, "editPage", &[("credential", &credential)]).await
}

pub(super) fn answer(realm: &Realm, token: &mut SoftToken, page: &Page) -> String {
    let options: RequestChallengeResponse = serde_json::from_str(&one(&page.body, "script#webauthn-get").text).unwrap();
    let credential = AuthenticatorBackend::perform_auth(token, origin(realm), options.public_key, 60_000).unwrap();
    serde_json::to_string(&credential).unwrap()
}

async fn assert_passkey(test: &TestRealm, browser: &Browser, token: &mut SoftToken, page: &Page, form: &str) -> Page {
    let answer = answer(&test.realm, token, page);
    browser.submit(page, form, &[("credential", &answer)]).await
}

/// Contract C5.15.
#[tokio::test]
async fn a_second_passkey_needs_an_assertion_with_the_first() {
    let test = TestRealm::start(|_| {}).await;
    let (mut first, mut second) = (token(), token());
    register(&test.realm, "admin", &mut first);
    let browser = signed_in(&test, "admin");
    let user = test.realm.users.get("admin").unwrap();
    let own = browser.get(&test.url(&format!("/{}", user.id))).await;
    let link = select(&own.body, "a.actionLink").pop().unwrap().attribute("href").to_owned();

    let asked = browser.get(&test.url(&link)).await;
    let skipped = browser.get(&test.url("/_ui/identity/webauthn/AddPasskeyUi")).await;
    let nonsense = browser.submit(&skipped, "editPage", &[("credential", "{}")]).await;
    let page = assert_passkey(&test, &browser, &mut first, &nonsense, "editPage").await;
    let before = test.realm.users.get("admin").unwrap().passkeys.len();
    let done = enrol(&test, &browser, &mut second, &page).await;

    assert!(link.contains("registrationInterstitial.apexp"), "{link}");
    for page in [&asked, &skipped, &nonsense] {
        assert_eq!(page.name(), "verify-passkey", "{}", page.url);
    }
    assert!(asked.body.contains("Register a Passkey"), "{}", asked.body);
    assert_eq!((page.name(), before), ("create-passkey", 1));
    assert_eq!((done.name(), done.url.as_str()), ("user-detail", own.url.as_str()));
    assert_eq!(test.realm.users.get("admin").unwrap().passkeys.len(), 2);
    assert!(test.statuses().is_empty(), "no login came of it");
}

/// Contract C3.7, C5.20.
#[tokio::test]
async fn who_chooses_a_security_key_is_asked_for_it_alone() {
    let test = TestRealm::start(|_| {}).await;
    let (mut built_in, mut key) = (token(), token());
    register(&test.realm, "admin", &mut built_in);
    let (options, registration) = start_registration(&test.realm, "admin").unwrap();
    let mut credential = create(&test.realm, &mut key, options);
    credential.response.transports = Some(vec![AuthenticatorTransport::Usb]);
    finish_registration(&test.realm, &registration, &credential, VerificationMethod::BuiltInAuthenticator).unwrap();
    let browser = test.browser();

    let either = browser.log_in(&test.realm, "admin").await;
    let chooser = browser.get(&test.url(one(&either.body, "a#other_method").attribute("href"))).await;
    let key_page = browser.submit(&chooser, "editPage", &[("selectedMethod", "Security Key")]).await;
    let allowed = |page: &Page| {
        let options: Value = serde_json::from_str(&one(&page.body, "script#webauthn-get").text).unwrap();
        options["publicKey"]["allowCredentials"].as_array().unwrap().len()
    };
    let home = assert_passkey(&test, &browser, &mut key, &key_page, "editPage").await;

    assert_eq!((either.name(), key_page.name(), home.name()), ("verify-passkey", "verify-passkey", "home"));
    assert_eq!((allowed(&either), allowed(&key_page)), (2, 1));
    let mut labels: Vec<_> = select(&chooser.body, "label").into_iter().map(|label| label.text).collect();
    labels.sort_unstable();
    assert_eq!(labels, ["Built-In Authenticator", "Security Key"]);
}

#[tokio::test]
async fn the_first_passkey_of_somebody_who_is_signed_in_needs_no_assertion() {
    let test = TestRealm::start(|_| {}).await;
    let browser = signed_in(&test, "admin");

    let page = browser.get(&test.url("/setup/secur/registrationInterstitial.apexp")).await;
    let done = enrol(&test, &browser, &mut token(), &page).await;
    let stranger = test.browser().get(&test.url("/setup/secur/registrationInterstitial.apexp")).await;

    assert_eq!((page.name(), done.name(), stranger.name()), ("create-passkey", "home", "login"));
}

/// A browser with a session of this user at My Domain.
fn signed_in(test: &TestRealm, user: &str) -> Browser {
    let session = test.realm.open_session(user, SessionLevel::HighAssurance, SessionKind::Browser);
    let browser = test.browser();
    browser.set_cookie(&test.url("/"), &format!("sid={}; Secure; Path=/", session.sid.reveal()));
    browser
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
    let nothing: [(&str, &str); 0] = [];
    for (step, status) in [
        ("authenticator-found", 204),
        ("started", 204),
        ("failed/NotAllowedError", 204),
        ("failed", 404),
        ("other", 404),
    ] {
        let told = test.browser().post(&test.url(&format!("/vestibule/ceremony/{step}")), &nothing).await;
        assert_eq!(told.status, status, "{step}");
    }
    assert_eq!(test.events().len(), before, "no event comes of it");
}
