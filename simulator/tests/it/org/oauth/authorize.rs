//! Requests that the authorization endpoint refuses, and what it does for a `prompt`.

use vestibule_model::LoginPage;
use vestibule_simulator::realm::HostRole;

use super::html::{one, title};
use super::{CALLBACK, allow, authorize, follow, realm, refused};

/// Until app and callback are known to belong together, nothing leaves the org.
#[tokio::test]
async fn a_request_of_nobody_or_to_a_foreign_callback_is_answered_on_the_spot() {
    let test = realm(|_| {}).await;
    for (name, value, text) in [
        ("client_id", "nobody", "error=invalid_client_id&error_description=client%20identifier%20invalid"),
        ("client_id", "", "error=invalid_client_id&error_description=client%20identifier%20invalid"),
        ("redirect_uri", "", "error=redirect_uri_missing&error_description=redirect_uri%20not%20provided"),
        ("redirect_uri", "https://app.example/callback/", MISMATCH),
        ("redirect_uri", "https://app.example", MISMATCH),
        ("redirect_uri", "https://evil.example/callback", MISMATCH),
    ] {
        let page = follow(&test, &test.browser(), &authorize(&test, &[(name, value)])).await;

        assert_eq!((page.status, page.location, page.body.as_str()), (400, None, text), "{name}={value}");
    }
    assert_eq!(refused(&test).len(), 6);
}

#[tokio::test]
async fn any_other_fault_goes_to_the_app_in_the_part_that_it_reads() {
    let test = realm(|spec| spec.org.oauth.user_agent = false).await;
    for (more, mark, error) in [
        (&[("response_type", "")][..], '?', "unsupported_response_type"),
        (&[("response_type", "magic")], '?', "unsupported_response_type"),
        (&[("response_type", "token")], '#', "unsupported_response_type"),
        (&[("response_type", "hybrid_token")], '#', "unsupported_response_type"),
        (&[("scope", "api magic")], '?', "invalid_scope"),
        (&[("scope", "full")], '?', "invalid_scope"),
        (&[("code_challenge", "short")], '?', "invalid_request"),
        (&[("code_challenge_method", "plain")], '?', "invalid_request"),
        (&[("prompt", "none login")], '?', "invalid_request"),
        (&[("prompt", "consent none")], '?', "invalid_request"),
    ] {
        let page = follow(&test, &test.browser(), &authorize(&test, more)).await;

        let location = page.location.unwrap_or_default();
        assert!(location.starts_with(&format!("{CALLBACK}{mark}error={error}&")), "{more:?}: {location}");
        assert!(location.ends_with("&state=s1"), "{location}");
    }
}

#[tokio::test]
async fn a_method_that_is_named_is_s256_too() {
    let test = realm(|_| {}).await;
    let browser = test.browser();
    browser.log_in(&test.realm, "visitor").await;

    let page = follow(&test, &browser, &authorize(&test, &[("code_challenge_method", "S256")])).await;

    assert_eq!(page.name(), "authorize-app");
}

/// Contract B1.9.
#[tokio::test]
async fn a_login_hint_fills_in_the_username_and_the_page_is_still_to_be_sent() {
    let test = realm(|spec| spec.org.login_page = Some(LoginPage::TwoStep)).await;
    let (browser, other) = (test.browser(), test.browser());

    let first = follow(&test, &browser, &authorize(&test, &[("login_hint", "visitor@acme.example")])).await;
    let unhinted = follow(&test, &other, &authorize(&test, &[])).await;
    let in_url = other.get(&test.url("/?login_hint=nobody%40acme.example")).await;

    for (page, filled_in) in [(&first, "visitor@acme.example"), (&unhinted, ""), (&in_url, "nobody@acme.example")] {
        assert_eq!(page.name(), "username");
        assert_eq!(one(&page.body, "input#username").attribute("value"), filled_in);
        assert_eq!(one(&page.body, "div#idcard-container").attribute("style"), "display: none", "{filled_in}");
    }
    let second = browser.submit(&first, "login_form", &[]).await;
    let approval = browser.submit(&second, "login_form", &[("pw", "Right-password-1")]).await;
    assert_eq!((second.name(), approval.name()), ("password", "authorize-app"));
}

#[tokio::test]
async fn a_prompt_forbids_pages_or_asks_for_a_new_login() {
    let test = realm(|_| {}).await;
    let (nobody, browser) = (test.browser(), test.browser());
    browser.log_in(&test.realm, "visitor").await;
    let silent = authorize(&test, &[("prompt", "none")]);

    let nobody = follow(&test, &nobody, &silent).await;
    let unasked = follow(&test, &browser, &silent).await;
    let login = follow(&test, &browser, &authorize(&test, &[("prompt", "login")])).await;
    let fill = [("username", "visitor@acme.example"), ("pw", "Right-password-1")];
    let approval = browser.submit(&login, "login_form", &fill).await;
    allow(&browser, &approval).await;
    let approved = follow(&test, &browser, &silent).await;

    assert_eq!(nobody.redirected_with("error").as_deref(), Some("login_required"));
    assert_eq!(unasked.redirected_with("error").as_deref(), Some("interaction_required"));
    assert_eq!(title(&login.body), "Login | Salesforce", "although a user is signed in");
    assert!(approved.redirected_with("code").is_some());
}

#[tokio::test]
async fn at_the_shared_login_host_the_user_logs_in_there() {
    let test = realm(|_| {}).await;
    let browser = test.browser();
    let own = authorize(&test, &[]);
    let shared = own.replace(&test.url(""), &test.realm.hosts.origin(&HostRole::Login));

    let login = follow(&test, &browser, &shared).await;
    let fill = [("username", "visitor@acme.example"), ("pw", "Right-password-1")];
    let approval = browser.submit(&login, "login_form", &fill).await;
    let to_app = allow(&browser, &approval).await;

    assert!(login.url.starts_with(&test.realm.hosts.url(&HostRole::Login, "/?ec=302&startURL=")), "{}", login.url);
    assert!(to_app.redirected_with("code").is_some());
}

/// Contract F1.11.
#[tokio::test]
async fn a_login_for_an_app_is_shown_as_the_app_says() {
    let test = realm(|_| {}).await;
    for (asked, shown) in
        [("popup", "popup"), ("touch", "touch"), ("mobile", "mobile"), ("", "page"), ("magic", "page")]
    {
        let login = follow(&test, &test.browser(), &authorize(&test, &[("display", asked)])).await;
        assert_eq!(one(&login.body, "input[name=display]").attribute("value"), shown, "{asked}");
    }
}

/// RFC 6749, 3.1.
#[tokio::test]
async fn of_two_values_the_org_takes_none() {
    let test = realm(|_| {}).await;
    let usual = authorize(&test, &[]);
    let browser = test.browser();

    for more in ["client_id=ci-key", "redirect_uri=https%3A%2F%2Fevil.example%2F"] {
        let page = follow(&test, &browser, &format!("{usual}&{more}")).await;
        assert!(page.location.is_none() && page.body.starts_with("error=invalid_request&"), "{more}: {page:?}");
    }
    for more in ["response_type=token", "scope=api&scope=web", "prompt=none&prompt=login"] {
        let page = follow(&test, &browser, &format!("{usual}&{more}")).await;
        assert_eq!(page.redirected_with("error").as_deref(), Some("invalid_request"), "{more}");
    }
}

/// OpenID Connect Core 1.0, 3.1.2.6.
#[tokio::test]
async fn at_the_shared_login_host_a_request_that_allows_no_page_gets_none() {
    let test = realm(|_| {}).await;
    let own = authorize(&test, &[("prompt", "none")]);
    let shared = own.replace(&test.url(""), &test.realm.hosts.origin(&HostRole::Login));

    let page = follow(&test, &test.browser(), &shared).await;

    assert_eq!(page.redirected_with("error").as_deref(), Some("login_required"));
    assert_eq!(page.redirected_with("state").as_deref(), Some("s1"));
}

const MISMATCH: &str = "error=redirect_uri_mismatch&error_description=redirect_uri%20must%20match%20configuration";
