//! The authorization endpoint: response types and modes, prompts, hints, and what the ID token then says.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use openssl::sha::sha256;
use serde_json::{Value, json};
use vestibule_model::{Carrier, JwsAlgorithm, RelyingPartySpec, Signal, SubjectType};
use vestibule_simulator::realm::{IdpProtocol, IdpSpec, SignInPage, UserSpec};

use super::{Provider, REDIRECT, answered, good, is, parsed, refused, text};
use crate::sso_realm::{PASSWORD, TestRealm, pairs};

fn half_hash(value: &str) -> Value {
    json!(URL_SAFE_NO_PAD.encode(&sha256(value.as_bytes())[..16]))
}

/// OpenID Connect Core 3.2.2.5, 3.3.2.5 and 3.3.2.11.
#[tokio::test]
async fn every_response_type_answers_with_what_it_names_and_hashes_bind_it_together() {
    for (response_type, expected) in [
        ("id_token", &["id_token"][..]),
        ("id_token token", &["access_token", "id_token"]),
        ("code id_token", &["code", "id_token"]),
        ("code token", &["access_token", "code"]),
        ("code id_token token", &["access_token", "code", "id_token"]),
        ("token", &["access_token"]),
    ] {
        let op = Provider::start(|_| ()).await;
        let answer = op.authorize(&[("response_type", Some(response_type))]).await;
        assert!(answer.location.as_deref().unwrap().starts_with(&format!("{REDIRECT}#")), "{response_type}");
        let answer = answered(&answer);

        let found: Vec<&str> = answer
            .keys()
            .map(String::as_str)
            .filter(|name| ["access_token", "code", "id_token"].contains(name))
            .collect();
        assert_eq!(found, expected, "{response_type}");
        assert_eq!((answer["state"].as_str(), &answer["iss"]), ("s-1", &op.issuer()));
        if let Some(id_token) = answer.get("id_token") {
            let claims = op.verified(id_token).await;
            assert_eq!(claims.claim("nonce"), Some(&json!("n-1")));
            assert_eq!(claims.claim("at_hash"), answer.get("access_token").map(|token| half_hash(token)).as_ref());
            assert_eq!(claims.claim("c_hash"), answer.get("code").map(|code| half_hash(code)).as_ref());
            assert_eq!(claims.claim("s_hash"), Some(&half_hash("s-1")));
        }
        if let Some(access_token) = answer.get("access_token") {
            assert_eq!((answer["token_type"].as_str(), answer["expires_in"].as_str()), ("Bearer", "3600"));
            assert_eq!(good(&op.userinfo(access_token).await)["sub"], "rep-7");
        }
        if let Some(code) = answer.get("code") {
            let tokens = good(&op.redeem(code).await);
            assert_eq!(op.verified(text(&tokens, "id_token")).await.subject(), Some("rep-7"), "{response_type}");
            // RFC 6749 4.1.2: a replay revokes all that was made from the code.
            assert_eq!(refused(&op.redeem(code).await), is(400, "invalid_grant"));
            for token in
                answer.get("access_token").map(String::as_str).into_iter().chain([text(&tokens, "access_token")])
            {
                assert_eq!(op.userinfo(token).await.status, 401, "{response_type}");
            }
        }
    }
}

#[tokio::test]
async fn what_the_front_channel_refuses_goes_back_in_the_fragment_where_tokens_would() {
    let op = Provider::start(|rp| rp.response_types = vec!["code".parse().unwrap(), "id_token".parse().unwrap()]).await;
    for (changes, code) in [
        (&[("response_type", Some("id_token")), ("nonce", None)][..], "invalid_request"),
        (&[("response_type", Some("id_token token"))], "unauthorized_client"),
        (&[("response_type", Some("id_token")), ("response_mode", Some("query"))], "invalid_request"),
        (&[("response_type", Some("id_token")), ("prompt", Some("none"))], "login_required"),
    ] {
        let sign_in = IdpSpec { sign_in: SignInPage::Own, ..IdpSpec::new(IdpProtocol::Oidc) };
        let op = if code == "login_required" { &Provider::with(sign_in, |_| ()).await } else { &op };
        let answer = op.authorize(changes).await;
        assert!(answer.location.as_deref().unwrap().starts_with(&format!("{REDIRECT}#error={code}&")), "{answer:?}");
        assert_eq!(answered(&answer)["state"], "s-1");
    }
}

/// JWT Secured Authorization Response Mode 2.
#[tokio::test]
async fn a_signed_answer_is_one_jwt_for_the_client_errors_included() {
    let op = Provider::start(|_| ()).await;
    for (mode, joint) in [("query.jwt", '?'), ("jwt", '?'), ("fragment.jwt", '#')] {
        let answer = op.authorize(&[("response_mode", Some(mode))]).await;
        assert!(answer.location.as_deref().unwrap().starts_with(&format!("{REDIRECT}{joint}response=")), "{mode}");
        let fields = answered(&answer);
        assert_eq!(fields.len(), 1, "{fields:?}");
        let claims = op.verified(&fields["response"]).await;
        assert_eq!(claims.claim("state"), Some(&json!("s-1")));
        let code = claims.claim("code").and_then(Value::as_str).unwrap().to_owned();
        assert_eq!(good(&op.redeem(&code).await)["token_type"], "Bearer");

        let refused = answered(&op.authorize(&[("response_mode", Some(mode)), ("scope", Some("profile"))]).await);
        let claims = op.verified(&refused["response"]).await;
        assert_eq!(claims.claim("error"), Some(&json!("invalid_scope")), "{mode}");
    }
    let form = op.authorize(&[("response_mode", Some("form_post.jwt"))]).await;
    assert_eq!(form.action(), REDIRECT);
    assert!(op.verified(&form.field("response")).await.claim("code").is_some());
}

/// OpenID Connect Core 3.1.2.1 and 3.1.2.4.
#[tokio::test]
async fn a_consent_page_asks_and_the_answer_of_the_user_counts_once() {
    let op = Provider::start(|_| ()).await;
    for (decision, expected) in [("allow", None), ("deny", Some("access_denied"))] {
        let page = op.authorize(&[("prompt", Some("consent")), ("scope", Some("openid email"))]).await;
        assert_eq!((page.status, page.location.as_ref()), (200, None));
        assert!(page.body.contains(&format!("<strong id=\"client\">{}</strong>", super::RP)), "{}", page.body);
        assert!(page.body.contains("<li>email</li>") && page.body.contains(REDIRECT), "{}", page.body);

        let stranger = op.test.careful_browser();
        let mut form = page.hidden();
        form.extend(pairs(&[("decision", decision)]));
        assert_eq!(stranger.post(&page.action(), &form).await.status, 400, "another browser decides nothing");
        let undecided = op.browser.post(&page.action(), &page.hidden()).await;
        assert_eq!(undecided.status, 400, "{}", undecided.body);

        let answer = answered(&op.browser.post(&page.action(), &form).await);
        assert_eq!(answer.get("error").map(String::as_str), expected);
        assert_eq!((answer.contains_key("code"), answer["state"].as_str()), (expected.is_none(), "s-1"));
        assert_eq!(op.browser.post(&page.action(), &form).await.status, 400, "it counts once");
    }
}

#[tokio::test]
async fn an_account_page_offers_the_account_that_is_signed_in_and_another_one() {
    let spec = IdpSpec { sign_in: SignInPage::Own, ..IdpSpec::new(IdpProtocol::Oidc) };
    let op = Provider::with(spec, |_| ()).await;
    let choose = [("prompt", Some("select_account"))];
    let first = op.authorize(&choose).await;
    let form = op.browser.get(first.location.as_deref().unwrap()).await;
    assert!(form.body.contains("type=\"password\""), "nobody is signed in: {}", form.body);
    let mut filled = form.hidden();
    filled.extend(pairs(&[("username", "rep@acme.example"), ("password", PASSWORD), ("method", "password")]));
    let signed_in = op.browser.post(&form.action(), &filled).await;
    assert!(answered(&signed_in).contains_key("code"));

    let asked = op.authorize(&choose).await;
    let accounts = op.browser.get(asked.location.as_deref().unwrap()).await;
    assert!(accounts.body.contains("Choose an account") && accounts.body.contains("rep@acme.example"));
    let answer = |account: &str| {
        let mut form = accounts.hidden();
        form.extend(pairs(&[("account", account)]));
        form
    };
    let same = op.browser.post(&accounts.action(), &answer("rep")).await;
    assert!(answered(&same).contains_key("code"));
    let other = op.browser.post(&accounts.action(), &answer("")).await;
    let form = op.browser.get(other.location.as_deref().unwrap()).await;
    assert!(form.body.contains("type=\"password\""), "{}", form.body);
}

#[tokio::test]
async fn an_id_token_hint_names_the_user_and_prompt_none_fails_for_another_one() {
    let spec = IdpSpec { sign_in: SignInPage::Own, ..IdpSpec::new(IdpProtocol::Oidc) };
    let relying_parties =
        RelyingPartySpec { redirect_uris: vec![REDIRECT.parse().unwrap()], ..RelyingPartySpec::default() };
    let idp = IdpSpec { relying_parties: [("rp".to_owned(), relying_parties)].into(), ..spec };
    let test = TestRealm::with(idp, |spec| {
        spec.users.insert("boss".to_owned(), UserSpec::new("System Administrator").password(PASSWORD));
    })
    .await;
    let browser = test.careful_browser();
    let op = Provider { test, browser };
    let sign_in = async |username: &str| {
        let asked = op.authorize(&[("prompt", Some("login"))]).await;
        let form = op.browser.get(asked.location.as_deref().unwrap()).await;
        let mut filled = form.hidden();
        filled.extend(pairs(&[("username", username), ("password", PASSWORD), ("method", "password")]));
        let code = answered(&op.browser.post(&form.action(), &filled).await)["code"].clone();
        let mut form = super::code_form(&code).to_vec();
        form.push(("client_id", "rp"));
        let tokens = good(&crate::sso_realm::page(op.call("/oidc/token").form(&pairs(&form))).await);
        text(&tokens, "id_token").to_owned()
    };
    let of_rep = sign_in("rep@acme.example").await;
    let silent = [("prompt", Some("none")), ("id_token_hint", Some(of_rep.as_str()))];
    assert!(answered(&op.authorize(&silent).await).contains_key("code"));

    // An old ID token still says who is meant.
    op.test.realm.clock.advance(SignedDuration::from_mins(30));
    assert!(answered(&op.authorize(&silent).await).contains_key("code"));
    sign_in("boss@acme.example").await;
    assert_eq!(answered(&op.authorize(&silent).await)["error"], "login_required");
    let (head, rest) = of_rep.rsplit_once('.').unwrap();
    let forged = format!("{head}.{}", rest.chars().rev().collect::<String>());
    let answer = op.authorize(&[("prompt", Some("none")), ("id_token_hint", Some(&forged))]).await;
    assert_eq!(answered(&answer)["error"], "invalid_request");
}

/// OpenID Connect Core 5.5 and 5.5.1.1.
#[tokio::test]
async fn the_claims_parameter_asks_for_claims_and_an_essential_acr_must_be_met() {
    let emit = Some(vec![Signal::new("phr", Carrier::IdTokenAcr), Signal::new("pwd", Carrier::IdTokenAmr)]);
    let op = Provider::with(IdpSpec { emit, ..IdpSpec::new(IdpProtocol::Oidc) }, |_| ()).await;
    let ask = async |claims: &Value| answered(&op.authorize(&[("claims", Some(&claims.to_string()))]).await);

    let answer = ask(&json!({ "id_token": { "email": null, "acr": { "essential": true, "values": ["phr"] } } })).await;
    let tokens = good(&op.redeem(&answer["code"]).await);
    let claims = op.verified(text(&tokens, "id_token")).await;
    assert_eq!(
        claims.claim("email").and_then(Value::as_str),
        op.test.realm.users.get("rep").map(|user| user.email).as_deref()
    );
    assert_eq!(claims.claim("preferred_username"), None, "nobody asked for it");

    let unmet = ask(&json!({ "id_token": { "acr": { "essential": true, "values": ["phrh"] } } })).await;
    assert_eq!(unmet["error"], "unmet_authentication_requirements");
    let voluntary = ask(&json!({ "id_token": { "acr": { "values": ["phrh"] } } })).await;
    assert!(voluntary.contains_key("code"), "{voluntary:?}");
    let same = ask(&json!({ "id_token": { "sub": { "value": "rep-7" } } })).await;
    assert!(same.contains_key("code"), "{same:?}");
    let other = ask(&json!({ "id_token": { "sub": { "value": "somebody-else" } } })).await;
    assert_eq!(other["error"], "access_denied");
}

/// OpenID Connect Core 5.4: without an access token, the claims of the scope are in the ID token.
#[tokio::test]
async fn an_id_token_alone_has_the_claims_of_its_scope() {
    let op = Provider::start(|_| ()).await;
    for (response_type, expected) in [("id_token", true), ("id_token token", false)] {
        let changes = [("response_type", Some(response_type)), ("scope", Some("openid email profile"))];
        let claims = op.verified(&answered(&op.authorize(&changes).await)["id_token"]).await;
        assert_eq!(claims.claim("email").is_some(), expected, "{response_type}");
        assert_eq!(claims.claim("preferred_username").is_some(), expected, "{response_type}");
    }
}

#[tokio::test]
async fn max_age_0_asks_again_even_in_the_same_second() {
    let spec = IdpSpec { sign_in: SignInPage::Own, ..IdpSpec::new(IdpProtocol::Oidc) };
    let op = Provider::with(spec, |_| ()).await;
    let asked = op.authorize(&[]).await;
    let form = op.browser.get(asked.location.as_deref().unwrap()).await;
    let mut filled = form.hidden();
    filled.extend(pairs(&[("username", "rep@acme.example"), ("password", PASSWORD), ("method", "password")]));
    op.browser.post(&form.action(), &filled).await;

    assert!(op.authorize(&[]).await.location.unwrap().starts_with(REDIRECT));
    let again = op.authorize(&[("max_age", Some("0"))]).await;
    assert!(again.location.unwrap().contains("/sign-in?request="));
    let passive = op.authorize(&[("max_age", Some("0")), ("prompt", Some("none"))]).await;
    assert_eq!(answered(&passive)["error"], "login_required");
}

/// The keys of every algorithm in use are published beside their successors.
#[tokio::test]
async fn a_client_gets_id_tokens_by_the_algorithm_that_it_registered() {
    for (algorithm, keys) in [
        (JwsAlgorithm::RS256, 2),
        (JwsAlgorithm::RS512, 4),
        (JwsAlgorithm::PS256, 4),
        (JwsAlgorithm::ES256, 4),
        (JwsAlgorithm::ES384, 4),
        (JwsAlgorithm::EdDsa, 4),
    ] {
        let op = Provider::start(|rp| rp.id_token_signed_response_alg = Some(algorithm)).await;
        let tokens = op.tokens("openid").await;
        let claims = op.verified(text(&tokens, "id_token")).await;
        assert_eq!(claims.subject(), Some("rep-7"), "{algorithm}");
        assert!(claims.claim("at_hash").is_some());
        let published = parsed(&op.browser.get(&op.test.idp("/oidc/jwks")).await);
        assert_eq!(published["keys"].as_array().unwrap().len(), keys, "{algorithm}: {published}");
    }
}

/// OpenID Connect Core 8.1.
#[tokio::test]
async fn pairwise_subjects_are_one_per_sector_and_the_same_everywhere_in_it() {
    let subject = async |op: &Provider| {
        let tokens = op.tokens("openid").await;
        let subject = op.verified(text(&tokens, "id_token")).await.subject().unwrap().to_owned();
        assert_eq!(good(&op.userinfo(text(&tokens, "access_token")).await)["sub"], subject.as_str());
        assert_eq!(op.introspect(text(&tokens, "access_token")).await["sub"], subject.as_str());
        let hint = [("prompt", Some("none")), ("id_token_hint", tokens["id_token"].as_str())];
        assert!(answered(&op.authorize(&hint).await).contains_key("code"), "it names the user to the provider");
        subject
    };
    let pairwise = |sector: Option<&'static str>| {
        move |rp: &mut RelyingPartySpec| {
            rp.subject_type = SubjectType::Pairwise;
            rp.sector_identifier = sector.map(str::to_owned);
        }
    };
    let op = Provider::start(pairwise(None)).await;
    let own = subject(&op).await;
    assert_eq!(own, subject(&op).await);
    assert_ne!(own, "rep-7");
    assert_ne!(own, subject(&Provider::start(pairwise(Some("elsewhere.example"))).await).await);
}
