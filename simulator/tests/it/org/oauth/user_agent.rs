//! The user-agent flow and its hybrid form: tokens in the fragment.

use std::collections::BTreeMap;

use vestibule_model::{OauthFlow, UserState};
use vestibule_simulator::realm::{Event, SessionKind};

use super::browser::Page;
use super::{CALLBACK, allow, authorize, follow, realm, userinfo};

/// Contract F1.3.
#[tokio::test]
async fn tokens_come_in_the_fragment_and_a_refresh_token_only_for_an_app_of_its_own() {
    for (redirect_uri, response_type, refresh, hybrid) in [
        (CALLBACK, "token", false, false),
        (CALLBACK, "token id_token", false, false),
        (CALLBACK, "id_token token", false, false),
        ("sfdc://success", "token", true, false),
        ("sfdc://success", "hybrid_token", true, true),
    ] {
        let test = realm(|_| {}).await;
        let browser = test.browser();
        browser.log_in(&test.realm, "visitor").await;
        let more = [("response_type", response_type), ("redirect_uri", redirect_uri), ("code_challenge", "")];

        let approval = follow(&test, &browser, &authorize(&test, &more)).await;
        let to_app = allow(&browser, &approval).await;

        let fields = fragment(&to_app, redirect_uri);
        for name in ["access_token", "instance_url", "id", "issued_at", "signature", "scope", "token_type"] {
            assert!(fields.get(name).is_some_and(|value| !value.is_empty()), "{name}: {fields:?}");
        }
        assert_eq!(fields.get("state").map(String::as_str), Some("s1"));
        assert_eq!(fields.contains_key("refresh_token"), refresh, "{redirect_uri} {response_type}");
        assert_eq!(fields.contains_key("lightning_sid"), hybrid, "{redirect_uri} {response_type}");
        assert_eq!(userinfo(&test, &fields["access_token"]).await.status, 200);
        let flow = if hybrid { OauthFlow::Hybrid } else { OauthFlow::UserAgent };
        let issued = |event: &Event| matches!(event, Event::OauthTokenIssued { flow: of, .. } if *of == flow);
        assert!(test.events().iter().any(issued));
    }
}

#[tokio::test]
async fn a_user_who_denies_is_told_in_the_fragment() {
    let test = realm(|_| {}).await;
    let browser = test.browser();
    browser.log_in(&test.realm, "visitor").await;
    let approval = follow(&test, &browser, &authorize(&test, &[("response_type", "token")])).await;

    let to_app = browser.submit_and_stay(&approval, "editPage", &[("cancel", " Deny ")]).await;

    assert_eq!(fragment(&to_app, CALLBACK)["error"], "access_denied");
}

/// Contract H5.2 and H7.4.
#[tokio::test]
async fn a_user_who_is_kept_out_meanwhile_gets_no_token() {
    for state in [UserState::Frozen, UserState::Inactive] {
        let test = realm(|_| {}).await;
        let browser = test.browser();
        browser.log_in(&test.realm, "visitor").await;
        let approval = follow(&test, &browser, &authorize(&test, &[("response_type", "token")])).await;
        test.realm.users.update("visitor", |user| user.spec.state = state);

        let to_app = allow(&browser, &approval).await;

        let fields = fragment(&to_app, CALLBACK);
        assert_eq!(
            (fields["error"].as_str(), fields["error_description"].as_str()),
            ("access_denied", "inactive user")
        );
        assert!(test.realm.sessions.all().iter().all(|session| session.kind != SessionKind::Api), "{state:?}");
    }
}

fn fragment(to_app: &Page, redirect_uri: &str) -> BTreeMap<String, String> {
    let location = to_app.location.as_deref().unwrap_or_else(|| panic!("no redirect: {to_app:?}"));
    let (uri, fragment) = location.split_once('#').unwrap_or_default();
    assert_eq!(uri, redirect_uri);
    url::form_urlencoded::parse(fragment.as_bytes()).into_owned().collect()
}
