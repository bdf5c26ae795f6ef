//! How clients authenticate, and how they register and manage their registration.

use josekit::jws::{HS256, JwsHeader};
use reqwest::Method;
use serde_json::{Value, json};
use vestibule_model::{RelyingPartyAuth, RelyingPartySpec};
use vestibule_simulator::realm::{IdpProtocol, IdpSpec};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::{Provider, RP, RP_SECRET, client_key, good, is, parsed, public, refused, signed, signed_by, text};
use crate::sso_realm::{Page, TestRealm, page, pairs};

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

fn claims(op: &Provider, id: &str) -> Value {
    json!({ "iss": RP, "sub": RP, "aud": op.issuer(), "exp": op.now() + 60, "iat": op.now(), "jti": id })
}

async fn by_assertion(op: &Provider, assertion: &str) -> Page {
    let form = [
        ("grant_type", "client_credentials"),
        ("client_assertion_type", ASSERTION_TYPE),
        ("client_assertion", assertion),
    ];
    page(op.call("/oidc/token").form(&pairs(&form))).await
}

/// OpenID Connect Core 9, RFC 7523 3.
#[tokio::test]
async fn private_key_jwt_proves_the_client_once_for_this_provider_and_for_a_short_time() {
    let key = client_key();
    let op = Provider::start(|rp| {
        rp.client_secret = None;
        rp.client_auth = Some(RelyingPartyAuth::PrivateKeyJwt);
        rp.jwks = Some(public(&[&key]));
    })
    .await;
    let assertion = signed(&claims(&op, "1"), &key);
    assert_eq!(good(&by_assertion(&op, &assertion).await)["token_type"], "Bearer");
    assert_eq!(refused(&by_assertion(&op, &assertion).await), is(401, "invalid_client"), "its jti is used");
    let mut for_endpoint = claims(&op, "2");
    for_endpoint["aud"] = json!([op.test.idp("/oidc/token")]);
    good(&by_assertion(&op, &signed(&for_endpoint, &key)).await);

    let stranger = client_key();
    for (name, value) in [
        ("aud", json!("https://elsewhere.example")),
        ("iss", json!("other")),
        ("sub", json!("other")),
        ("exp", json!(op.now() - 100)),
        ("nbf", json!(op.now() + 1000)),
        ("exp", Value::Null),
        ("jti", Value::Null),
        ("aud", Value::Null),
    ] {
        let mut wrong = claims(&op, &format!("wrong {name} {value}"));
        wrong[name] = value.clone();
        let answer = by_assertion(&op, &signed(&wrong, &key)).await;
        assert_eq!(refused(&answer), is(401, "invalid_client"), "{name} {value}");
    }
    let fresh = claims(&op, "3");
    let by_secret = signed_by(&fresh, &JwsHeader::new(), &HS256.signer_from_bytes(RP_SECRET).unwrap());
    for wrong in [signed(&fresh, &stranger), by_secret, format!("{}x", signed(&fresh, &key)), "a.b.c".to_owned()] {
        assert_eq!(refused(&by_assertion(&op, &wrong).await), is(401, "invalid_client"), "{wrong}");
    }
    good(&by_assertion(&op, &signed(&fresh, &key)).await);
    let by_basic = op.post("/oidc/token", &[("grant_type", "client_credentials")]).await;
    assert_eq!(refused(&by_basic), is(401, "invalid_client"), "it has no secret");
}

#[tokio::test]
async fn client_secret_jwt_proves_the_client_by_its_secret() {
    let op = Provider::start(|rp| rp.client_auth = Some(RelyingPartyAuth::SecretJwt)).await;
    let by = |id: &str, secret: &str| {
        signed_by(&claims(&op, id), &JwsHeader::new(), &HS256.signer_from_bytes(secret).unwrap())
    };
    good(&by_assertion(&op, &by("1", RP_SECRET)).await);
    let wrong = by_assertion(&op, &by("2", "another-secret-of-more-than-32-bytes!")).await;
    assert_eq!(refused(&wrong), is(401, "invalid_client"));
    for form in [
        [("grant_type", "client_credentials"), ("client_assertion", "a.b.c")],
        [("grant_type", "client_credentials"), ("client_assertion_type", ASSERTION_TYPE)],
    ] {
        let answer = page(op.call("/oidc/token").form(&pairs(&form))).await;
        assert!(matches!(answer.status, 400 | 401), "{}", answer.body);
    }
    let in_two_ways = [
        ("grant_type", "client_credentials"),
        ("client_assertion_type", ASSERTION_TYPE),
        ("client_assertion", &by("3", RP_SECRET)),
    ];
    assert_eq!(refused(&op.post("/oidc/token", &in_two_ways).await), is(400, "invalid_request"));
}

#[tokio::test]
async fn the_keys_of_a_client_are_read_where_it_publishes_them() {
    let key = client_key();
    let server = MockServer::start().await;
    let keys = ResponseTemplate::new(200).set_body_string(public(&[&key]).as_str());
    Mock::given(method("GET")).and(path("/jwks")).respond_with(keys).mount(&server).await;
    for (location, works) in [("/jwks", true), ("/missing", false)] {
        let op = Provider::start(|rp| {
            rp.client_auth = Some(RelyingPartyAuth::PrivateKeyJwt);
            rp.jwks_uri = Some(format!("{}{location}", server.uri()).parse().unwrap());
        })
        .await;
        let answer = by_assertion(&op, &signed(&claims(&op, "1"), &key)).await;
        if works {
            good(&answer);
        } else {
            assert_eq!(refused(&answer), is(401, "invalid_client"));
        }
    }
}

/// RFC 7591 and RFC 7592.
#[tokio::test]
async fn a_client_reads_changes_and_removes_its_registration() {
    let test = TestRealm::start(IdpSpec { accept_loopback: true, ..IdpSpec::new(IdpProtocol::Oidc) }).await;
    let browser = test.careful_browser();
    let metadata = json!({
        "redirect_uris": ["http://127.0.0.1:7000/cb"],
        "grant_types": ["authorization_code", "client_credentials"],
        "subject_type": "pairwise",
        "id_token_signed_response_alg": "ES384",
        "dpop_bound_access_tokens": true,
        "backchannel_logout_uri": "http://127.0.0.1:7000/logout",
        "client_name": "Mine",
    });
    let registered = good(&page(browser.request(Method::POST, &test.idp("/oidc/register")).json(&metadata)).await);
    for (name, value) in metadata.as_object().unwrap() {
        assert_eq!(&registered[name], value, "{name}");
    }
    let (uri, token) = (text(&registered, "registration_client_uri"), text(&registered, "registration_access_token"));
    let read = good(&page(browser.request(Method::GET, uri).bearer_auth(token)).await);
    assert_eq!(read, registered);
    let keys = parsed(&browser.get(&test.idp("/oidc/jwks")).await);
    assert_eq!(keys["keys"].as_array().unwrap().len(), 4, "its algorithm is published");

    let wrong = page(browser.request(Method::GET, uri).bearer_auth("wrong")).await;
    let nobody = page(browser.request(Method::GET, uri)).await;
    let unknown = page(browser.request(Method::GET, &format!("{uri}x")).bearer_auth(token)).await;
    assert_eq!([wrong.status, nobody.status, unknown.status], [401; 3]);
    let mut changed = metadata.clone();
    changed["client_id"] = registered["client_id"].clone();
    changed["client_name"] = json!("Ours");
    let put = |body: &Value| page(browser.request(Method::PUT, uri).bearer_auth(token).json(body));
    let answer = good(&put(&changed).await);
    assert_eq!((&answer["client_name"], &answer["client_secret"]), (&json!("Ours"), &registered["client_secret"]));
    changed["client_secret"] = json!("my own");
    assert_eq!(refused(&put(&changed).await), is(400, "invalid_client_metadata"));
    assert_eq!(refused(&put(&metadata).await), is(400, "invalid_client_metadata"), "without its client_id");

    let removed = page(browser.request(Method::DELETE, uri).bearer_auth(token)).await;
    assert_eq!(removed.status, 204);
    assert_eq!(page(browser.request(Method::GET, uri).bearer_auth(token)).await.status, 401);
}

/// OpenID Connect Dynamic Client Registration 1.0, 5; OpenID Connect Core 8.1.
#[tokio::test]
async fn clients_of_one_sector_share_their_subjects_if_its_document_names_them() {
    let test = TestRealm::start(IdpSpec { accept_loopback: true, ..IdpSpec::new(IdpProtocol::Oidc) }).await;
    let server = MockServer::start().await;
    let (here, there) = ("http://127.0.0.1:7000/cb", "http://app.localhost:7001/cb");
    let serve = |at: &'static str, body: Value| {
        Mock::given(method("GET")).and(path(at)).respond_with(ResponseTemplate::new(200).set_body_json(body))
    };
    serve("/sector", json!([here, there])).mount(&server).await;
    serve("/other", json!([here])).mount(&server).await;
    serve("/object", json!({ "redirect_uris": [here, there] })).mount(&server).await;
    let browser = test.careful_browser();
    let register = async |at: Option<String>| {
        let mut metadata = json!({ "redirect_uris": [here, there], "subject_type": "pairwise" });
        if let Some(at) = at {
            metadata["sector_identifier_uri"] = json!(at);
        }
        page(browser.request(Method::POST, &test.idp("/oidc/register")).json(&metadata)).await
    };
    let at = |document: &str| Some(format!("{}{document}", server.uri()));

    let registered = good(&register(at("/sector")).await);
    assert_eq!(registered["sector_identifier_uri"], at("/sector").unwrap());
    for (document, code) in [
        (None, "invalid_client_metadata"),
        (at("/other"), "invalid_redirect_uri"),
        (at("/object"), "invalid_client_metadata"),
        (at("/missing"), "invalid_client_metadata"),
        (Some("https://sector.example/uris.json".to_owned()), "invalid_client_metadata"),
    ] {
        assert_eq!(refused(&register(document.clone()).await), is(400, code), "{document:?}");
    }
    let asked: Vec<String> =
        server.received_requests().await.unwrap().iter().map(|request| request.url.path().to_owned()).collect();
    assert_eq!(asked, ["/sector", "/other", "/object", "/missing"], "no other machine is asked");
}

#[tokio::test]
async fn a_registration_token_is_a_secret_of_the_realm() {
    let test = TestRealm::start(IdpSpec { accept_loopback: true, ..IdpSpec::new(IdpProtocol::Oidc) }).await;
    let metadata = json!({ "redirect_uris": ["http://127.0.0.1:7000/cb"] });
    let request = test.browser().request(Method::POST, &test.idp("/oidc/register")).json(&metadata);
    let registered = good(&page(request).await);
    let known = test.realm.secrets.all();
    for name in ["registration_access_token", "client_secret"] {
        assert!(known.iter().any(|secret| secret.reveal() == text(&registered, name)), "{name}");
    }
}

#[tokio::test]
async fn an_unregistered_client_is_admitted_by_an_address_on_this_machine_only() {
    let spec = IdpSpec { accept_loopback: true, ..IdpSpec::new(IdpProtocol::Oidc) };
    let op = Provider::with(spec, |_: &mut RelyingPartySpec| ()).await;
    let here = op.authorize(&[("client_id", Some("nobody"))]).await;
    assert!(super::answered(&here).contains_key("code"));
    for redirect in [Some("https://evil.example/cb"), None] {
        let refused = op.authorize(&[("client_id", Some("nobody")), ("redirect_uri", redirect)]).await;
        assert_eq!((refused.status, refused.location), (400, None), "{redirect:?}");
    }
}
