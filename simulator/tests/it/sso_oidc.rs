//! The org as relying party: what it accepts, what it refuses, and the text in Login History.

#![expect(clippy::unwrap_used, reason = "a failed set-up fails the test")]

use jiff::SignedDuration;
use josekit::jws::{JwsHeader, RS256};
use josekit::jwt::{self, JwtPayload};
use serde_json::{Value, json};
use url::form_urlencoded;
use vestibule_certs::{KeyAlgorithm, KeyState};
use vestibule_model::{Carrier, Signal};
use vestibule_simulator::realm::{ClientAuth, Component, IdpProtocol, IdpSpec};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::sso_realm::{Browser, Page, TestRealm, expect_refusal};

/// Contract E1.2 and H1.6.
#[tokio::test]
async fn a_login_reaches_the_gate_with_both_key_types_and_both_client_authentications() {
    for algorithm in [KeyAlgorithm::Rsa2048, KeyAlgorithm::EcP256] {
        for client_auth in [ClientAuth::Basic, ClientAuth::Post] {
            let test =
                TestRealm::start(IdpSpec { algorithm, client_auth, preset: Some("okta".to_owned()), ..oidc() }).await;

            test.browser().go(&test.oidc_start()).await;

            assert_eq!(test.accepted(), test.issued(), "{algorithm:?} {client_auth:?}");
            assert_eq!(test.accepted().len(), 1);
            let row = test.last_login();
            assert_eq!((row.login_type.as_str(), row.user.as_deref()), ("Third Party SSO", Some("rep")));
            assert_eq!(row.auth_method_reference.as_deref(), Some("pwd"));
        }
    }
}

#[tokio::test]
async fn a_successor_key_that_the_jwks_publishes_is_accepted_and_others_are_not() {
    let unknown = "Failed: Signature Invalid/Configured Certificate Mismatch";
    for (key_state, status) in
        [(KeyState::RolledOver, None), (KeyState::Foreign, Some(unknown)), (KeyState::Expired, Some(unknown))]
    {
        let test = TestRealm::start(IdpSpec { key_state, ..oidc() }).await;

        test.browser().go(&test.oidc_start()).await;

        assert_eq!(test.refused_by_org().first().map(String::as_str), status, "{key_state:?}");
        assert_eq!(test.accepted().len(), usize::from(status.is_none()), "{key_state:?}");
    }
}

/// Contract E1.3.
#[tokio::test]
async fn signals_outside_the_id_token_do_not_reach_the_org() {
    let emit = vec![Signal::new("swk", Carrier::UserInfo), Signal::new("hwk", Carrier::AccessToken)];
    let test = TestRealm::start(IdpSpec { emit: Some(emit), ..oidc() }).await;

    test.browser().go(&test.oidc_start()).await;

    assert_eq!(test.accepted(), [Vec::new()]);
    assert_eq!(test.last_login().auth_method_reference, None);
}

#[tokio::test]
async fn an_answer_is_taken_once_and_only_from_the_browser_that_asked() {
    let test = TestRealm::oidc().await;
    let browser = test.careful_browser();
    let asked = browser.get(&test.oidc_start()).await;
    let answer = browser.get(asked.location.as_deref().unwrap()).await;
    let callback = answer.location.unwrap();

    let stolen = test.browser().get(&callback).await;
    expect_refusal(&test, &stolen, "Failed: InResponseTo Invalid");
    let too_late = browser.get(&callback).await;
    expect_refusal(&test, &too_late, "Failed: InResponseTo Invalid");

    let forged = test.browser().get(&format!("{}?code=a&state=forged", test.trust().redirect_uri)).await;
    expect_refusal(&test, &forged, "Failed: InResponseTo Invalid");
    let mixed_up = callback_of(&test, "code=a&iss=https%3A%2F%2Fother.localhost").await;
    expect_refusal(&test, &mixed_up, "Failed: Issuer Mismatched");
    for nameless in ["code=a", "error=access_denied"] {
        expect_refusal(&test, &callback_of(&test, nameless).await, "Failed: Issuer Mismatched");
    }
    let iss = iss(&test);
    let denied = callback_of(&test, &format!("error=access_denied&error_description=%3Cb%3Eno&{iss}")).await;
    expect_refusal(&test, &denied, "Failed: Status Invalid");
    assert!(!denied.body.contains("<b>no"), "{}", denied.body);
    let empty = callback_of(&test, &iss).await;
    expect_refusal(&test, &empty, "Failed: Assertion Invalid");
    assert!(test.accepted().is_empty());
}

#[tokio::test]
async fn an_id_token_that_josekit_signed_is_accepted() {
    let endpoint = MockServer::start().await;
    let test = with_endpoint(&endpoint).await;

    let with_a_fraction: fn(Value) -> Value = |claims| {
        let end = claims["exp"].as_f64().unwrap();
        with(claims, "exp", json!(end + 0.5))
    };
    let page = answered_with(&test, &endpoint, with_a_fraction).await;

    assert_ne!(page.name(), "login-refused", "{}", page.body);
    let expected = vec![
        Signal::new("pwd", Carrier::IdTokenAmr),
        Signal::new("hwk", Carrier::IdTokenAmr),
        Signal::new("phr", Carrier::IdTokenAcr),
    ];
    assert_eq!(test.accepted(), [expected]);
    assert_eq!(test.last_login().auth_method_reference.as_deref(), Some("pwd hwk"));
}

#[tokio::test]
async fn one_wrong_claim_is_refused_with_its_own_text() {
    type Change = fn(Value) -> Value;
    let cases: [(&str, Change, &str); 12] = [
        ("issuer", |claims| with(claims, "iss", json!("https://other.localhost")), "Failed: Issuer Mismatched"),
        ("audience", |claims| with(claims, "aud", json!("another-client")), "Failed: Audience Invalid"),
        ("nonce", |claims| with(claims, "nonce", json!("of-another-login")), "Failed: Replay Detected"),
        ("no nonce", |claims| with(claims, "nonce", Value::Null), "Failed: Replay Detected"),
        ("expired", |claims| with(claims, "exp", json!(1_000_000_000)), "Failed: Assertion Expired"),
        ("no sub", |claims| with(claims, "sub", Value::Null), "Failed: Assertion Invalid"),
        ("future", |claims| with(claims, "iat", json!(9_000_000_000_i64)), "Failed: Assertion Expired"),
        ("user", |claims| with(claims, "sub", json!("nobody")), "Failed: Username Or SSO Id Invalid"),
        ("long sub", |claims| with(claims, "sub", json!("x".repeat(256))), "Failed: Assertion Invalid"),
        (
            "a further audience",
            |claims| {
                let client = claims["aud"].clone();
                let further = with(claims, "aud", json!([client, "https://evil.example"]));
                with(further, "azp", client)
            },
            "Failed: Audience Invalid",
        ),
        (
            "at_hash of another access token",
            |claims| with(claims, "at_hash", json!("AAAAAAAAAAAAAAAAAAAAAA")),
            "Failed: Assertion Invalid",
        ),
        (
            "a sign-in in the future",
            |claims| with(claims, "auth_time", json!(9_000_000_000_i64)),
            "Failed: Assertion Expired",
        ),
    ];
    for (what, change, status) in cases {
        let endpoint = MockServer::start().await;
        let test = with_endpoint(&endpoint).await;

        let page = answered_with(&test, &endpoint, change).await;

        assert_eq!(test.last_login().status.text(), status, "{what}: {}", page.body);
        expect_refusal(&test, &page, status);
    }
}

#[tokio::test]
async fn an_unsigned_and_a_tampered_id_token_are_refused() {
    let changes: [fn(&str) -> String; 2] = [
        |token| {
            let payload = token.split('.').nth(1).unwrap();
            format!("eyJhbGciOiJub25lIn0.{payload}.")
        },
        |token| {
            let (signed, signature) = token.rsplit_once('.').unwrap();
            let other = if signature.starts_with('A') { "B" } else { "A" };
            format!("{signed}.{other}{}", &signature[1..])
        },
    ];
    for change in changes {
        let endpoint = MockServer::start().await;
        let test = with_endpoint(&endpoint).await;
        let browser = test.careful_browser();
        let (nonce, state) = asked(&test, &browser).await;
        let id_token = change(&josekit_signs(&test, good_claims(&test, &nonce)));
        serve_token(&endpoint, &id_token).await;

        let page = browser.get(&code_of(&test, &state)).await;

        expect_refusal(&test, &page, "Failed: Signature Invalid");
    }
}

#[tokio::test]
async fn an_unknown_provider_starts_nothing() {
    let test = TestRealm::oidc().await;

    let page = test.browser().get(&test.org("/services/auth/sso/nobody")).await;

    assert_eq!(page.status, 404);
}

fn oidc() -> IdpSpec {
    IdpSpec::new(IdpProtocol::Oidc)
}

/// A realm whose org uses this token endpoint and the identity provider's own JWKS.
async fn with_endpoint(endpoint: &MockServer) -> TestRealm {
    let token_endpoint = format!("{}/token", endpoint.uri()).parse().unwrap();
    TestRealm::start(IdpSpec { token_endpoint: Some(token_endpoint), ..oidc() }).await
}

/// Starts a login and makes the token endpoint answer with an ID token that josekit signed.
async fn answered_with(test: &TestRealm, endpoint: &MockServer, change: fn(Value) -> Value) -> Page {
    let browser = test.careful_browser();
    let (nonce, state) = asked(test, &browser).await;
    serve_token(endpoint, &josekit_signs(test, change(good_claims(test, &nonce)))).await;
    browser.get(&code_of(test, &state)).await
}

async fn asked(test: &TestRealm, browser: &Browser) -> (String, String) {
    let asked = browser.get(&test.oidc_start()).await;
    (asked.redirected_with("nonce").unwrap(), asked.redirected_with("state").unwrap())
}

/// The answer of the identity provider with a code.
fn code_of(test: &TestRealm, state: &str) -> String {
    format!("{}?code=a&state={state}&{}", test.trust().redirect_uri, iss(test))
}

/// The issuer, which names itself in each answer (RFC 9207).
fn iss(test: &TestRealm) -> String {
    form_urlencoded::Serializer::new(String::new()).append_pair("iss", &test.trust().issuer).finish()
}

/// An answer to a fresh request, with these parameters in addition to its `state`.
async fn callback_of(test: &TestRealm, parameters: &str) -> Page {
    let browser = test.careful_browser();
    let (_, state) = asked(test, &browser).await;
    browser.get(&format!("{}?state={state}&{parameters}", test.trust().redirect_uri)).await
}

async fn serve_token(endpoint: &MockServer, id_token: &str) {
    let body = json!({ "access_token": "opaque", "token_type": "Bearer", "expires_in": "3600", "id_token": id_token });
    let answer = ResponseTemplate::new(200).set_body_json(body);
    Mock::given(method("POST")).and(path("/token")).respond_with(answer).mount(endpoint).await;
}

fn good_claims(test: &TestRealm, nonce: &str) -> Value {
    let now = test.realm.clock.now(Component::Idp);
    json!({
        "iss": test.trust().issuer, "sub": "rep-7", "aud": test.trust().client_id, "nonce": nonce,
        "iat": now.as_second(), "exp": (now + SignedDuration::from_mins(5)).as_second(),
        "amr": ["pwd", "hwk"], "acr": "phr",
    })
}

fn with(mut claims: Value, name: &str, value: Value) -> Value {
    let members = claims.as_object_mut().unwrap();
    members.remove(name);
    if !value.is_null() {
        members.insert(name.to_owned(), value);
    }
    claims
}

/// Signs with the identity provider's key, using josekit.
fn josekit_signs(test: &TestRealm, claims: Value) -> String {
    let key = test.realm.certs.signing_key(KeyAlgorithm::Rsa2048, KeyState::Valid).unwrap();
    let signer = RS256.signer_from_pem(key.pkey().private_key_to_pem_pkcs8().unwrap()).unwrap();
    let mut header = JwsHeader::new();
    header.set_key_id(key.kid());
    header.set_token_type("JWT");
    let payload = JwtPayload::from_map(claims.as_object().unwrap().clone()).unwrap();
    jwt::encode_with_signer(&payload, &header, &signer).unwrap()
}
