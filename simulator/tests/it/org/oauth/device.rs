//! The device flow.

use jiff::SignedDuration;
use jiff::civil::date;
use serde_json::Value;
use vestibule_model::OauthFlow;
use vestibule_simulator::realm::{Event, RealmSpec};

use super::html::one;
use super::test_realm::TestRealm;
use super::{KEY, ci, realm, refusal, token, userinfo};

const START: [(&str, &str); 2] = [("response_type", "device_code"), ("client_id", KEY)];

fn with_device_flow(spec: &mut RealmSpec) {
    ci(spec).device_flow = true;
}

async fn poll(test: &TestRealm, device_code: &str) -> (u16, Value) {
    let grant_type = "urn:ietf:params:oauth:grant-type:device_code";
    token(test, &[("grant_type", grant_type), ("device_code", device_code), ("client_id", KEY)]).await
}

#[tokio::test]
async fn a_device_waits_until_its_user_has_typed_the_code_and_allowed() {
    let test = realm(with_device_flow).await;
    let (status, codes) = token(&test, &START).await;
    assert_eq!((status, &codes["interval"]), (200, &Value::from(5)), "{codes}");
    let (device_code, user_code) = (codes["device_code"].as_str().unwrap(), codes["user_code"].as_str().unwrap());
    let waiting = poll(&test, device_code).await;
    let browser = test.browser();
    browser.log_in(&test.realm, "visitor").await;

    let connect = browser.get(codes["verification_uri"].as_str().unwrap()).await;
    let wrong = browser.submit(&connect, "editPage", &[("user_code", "WRONG")]).await;
    let approval = browser.submit(&wrong, "editPage", &[("user_code", &user_code.to_lowercase())]).await;
    let still = poll(&test, device_code).await;
    let done = browser.submit(&approval, "editPage", &[("save", " Allow ")]).await;
    // The vendor's own names of grant and parameter.
    let (status, answer) = token(&test, &[("grant_type", "device"), ("code", device_code), ("client_id", KEY)]).await;
    let again = poll(&test, device_code).await;

    let pending = (400, "authorization_pending", "user has not approved yet");
    assert_eq!((refusal(&waiting), refusal(&still)), (pending, pending));
    assert!(one(&wrong.body, "div.errorMsg").text.contains("The code is wrong"));
    assert_eq!(approval.name(), "authorize-app");
    assert!(one(&done.body, "p#notice").text.contains("connected the device"));
    assert_eq!(status, 200, "{answer}");
    assert!(userinfo(&test, answer["access_token"].as_str().unwrap()).await.body.contains("visitor@acme.example"));
    assert!(answer["refresh_token"].is_string());
    assert_eq!(refusal(&again), (400, "invalid_grant", "invalid device code"));
    let issued = |event: &Event| matches!(event, Event::OauthTokenIssued { flow: OauthFlow::Device, .. });
    assert!(test.events().iter().any(issued));
}

#[tokio::test]
async fn a_user_who_allows_too_late_is_told_so() {
    let test = realm(with_device_flow).await;
    let (_, codes) = token(&test, &START).await;
    let browser = test.browser();
    browser.log_in(&test.realm, "visitor").await;
    let connect = browser.get(&test.url("/setup/connect")).await;
    let approval = browser.submit(&connect, "editPage", &[("user_code", codes["user_code"].as_str().unwrap())]).await;
    test.realm.clock.advance(SignedDuration::from_mins(11));

    let late = browser.submit(&approval, "editPage", &[("save", " Allow ")]).await;

    let notice = one(&late.body, "p#notice").text;
    assert!(notice.contains("waited too long"), "{notice}");
    let answer = poll(&test, codes["device_code"].as_str().unwrap()).await;
    assert_eq!(refusal(&answer), (400, "invalid_grant", "invalid device code"));
}

#[tokio::test]
async fn a_user_who_denies_ends_the_waiting() {
    let test = realm(with_device_flow).await;
    let (_, codes) = token(&test, &START).await;
    let browser = test.browser();
    browser.log_in(&test.realm, "visitor").await;
    let connect = browser.get(&test.url("/setup/connect")).await;
    let approval = browser.submit(&connect, "editPage", &[("user_code", codes["user_code"].as_str().unwrap())]).await;

    browser.submit(&approval, "editPage", &[("cancel", " Deny ")]).await;

    let answer = poll(&test, codes["device_code"].as_str().unwrap()).await;
    assert_eq!(refusal(&answer), (400, "access_denied", "end-user denied authorization"));
}

/// Contract F2.3.
#[tokio::test]
async fn the_flow_needs_its_setting_and_ends_for_apps_that_are_not_installed() {
    let blocked = "device flow is blocked for uninstalled apps";
    for (day, enabled, installed, expected) in [
        (date(2025, 8, 27), true, false, None),
        (date(2025, 8, 28), true, false, Some(blocked)),
        (date(2025, 8, 28), true, true, None),
        (date(2025, 8, 28), false, true, Some("device flow not enabled")),
    ] {
        let test = realm(|spec| {
            spec.org.date = day;
            ci(spec).device_flow = enabled;
            ci(spec).installed = installed;
        })
        .await;

        let (status, answer) = token(&test, &START).await;

        assert_eq!(answer["error_description"].as_str(), expected, "{day} {enabled} {installed}");
        assert_eq!(status == 200, expected.is_none(), "{answer}");
    }
}
