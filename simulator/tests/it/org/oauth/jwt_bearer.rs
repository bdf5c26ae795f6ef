//! The JWT bearer flow, with assertions as clients really make them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openssl::hash::MessageDigest;
use openssl::sign::Signer;
use openssl::x509::X509;
use serde_json::{Value, json};
use vestibule_certs::{KeyAlgorithm, KeyState, SigningKey};
use vestibule_model::{PermittedUsers, UserState};
use vestibule_simulator::policy::Rule;
use vestibule_simulator::realm::{Event, HostRole, RealmSpec};

use super::html::title;
use super::test_realm::{TestRealm, certs, noon};
use super::{KEY, ci, code_for, realm, refusal, token, userinfo};

/// The app is for users whom an admin has approved.
pub(super) fn for_admin(spec: &mut RealmSpec) {
    let app = ci(spec);
    app.certificate = Some(certificate(KeyState::Valid));
    app.permitted_users = PermittedUsers::AdminApproved;
    app.approved_users.insert("admin".to_owned());
}

/// As `sf` 2.146 makes it: a lifetime in milliseconds, the audience with a slash.
fn claims(test: &TestRealm) -> Value {
    let now = noon().as_millisecond();
    json!({ "iss": KEY, "sub": "admin@acme.example", "aud": test.url("/"), "exp": now + 300 })
}

fn signed(claims: &Value, state: KeyState) -> String {
    let parts = [&json!({ "alg": "RS256" }), claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
    let input = parts.join(".");
    let key = key(state);
    let mut signer = Signer::new(MessageDigest::sha256(), key.pkey()).unwrap();
    let signature = signer.sign_oneshot_to_vec(input.as_bytes()).unwrap();
    format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
}

pub(super) fn key(state: KeyState) -> std::sync::Arc<SigningKey> {
    certs().signing_key(KeyAlgorithm::Rsa2048, state).unwrap()
}

fn certificate(state: KeyState) -> String {
    let certificate = X509::from_der(key(state).certificate_der()).unwrap();
    String::from_utf8(certificate.to_pem().unwrap()).unwrap()
}

async fn ask(test: &TestRealm, assertion: &str) -> (u16, Value) {
    let grant_type = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    token(test, &[("grant_type", grant_type), ("assertion", assertion)]).await
}

/// Contract C5.2, F2.1, M1.12 and M1.14: an administrator without a passkey, under enforcement.
#[tokio::test]
async fn nothing_asks_the_user_and_the_token_opens_what_a_session_opens() {
    let test = realm(for_admin).await;

    let (status, answer) = ask(&test, &signed(&claims(&test), KeyState::Valid)).await;

    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["refresh_token"], Value::Null);
    let access_token = answer["access_token"].as_str().unwrap();
    assert!(
        userinfo(&test, access_token).await.body.contains("\"preferred_username\":\"admin@acme.example\""),
        "M1.14"
    );
    let out_of_scope =
        |event: &Event| matches!(event, Event::Decided { decision, .. } if decision.fired(Rule::JwtBearerOutOfScope));
    assert!(test.events().iter().any(out_of_scope));
    let door = test.browser().get(&test.url(&format!("/secur/frontdoor.jsp?sid={access_token}"))).await;
    assert_eq!(title(&door.body), "Create a Passkey | Salesforce", "the gate stands behind the front door");
    let browser = test.browser();
    browser.set_cookie(&test.url("/"), &format!("sid={access_token}; Secure; Path=/"));
    let home = browser.get(&test.url("/lightning/page/home")).await;
    assert_eq!(title(&home.body), "Home | Salesforce", "M1.12");
}

/// Contract K1.2.
#[tokio::test]
async fn lifetimes_and_audiences_are_taken_as_clients_send_them() {
    let test = realm(for_admin).await;
    let second = noon().as_second();
    let login = test.realm.hosts.origin(&HostRole::Login);
    let with = |name: &str, value: Value| {
        let mut claims = claims(&test);
        claims[name] = value;
        claims
    };
    for (claims, expected) in [
        (claims(&test), None),
        (with("exp", json!(second)), None),
        (with("exp", json!((second + 180).to_string())), None),
        (with("exp", json!(second - 600)), Some("expired authorization code")),
        (with("aud", json!(test.url(""))), None),
        (with("aud", json!(login)), None),
        (with("aud", json!("https://test.salesforce.com")), None),
        (with("aud", json!([test.url("")])), None),
        (with("aud", json!("https://login.salesforce.com")), Some("audience is invalid")),
        (with("aud", json!("https://evil.example")), Some("audience is invalid")),
        (with("aud", json!(test.url("//"))), Some("audience is invalid")),
        (with("sub", json!("ADMIN@acme.example")), None),
        (with("sub", json!("nobody@acme.example")), Some("user hasn't approved this consumer")),
    ] {
        let (status, answer) = ask(&test, &signed(&claims, KeyState::Valid)).await;

        assert_eq!(answer["error_description"].as_str(), expected, "{claims}");
        assert_eq!(status == 200, expected.is_none(), "{claims}");
    }
}

/// Contract F3.1 and F3.2.
#[tokio::test]
async fn an_assertion_of_another_key_or_for_another_user_gets_nothing() {
    let not_approved = (400, "invalid_app_access", "user is not admin approved to access this app");
    let invalid = (400, "invalid_grant", "invalid assertion");
    let rows: [Row; 6] = [
        (|_| {}, KEY, KeyState::Valid, (200, "", "")),
        (|_| {}, "nobody", KeyState::Valid, (400, "invalid_client_id", "client identifier invalid")),
        (|_| {}, KEY, KeyState::Foreign, invalid),
        (|spec| ci(spec).certificate = None, KEY, KeyState::Valid, invalid),
        (|spec| ci(spec).approved_users.clear(), KEY, KeyState::Valid, not_approved),
        (
            |spec| spec.users.get_mut("admin").unwrap().state = UserState::Frozen,
            KEY,
            KeyState::Valid,
            (400, "invalid_grant", "inactive user"),
        ),
    ];
    for (change, issuer, state, expected) in rows {
        let test = realm(|spec| {
            for_admin(spec);
            change(spec);
        })
        .await;
        let mut claims = claims(&test);
        claims["iss"] = issuer.into();

        let answer = ask(&test, &signed(&claims, state)).await;

        assert_eq!(refusal(&answer), expected);
    }
    let test = realm(for_admin).await;
    for assertion in ["", "a.b.c", "x"] {
        assert_eq!(refusal(&ask(&test, assertion).await), invalid, "{assertion}");
    }
}

/// simple-salesforce compares the text (contract F3.1).
#[tokio::test]
async fn an_app_that_users_authorize_needs_the_approval_of_the_user_first() {
    let test = realm(|spec| ci(spec).certificate = Some(certificate(KeyState::Valid))).await;
    let mut claims = claims(&test);
    claims["sub"] = "visitor@acme.example".into();
    let assertion = signed(&claims, KeyState::Valid);

    let before = ask(&test, &assertion).await;
    code_for(&test, "visitor").await;
    let after = ask(&test, &assertion).await;

    assert_eq!(refusal(&before), (400, "invalid_grant", "user hasn't approved this consumer"));
    assert_eq!(after.0, 200, "{}", after.1);
}

/// What differs in the realm, the issuer, the key, and the answer.
type Row = (fn(&mut RealmSpec), &'static str, KeyState, (u16, &'static str, &'static str));
