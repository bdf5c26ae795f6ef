//! The web server flow with its UI login, and the exchange of its code.

use jiff::SignedDuration;
use jiff::civil::date;
use vestibule_model::{OauthFlow, SessionLevel, UserState};
use vestibule_simulator::policy::Rule;
use vestibule_simulator::realm::{Event, LoginRecord};

use super::html::title;
use super::{
    CALLBACK, KEY, SECRET, VERIFIER, allow, authorize, code_for, exchange, follow, realm, refusal, refused, token,
    tokens_of, userinfo, with,
};

/// Contract F1.2 and F1.7.
#[tokio::test]
async fn a_user_verifies_and_allows_and_the_app_gets_what_clients_read() {
    let test = realm(|_| {}).await;
    let browser = test.browser();

    let login = follow(&test, &browser, &authorize(&test, &[])).await;
    let fill = [("username", "rep@acme.example"), ("pw", "Right-password-1")];
    let verify = browser.submit(&login, "login_form", &fill).await;
    let code = test.totp("rep", 0);
    let approval = browser.submit(&verify, "editPage", &[("tc", &code)]).await;
    let to_app = allow(&browser, &approval).await;

    assert_eq!(title(&verify.body), "Verify Your Identity | Salesforce");
    assert!(approval.url.starts_with(&test.url("/setup/secur/RemoteAccessAuthorizationPage.apexp?source=")));
    assert!(to_app.location.as_deref().is_some_and(|url| url.starts_with(CALLBACK)), "{to_app:?}");
    assert_eq!(to_app.redirected_with("state").as_deref(), Some("s1"));
    let (status, answer) = token(&test, &exchange(&to_app.redirected_with("code").unwrap())).await;
    assert_eq!(status, 200, "{answer}");
    let user = test.realm.users.get("rep").unwrap();
    assert_eq!(answer["instance_url"], test.realm.my_domain_origin());
    assert_eq!(answer["id"], test.url(&format!("/id/{}/{}", test.realm.org_id, user.id)));
    assert_eq!(answer["token_type"], "Bearer");
    assert_eq!(answer["scope"], "api web refresh_token openid");
    let issued_at = test.realm.clock.now(vestibule_simulator::realm::Component::Org).as_millisecond();
    assert_eq!(answer["issued_at"], issued_at.to_string(), "a text, in milliseconds");
    for member in ["access_token", "refresh_token", "signature", "id_token"] {
        assert!(answer[member].as_str().is_some_and(|text| text.len() > 20), "{member}: {answer}");
    }
    let access_token = answer["access_token"].as_str().unwrap();
    assert!(userinfo(&test, access_token).await.body.contains("\"preferred_username\":\"rep@acme.example\""));
    assert_eq!(test.realm.sessions.find(access_token).unwrap().level, SessionLevel::HighAssurance);
}

/// Contract H1.3.
#[tokio::test]
async fn the_journal_and_login_history_tell_the_login_and_the_app() {
    let test = realm(|_| {}).await;

    tokens_of(&test, "visitor").await;

    let events = test.events();
    let approved = Event::AppApprovalAnswered { user: "visitor".to_owned(), app: "CI".to_owned(), allowed: true };
    assert!(events.contains(&approved), "{events:?}");
    let issued = events.iter().find_map(|event| match event {
        Event::OauthTokenIssued { user, app, flow, refreshed, .. } => {
            Some((user.as_str(), app.as_str(), *flow, *refreshed))
        }
        _ => None,
    });
    assert_eq!(issued, Some(("visitor", "CI", OauthFlow::WebServer, false)));
    let rows = test.realm.login_history.all().into_iter();
    let rows: Vec<_> = rows.map(|LoginRecord { login_type, application, .. }| (login_type, application)).collect();
    let row = |login_type: &str, application: &str| (login_type.to_owned(), application.to_owned());
    assert_eq!(rows, [row("Application", "Browser"), row("Remote Access 2.0", "CI")]);
}

/// Contract F2.1.
#[tokio::test]
async fn enforcement_comes_before_the_approval_by_the_rules_of_the_flow() {
    let test = realm(|_| {}).await;
    let browser = test.browser();

    let login = follow(&test, &browser, &authorize(&test, &[])).await;
    let fill = [("username", "admin@acme.example"), ("pw", "Right-password-1")];
    let gate = browser.submit(&login, "login_form", &fill).await;
    let again = follow(&test, &browser, &authorize(&test, &[])).await;

    assert_eq!(title(&gate.body), "Create a Passkey | Salesforce");
    assert_eq!(title(&again.body), "Create a Passkey | Salesforce", "no way round by the address");
    let decided =
        |event: &Event| matches!(event, Event::Decided { decision, .. } if decision.fired(Rule::OauthUiLoginInScope));
    assert!(test.events().iter().any(decided));
}

/// Contract F1.6 and H1.4.
#[tokio::test]
async fn the_app_hears_of_a_missing_code_challenge_after_allow_from_its_day_on() {
    for (day, own, refused) in [
        (date(2026, 5, 10), None, false),
        (date(2026, 5, 11), None, true),
        (date(2026, 5, 11), Some(false), false),
        (date(2026, 5, 10), Some(true), true),
    ] {
        let test = realm(|spec| {
            spec.org.date = day;
            super::ci(spec).pkce_required = own;
        })
        .await;
        let browser = test.browser();
        browser.log_in(&test.realm, "visitor").await;

        let approval = follow(&test, &browser, &authorize(&test, &[("code_challenge", "")])).await;
        let to_app = allow(&browser, &approval).await;

        let error = refused.then(|| ("invalid_request".to_owned(), "missing required code challenge".to_owned()));
        let heard = to_app.redirected_with("error").zip(to_app.redirected_with("error_description"));
        assert_eq!(heard, error, "{day} {own:?}");
        assert_eq!(to_app.redirected_with("state").as_deref(), Some("s1"));
        assert_eq!(test.statuses().contains(&"Failed: Invalid Code Challenge"), refused, "{day} {own:?}");
    }
}

/// Contract H1.4.
#[tokio::test]
async fn a_code_is_good_for_its_app_its_callback_and_its_verifier_only() {
    let wrong_secret = (400, "invalid_client", "invalid client credentials");
    let wrong_code = (400, "invalid_grant", "invalid authorization code");
    let wrong_verifier = (400, "invalid_grant", "invalid code verifier");
    let mismatch = (400, "redirect_uri_mismatch", "redirect_uri must match configuration");
    for (field, value, expected) in [
        ("client_id", "nobody", (400, "invalid_client_id", "client identifier invalid")),
        ("client_id", "PlatformCLI", wrong_code),
        ("client_secret", "guess", wrong_secret),
        ("client_secret", "", wrong_secret),
        ("code", "aPrxguess", wrong_code),
        ("code", "", (400, "invalid_request", "missing required code")),
        ("redirect_uri", "https://app.example/callback/", mismatch),
        ("redirect_uri", "", mismatch),
        ("code_verifier", "guess", wrong_verifier),
        ("code_verifier", "", wrong_verifier),
        ("grant_type", "guess", (400, "unsupported_grant_type", "grant type not supported")),
        ("grant_type", "", (400, "unsupported_grant_type", "grant type not supported")),
    ] {
        let test = realm(|_| {}).await;
        let code = code_for(&test, "visitor").await;

        let answer = token(&test, &with(&exchange(&code), field, value)).await;

        assert_eq!(refusal(&answer), expected, "{field}={value}");
        assert_eq!(refused(&test).len(), 1, "{field}={value}");
        assert_eq!(test.statuses().contains(&"Failed: Invalid Code Verifier"), expected == wrong_verifier);
    }
}

/// RFC 9700, 4.8.2.
#[tokio::test]
async fn a_verifier_without_a_challenge_is_refused() {
    for (verifier, accepted) in [(VERIFIER, false), ("", true)] {
        let test = realm(|spec| super::ci(spec).pkce_required = Some(false)).await;
        let browser = test.browser();
        browser.log_in(&test.realm, "visitor").await;
        let approval = follow(&test, &browser, &authorize(&test, &[("code_challenge", "")])).await;
        let code = allow(&browser, &approval).await.redirected_with("code").unwrap();

        let answer = token(&test, &with(&exchange(&code), "code_verifier", verifier)).await;

        assert_eq!(answer.0 == 200, accepted, "{}", answer.1);
        if !accepted {
            assert_eq!(refusal(&answer), (400, "invalid_grant", "invalid code verifier"));
        }
    }
}

#[tokio::test]
async fn a_code_is_good_once_and_for_a_quarter_of_an_hour() {
    let test = realm(|_| {}).await;
    let (first, second) = (code_for(&test, "visitor").await, code_for(&test, "visitor").await);

    let used = token(&test, &exchange(&first)).await;
    let again = token(&test, &exchange(&first)).await;
    test.realm.clock.advance(SignedDuration::from_mins(16));
    let late = token(&test, &exchange(&second)).await;

    assert_eq!(used.0, 200);
    assert_eq!(refusal(&again), (400, "invalid_grant", "invalid authorization code"));
    assert_eq!(refusal(&late), (400, "invalid_grant", "expired authorization code"));
}

#[tokio::test]
async fn an_app_may_prove_itself_by_the_header_and_send_its_parameters_in_the_query() {
    use base64::Engine as _;
    let test = realm(|_| {}).await;
    let code = code_for(&test, "visitor").await;
    let basic = base64::engine::general_purpose::STANDARD.encode(format!("{KEY}:{SECRET}"));
    let query = format!("grant_type=authorization_code&code={code}&redirect_uri={CALLBACK}&code_verifier={VERIFIER}");
    let url = test.url(&format!("/services/oauth2/token?{query}"));

    let request = test.browser().request(reqwest::Method::POST, &url).header("authorization", format!("Basic {basic}"));
    let answer = super::super::browser::page(request).await;
    let by_get = test.browser().get(&url).await;

    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(by_get.status == 400 && by_get.body.contains("must use HTTP POST"), "{}", by_get.body);
}

/// RFC 6749, 3.2.
#[tokio::test]
async fn no_endpoint_guesses_which_of_two_values_counts() {
    let test = realm(|_| {}).await;
    let code = code_for(&test, "visitor").await;
    let twice = (400, "invalid_request", "parameter given more than once");

    for more in [("code", code.as_str()), ("client_id", KEY), ("redirect_uri", CALLBACK)] {
        let form: Vec<_> = exchange(&code).into_iter().chain([more]).collect();
        assert_eq!(refusal(&token(&test, &form).await), twice, "{more:?}");
    }
    let form = [("token", code.as_str()), ("token", "guess"), ("client_id", KEY), ("client_secret", SECRET)];
    for (path, refused) in
        [("introspect", "\"error\":\"invalid_request\""), ("revoke", "error=invalid_request&error_description=")]
    {
        let page = test.browser().post(&test.url(&format!("/services/oauth2/{path}")), &form).await;
        assert!(page.status == 400 && page.body.contains(refused), "{path}: {}", page.body);
    }
    let (status, answer) = token(&test, &exchange(&code)).await;
    assert_eq!(status, 200, "the code was not used: {answer}");
}

/// RFC 6749, 2.3.1.
#[tokio::test]
async fn an_app_without_a_secret_may_name_itself_in_the_header() {
    let test = realm(|_| {}).await;
    let form = [("grant_type", "authorization_code"), ("code", "aPrxguess")];
    let request = test.browser().request(reqwest::Method::POST, &test.url("/services/oauth2/token")).form(&form);

    let answer = super::super::browser::page(request.basic_auth("PlatformCLI", Some(""))).await;

    assert!(answer.body.contains("invalid authorization code"), "{}", answer.body);
}

#[tokio::test]
async fn a_user_who_is_deactivated_meanwhile_gets_no_token() {
    let test = realm(|_| {}).await;
    let code = code_for(&test, "visitor").await;
    test.realm.users.update("visitor", |user| user.spec.state = UserState::Inactive);

    let answer = token(&test, &exchange(&code)).await;

    assert_eq!(refusal(&answer), (400, "invalid_grant", "inactive user"));
    assert_eq!(test.statuses().last(), Some(&"User is inactive"));
}

/// Contract F1.3.
#[tokio::test]
async fn the_hybrid_form_of_the_exchange_brings_ui_sessions() {
    let test = realm(|_| {}).await;
    let code = code_for(&test, "visitor").await;

    let (status, answer) = token(&test, &with(&exchange(&code), "grant_type", "hybrid_auth_code")).await;

    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["lightning_domain"], "acme.sandbox.lightning.force.localhost");
    assert_eq!(answer["parent_sid"], answer["access_token"]);
    for member in
        ["lightning_sid", "visualforce_sid", "content_domain", "content_sid", "csrf_token", "cookie-clientSrc"]
    {
        assert!(answer[member].as_str().is_some_and(|text| !text.is_empty()), "{member}: {answer}");
    }
    let browser = test.browser();
    let sid = answer["lightning_sid"].as_str().unwrap();
    browser.set_cookie(&test.lightning("/"), &format!("sid={sid}; Secure; Path=/"));
    let home = browser.get(&test.lightning("/lightning/page/home")).await;
    assert_eq!(title(&home.body), "Home | Salesforce");
    let refresh = [
        ("grant_type", "hybrid_refresh"),
        ("refresh_token", answer["refresh_token"].as_str().unwrap()),
        ("client_id", KEY),
        ("client_secret", SECRET),
    ];
    let (_, refreshed) = token(&test, &refresh).await;
    assert!(refreshed["lightning_sid"].is_string() && refreshed["lightning_sid"] != answer["lightning_sid"]);
}
