//! OpenID Connect at the identity provider: the flow of a relying party, and the requests that the provider must
//! refuse.

#![expect(clippy::unwrap_used, reason = "a failed set-up fails the test")]

use std::time::SystemTime;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use josekit::jwk::JwkSet;
use josekit::jws::RS256;
use josekit::jwt::{self, JwtPayload};
use openssl::sha::sha256;
use reqwest::Method;
use serde_json::{Value, json};
use vestibule_certs::KeyState;
use vestibule_model::{Carrier, Signal};
use vestibule_simulator::realm::{ClientAuth, Component, IdpProtocol, IdpSpec, SignInPage, UserSpec};

use crate::sso_realm::{Browser, PASSWORD, Page, TestRealm, pairs};

const VERIFIER: &str = "a-verifier-of-43-characters-as-rfc-7636-asks";

#[tokio::test]
async fn discovery_names_endpoints_that_answer() {
    let test = TestRealm::oidc().await;
    let browser = test.browser();
    let document: Value = parsed(&browser.get(&test.idp("/.well-known/openid-configuration")).await);

    assert_eq!(document["issuer"], test.trust().issuer.as_str());
    let jwks = browser.get(document["jwks_uri"].as_str().unwrap()).await;
    assert_eq!(JwkSet::from_bytes(&jwks.body).unwrap().keys().len(), 2);
    for endpoint in ["authorization_endpoint", "token_endpoint", "userinfo_endpoint", "end_session_endpoint"] {
        let url = document[endpoint].as_str().unwrap();
        let status = browser.request(Method::POST, url).send().await.unwrap().status();
        assert_ne!(status.as_u16(), 404, "{endpoint}");
        assert!(!status.is_server_error(), "{endpoint}");
    }
}

#[tokio::test]
async fn a_code_becomes_an_id_token_with_amr_acr_auth_time_and_nonce() {
    let emit = vec![
        Signal::new("urn:okta:loa:2fa:any", Carrier::IdTokenAcr),
        Signal::new("pwd", Carrier::IdTokenAmr),
        Signal::new("swk", Carrier::IdTokenAmr),
    ];
    for client_auth in [ClientAuth::Basic, ClientAuth::Post] {
        let test = TestRealm::start(IdpSpec { client_auth, emit: Some(emit.clone()), ..oidc() }).await;
        let browser = test.careful_browser();
        let code = code(&test, &browser).await;

        let tokens: Value = parsed(&redeem(&test, &browser, &code, VERIFIER).await);

        let claims = verified(&test, &browser, tokens["id_token"].as_str().unwrap()).await;
        let half_hash = &sha256(tokens["access_token"].as_str().unwrap().as_bytes())[..16];
        assert_eq!((claims.subject(), claims.claim("nonce")), (Some("rep-7"), Some(&json!("n-1"))));
        assert_eq!(claims.claim("amr"), Some(&json!(["pwd", "swk"])));
        assert_eq!(claims.claim("acr"), Some(&json!("urn:okta:loa:2fa:any")));
        assert!(claims.claim("auth_time").is_some_and(Value::is_i64));
        assert_eq!(claims.claim("at_hash"), Some(&json!(URL_SAFE_NO_PAD.encode(half_hash))));
        assert_eq!(tokens["token_type"], "Bearer");
    }
}

#[tokio::test]
async fn signals_in_the_wrong_place_stay_out_of_the_id_token() {
    let emit = vec![Signal::new("swk", Carrier::UserInfo), Signal::new("hwk", Carrier::AccessToken)];
    let test = TestRealm::start(IdpSpec { emit: Some(emit.clone()), ..oidc() }).await;
    let browser = test.careful_browser();
    let code = code(&test, &browser).await;

    let tokens: Value = parsed(&redeem(&test, &browser, &code, VERIFIER).await);
    let access_token = tokens["access_token"].as_str().unwrap();
    let userinfo = parsed(&userinfo(&test, &browser, access_token).await);

    assert_eq!(verified(&test, &browser, tokens["id_token"].as_str().unwrap()).await.claim("amr"), None);
    assert_eq!(userinfo["amr"], json!(["swk"]));
    assert_eq!(userinfo["sub"], "rep-7");
    assert_eq!(access_token.split('.').count(), 3);
    assert_eq!(test.issued(), [emit]);
}

#[tokio::test]
async fn a_replayed_code_is_refused_and_revokes_the_access_token() {
    let test = TestRealm::oidc().await;
    let browser = test.careful_browser();
    let code = code(&test, &browser).await;
    let tokens: Value = parsed(&redeem(&test, &browser, &code, VERIFIER).await);
    let access_token = tokens["access_token"].as_str().unwrap();
    assert_eq!(userinfo(&test, &browser, access_token).await.status, 200);

    let again = redeem(&test, &browser, &code, VERIFIER).await;

    assert_eq!((again.status, parsed(&again)["error"].as_str()), (400, Some("invalid_grant")));
    assert_eq!(userinfo(&test, &browser, access_token).await.status, 401);
    assert_eq!(test.refused_by_idp(), ["invalid_grant"]);
}

#[tokio::test]
async fn a_code_is_bound_to_verifier_redirect_uri_client_and_time() {
    let test = TestRealm::oidc().await;
    let browser = test.careful_browser();

    let wrong_verifier = code(&test, &browser).await;
    let page = redeem(&test, &browser, &wrong_verifier, &VERIFIER.replace('a', "b")).await;
    assert_eq!((page.status, parsed(&page)["error"].as_str()), (400, Some("invalid_grant")));
    let page = redeem(&test, &browser, &wrong_verifier, VERIFIER).await;
    assert_eq!(parsed(&page)["error"], "invalid_grant", "a code can be used only once");

    let elsewhere = code(&test, &browser).await;
    let mut form = token_form(&test, &elsewhere, VERIFIER);
    form[2].1 = "https://elsewhere.example/".to_owned();
    let page = token(&test, &browser, &form, Some(test.trust().client_secret.reveal())).await;
    assert_eq!(parsed(&page)["error"], "invalid_grant");

    let stranger = code(&test, &browser).await;
    let form = token_form(&test, &stranger, VERIFIER);
    let page = token(&test, &browser, &form, Some("not-the-secret")).await;
    assert_eq!((page.status, parsed(&page)["error"].as_str()), (401, Some("invalid_client")));
    let page = token(&test, &browser, &form, None).await;
    assert_eq!((page.status, parsed(&page)["error"].as_str()), (401, Some("invalid_client")));

    let late = code(&test, &browser).await;
    test.realm.clock.advance(SignedDuration::from_mins(2));
    let page = redeem(&test, &browser, &late, VERIFIER).await;
    assert_eq!(parsed(&page)["error"], "invalid_grant");
    assert!(test.issued().is_empty());
}

#[tokio::test]
async fn untrusted_authorization_requests_are_answered_on_a_page_and_sent_nowhere() {
    let test = TestRealm::oidc().await;
    let browser = test.careful_browser();
    let cases = [
        ("client_id", Some("stranger"), "invalid_client"),
        ("client_id", None, "invalid_request"),
        ("redirect_uri", Some("https://evil.example/callback"), "invalid_request"),
        ("redirect_uri", None, "invalid_request"),
    ];

    for (name, value, code) in cases {
        let page = browser.get(&authorize_url(&test, &[(name, value)])).await;

        assert_eq!((page.status, page.name(), page.location.as_ref()), (400, "idp-error", None), "{name} {value:?}");
        assert!(page.body.contains(code), "{name} {value:?}: {}", page.body);
        assert_eq!(test.refused_by_idp().last().map(String::as_str), Some(code));
    }
}

#[tokio::test]
async fn bad_authorization_requests_of_a_known_client_are_sent_back_with_their_state() {
    let test = TestRealm::oidc().await;
    let browser = test.careful_browser();
    let cases = [
        ("code_challenge", None, "invalid_request"),
        ("code_challenge", Some("short"), "invalid_request"),
        ("code_challenge_method", Some("plain"), "invalid_request"),
        ("code_challenge_method", None, "invalid_request"),
        ("response_type", Some("none"), "unsupported_response_type"),
        ("response_type", None, "invalid_request"),
        ("scope", Some("profile"), "invalid_scope"),
        ("prompt", Some("none login"), "invalid_request"),
        ("max_age", Some("soon"), "invalid_request"),
        ("request", Some("a.b.c"), "invalid_request_object"),
        ("request_uri", Some("urn:ietf:params:oauth:request_uri:x"), "invalid_request_uri"),
        ("request_uri", Some("https://evil.example/request"), "invalid_request_uri"),
        ("id_token_hint", Some("a.b.c"), "invalid_request"),
        ("claims", Some("[]"), "invalid_request"),
    ];

    for (name, value, code) in cases {
        let page = browser.get(&authorize_url(&test, &[(name, value)])).await;

        assert!(page.location.as_deref().unwrap().starts_with(&test.trust().redirect_uri), "{name} {value:?}");
        assert_eq!(page.redirected_with("error").as_deref(), Some(code), "{name} {value:?}");
        assert_eq!(page.redirected_with("state").as_deref(), Some("s-1"), "{name} {value:?}");
        assert_eq!(page.redirected_with("iss").as_deref(), Some(test.trust().issuer.as_str()));
    }
    assert_eq!(test.refused_by_idp().len(), cases.len());
}

#[tokio::test]
async fn prompt_none_login_and_max_age_decide_whether_the_user_is_asked() {
    let test = TestRealm::start(IdpSpec { sign_in: SignInPage::Own, ..oidc() }).await;
    let browser = test.careful_browser();
    let nobody = browser.get(&authorize_url(&test, &[("prompt", Some("none"))])).await;
    assert_eq!(nobody.redirected_with("error").as_deref(), Some("login_required"));

    let asked = browser.get(&authorize_url(&test, &[])).await;
    let page = browser.get(asked.location.as_deref().unwrap()).await;
    assert_eq!(page.name(), "idp-sign-in");
    let mut form = page.hidden();
    form.extend(pairs(&[("username", "rep@acme.example"), ("password", PASSWORD), ("method", "password")]));
    let answer = browser.post(&page.action(), &form).await;
    assert!(answer.redirected_with("code").is_some());

    test.realm.clock.advance(SignedDuration::from_secs(100));
    let silent = browser.get(&authorize_url(&test, &[("prompt", Some("none"))])).await;
    assert!(silent.redirected_with("code").is_some());
    let young_enough = browser.get(&authorize_url(&test, &[("max_age", Some("1000"))])).await;
    assert!(young_enough.redirected_with("code").is_some());
    for again in [("prompt", Some("login")), ("max_age", Some("50"))] {
        let page = browser.get(&authorize_url(&test, &[again])).await;
        assert!(page.location.unwrap().contains("/sign-in?request="), "{again:?}");
    }
}

#[tokio::test]
async fn login_hint_names_the_user_of_an_automatic_page() {
    let test = TestRealm::with(oidc(), |spec| {
        spec.users.insert("boss".to_owned(), UserSpec::new("System Administrator"));
    })
    .await;
    let browser = test.careful_browser();

    let answer = browser.get(&authorize_url(&test, &[("login_hint", Some("boss@acme.example"))])).await;
    let code = answer.redirected_with("code").unwrap();
    let tokens: Value = parsed(&redeem(&test, &browser, &code, VERIFIER).await);

    let claims = verified(&test, &browser, tokens["id_token"].as_str().unwrap()).await;
    assert_eq!(claims.subject(), Some("boss@acme.example"));
}

#[tokio::test]
async fn ending_the_session_asks_again_and_leads_back_to_the_org_only() {
    let test = TestRealm::start(IdpSpec { sign_in: SignInPage::Own, ..oidc() }).await;
    let browser = test.careful_browser();
    let asked = browser.get(&authorize_url(&test, &[])).await;
    let page = browser.get(asked.location.as_deref().unwrap()).await;
    let mut form = page.hidden();
    form.extend(pairs(&[("username", "rep@acme.example"), ("password", PASSWORD), ("method", "password")]));
    browser.post(&page.action(), &form).await;

    let back = browser.get(&test.idp(&format!("/oidc/end-session?post_logout_redirect_uri={}", test.org("/")))).await;
    let elsewhere = browser.get(&test.idp("/oidc/end-session?post_logout_redirect_uri=https://evil.example/")).await;
    let silent = browser.get(&authorize_url(&test, &[("prompt", Some("none"))])).await;

    assert_eq!(back.location, Some(test.org("/")));
    assert_eq!((elsewhere.location.as_ref(), elsewhere.name()), (None, "logged-out"));
    assert_eq!(silent.redirected_with("error").as_deref(), Some("login_required"));
}

#[tokio::test]
async fn a_body_that_is_too_large_or_no_form_is_refused_in_the_protocols_words() {
    let test = TestRealm::oidc().await;
    let browser = test.careful_browser();
    let endpoint = test.idp("/oidc/token");

    for body in [String::new(), "x".repeat(2_000_000), "grant_type=password&client_id=a&client_secret=b".to_owned()] {
        let request = browser.request(Method::POST, &endpoint).body(body);
        let response = request.send().await.unwrap();
        assert!(matches!(response.status().as_u16(), 400 | 401), "{}", response.status());
        let error: Value = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
        assert!(error["error"].is_string());
    }
    assert_eq!(test.refused_by_idp().len(), 3);
}

#[tokio::test]
async fn the_jwks_holds_the_successor_and_no_strangers_key() {
    let test = TestRealm::start(IdpSpec { key_state: KeyState::Foreign, ..oidc() }).await;
    let keys = test.browser().get(&test.idp("/oidc/jwks")).await;
    let published = JwkSet::from_bytes(&keys.body).unwrap();
    let kids: Vec<_> = published.keys().into_iter().filter_map(|key| key.key_id()).collect();

    let kid = |state| test.realm.certs.signing_key(test.trust().spec.algorithm, state).unwrap().kid().to_owned();
    assert_eq!(kids, [kid(KeyState::Valid), kid(KeyState::RolledOver)]);
    assert!(!keys.body.contains("\"d\""), "a private key is published");
}

fn oidc() -> IdpSpec {
    IdpSpec::new(IdpProtocol::Oidc)
}

/// A valid authorization request with these parameters changed or left out.
fn authorize_url(test: &TestRealm, changes: &[(&str, Option<&str>)]) -> String {
    let trust = test.trust();
    let challenge = URL_SAFE_NO_PAD.encode(sha256(VERIFIER.as_bytes()));
    let mut parameters = vec![
        ("response_type", Some("code")),
        ("client_id", Some(trust.client_id.as_str())),
        ("redirect_uri", Some(trust.redirect_uri.as_str())),
        ("scope", Some("openid")),
        ("state", Some("s-1")),
        ("nonce", Some("n-1")),
        ("code_challenge", Some(challenge.as_str())),
        ("code_challenge_method", Some("S256")),
    ];
    for (name, value) in changes {
        parameters.retain(|(known, _)| known != name);
        parameters.push((name, *value));
    }
    let mut url = url::Url::parse(&test.idp("/oidc/authorize")).unwrap();
    url.query_pairs_mut().extend_pairs(parameters.iter().filter_map(|(name, value)| Some((*name, (*value)?))));
    url.into()
}

async fn code(test: &TestRealm, browser: &Browser) -> String {
    let answer = browser.get(&authorize_url(test, &[])).await;
    answer.redirected_with("code").expect("a code")
}

fn token_form(test: &TestRealm, code: &str, verifier: &str) -> Vec<(String, String)> {
    let uri = test.trust().redirect_uri.as_str();
    pairs(&[("grant_type", "authorization_code"), ("code", code), ("redirect_uri", uri), ("code_verifier", verifier)])
}

async fn redeem(test: &TestRealm, browser: &Browser, code: &str, verifier: &str) -> Page {
    let form = token_form(test, code, verifier);
    token(test, browser, &form, Some(test.trust().client_secret.reveal())).await
}

async fn token(test: &TestRealm, browser: &Browser, form: &[(String, String)], secret: Option<&str>) -> Page {
    let trust = test.trust();
    let mut form = form.to_vec();
    let request = browser.request(Method::POST, &test.idp("/oidc/token"));
    let request = match (trust.spec.client_auth, secret) {
        (ClientAuth::Basic, Some(secret)) => request.basic_auth(&trust.client_id, Some(secret)),
        (ClientAuth::Post, Some(secret)) => {
            form.extend(pairs(&[("client_id", &trust.client_id), ("client_secret", secret)]));
            request
        }
        (_, None) => request,
    };
    crate::sso_realm::page(request.form(&form)).await
}

async fn userinfo(test: &TestRealm, browser: &Browser, access_token: &str) -> Page {
    let request = browser.request(Method::GET, &test.idp("/oidc/userinfo")).bearer_auth(access_token);
    crate::sso_realm::page(request).await
}

/// The claims of an ID token. An independent library checks that the token is signed with a published key, issued for
/// this client and this request, and valid now.
async fn verified(test: &TestRealm, browser: &Browser, id_token: &str) -> JwtPayload {
    let keys = JwkSet::from_bytes(browser.get(&test.idp("/oidc/jwks")).await.body).unwrap();
    let header = jwt::decode_header(id_token).unwrap();
    let key = keys.get(header.claim("kid").and_then(Value::as_str).unwrap())[0];
    let (claims, _) = jwt::decode_with_verifier(id_token, &RS256.verifier_from_jwk(key).unwrap()).unwrap();
    let trust = test.trust();
    let now = SystemTime::from(test.realm.clock.now(Component::Org));
    assert_eq!(claims.issuer(), Some(trust.issuer.as_str()));
    assert_eq!(claims.audience(), Some(vec![trust.client_id.as_str()]));
    assert_eq!(claims.claim("nonce"), Some(&json!("n-1")));
    assert!(claims.issued_at().unwrap() <= now && now < claims.expires_at().unwrap(), "{claims:?}");
    claims
}

fn parsed(page: &Page) -> Value {
    serde_json::from_str(&page.body).unwrap_or_else(|error| panic!("{error}: {}", page.body))
}
