//! Devices without a browser (RFC 8628).

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{Provider, good, is, refused, text};
use crate::sso_realm::{Page, page, pairs};

const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";

async fn start(op: &Provider) -> Value {
    good(&op.post("/oidc/device-authorization", &[("scope", "openid offline_access")]).await)
}

async fn poll(op: &Provider, device: &Value) -> Page {
    op.post("/oidc/token", &[("grant_type", DEVICE_CODE), ("device_code", text(device, "device_code"))]).await
}

/// Types the code and decides, as the user.
async fn decide(op: &Provider, user_code: &str, decision: &str) -> Page {
    let typed = op.browser.post(&op.test.idp("/device"), &pairs(&[("user_code", user_code)])).await;
    assert!(typed.body.contains("id=\"allow\""), "{}", typed.body);
    let mut form = typed.hidden();
    form.extend(pairs(&[("decision", decision)]));
    op.browser.post(&typed.action(), &form).await
}

#[tokio::test]
async fn a_device_waits_until_its_user_allows_it_and_then_gets_tokens_once() {
    let op = Provider::start(|_| ()).await;
    let device = start(&op).await;
    assert_eq!((&device["interval"], &device["expires_in"]), (&json!(5), &json!(600)));
    assert_eq!(text(&device, "verification_uri"), op.test.idp("/device"));
    let prefilled = op.browser.get(text(&device, "verification_uri_complete")).await;
    assert!(prefilled.body.contains(text(&device, "user_code")), "{}", prefilled.body);

    assert_eq!(refused(&poll(&op, &device).await), is(400, "authorization_pending"));
    assert_eq!(refused(&poll(&op, &device).await), is(400, "slow_down"), "it asks too soon");
    op.test.realm.clock.advance(SignedDuration::from_secs(6));
    assert_eq!(refused(&poll(&op, &device).await), is(400, "slow_down"), "its interval has grown");
    op.test.realm.clock.advance(SignedDuration::from_secs(20));
    // Case, blanks and hyphens do not matter (6.1).
    let typed = text(&device, "user_code").to_lowercase().replace('-', " ");
    let done = decide(&op, &typed, "allow").await;
    assert!(done.body.contains("id=\"done\""), "{}", done.body);

    let tokens = good(&poll(&op, &device).await);
    assert_eq!(op.verified(text(&tokens, "id_token")).await.subject(), Some("rep-7"));
    assert!(tokens["refresh_token"].is_string());
    assert_eq!(good(&op.userinfo(text(&tokens, "access_token")).await)["sub"], "rep-7");
    assert_eq!(refused(&poll(&op, &device).await), is(400, "invalid_grant"), "it is used");
}

#[tokio::test]
async fn a_device_learns_that_its_user_refused_or_never_came() {
    let op = Provider::start(|_| ()).await;
    let device = start(&op).await;
    decide(&op, text(&device, "user_code"), "deny").await;
    assert_eq!(refused(&poll(&op, &device).await), is(400, "access_denied"));

    let late = start(&op).await;
    op.test.realm.clock.advance(SignedDuration::from_mins(11));
    assert_eq!(refused(&poll(&op, &late).await), is(400, "expired_token"));
    let typed = op.browser.post(&op.test.idp("/device"), &pairs(&[("user_code", text(&late, "user_code"))])).await;
    assert_eq!(typed.status, 400, "{}", typed.body);
    for code in ["", "ZZZZ-ZZZZ", "<script>", &"A".repeat(10_000)] {
        let typed = op.browser.post(&op.test.idp("/device"), &pairs(&[("user_code", code)])).await;
        assert!(typed.status == 400 && typed.body.contains("No device waits"), "{code}");
    }
}

#[tokio::test]
async fn a_device_code_belongs_to_its_client() {
    let op = Provider::start(|_| ()).await;
    let device = start(&op).await;
    let form = pairs(&[("grant_type", DEVICE_CODE), ("device_code", text(&device, "device_code"))]);
    let stranger = op.call("/oidc/token").basic_auth("other", Some("secret-of-other")).form(&form);
    assert_eq!(refused(&page(stranger).await), is(400, "invalid_grant"));
    let unknown = [("grant_type", DEVICE_CODE), ("device_code", "unknown")];
    assert_eq!(refused(&op.post("/oidc/token", &unknown).await), is(400, "invalid_grant"));
    assert_eq!(refused(&op.post("/oidc/token", &[("grant_type", DEVICE_CODE)]).await), is(400, "invalid_request"));
    let nobody = page(op.call("/oidc/device-authorization").form(&pairs(&[("scope", "openid")]))).await;
    assert_eq!(refused(&nobody), is(401, "invalid_client"));
}
