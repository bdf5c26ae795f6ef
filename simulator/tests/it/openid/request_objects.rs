//! Request objects (RFC 9101) and pushed authorization requests (RFC 9126).

use jiff::SignedDuration;
use josekit::jwk::Jwk;
use josekit::jws::{HS256, JwsHeader};
use josekit::jwt::{self, JwtPayload};
use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use super::{
    Provider, REDIRECT, RP, RP_SECRET, answered, client_key, good, is, public, refused, signed, signed_by, text,
};
use crate::sso_realm::{page, pairs};

async fn with_key(key: &Jwk) -> Provider {
    let keys = public(&[key]);
    Provider::start(move |rp| rp.jwks = Some(keys)).await
}

fn object(op: &Provider) -> Value {
    let challenge = url_of(&op.authorize_url(&[]), "code_challenge");
    json!({
        "iss": RP, "aud": op.issuer(), "exp": op.now() + 60,
        "client_id": RP, "redirect_uri": REDIRECT, "response_type": "code", "scope": "openid", "state": "in-the-object",
        "nonce": "n-1", "max_age": 3600, "code_challenge": challenge, "code_challenge_method": "S256",
        "claims": { "id_token": { "email": null } },
    })
}

fn url_of(url: &str, name: &str) -> String {
    let url = url::Url::parse(url).unwrap();
    url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned()).unwrap()
}

/// Only what is signed counts (RFC 9101 6.3).
#[tokio::test]
async fn a_signed_request_object_holds_the_whole_request() {
    let key = client_key();
    let op = with_key(&key).await;
    let request = signed(&object(&op), &key);
    let by_secret = signed_by(&object(&op), &JwsHeader::new(), &HS256.signer_from_bytes(RP_SECRET).unwrap());
    for request in [&request, &by_secret] {
        let answer = answered(&op.authorize(&[("request", Some(request)), ("state", Some("beside-it"))]).await);
        assert_eq!(answer["state"], "in-the-object", "{answer:?}");
        let tokens = good(&op.redeem(&answer["code"]).await);
        assert!(op.verified(text(&tokens, "id_token")).await.claim("email").is_some());
    }
    let alone = format!("{}?client_id={RP}&request={request}", op.test.idp("/oidc/authorize"));
    assert!(answered(&op.browser.get(&alone).await).contains_key("code"));
}

#[tokio::test]
async fn a_request_object_that_cannot_be_trusted_is_refused_at_the_redirect_uri_beside_it() {
    let key = client_key();
    let op = with_key(&key).await;
    let with = |name: &str, value: Value| {
        let mut object = object(&op);
        object[name] = value;
        signed(&object, &key)
    };
    let payload = JwtPayload::from_map(object(&op).as_object().unwrap().clone()).unwrap();
    for (what, request) in [
        ("another key", signed(&object(&op), &client_key())),
        ("no signature", jwt::encode_unsecured(&payload, &JwsHeader::new()).unwrap()),
        ("nonsense", "nonsense".to_owned()),
        ("another client", with("client_id", json!("other"))),
        ("another issuer", with("iss", json!("other"))),
        ("another audience", with("aud", json!("https://elsewhere.example"))),
        ("expired", with("exp", json!(op.now() - 100))),
        ("too early", with("nbf", json!(op.now() + 1000))),
        ("nested", with("request_uri", json!("https://x.localhost/"))),
        ("an array", with("scope", json!(["openid"]))),
    ] {
        let answer = answered(&op.authorize(&[("request", Some(&request))]).await);
        assert_eq!((answer["error"].as_str(), answer["state"].as_str()), ("invalid_request_object", "s-1"), "{what}");
    }
    let foreign = with("redirect_uri", json!("https://evil.example/cb"));
    let shown = op.authorize(&[("request", Some(&foreign))]).await;
    assert_eq!((shown.status, shown.location), (400, None), "it is not registered");
    let both = op.authorize(&[("request", Some("a")), ("request_uri", Some("https://x.localhost/"))]).await;
    assert_eq!(answered(&both)["error"], "invalid_request");
    let nowhere = format!("{}?client_id={RP}&request=nonsense", op.test.idp("/oidc/authorize"));
    let shown = op.browser.get(&nowhere).await;
    assert!(shown.status == 400 && shown.body.contains("invalid_request_object"), "{}", shown.body);
}

#[tokio::test]
async fn a_request_object_is_read_by_reference_on_this_machine_only() {
    let key = client_key();
    let op = with_key(&key).await;
    let server = MockServer::start().await;
    let body = ResponseTemplate::new(200).set_body_string(signed(&object(&op), &key));
    Mock::given(method("GET")).and(path("/request.jwt")).respond_with(body).mount(&server).await;

    let uri = format!("{}/request.jwt", server.uri());
    assert_eq!(answered(&op.authorize(&[("request_uri", Some(&uri))]).await)["state"], "in-the-object");
    for uri in [format!("{}/missing", server.uri()), "https://evil.example/r".to_owned(), "nonsense".to_owned()] {
        let answer = answered(&op.authorize(&[("request_uri", Some(&uri))]).await);
        assert_eq!(answer["error"], "invalid_request_uri", "{uri}");
    }
}

/// OpenID Connect Core 6.2 and 15.5.1: nobody makes the provider call an address that no client registered.
#[tokio::test]
async fn nothing_is_fetched_before_the_client_and_its_registered_addresses_are_known() {
    let key = client_key();
    let server = MockServer::start().await;
    let uri = format!("{}/request.jwt", server.uri());
    let registered = uri.clone();
    let keys = public(&[&key]);
    let op = Provider::start(move |rp| {
        rp.jwks = Some(keys);
        rp.request_uris = vec![registered.parse().unwrap()];
    })
    .await;
    let body = ResponseTemplate::new(200).set_body_string(signed(&object(&op), &key));
    Mock::given(method("GET")).respond_with(body).mount(&server).await;
    let elsewhere = format!("{}/elsewhere.jwt", server.uri());

    let refused = answered(&op.authorize(&[("request_uri", Some(&elsewhere))]).await);
    let unknown = op.authorize(&[("request_uri", Some(&uri)), ("client_id", Some("nobody"))]).await;
    let nameless = op.authorize(&[("request_uri", Some(&uri)), ("client_id", None)]).await;

    assert_eq!(refused["error"], "invalid_request_uri");
    assert_eq!((unknown.status, nameless.status), (400, 400), "{}\n{}", unknown.body, nameless.body);
    assert!(server.received_requests().await.unwrap().is_empty(), "nothing was fetched");
    let with_hash = format!("{uri}#hash");
    assert_eq!(answered(&op.authorize(&[("request_uri", Some(&with_hash))]).await)["state"], "in-the-object");
    assert_eq!(server.received_requests().await.unwrap().len(), 1);
}

async fn push(op: &Provider, changes: &[(&str, &str)]) -> crate::sso_realm::Page {
    let url = url::Url::parse(&op.authorize_url(&[])).unwrap();
    let mut form: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    for (name, value) in changes {
        form.retain(|(known, _)| known != name);
        form.push(((*name).to_owned(), (*value).to_owned()));
    }
    page(op.call("/oidc/par").basic_auth(RP, Some(RP_SECRET)).form(&form)).await
}

/// RFC 9126 2 and 4.
#[tokio::test]
async fn a_pushed_request_is_used_once_by_its_client_and_soon() {
    let op = Provider::start(|_| ()).await;
    let pushed = push(&op, &[("state", "pushed")]).await;
    assert_eq!(pushed.status, 201, "{}", pushed.body);
    let pushed = good(&pushed);
    let uri = text(&pushed, "request_uri").to_owned();
    assert!(uri.starts_with("urn:ietf:params:oauth:request_uri:") && pushed["expires_in"] == 60);
    let go = |uri: &str, client: &str| {
        let mut url = url::Url::parse(&op.test.idp("/oidc/authorize")).unwrap();
        url.query_pairs_mut().append_pair("client_id", client).append_pair("request_uri", uri);
        String::from(url)
    };
    assert_eq!(op.browser.get(&go(&uri, "other")).await.status, 400, "it is of another client");
    let answer = answered(&op.browser.get(&go(&uri, RP)).await);
    assert_eq!(answer["state"], "pushed");
    good(&op.redeem(&answer["code"]).await);
    let again = op.browser.get(&go(&uri, RP)).await;
    assert!(again.status == 400 && again.body.contains("invalid_request_uri"), "{}", again.body);

    let late = good(&push(&op, &[]).await);
    op.test.realm.clock.advance(SignedDuration::from_secs(61));
    assert_eq!(op.browser.get(&go(text(&late, "request_uri"), RP)).await.status, 400, "it has expired");
}

#[tokio::test]
async fn a_bad_request_is_refused_when_it_is_pushed() {
    let op = Provider::start(|_| ()).await;
    for (changes, code) in [
        (&[("redirect_uri", "https://evil.example/cb")][..], "invalid_request"),
        (&[("redirect_uri", "")], "invalid_request"),
        (&[("scope", "profile")], "invalid_scope"),
        (&[("response_type", "none")], "unsupported_response_type"),
        (&[("request_uri", "urn:ietf:params:oauth:request_uri:x")], "invalid_request"),
        (&[("request", "nonsense")], "invalid_request_object"),
        (&[("code_challenge_method", "plain")], "invalid_request"),
    ] {
        assert_eq!(refused(&push(&op, changes).await), is(400, code), "{changes:?}");
    }
    let nobody = page(op.call("/oidc/par").form(&pairs(&[("client_id", RP)]))).await;
    assert_eq!(refused(&nobody), is(401, "invalid_client"));
}

#[tokio::test]
async fn a_client_may_be_registered_to_push_or_to_sign_its_requests() {
    let key = client_key();
    let keys = public(&[&key]);
    let op = Provider::start(move |rp| {
        rp.require_pushed_authorization_requests = true;
        rp.require_signed_request_object = true;
        rp.jwks = Some(keys);
    })
    .await;
    assert_eq!(answered(&op.authorize(&[]).await)["error"], "invalid_request");
    let request = signed(&object(&op), &key);
    assert_eq!(answered(&op.authorize(&[("request", Some(&request))]).await)["error"], "invalid_request", "not pushed");
    assert_eq!(refused(&push(&op, &[]).await), is(400, "invalid_request"), "not signed");
    let form = pairs(&[("client_id", RP), ("request", &request)]);
    let pushed = good(&page(op.call("/oidc/par").basic_auth(RP, Some(RP_SECRET)).form(&form)).await);
    let uri = text(&pushed, "request_uri");
    let url = format!("{}?client_id={RP}&request_uri={uri}", op.test.idp("/oidc/authorize"));
    let answer = answered(&op.browser.get(&url).await);
    assert_eq!(answer["state"], "in-the-object");
}
