//! Passkeys that outlive a run: what browsers made of them comes back to their keeper.

use std::sync::Arc;

use fantoccini::Locator;
use serde_json::{Value, json};
use vestibule_model::Credential;
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::case::{Case, Keeper, With, options, variable};
use super::{JSON, answer, sign_in, suite, wait_for};
use crate::authenticator::browser_commands::{to_geckodriver, to_webdriver, webdriver_authenticator};
use crate::authenticator::tests::relying_party::RelyingParty;
use crate::authenticator::{Authenticator, CredentialStore};
use crate::suite::{Connection, ConnectionOptions, Passkeys, Reach, Recording};

#[tokio::test]
async fn a_passkey_that_signed_comes_back_with_its_counter_before_the_session_ends() {
    let case = Case::open(With { passkey: true, kept: true, ..With::default() }).await;
    let suite = suite(&case).await;

    sign_in(&case, &suite).await;
    wait_for(&suite, "UnifiedPasskeyVerificationUi").await;
    suite.find(Locator::Css("#use-passkey")).await.unwrap().click().await.unwrap();
    wait_for(&suite, "/lightning/").await;
    let keeper = case.keeper.clone().unwrap();
    assert!(keeper.back.lock().is_empty(), "the session is open");
    suite.close().await.unwrap();

    let (lent, back) = (keeper.lent[0].clone(), keeper.back.lock().clone());
    assert_eq!(back.iter().map(|passkey| &passkey.id).collect::<Vec<_>>(), [&lent.id]);
    assert_eq!(back[0].sign_count, lent.sign_count + 1);
    case.end().await;
}

#[tokio::test]
async fn an_authenticator_of_the_suite_takes_the_place_of_ours_and_gets_what_ours_held() {
    let case = Case::open(With { passkey: true, kept: true, ..With::default() }).await;
    let suite = suite(&case).await;
    let id = suite.session_id().await.unwrap().unwrap();
    let base = format!("{}/session/{id}/webauthn/authenticator", case.variable("VESTIBULE_WEBDRIVER_URL"));
    let client = reqwest::Client::builder().no_proxy().build().unwrap();

    let added: Value = client.post(&base).json(&webdriver_authenticator()).send().await.unwrap().json().await.unwrap();
    let own = added["value"].as_str().unwrap_or_else(|| panic!("{added}")).to_owned();
    let held: Value = client.get(format!("{base}/{own}/credentials")).send().await.unwrap().json().await.unwrap();

    let lent = to_webdriver(&case.keeper.as_ref().unwrap().lent[0]);
    let ids: Vec<&Value> = held["value"].as_array().unwrap().iter().map(|one| &one["credentialId"]).collect();
    assert_eq!(ids, [&lent["credentialId"]], "{held}");
    assert_eq!(case.connection.records().authenticators, [(0, 1)]);
    sign_in(&case, &suite).await;
    wait_for(&suite, "UnifiedPasskeyVerificationUi").await;
    suite.find(Locator::Css("#use-passkey")).await.unwrap().click().await.unwrap();
    wait_for(&suite, "/lightning/").await;
    suite.close().await.unwrap();
    case.end().await;
}

/// Of a real org nothing is recorded, and its pages are not looked at. A counter is lent and read as
/// the browser's driver counts.
#[tokio::test]
async fn each_window_is_read_before_it_is_closed_and_nothing_is_recorded() {
    type Write = fn(&Credential) -> Value;
    let drivers: [(&str, Write); 2] = [("chrome", to_webdriver), ("firefox", to_geckodriver)];
    for (browser, write) in drivers {
        let driver = MockServer::start().await;
        for (verb, at, body) in [
            ("POST", "/session", json!({ "value": { "sessionId": "s1", "capabilities": { "browserName": browser } } })),
            ("GET", "/session/s1/window", json!({ "value": "w1" })),
            ("POST", "/session/s1/webauthn/authenticator/a1/credential", json!({ "value": null })),
            ("POST", "/session/s1/element/e1/click", json!({ "value": null })),
            ("DELETE", "/session/s1/window", json!({ "value": [] })),
            ("DELETE", "/session/s1", json!({ "value": null })),
        ] {
            answer(&driver, verb, at, 200, &body.to_string()).await;
        }
        answer(&driver, "POST", "/session/s1/webauthn/authenticator", 200, r#"{"value":"a1"}"#).await;
        let lent = made();
        let used = Credential { sign_count: lent.sign_count + 3, ..lent.clone() };
        let credentials = ResponseTemplate::new(200).set_body_json(json!({ "value": [write(&used)] }));
        let at = path("/session/s1/webauthn/authenticator/a1/credentials");
        Mock::given(method("GET")).and(at).respond_with(credentials).mount(&driver).await;
        let folder = tempfile::tempdir().unwrap();
        vestibule_certs::install_tls_provider();
        let keeper = Arc::new(Keeper { lent: vec![lent.clone()], ..Keeper::default() });
        let with = ConnectionOptions {
            reach: Reach::AsIs,
            passkeys: Some(Passkeys::Kept(keeper.clone())),
            recording: Recording::Nothing,
            ..options(&driver.uri(), folder.path())
        };
        let connection = Connection::open(with).await.unwrap();
        let url = format!("{}/session", variable(&connection, "VESTIBULE_WEBDRIVER_URL"));
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let post = |path: &str| client.post(format!("{url}{path}")).header(JSON.0, JSON.1).body("{}").send();

        post("").await.unwrap();
        post("/s1/element/e1/click").await.unwrap();
        client.delete(format!("{url}/s1/window")).send().await.unwrap();
        client.delete(format!("{url}/s1")).send().await.unwrap();

        let sent = driver.received_requests().await.unwrap();
        let filled = sent.iter().find(|request| request.url.path().ends_with("/credential")).unwrap();
        assert_eq!(filled.body_json::<Value>().unwrap(), write(&lent), "{browser}");
        let sent: Vec<String> =
            sent.iter().map(|request| format!("{} {}", request.method, request.url.path())).collect();
        let place =
            |wanted: &str| sent.iter().position(|one| one == wanted).unwrap_or_else(|| panic!("{wanted}: {sent:?}"));
        let read = place("GET /session/s1/webauthn/authenticator/a1/credentials");
        assert!(read < place("DELETE /session/s1/window"), "{sent:?}");
        assert!(!sent.iter().any(|one| one.ends_with("/url") || one.ends_with("/alert/text")), "{sent:?}");
        assert!(connection.records().commands.is_empty());
        let counts: Vec<u32> = keeper.back.lock().iter().map(|passkey| passkey.sign_count).collect();
        assert_eq!(counts, [used.sign_count; 2], "at the end of the window and at that of the session");
        connection.close().await;
    }
}

/// A passkey with a key of its own.
fn made() -> Credential {
    let mut store = CredentialStore::default();
    RelyingParty::new(1).register_over_http(&mut Authenticator::new(&mut store));
    store.credentials()[0].clone()
}
