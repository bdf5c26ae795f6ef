//! A back channel that is slow, broken or wrong causes a documented refusal, never a server error.

use std::time::Duration;

use serde_json::json;
use url::Url;
use vestibule_simulator::realm::{IdpProtocol, IdpSpec};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::sso_realm::TestRealm;

const UNUSABLE: &str = "Failed: Configuration Error/Perm Disabled";

/// Contract D2.5.
#[tokio::test]
async fn a_token_endpoint_that_is_slow_broken_or_wrong_refuses_the_login() {
    let no_token = json!({ "access_token": "opaque", "token_type": "Bearer" });
    let other_type = json!({ "access_token": "opaque", "token_type": "mac", "id_token": "a.b.c" });
    let refusal = json!({ "error": "invalid_grant", "error_description": "no" });
    let nonsense = json!({ "access_token": "opaque", "token_type": "Bearer", "id_token": "nonsense" });
    let cases = [
        ("slow", ResponseTemplate::new(200).set_delay(Duration::from_secs(30)), UNUSABLE),
        ("500", ResponseTemplate::new(500), UNUSABLE),
        ("HTML", ResponseTemplate::new(200).set_body_string("<html>Sign in</html>"), UNUSABLE),
        ("empty", ResponseTemplate::new(200), UNUSABLE),
        ("no object", ResponseTemplate::new(200).set_body_json(json!([1])), UNUSABLE),
        ("huge", ResponseTemplate::new(200).set_body_string("x".repeat(2_000_000)), UNUSABLE),
        ("redirect", ResponseTemplate::new(302).insert_header("location", "https://elsewhere.localhost/"), UNUSABLE),
        ("refused", ResponseTemplate::new(400).set_body_json(refusal), UNUSABLE),
        ("another type", ResponseTemplate::new(200).set_body_json(other_type), UNUSABLE),
        ("no id_token", ResponseTemplate::new(200).set_body_json(no_token), "Failed: Assertion Invalid"),
        ("nonsense id_token", ResponseTemplate::new(200).set_body_json(nonsense), "Failed: Assertion Invalid"),
    ];

    for (what, answer, status) in cases {
        let endpoint = serving(answer).await;
        let token_endpoint = Some(endpoint.uri().parse().unwrap());

        expect_refusal(what, IdpSpec { token_endpoint, ..IdpSpec::new(IdpProtocol::Oidc) }, status).await;
    }
}

#[tokio::test]
async fn a_jwks_that_is_slow_broken_or_wrong_refuses_the_login() {
    let no_such_key = "Failed: Signature Invalid/Configured Certificate Mismatch";
    let strange = json!({ "keys": [{ "kty": "oct", "k": "AAAA", "kid": "a" }, { "kty": "new" }, 7] });
    let cases = [
        ("slow", ResponseTemplate::new(200).set_delay(Duration::from_secs(30)), UNUSABLE),
        ("500", ResponseTemplate::new(500), UNUSABLE),
        ("HTML", ResponseTemplate::new(200).set_body_string("<html>"), UNUSABLE),
        ("empty", ResponseTemplate::new(200), UNUSABLE),
        ("no keys", ResponseTemplate::new(200).set_body_json(json!({ "keys": [] })), no_such_key),
        ("strange keys", ResponseTemplate::new(200).set_body_json(strange), no_such_key),
    ];

    for (what, answer, status) in cases {
        let endpoint = serving(answer).await;
        let jwks_uri = Some(endpoint.uri().parse().unwrap());

        expect_refusal(what, IdpSpec { jwks_uri, ..IdpSpec::new(IdpProtocol::Oidc) }, status).await;
    }
}

#[tokio::test]
async fn the_back_channel_reaches_loopback_only() {
    for address in ["https://login.example.com/token", "http://192.0.2.1/token", "http://127.0.0.1:1/token"] {
        let token_endpoint: Option<Url> = Some(address.parse().unwrap());

        expect_refusal(address, IdpSpec { token_endpoint, ..IdpSpec::new(IdpProtocol::Oidc) }, UNUSABLE).await;
    }
}

async fn serving(answer: ResponseTemplate) -> MockServer {
    let endpoint = MockServer::start().await;
    Mock::given(any()).respond_with(answer).mount(&endpoint).await;
    endpoint
}

async fn expect_refusal(what: &str, idp: IdpSpec, status: &str) {
    let test = TestRealm::start(idp).await;

    let page = test.browser().go(&test.oidc_start()).await;

    assert_eq!((page.status, page.name()), (403, "login-refused"), "{what}: {}", page.body);
    assert_eq!(test.last_login().status.text(), status, "{what}: {}", page.body);
    assert_eq!(test.refused_by_org(), [status], "{what}");
}
