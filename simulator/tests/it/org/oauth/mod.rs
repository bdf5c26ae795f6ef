//! The OAuth server of the org, as apps and their users meet it.

mod approval;
mod authorize;
mod client_credentials;
mod device;
mod discovery;
mod jwt_bearer;
mod password;
mod saml_bearer;
mod tokens;
mod user_agent;
mod web_server;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openssl::sha::sha256;
use serde_json::Value;
use vestibule_model::{ConnectedApp, OauthScope, Secret};
use vestibule_simulator::realm::{Event, HostRole, RealmSpec};

use super::browser::{Browser, Page};
use super::test_realm::TestRealm;
use super::{browser, html, test_realm};

/// The callback URL of the app.
const CALLBACK: &str = "https://app.example/callback";
/// As jsforce makes them: longer than RFC 7636 allows.
const VERIFIER: &str = "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz\
     abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz";
const KEY: &str = "ci-key";
const SECRET: &str = "ci-secret-1";

/// A realm with the app `CI`, installed, with every scope that a test needs.
async fn realm(change: impl FnOnce(&mut RealmSpec)) -> TestRealm {
    TestRealm::start(|spec| {
        spec.org.connected_apps.insert("CI".to_owned(), app());
        change(spec);
    })
    .await
}

fn app() -> ConnectedApp {
    let mut app = ConnectedApp {
        client_id: Some(KEY.to_owned()),
        client_secret: Some(Secret::new(SECRET)),
        callbacks: vec![CALLBACK.to_owned(), "sfdc://success".to_owned()],
        ..ConnectedApp::default()
    };
    app.scopes.insert(OauthScope::Openid);
    app
}

/// Changes the app `CI`.
fn ci(spec: &mut RealmSpec) -> &mut ConnectedApp {
    spec.org.connected_apps.get_mut("CI").unwrap()
}

/// The URL of an authorization request for a code, with these parameters beside.
fn authorize(test: &TestRealm, more: &[(&str, &str)]) -> String {
    let challenge = challenge();
    let usual = [
        ("response_type", "code"),
        ("client_id", KEY),
        ("redirect_uri", CALLBACK),
        ("state", "s1"),
        ("code_challenge", challenge.as_str()),
    ];
    let kept = usual.iter().filter(|(name, _)| more.iter().all(|(other, _)| other != name));
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(kept.chain(more).filter(|(_, value)| !value.is_empty()))
        .finish();
    test.url(&format!("/services/oauth2/authorize?{query}"))
}

fn challenge() -> String {
    URL_SAFE_NO_PAD.encode(sha256(VERIFIER.as_bytes()))
}

/// Opens an address, follows the redirects inside the org, and returns the page there or the first redirect out of it.
async fn follow(test: &TestRealm, browser: &Browser, url: &str) -> Page {
    let mut page = browser.get_and_stay(url).await;
    while let Some(location) = page.location.clone().filter(|location| is_of_the_org(test, location)) {
        page = browser.get_and_stay(&location).await;
    }
    page
}

fn is_of_the_org(test: &TestRealm, location: &str) -> bool {
    [HostRole::MyDomain, HostRole::Login].iter().any(|host| location.starts_with(&test.realm.hosts.origin(host)))
}

/// Allows the app on its approval page; returns the redirect to the app.
async fn allow(browser: &Browser, approval: &Page) -> Page {
    assert_eq!(approval.name(), "authorize-app", "{}", approval.body);
    browser.submit_and_stay(approval, "editPage", &[("save", " Allow ")]).await
}

/// A code for the user, who is asked where the app is new.
async fn code_for(test: &TestRealm, user: &str) -> String {
    code_with(test, user, &[]).await
}

/// The same, with these parameters of the request.
async fn code_with(test: &TestRealm, user: &str, more: &[(&str, &str)]) -> String {
    let browser = test.browser();
    browser.log_in(&test.realm, user).await;
    let mut page = follow(test, &browser, &authorize(test, more)).await;
    if page.location.is_none() {
        page = allow(&browser, &page).await;
    }
    page.redirected_with("code").unwrap_or_else(|| panic!("no code: {page:?}"))
}

/// Posts to the token endpoint; returns status and JSON.
async fn token(test: &TestRealm, form: &[(&str, &str)]) -> (u16, Value) {
    let page = test.browser().post(&test.url("/services/oauth2/token"), form).await;
    (page.status, serde_json::from_str(&page.body).unwrap_or_else(|_| panic!("no JSON: {}", page.body)))
}

/// The tokens of a user who allows the app.
async fn tokens_of(test: &TestRealm, user: &str) -> Value {
    let code = code_for(test, user).await;
    let (status, answer) = token(test, &exchange(&code)).await;
    assert_eq!(status, 200, "{answer}");
    answer
}

/// The form that exchanges a code.
fn exchange(code: &str) -> [(&str, &str); 6] {
    [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("client_id", KEY),
        ("client_secret", SECRET),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ]
}

/// With one field of a form changed; an empty value removes it.
fn with<'a>(form: &[(&'a str, &'a str)], name: &'a str, value: &'a str) -> Vec<(&'a str, &'a str)> {
    let kept = form.iter().copied().filter(|(other, _)| *other != name);
    kept.chain((!value.is_empty()).then_some((name, value))).collect()
}

/// `error` and `error_description` of a refusal.
fn refusal(answer: &(u16, Value)) -> (u16, &str, &str) {
    let text = |name: &str| answer.1[name].as_str().unwrap_or_default();
    (answer.0, text("error"), text("error_description"))
}

/// What `userinfo` says of a token.
async fn userinfo(test: &TestRealm, token: &str) -> Page {
    test.browser().get_with(&test.url("/services/oauth2/userinfo"), "authorization", &format!("Bearer {token}")).await
}

/// The reasons of refusals, oldest first.
fn refused(test: &TestRealm) -> Vec<(Option<String>, String)> {
    let of = |event: Event| match event {
        Event::OauthRefused { user, error, .. } => Some((user, error)),
        _ => None,
    };
    test.events().into_iter().filter_map(of).collect()
}
