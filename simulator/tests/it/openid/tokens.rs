//! The token endpoint and what may be done with tokens: refresh, client credentials, exchange, introspection, revocation.

use jiff::SignedDuration;
use reqwest::Method;
use serde_json::{Value, json};
use vestibule_model::{GrantType, RelyingPartySpec, Secret};
use vestibule_simulator::realm::{IdpProtocol, IdpSpec};

use super::{Provider, code_form, good, is, parsed, refused, text};
use crate::sso_realm::{page, pairs};

const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
const ID_TOKEN: &str = "urn:ietf:params:oauth:token-type:id_token";
const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";

fn refresh_form(token: &str) -> [(&str, &str); 2] {
    [("grant_type", "refresh_token"), ("refresh_token", token)]
}

/// RFC 6749 6, RFC 9700 4.14.2, OpenID Connect Core 12.
#[tokio::test]
async fn a_refresh_token_is_replaced_at_each_use_and_a_replay_revokes_the_whole_grant() {
    let op = Provider::start(|_| ()).await;
    assert_eq!(op.tokens("openid").await.get("refresh_token"), None, "nobody asked for one");
    let first = op.tokens("openid email offline_access").await;
    let auth_time = op.verified(text(&first, "id_token")).await.claim("auth_time").cloned();
    op.test.realm.clock.advance(SignedDuration::from_mins(70));
    assert_eq!(op.userinfo(text(&first, "access_token")).await.status, 401, "it has expired");

    let second = good(&op.post("/oidc/token", &refresh_form(text(&first, "refresh_token"))).await);
    let claims = op.verified(text(&second, "id_token")).await;
    assert_eq!((claims.subject(), claims.claim("nonce")), (Some("rep-7"), None));
    assert_eq!(claims.claim("auth_time").cloned(), auth_time);
    assert_ne!(second["refresh_token"], first["refresh_token"]);
    let mut narrow = refresh_form(text(&second, "refresh_token")).to_vec();
    narrow.push(("scope", "openid"));
    let third = good(&op.post("/oidc/token", &narrow).await);
    assert_eq!(third["scope"], "openid");
    assert_eq!(op.userinfo(text(&third, "access_token")).await.status, 200);

    let replayed = op.post("/oidc/token", &refresh_form(text(&first, "refresh_token"))).await;
    assert_eq!(refused(&replayed), is(400, "invalid_grant"));
    assert_eq!(op.userinfo(text(&third, "access_token")).await.status, 401, "everything is revoked");
    let newest = op.post("/oidc/token", &refresh_form(text(&third, "refresh_token"))).await;
    assert_eq!(refused(&newest), is(400, "invalid_grant"));
}

/// RFC 9700 4.14.2: whichever of two is first, a token that was presented twice leads to nothing any more.
#[tokio::test]
async fn two_who_refresh_at_once_end_with_no_token_that_works() {
    let op = Provider::start(|_| ()).await;
    for round in 0..8 {
        let tokens = op.tokens("openid offline_access").await;
        let form = refresh_form(text(&tokens, "refresh_token"));

        let (one, other) = tokio::join!(op.post("/oidc/token", &form), op.post("/oidc/token", &form));

        let won: Vec<_> = [one, other].into_iter().filter(|answer| answer.status == 200).collect();
        assert!(won.len() <= 1, "round {round}: {won:?}");
        for answer in won {
            let fresh = parsed(&answer);
            assert_eq!(op.userinfo(text(&fresh, "access_token")).await.status, 401, "round {round}");
            let next = op.post("/oidc/token", &refresh_form(text(&fresh, "refresh_token"))).await;
            assert_eq!(refused(&next), is(400, "invalid_grant"), "round {round}");
        }
        assert_eq!(op.userinfo(text(&tokens, "access_token")).await.status, 401, "round {round}");
    }
}

#[tokio::test]
async fn a_refresh_token_is_good_for_its_client_and_its_scope_only() {
    let op = Provider::start(|_| ()).await;
    let tokens = op.tokens("openid offline_access").await;
    let token = text(&tokens, "refresh_token");
    let mut wider = refresh_form(token).to_vec();
    wider.push(("scope", "openid email"));
    assert_eq!(refused(&op.post("/oidc/token", &wider).await), is(400, "invalid_scope"));
    let stranger = op.call("/oidc/token").basic_auth("other", Some("secret-of-other"));
    assert_eq!(refused(&page(stranger.form(&pairs(&refresh_form(token)))).await), is(400, "invalid_grant"));
    assert_eq!(refused(&op.post("/oidc/token", &refresh_form("unknown")).await), is(400, "invalid_grant"));
    assert_eq!(refused(&op.post("/oidc/token", &[("grant_type", "refresh_token")]).await), is(400, "invalid_request"));
    good(&op.post("/oidc/token", &refresh_form(token)).await);
}

/// RFC 6749 4.4.
#[tokio::test]
async fn a_client_gets_a_token_for_itself_and_nobody_signs_in() {
    let op = Provider::start(|_| ()).await;
    let form = [("grant_type", "client_credentials"), ("scope", "read openid write")];
    let tokens = good(&op.post("/oidc/token", &form).await);

    assert_eq!((&tokens["scope"], tokens.get("id_token")), (&json!("read write"), None));
    assert_eq!(tokens.get("refresh_token"), None);
    let told = op.introspect(text(&tokens, "access_token")).await;
    assert_eq!((&told["active"], &told["sub"], &told["client_id"]), (&json!(true), &json!("rp"), &json!("rp")));
    assert_eq!(op.userinfo(text(&tokens, "access_token")).await.status, 401, "it is about no user");
    assert_eq!(op.test.sign_ins(), 0);

    let public = Provider::start(|rp| rp.client_secret = None).await;
    let mut form = form.to_vec();
    form.push(("client_id", "rp"));
    let answer = page(public.call("/oidc/token").form(&pairs(&form))).await;
    assert_eq!(refused(&answer), is(400, "unauthorized_client"));
}

#[tokio::test]
async fn a_client_uses_only_the_grants_that_it_is_registered_for() {
    let only_code = |rp: &mut RelyingPartySpec| rp.grant_types = vec![GrantType::AuthorizationCode];
    let op = Provider::start(only_code).await;
    assert_eq!(op.tokens("openid offline_access").await.get("refresh_token"), None);
    for grant in ["client_credentials", "urn:ietf:params:oauth:grant-type:device_code"] {
        let form = [("grant_type", grant), ("device_code", "x")];
        assert_eq!(refused(&op.post("/oidc/token", &form).await), is(400, "unauthorized_client"), "{grant}");
    }
    let answer = op.authorize(&[("response_type", Some("id_token"))]).await;
    assert_eq!(super::answered(&answer)["error"], "unauthorized_client");
    for grant in ["password", "implicit", ""] {
        let code = if grant.is_empty() { "invalid_request" } else { "unsupported_grant_type" };
        assert_eq!(refused(&op.post("/oidc/token", &[("grant_type", grant)]).await), is(400, code), "{grant}");
    }
}

/// RFC 7644 3.6.
#[tokio::test]
async fn the_tokens_of_a_user_who_is_deleted_are_no_longer_valid() {
    let idp = IdpSpec { scim_token: Some(Secret::new("scim-token")), ..IdpSpec::new(IdpProtocol::Oidc) };
    let op = Provider::with(idp, |_| ()).await;
    let tokens = op.tokens("openid offline_access").await;
    let (access, refresh) = (text(&tokens, "access_token"), text(&tokens, "refresh_token"));
    let scim = |method, path: &str| page(op.browser.request(method, &op.test.idp(path)).bearer_auth("scim-token"));
    assert_eq!(op.userinfo(access).await.status, 200);

    let users = parsed(&scim(Method::GET, "/scim/v2/Users").await);
    for user in users["Resources"].as_array().unwrap() {
        let path = format!("/scim/v2/Users/{}", text(user, "id"));
        assert_eq!(scim(Method::DELETE, &path).await.status, 204);
    }

    assert_eq!(op.userinfo(access).await.status, 401);
    assert_eq!(op.introspect(access).await["active"], false);
    assert_eq!(refused(&op.post("/oidc/token", &refresh_form(refresh)).await), is(400, "invalid_grant"));
}

/// RFC 8693 2.1 to 4.1.
#[tokio::test]
async fn a_token_is_exchanged_for_one_of_who_acts_for_the_user() {
    let op = Provider::start(|_| ()).await;
    let user = op.tokens("openid email").await;
    let service = good(&op.post("/oidc/token", &[("grant_type", "client_credentials")]).await);
    let form = [
        ("grant_type", EXCHANGE),
        ("subject_token", text(&user, "access_token")),
        ("subject_token_type", ACCESS_TOKEN),
        ("actor_token", text(&service, "access_token")),
        ("actor_token_type", ACCESS_TOKEN),
        ("audience", "api"),
        ("scope", "email"),
    ];
    let exchanged = good(&op.post("/oidc/token", &form).await);

    assert_eq!((&exchanged["issued_token_type"], &exchanged["scope"]), (&json!(ACCESS_TOKEN), &json!("email")));
    let told = op.introspect(text(&exchanged, "access_token")).await;
    assert_eq!((&told["sub"], &told["act"], &told["aud"]), (&json!("rep-7"), &json!({ "sub": "rp" }), &json!("api")));
    assert_eq!(good(&op.userinfo(text(&exchanged, "access_token")).await)["sub"], "rep-7");
    let by_id_token =
        [("grant_type", EXCHANGE), ("subject_token", text(&user, "id_token")), ("subject_token_type", ID_TOKEN)];
    let exchanged = good(&op.post("/oidc/token", &by_id_token).await);
    assert_eq!(op.introspect(text(&exchanged, "access_token")).await["sub"], "rep-7");
    op.test.realm.clock.advance(SignedDuration::from_mins(10));
    assert_eq!(refused(&op.post("/oidc/token", &by_id_token).await), is(400, "invalid_request"), "it has expired");
}

#[tokio::test]
async fn a_chain_of_actors_has_an_end() {
    let op = Provider::start(|_| ()).await;
    let user = op.tokens("openid").await;
    let actor = text(&user, "access_token");
    let mut subject = actor.to_owned();
    for number in 0..=20 {
        let form = [
            ("grant_type", EXCHANGE),
            ("subject_token", &*subject),
            ("subject_token_type", ACCESS_TOKEN),
            ("actor_token", actor),
            ("actor_token_type", ACCESS_TOKEN),
        ];
        let answer = op.post("/oidc/token", &form).await;
        if number == 20 {
            assert_eq!(refused(&answer), is(400, "invalid_request"));
        } else {
            subject = text(&good(&answer), "access_token").to_owned();
        }
    }
}

#[tokio::test]
async fn an_exchange_that_cannot_be_is_refused_with_the_codes_of_the_rfc() {
    let op = Provider::start(|_| ()).await;
    let user = op.tokens("openid").await;
    let token = text(&user, "access_token");
    for (changes, code) in [
        (&[("subject_token", "unknown")][..], "invalid_request"),
        (&[("subject_token", "")], "invalid_request"),
        (&[("subject_token_type", "")], "invalid_request"),
        (&[("subject_token_type", "urn:ietf:params:oauth:token-type:saml2")], "invalid_request"),
        (&[("subject_token_type", ID_TOKEN)], "invalid_request"),
        (&[("actor_token", token)], "invalid_request"),
        (&[("requested_token_type", ID_TOKEN)], "invalid_request"),
        (&[("resource", "not an address")], "invalid_target"),
        (&[("resource", "https://api.localhost/#part")], "invalid_target"),
        (&[("scope", "email")], "invalid_scope"),
    ] {
        let mut form = vec![("grant_type", EXCHANGE), ("subject_token", token), ("subject_token_type", ACCESS_TOKEN)];
        for (name, value) in changes {
            form.retain(|(known, _)| known != name);
            form.push((name, value));
        }
        assert_eq!(refused(&op.post("/oidc/token", &form).await), is(400, code), "{changes:?}");
    }
    let public = Provider::start(|rp| rp.client_secret = None).await;
    let form =
        [("grant_type", EXCHANGE), ("subject_token", "x"), ("subject_token_type", ACCESS_TOKEN), ("client_id", "rp")];
    let answer = page(public.call("/oidc/token").form(&pairs(&form))).await;
    assert_eq!(refused(&answer), is(400, "unauthorized_client"));
}

/// RFC 7662 2.
#[tokio::test]
async fn introspection_tells_what_a_token_stands_for_and_nothing_about_one_that_is_not_valid() {
    let op = Provider::start(|_| ()).await;
    let tokens = op.tokens("openid offline_access").await;
    let access = op.introspect(text(&tokens, "access_token")).await;
    assert_eq!((&access["active"], &access["token_type"]), (&json!(true), &json!("Bearer")));
    assert_eq!((&access["sub"], &access["username"]), (&json!("rep-7"), &json!("rep@acme.example")));
    assert_eq!((&access["iss"], &access["scope"]), (&json!(op.issuer()), &json!("openid offline_access")));
    assert_eq!(access["exp"].as_i64().unwrap() - access["iat"].as_i64().unwrap(), 3600);
    let refresh = op.introspect(text(&tokens, "refresh_token")).await;
    assert_eq!((&refresh["active"], refresh.get("token_type")), (&json!(true), None));

    assert_eq!(op.introspect("unknown").await, json!({ "active": false }));
    op.test.realm.clock.advance(SignedDuration::from_mins(61));
    assert_eq!(op.introspect(text(&tokens, "access_token")).await, json!({ "active": false }));
    assert_eq!(refused(&op.post("/oidc/introspect", &[]).await), is(400, "invalid_request"));
    let nobody = op.call("/oidc/introspect").form(&pairs(&[("token", "x")]));
    assert_eq!(refused(&page(nobody).await), is(401, "invalid_client"));
    let wrong = op.call("/oidc/introspect").basic_auth("rp", Some("wrong")).form(&pairs(&[("token", "x")]));
    assert_eq!(refused(&page(wrong).await), is(401, "invalid_client"));
}

#[tokio::test]
async fn a_public_client_learns_about_its_own_tokens_only() {
    let spec =
        RelyingPartySpec { redirect_uris: vec![super::REDIRECT.parse().unwrap()], ..RelyingPartySpec::default() };
    let idp = IdpSpec { relying_parties: [("spa".to_owned(), spec)].into(), ..IdpSpec::new(IdpProtocol::Oidc) };
    let op = Provider::with(idp, |_| ()).await;
    let of_rp = op.tokens("openid").await;
    let code = op.code(&[("client_id", Some("spa"))]).await;
    let mut form = code_form(&code).to_vec();
    form.push(("client_id", "spa"));
    let own = good(&page(op.call("/oidc/token").form(&pairs(&form))).await);
    let ask = async |token: &str| {
        let form = pairs(&[("token", token), ("client_id", "spa")]);
        good(&page(op.call("/oidc/introspect").form(&form)).await)["active"].clone()
    };

    assert_eq!(ask(text(&own, "access_token")).await, Value::Bool(true));
    assert_eq!(ask(text(&of_rp, "access_token")).await, Value::Bool(false));
}

/// RFC 7009 2.
#[tokio::test]
async fn a_revoked_token_is_no_longer_valid_and_a_refresh_token_takes_its_grant_with_it() {
    let op = Provider::start(|_| ()).await;
    let tokens = op.tokens("openid offline_access").await;
    let (access, refresh) = (text(&tokens, "access_token"), text(&tokens, "refresh_token"));
    let stranger = op.call("/oidc/revoke").basic_auth("other", Some("secret-of-other"));
    let answer = page(stranger.form(&pairs(&[("token", access)]))).await;
    assert_eq!(refused(&answer), is(400, "unauthorized_client"));
    assert_eq!(op.userinfo(access).await.status, 200);

    assert_eq!(op.post("/oidc/revoke", &[("token", access), ("token_type_hint", "refresh_token")]).await.status, 200);
    assert_eq!(op.userinfo(access).await.status, 401);
    let again = good(&op.post("/oidc/token", &refresh_form(refresh)).await);
    let refresh = text(&again, "refresh_token");
    assert_eq!(op.post("/oidc/revoke", &[("token", refresh)]).await.status, 200);
    assert_eq!(op.userinfo(text(&again, "access_token")).await.status, 401);
    assert_eq!(refused(&op.post("/oidc/token", &refresh_form(refresh)).await), is(400, "invalid_grant"));

    assert_eq!(op.post("/oidc/revoke", &[("token", "unknown")]).await.status, 200);
    assert_eq!(refused(&op.post("/oidc/revoke", &[]).await), is(400, "invalid_request"));
    let nobody = page(op.call("/oidc/revoke").form(&pairs(&[("token", "x")]))).await;
    assert_eq!(refused(&nobody), is(401, "invalid_client"));
}

#[tokio::test]
async fn plain_pkce_is_a_setting_and_discovery_says_so() {
    let plain = [("code_challenge", Some(super::VERIFIER)), ("code_challenge_method", Some("plain"))];
    for allowed in [false, true] {
        let idp = IdpSpec { allow_plain_pkce: allowed, ..IdpSpec::new(IdpProtocol::Oidc) };
        let op = Provider::with(idp, |_| ()).await;
        let document = parsed(&op.browser.get(&op.test.idp("/.well-known/openid-configuration")).await);
        let methods = document["code_challenge_methods_supported"].as_array().unwrap();
        assert_eq!(methods.contains(&json!("plain")), allowed);
        let answer = super::answered(&op.authorize(&plain).await);
        assert_eq!(answer.contains_key("code"), allowed, "{answer:?}");
        if let Some(code) = answer.get("code") {
            good(&op.redeem(code).await);
        }
    }
}

/// What is advertised answers, and knows the requests of its kind.
#[tokio::test]
async fn discovery_names_every_endpoint_that_there_is() {
    let op = Provider::start(|_| ()).await;
    let document = parsed(&op.browser.get(&op.test.idp("/.well-known/openid-configuration")).await);
    for endpoint in [
        "pushed_authorization_request_endpoint",
        "device_authorization_endpoint",
        "introspection_endpoint",
        "revocation_endpoint",
        "token_endpoint",
    ] {
        let url = text(&document, endpoint);
        let answer = page(op.browser.request(Method::POST, url).form(&pairs(&[]))).await;
        assert_eq!(refused(&answer), is(401, "invalid_client"), "{endpoint}");
    }
}
