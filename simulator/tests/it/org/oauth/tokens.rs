//! What becomes of tokens: refresh with rotation, revocation, introspection, and what they open.

use jiff::civil::date;
use reqwest::Method;
use serde_json::Value;
use vestibule_model::{OauthScope, Secret, UserState};
use vestibule_simulator::realm::{Event, SessionKind};

use super::html::title;
use super::test_realm::TestRealm;
use super::{KEY, SECRET, ci, realm, refusal, token, tokens_of, userinfo, with};

async fn refresh(test: &TestRealm, refresh_token: &str) -> (u16, Value) {
    token(test, &refresh_form(refresh_token)).await
}

fn refresh_form(refresh_token: &str) -> [(&str, &str); 4] {
    [("grant_type", "refresh_token"), ("refresh_token", refresh_token), ("client_id", KEY), ("client_secret", SECRET)]
}

fn text<'a>(answer: &'a Value, member: &str) -> &'a str {
    answer[member].as_str().unwrap_or_else(|| panic!("no {member}: {answer}"))
}

/// Contract F1.6.
#[tokio::test]
async fn refresh_tokens_rotate_from_their_day_on_or_as_the_app_says() {
    for (day, own, rotates) in [
        (date(2026, 5, 10), None, false),
        (date(2026, 5, 11), None, true),
        (date(2026, 5, 11), Some(false), false),
        (date(2026, 5, 10), Some(true), true),
    ] {
        let test = realm(|spec| {
            spec.org.date = day;
            ci(spec).refresh_token_rotation = own;
        })
        .await;
        let first = tokens_of(&test, "visitor").await;

        let (status, second) = refresh(&test, text(&first, "refresh_token")).await;

        assert_eq!(status, 200, "{second}");
        assert_ne!(second["access_token"], first["access_token"]);
        assert_eq!(second["refresh_token"].is_string(), rotates, "{day} {own:?}");
        let newest = second["refresh_token"].as_str().unwrap_or(text(&first, "refresh_token"));
        assert_eq!(refresh(&test, newest).await.0, 200, "{day} {own:?}");
        let refreshed = |event: &&Event| matches!(event, Event::OauthTokenIssued { refreshed: true, .. });
        assert_eq!(test.events().iter().filter(refreshed).count(), 2);
    }
}

/// Contract F3.1.
#[tokio::test]
async fn a_rotated_token_that_comes_again_ends_everything_that_came_of_it() {
    let test = realm(|_| {}).await;
    let first = tokens_of(&test, "visitor").await;
    let (_, second) = refresh(&test, text(&first, "refresh_token")).await;

    let replayed = refresh(&test, text(&first, "refresh_token")).await;
    let newest = refresh(&test, text(&second, "refresh_token")).await;

    let expired = (400, "invalid_grant", "expired access/refresh token");
    assert_eq!((refusal(&replayed), refusal(&newest)), (expired, expired));
    for answer in [&first, &second] {
        assert_eq!(userinfo(&test, text(answer, "access_token")).await.status, 403);
    }
    let revoked = Event::OauthTokenRevoked { user: "visitor".to_owned(), app: "CI".to_owned() };
    assert!(test.events().contains(&revoked));
}

#[tokio::test]
async fn a_refresh_token_is_good_for_its_app_and_its_user_only() {
    let test = realm(|_| {}).await;
    let tokens = tokens_of(&test, "visitor").await;
    let form = refresh_form(text(&tokens, "refresh_token"));
    let expired = (400, "invalid_grant", "expired access/refresh token");

    for (name, value, expected) in [
        ("refresh_token", "5Aep861guess", expired),
        ("refresh_token", text(&tokens, "access_token"), expired),
        ("refresh_token", "", expired),
        ("client_id", "PlatformCLI", expired),
        ("client_id", "nobody", (400, "invalid_client_id", "client identifier invalid")),
        ("client_secret", "guess", (400, "invalid_client", "invalid client credentials")),
    ] {
        assert_eq!(refusal(&token(&test, &with(&form, name, value)).await), expected, "{name}");
    }
    test.realm.users.update("visitor", |user| user.spec.state = UserState::Frozen);
    assert_eq!(refusal(&token(&test, &form).await), (400, "invalid_grant", "inactive user"));
}

/// Contract F1.1 and F3.4.
#[tokio::test]
async fn a_revoked_token_of_either_kind_ends_both() {
    for kind in ["access_token", "refresh_token"] {
        let test = realm(|_| {}).await;
        let tokens = tokens_of(&test, "visitor").await;
        let revoke = test.url("/services/oauth2/revoke");

        let revoked = test.browser().post(&revoke, &[("token", text(&tokens, kind))]).await;
        let again = test.browser().get(&format!("{revoke}?token={}", text(&tokens, kind))).await;

        assert_eq!((revoked.status, revoked.body.as_str()), (200, ""), "{kind}");
        // jsforce reads the body as a form (contract F3.4).
        assert_eq!((again.status, again.body.as_str()), (400, "error=invalid_token&error_description=invalid+token"));
        assert_eq!(userinfo(&test, text(&tokens, "access_token")).await.status, 403);
        assert_eq!(refresh(&test, text(&tokens, "refresh_token")).await.0, 400);
    }
}

/// Contract F1.1.
#[tokio::test]
async fn no_access_token_outlives_its_revoked_authorization() {
    let test = realm(|spec| ci(spec).refresh_token_rotation = Some(false)).await;
    let tokens = tokens_of(&test, "visitor").await;
    let browser = test.browser();
    for _ in 0..102 {
        let form = refresh_form(text(&tokens, "refresh_token"));
        assert_eq!(browser.post(&test.url("/services/oauth2/token"), &form).await.status, 200);
    }

    let revoke = test.url("/services/oauth2/revoke");
    let revoked = browser.post(&revoke, &[("token", text(&tokens, "refresh_token"))]).await;

    assert_eq!(revoked.status, 200);
    assert_eq!(userinfo(&test, text(&tokens, "access_token")).await.status, 403, "the first of many");
    assert!(test.realm.sessions.all().iter().all(|session| session.kind != SessionKind::Api));
}

/// Contract F1.1.
#[tokio::test]
async fn an_app_learns_of_its_own_tokens_only() {
    let test = realm(|spec| {
        let other = super::app();
        let other = vestibule_model::ConnectedApp {
            client_id: Some("other-key".to_owned()),
            client_secret: Some(Secret::new("other-secret-1")),
            ..other
        };
        spec.org.connected_apps.insert("other".to_owned(), other);
    })
    .await;
    let tokens = tokens_of(&test, "visitor").await;
    let ask = async |token: &str, key: &str, secret: &str| {
        let form = [("token", token), ("client_id", key), ("client_secret", secret)];
        let page = test.browser().post(&test.url("/services/oauth2/introspect"), &form).await;
        serde_json::from_str::<Value>(&page.body).unwrap()
    };

    let access = ask(text(&tokens, "access_token"), KEY, SECRET).await;
    let refresh = ask(text(&tokens, "refresh_token"), KEY, SECRET).await;
    let foreign = ask(text(&tokens, "access_token"), "other-key", "other-secret-1").await;
    let guess = ask("guess", KEY, SECRET).await;
    let unproven = ask(text(&tokens, "access_token"), KEY, "guess").await;
    test.realm.close_session(text(&tokens, "access_token"));
    let closed = ask(text(&tokens, "access_token"), KEY, SECRET).await;

    assert_eq!((access["active"].as_bool(), access["token_type"].as_str()), (Some(true), Some("access_token")));
    assert_eq!(access["username"], "visitor@acme.example");
    assert_eq!((refresh["active"].as_bool(), refresh["token_type"].as_str()), (Some(true), Some("refresh_token")));
    for inactive in [foreign, guess, closed] {
        assert_eq!(inactive, serde_json::json!({ "active": false }));
    }
    assert_eq!(unproven["error"], "invalid_client");
}

/// RFC 7662, 2.2.
#[tokio::test]
async fn a_refresh_token_that_is_used_up_is_not_active() {
    let test = realm(|_| {}).await;
    let first = tokens_of(&test, "visitor").await;
    let (_, second) = refresh(&test, text(&first, "refresh_token")).await;

    for (answer, active) in [(&first, false), (&second, true)] {
        let form = [("token", text(answer, "refresh_token")), ("client_id", KEY), ("client_secret", SECRET)];
        let page = test.browser().post(&test.url("/services/oauth2/introspect"), &form).await;
        let said: Value = serde_json::from_str(&page.body).unwrap();
        assert_eq!(said["active"], active, "{said}");
    }
}

/// RFC 6749, 5.1.
#[tokio::test]
async fn nobody_keeps_an_answer_with_a_token_or_about_one() {
    let test = realm(|_| {}).await;
    let code = super::code_for(&test, "visitor").await;
    let post = |path: &str, form: &[(&str, &str)]| {
        test.browser().request(Method::POST, &test.url(&format!("/services/oauth2/{path}"))).form(form)
    };
    let issued = post("token", &super::exchange(&code)).send().await.unwrap();
    let refused = post("token", &super::exchange(&code)).send().await.unwrap();
    let tokens = tokens_of(&test, "visitor").await;
    let access_token = text(&tokens, "access_token");
    let form = [("token", access_token), ("client_id", KEY), ("client_secret", SECRET)];
    let of_token = |url: &str| test.browser().request(Method::GET, url).bearer_auth(access_token);

    for response in [
        issued,
        refused,
        post("introspect", &form).send().await.unwrap(),
        of_token(&test.url("/services/oauth2/userinfo")).send().await.unwrap(),
        of_token(&test.url("/services/oauth2/singleaccess")).send().await.unwrap(),
        of_token(text(&tokens, "id")).send().await.unwrap(),
    ] {
        let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok());
        let said = (header("cache-control"), header("pragma"));
        assert_eq!(said, (Some("no-store"), Some("no-cache")), "{} {}", response.url(), response.status());
    }
}

/// Contract M1.12, K1.1.
#[tokio::test]
async fn an_access_token_opens_the_front_doors_and_is_a_cookie() {
    let test = realm(|_| {}).await;
    let tokens = tokens_of(&test, "visitor").await;
    let access_token = text(&tokens, "access_token");

    let door = test.browser().get(&test.url(&format!("/secur/frontdoor.jsp?sid={access_token}"))).await;
    let url = test.url("/services/oauth2/singleaccess");
    let single = test.browser().get_with(&url, "authorization", &format!("Bearer {access_token}")).await;
    let browser = test.browser();
    browser.set_cookie(&test.url("/"), &format!("sid={access_token}; Secure; Path=/"));
    let cookie = browser.get(&test.url("/lightning/page/home")).await;

    assert_eq!(title(&door.body), "Home | Salesforce");
    assert!(single.body.contains("frontdoor_uri"), "{}", single.body);
    assert_eq!(title(&cookie.body), "Home | Salesforce");
}

/// Contract F1.10.
#[tokio::test]
async fn an_access_token_is_good_for_what_its_scopes_say() {
    let test = realm(|spec| {
        ci(spec).scopes.insert(OauthScope::Full);
    })
    .await;
    for (scope, api, web, identity) in [
        ("api", true, false, true),
        ("web", false, true, false),
        ("openid", false, false, true),
        ("profile email", false, false, true),
        ("refresh_token", false, false, false),
        ("api web", true, true, true),
        ("full", true, true, true),
    ] {
        let code = super::code_with(&test, "visitor", &[("scope", scope)]).await;
        let (status, tokens) = token(&test, &super::exchange(&code)).await;
        assert_eq!((status, tokens["scope"].as_str()), (200, Some(scope)));
        assert_eq!(tokens.get("refresh_token").is_some(), scope == "refresh_token", "{scope}");
        assert_eq!(tokens.get("id_token").is_some(), scope == "openid", "{scope}");
        let access_token = text(&tokens, "access_token");
        let bearer = format!("Bearer {access_token}");
        let ask = async |url: &str| test.browser().get_with(url, "authorization", &bearer).await;
        let before = test.events().len();

        let rest = ask(&test.url("/services/data/v60.0/query?q=SELECT+Id+FROM+User")).await;
        let single = ask(&test.url("/services/oauth2/singleaccess")).await;
        let (info, id) = (ask(&test.url("/services/oauth2/userinfo")).await, ask(text(&tokens, "id")).await);
        let door = test.browser().get(&test.url(&format!("/secur/frontdoor.jsp?sid={access_token}"))).await;
        let browser = test.browser();
        browser.set_cookie(&test.url("/"), &format!("sid={access_token}; Secure; Path=/"));
        let cookie = browser.get(&test.url("/lightning/page/home")).await;

        assert_eq!(rest.status, if api { 200 } else { 401 }, "{scope}: {}", rest.body);
        assert_eq!(rest.body.contains("This session is not valid for use with the REST API"), !api, "{scope}");
        assert_eq!((info.status, id.status), if identity { (200, 200) } else { (403, 403) }, "{scope}");
        assert_eq!(single.status, if web { 200 } else { 403 }, "{scope}");
        let expected = if web { "Home | Salesforce" } else { "Login | Salesforce" };
        assert_eq!((title(&door.body), title(&cookie.body)), (expected.to_owned(), expected.to_owned()), "{scope}");
        let told = |event: &Event| matches!(event, Event::RequestRefused { why, .. } if why.contains("scope"));
        assert_eq!(test.events()[before..].iter().any(told), !(api && web && identity), "{scope}");
    }
}

/// Contract H7.4: an open session stays, but no other comes of it.
#[tokio::test]
async fn the_token_of_a_user_who_is_kept_out_signs_in_no_browser() {
    for state in [UserState::Frozen, UserState::Inactive] {
        let test = realm(|_| {}).await;
        let tokens = tokens_of(&test, "visitor").await;
        let access_token = text(&tokens, "access_token");
        let before = test.realm.sessions.opened();
        test.realm.users.update("visitor", |user| user.spec.state = state);

        let door = test.browser().get(&test.url(&format!("/secur/frontdoor.jsp?sid={access_token}"))).await;
        let browser = test.browser();
        browser.set_cookie(&test.url("/"), &format!("sid={access_token}; Secure; Path=/"));
        let cookie = browser.get(&test.url("/lightning/page/home")).await;

        assert_eq!((door.name(), cookie.name()), ("login-refused", "login"), "{state:?}");
        assert!(!test.realm.sessions.signed_in_after("visitor", before), "{state:?}");
        assert_eq!(userinfo(&test, access_token).await.status, 200, "{state:?}");
    }
}

#[tokio::test]
async fn every_token_is_known_as_a_secret_from_its_birth_and_no_event_shows_one() {
    let test = realm(|_| {}).await;
    let code = super::code_for(&test, "visitor").await;
    let (_, first) = token(&test, &super::exchange(&code)).await;
    let (_, second) = refresh(&test, text(&first, "refresh_token")).await;

    let known = test.realm.secrets.all();
    let journal = serde_json::to_string(&test.realm.journal.all()).unwrap();
    let tokens = [&first, &second].map(|answer| [text(answer, "access_token"), text(answer, "refresh_token")]);
    for secret in tokens.as_flattened().iter().copied().chain([code.as_str(), SECRET]) {
        assert!(known.contains(&Secret::new(secret)), "{secret}");
        assert!(!journal.contains(secret), "{secret}");
    }
}
