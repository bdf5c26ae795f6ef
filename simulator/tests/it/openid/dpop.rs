//! DPoP (RFC 9449): proofs made by the second implementation.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use josekit::jwk::Jwk;
use josekit::jws::{ES256, HS256, JwsHeader};
use openssl::sha::sha256;
use reqwest::Method;
use serde_json::{Value, json};
use vestibule_simulator::realm::{IdpProtocol, IdpSpec};

use super::{Provider, RP, RP_SECRET, client_key, code_form, good, is, parsed, refused, signed_by, text};
use crate::sso_realm::{Page, page, pairs};

/// The header of a proof with this key.
fn header(key: &Jwk) -> JwsHeader {
    let mut header = JwsHeader::new();
    header.set_token_type("dpop+jwt");
    header.set_jwk(key.to_public_key().unwrap());
    header
}

fn claims(op: &Provider, method: &str, path: &str, id: &str) -> Value {
    json!({ "htm": method, "htu": op.test.idp(path), "iat": op.now(), "jti": id })
}

fn proof(key: &Jwk, claims: &Value) -> String {
    signed_by(claims, &header(key), &ES256.signer_from_jwk(key).unwrap())
}

async fn token(op: &Provider, form: &[(&str, &str)], proofs: &[String]) -> Page {
    let mut request = op.call("/oidc/token").basic_auth(RP, Some(RP_SECRET)).form(&pairs(form));
    for proof in proofs {
        request = request.header("DPoP", proof);
    }
    page(request).await
}

async fn userinfo(op: &Provider, scheme: &str, access_token: &str, proof: Option<&str>) -> (u16, String) {
    let request = op.browser.request(Method::GET, &op.test.idp("/oidc/userinfo"));
    let mut request = request.header("authorization", format!("{scheme} {access_token}"));
    if let Some(proof) = proof {
        request = request.header("DPoP", proof);
    }
    let response = request.send().await.unwrap();
    let challenge = response.headers().get("www-authenticate").map(|value| value.to_str().unwrap().to_owned());
    (response.status().as_u16(), challenge.unwrap_or_default())
}

fn thumbprint(key: &Jwk) -> String {
    let part = |name: &str| key.parameter(name).and_then(Value::as_str).unwrap().to_owned();
    let canonical = format!(r#"{{"crv":"P-256","kty":"EC","x":"{}","y":"{}"}}"#, part("x"), part("y"));
    URL_SAFE_NO_PAD.encode(sha256(canonical.as_bytes()))
}

#[tokio::test]
async fn a_bound_token_is_good_only_with_a_proof_of_its_key_for_this_request() {
    let op = Provider::start(|_| ()).await;
    let key = client_key();
    let code = op.code(&[]).await;
    let at_token = proof(&key, &claims(&op, "POST", "/oidc/token", "1"));
    let tokens = good(&token(&op, &code_form(&code), &[at_token]).await);
    assert_eq!(tokens["token_type"], "DPoP");
    let access_token = text(&tokens, "access_token");
    let told = op.introspect(access_token).await;
    assert_eq!((&told["cnf"], &told["token_type"]), (&json!({ "jkt": thumbprint(&key) }), &json!("DPoP")));

    let with = |id: &str, change: &dyn Fn(&mut Value)| {
        let mut claims = claims(&op, "GET", "/oidc/userinfo", id);
        claims["ath"] = json!(URL_SAFE_NO_PAD.encode(sha256(access_token.as_bytes())));
        change(&mut claims);
        claims
    };
    let good_proof = proof(&key, &with("2", &|_| ()));
    assert_eq!(userinfo(&op, "DPoP", access_token, Some(&good_proof)).await.0, 200);
    let (status, challenge) = userinfo(&op, "DPoP", access_token, Some(&good_proof)).await;
    assert!(status == 401 && challenge.contains("invalid_dpop_proof"), "its jti is used: {challenge}");
    for (what, proof) in [
        ("no ath", proof(&key, &with("3", &|claims| claims["ath"] = Value::Null))),
        ("another method", proof(&key, &with("4", &|claims| claims["htm"] = json!("POST")))),
        ("another address", proof(&key, &with("5", &|claims| claims["htu"] = json!("https://elsewhere.example/")))),
        ("too old", proof(&key, &with("6", &|claims| claims["iat"] = json!(op.now() - 1000)))),
    ] {
        let (status, challenge) = userinfo(&op, "DPoP", access_token, Some(&proof)).await;
        assert!(status == 401 && challenge.starts_with("DPoP error=\"invalid_dpop_proof\""), "{what}: {challenge}");
    }
    let other = proof(&client_key(), &with("7", &|_| ()));
    for (scheme, sent) in [("DPoP", Some(other.as_str())), ("Bearer", None)] {
        let (status, challenge) = userinfo(&op, scheme, access_token, sent).await;
        assert!(status == 401 && challenge.contains("invalid_token"), "{scheme}: {challenge}");
    }
    let (status, challenge) = userinfo(&op, "DPoP", access_token, None).await;
    assert!(status == 401 && challenge.contains("invalid_dpop_proof"), "{challenge}");
    // An address counts without its query (4.3).
    let query = proof(&key, &with("8", &|claims| claims["htu"] = json!(op.test.idp("/oidc/userinfo?a=b"))));
    assert_eq!(userinfo(&op, "DPoP", access_token, Some(&query)).await.0, 200);
}

#[tokio::test]
async fn a_proof_that_proves_nothing_is_refused_at_the_token_endpoint() {
    let op = Provider::start(|_| ()).await;
    let key = client_key();
    let form = [("grant_type", "client_credentials")];
    let at_token = |id: &str| claims(&op, "POST", "/oidc/token", id);
    let mut plain = JwsHeader::new();
    plain.set_token_type("dpop+jwt");
    let mut jwt = header(&key);
    jwt.set_token_type("JWT");
    let mut private = header(&key);
    private.set_jwk(key.clone());
    let signer = ES256.signer_from_jwk(&key).unwrap();
    let by_secret = HS256.signer_from_bytes(RP_SECRET).unwrap();
    let stranger = ES256.signer_from_jwk(&client_key()).unwrap();
    for (what, proofs) in [
        ("no key", vec![signed_by(&at_token("1"), &plain, &signer)]),
        ("another typ", vec![signed_by(&at_token("2"), &jwt, &signer)]),
        ("a private key", vec![signed_by(&at_token("3"), &private, &signer)]),
        ("a secret", vec![signed_by(&at_token("4"), &header(&key), &by_secret)]),
        ("another key", vec![signed_by(&at_token("5"), &header(&key), &stranger)]),
        ("nonsense", vec!["nonsense".to_owned()]),
        ("two proofs", vec![proof(&key, &at_token("6")), proof(&key, &at_token("7"))]),
        (
            "in the future",
            vec![proof(
                &key,
                &json!({ "htm": "POST", "htu": op.test.idp("/oidc/token"),
            "iat": op.now() + 1000, "jti": "8" }),
            )],
        ),
        ("no jti", vec![proof(&key, &json!({ "htm": "POST", "htu": op.test.idp("/oidc/token"), "iat": op.now() }))]),
    ] {
        assert_eq!(refused(&token(&op, &form, &proofs).await), is(400, "invalid_dpop_proof"), "{what}");
    }
    good(&token(&op, &form, &[proof(&key, &at_token("9"))]).await);
}

/// RFC 9449 8.
#[tokio::test]
async fn a_demanded_nonce_is_sent_with_the_refusal_and_is_good_for_a_while() {
    let idp = IdpSpec { demand_dpop_nonce: true, ..IdpSpec::new(IdpProtocol::Oidc) };
    let op = Provider::with(idp, |_| ()).await;
    let key = client_key();
    let ask = async |id: &str, nonce: Option<&str>| {
        let mut claims = claims(&op, "POST", "/oidc/token", id);
        claims["nonce"] = nonce.map_or(Value::Null, Value::from);
        let form = pairs(&[("grant_type", "client_credentials")]);
        let request = op.call("/oidc/token").basic_auth(RP, Some(RP_SECRET)).form(&form);
        let response = request.header("DPoP", proof(&key, &claims)).send().await.unwrap();
        let nonce = response.headers().get("dpop-nonce").map(|nonce| nonce.to_str().unwrap().to_owned());
        let body: Value = serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
        (body["error"].as_str().unwrap_or_default().to_owned(), nonce)
    };
    let (error, nonce) = ask("1", None).await;
    assert_eq!(error, "use_dpop_nonce");
    let nonce = nonce.expect("a nonce");
    assert_eq!(ask("2", Some(&nonce)).await.0, "");
    assert_eq!(ask("3", Some("made-up")).await.0, "use_dpop_nonce");
    op.test.realm.clock.advance(SignedDuration::from_mins(6));
    assert_eq!(ask("4", Some(&nonce)).await.0, "use_dpop_nonce", "it has ended");
}

#[tokio::test]
async fn codes_and_refresh_tokens_are_bound_to_the_key_that_asked_for_them() {
    let public = Provider::start(|rp| {
        rp.client_secret = None;
        rp.dpop_bound_access_tokens = true;
    })
    .await;
    let (key, other) = (client_key(), client_key());
    let redeem = async |form: &[(&str, &str)], key: &Jwk, id: &str| {
        let mut form = form.to_vec();
        form.push(("client_id", RP));
        let request = public.call("/oidc/token").form(&pairs(&form));
        page(request.header("DPoP", proof(key, &claims(&public, "POST", "/oidc/token", id)))).await
    };
    let bound = thumbprint(&key);
    let ask = [("dpop_jkt", Some(bound.as_str())), ("scope", Some("openid offline_access"))];
    let code = public.code(&ask).await;
    assert_eq!(refused(&redeem(&code_form(&code), &other, "1").await), is(400, "invalid_dpop_proof"));
    let code = public.code(&ask).await;
    let tokens = good(&redeem(&code_form(&code), &key, "2").await);

    let refresh = [("grant_type", "refresh_token"), ("refresh_token", text(&tokens, "refresh_token"))];
    assert_eq!(refused(&redeem(&refresh, &other, "3").await), is(400, "invalid_dpop_proof"));
    assert_eq!(good(&redeem(&refresh, &key, "4").await)["token_type"], "DPoP");
    let code = public.code(&[]).await;
    let mut form = code_form(&code).to_vec();
    form.push(("client_id", RP));
    let without = page(public.call("/oidc/token").form(&pairs(&form))).await;
    assert_eq!(refused(&without), is(400, "invalid_dpop_proof"), "it is registered for bound tokens");
}

#[tokio::test]
async fn a_page_of_a_client_may_send_proofs_and_read_nonces() {
    let op = Provider::start(|_| ()).await;
    let request = op.browser.request(Method::OPTIONS, &op.test.idp("/oidc/token"));
    let response = request
        .header("origin", "http://127.0.0.1:5000")
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "dpop,authorization")
        .send()
        .await
        .unwrap();
    let allowed = response.headers()["access-control-allow-headers"].to_str().unwrap().to_lowercase();
    assert!(allowed.contains("dpop"), "{allowed}");
    let document = parsed(&op.browser.get(&op.test.idp("/.well-known/openid-configuration")).await);
    assert!(document["dpop_signing_alg_values_supported"].as_array().unwrap().contains(&json!("ES256")));
}
