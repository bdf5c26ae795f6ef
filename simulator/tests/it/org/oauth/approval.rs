//! The approval page: who sees it, and what its answers do.

use jiff::civil::date;
use vestibule_model::{PermittedUsers, UserState};
use vestibule_simulator::realm::Event;

use super::html::{one, select, title};
use super::{allow, authorize, ci, follow, realm, refused};

/// Contract C1.11.
#[tokio::test]
async fn the_page_keeps_its_contract() {
    let test = realm(|_| {}).await;
    let browser = test.browser();
    browser.log_in(&test.realm, "visitor").await;

    let page = follow(&test, &browser, &authorize(&test, &[])).await;

    assert_eq!(title(&page.body), "Allow Access? | Salesforce");
    for (selector, attribute, value) in [
        ("input#oaapprove", "type", "submit"),
        ("input#oaapprove", "value", " Allow "),
        ("input#oadeny", "value", " Deny "),
        ("form#editPage", "method", "post"),
    ] {
        assert_eq!(one(&page.body, selector).attribute(attribute), value, "{selector} {attribute}");
    }
    assert_eq!(one(&page.body, "span#asserted-user").text, "visitor@acme.example");
    assert_eq!(select(&page.body, "ul#scopes").len(), 1);
    let other = page
        .url
        .replace("/setup/secur/RemoteAccessAuthorizationPage.apexp", "/_ui/identity/oauth/ui/AuthorizationPage");
    assert_eq!(follow(&test, &browser, &other).await.name(), "authorize-app");
}

#[tokio::test]
async fn an_app_is_approved_once_unless_it_asks_again() {
    let test = realm(|_| {}).await;
    let browser = test.browser();
    browser.log_in(&test.realm, "visitor").await;
    let approval = follow(&test, &browser, &authorize(&test, &[])).await;
    allow(&browser, &approval).await;

    let second = follow(&test, &browser, &authorize(&test, &[])).await;
    let consent = follow(&test, &browser, &authorize(&test, &[("prompt", "consent")])).await;

    assert!(second.redirected_with("code").is_some());
    assert_eq!(consent.name(), "authorize-app");
}

/// Contract F3.5.
#[tokio::test]
async fn a_user_who_denies_gives_nothing_and_is_asked_again_next_time() {
    let test = realm(|_| {}).await;
    let browser = test.browser();
    browser.log_in(&test.realm, "visitor").await;
    let approval = follow(&test, &browser, &authorize(&test, &[])).await;

    let to_app = browser.submit_and_stay(&approval, "editPage", &[("cancel", " Deny ")]).await;
    let again = follow(&test, &browser, &authorize(&test, &[])).await;

    assert_eq!(to_app.redirected_with("error").as_deref(), Some("access_denied"));
    assert_eq!(to_app.redirected_with("error_description").as_deref(), Some("end-user denied authorization"));
    assert_eq!(again.name(), "authorize-app");
    let denied = Event::AppApprovalAnswered { user: "visitor".to_owned(), app: "CI".to_owned(), allowed: false };
    assert!(test.events().contains(&denied));
}

#[tokio::test]
async fn a_form_counts_once_with_its_own_token_and_one_answer() {
    let test = realm(|_| {}).await;
    let browser = test.browser();
    browser.log_in(&test.realm, "visitor").await;
    let first = follow(&test, &browser, &authorize(&test, &[])).await;
    let second = follow(&test, &browser, &authorize(&test, &[])).await;
    let foreign = second.field("_CONFIRMATIONTOKEN");

    for stale in [
        &[("save", "Allow"), ("_CONFIRMATIONTOKEN", foreign.as_str())][..],
        &[("save", "Allow"), ("_CONFIRMATIONTOKEN", "")],
        &[("save", "Allow"), ("cancel", "Deny")],
        &[],
    ] {
        let page = browser.submit_and_stay(&first, "editPage", stale).await;
        assert_eq!(page.name(), "authorize-app", "{stale:?}");
    }
    let allowed = allow(&browser, &first).await;
    let twice = allow(&browser, &first).await;
    let stranger = test.browser().submit_and_stay(&second, "editPage", &[("save", "Allow")]).await;

    assert!(allowed.redirected_with("code").is_some());
    assert_eq!(twice.status, 400, "{}", twice.body);
    assert!(stranger.location.is_some_and(|url| url.contains("?ec=302&startURL=")), "who is not signed in, logs in");
}

/// Contract F3.2.
#[tokio::test]
async fn an_app_for_approved_users_lets_them_through_and_hears_of_the_others() {
    let test = realm(|spec| {
        let app = ci(spec);
        app.permitted_users = PermittedUsers::AdminApproved;
        app.approved_users.insert("visitor".to_owned());
    })
    .await;
    for (user, code) in [("visitor", true), ("rep", false)] {
        let browser = test.browser();
        let verify = browser.log_in(&test.realm, user).await;
        if user == "rep" {
            let code = test.totp("rep", 0);
            browser.submit(&verify, "editPage", &[("tc", &code)]).await;
        }

        let to_app = follow(&test, &browser, &authorize(&test, &[])).await;

        assert_eq!(to_app.redirected_with("code").is_some(), code, "{user}");
        let error = (!code).then(|| "OAUTH_APP_ACCESS_DENIED".to_owned());
        assert_eq!(to_app.redirected_with("error"), error, "{user}");
    }
    assert_eq!(refused(&test), [(Some("rep".to_owned()), "OAUTH_APP_ACCESS_DENIED".to_owned())]);
}

/// Contract F2.3.
#[tokio::test]
async fn an_app_that_is_not_installed_is_closed_to_users_without_the_permission() {
    for (day, may, opens) in
        [(date(2025, 8, 27), false, true), (date(2025, 8, 28), false, false), (date(2025, 8, 28), true, true)]
    {
        let test = realm(|spec| {
            spec.org.date = day;
            ci(spec).installed = false;
            spec.users.get_mut("visitor").unwrap().approve_uninstalled_apps = may;
        })
        .await;
        let browser = test.browser();
        browser.log_in(&test.realm, "visitor").await;

        let page = follow(&test, &browser, &authorize(&test, &[])).await;

        assert_eq!(page.name(), if opens { "authorize-app" } else { "login-refused" }, "{day} {may}");
        assert_eq!(page.body.contains("OAUTH_APPROVAL_ERROR_GENERIC"), !opens, "{day} {may}");
    }
}

#[tokio::test]
async fn the_command_line_of_the_vendor_needs_no_set_up() {
    let test = realm(|_| {}).await;
    let browser = test.browser();
    browser.log_in(&test.realm, "visitor").await;
    let own = [
        ("client_id", "PlatformCLI"),
        ("redirect_uri", "http://localhost:1717/OauthRedirect"),
        ("scope", "refresh_token api web"),
    ];

    let approval = follow(&test, &browser, &authorize(&test, &own)).await;
    let code = allow(&browser, &approval).await.redirected_with("code").unwrap();
    let form = super::with(&super::exchange(&code), "client_id", "PlatformCLI");
    let form = super::with(&super::with(&form, "client_secret", ""), "redirect_uri", own[1].1);
    let (status, answer) = super::token(&test, &form).await;

    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["scope"], "api web refresh_token");
}

#[tokio::test]
async fn a_user_who_is_deactivated_at_the_page_is_not_let_in_by_it() {
    let test = realm(|_| {}).await;
    let browser = test.browser();
    browser.log_in(&test.realm, "visitor").await;
    let approval = follow(&test, &browser, &authorize(&test, &[])).await;
    test.realm.users.update("visitor", |user| user.spec.state = UserState::Inactive);

    let code = allow(&browser, &approval).await.redirected_with("code").unwrap();
    let answer = super::token(&test, &super::exchange(&code)).await;

    assert_eq!(super::refusal(&answer), (400, "invalid_grant", "inactive user"));
}
