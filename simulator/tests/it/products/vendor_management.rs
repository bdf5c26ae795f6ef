//! The vendor-management system: MFA by the type of user, pairing, and a phone that was lost.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::SignedDuration;
use jiff::civil::{Date, date};
use qrcodegen::{QrCode, QrCodeEcc};
use serde_json::{Value, json};
use vestibule_model::{ProductProof, ProductRefusal};
use vestibule_simulator::realm::{Event, ProductKind, ProductSpec, ProductUserSpec, ProductUserType};

use super::{KEY, PASSWORD, TestProduct, user};
use crate::support::browser::{Browser, Page};
use crate::support::html;

const OPTIONAL: Date = date(2021, 12, 1);
const ENFORCED: Date = date(2022, 1, 1);

fn of_type(user_type: ProductUserType) -> ProductUserSpec {
    user().of_type(user_type)
}

fn vms() -> ProductSpec {
    ProductSpec::new(ProductKind::VendorManagement)
        .user("admin", of_type(ProductUserType::Administrator))
        .user("msp", of_type(ProductUserType::Msp).paired())
        .user("customer", user())
        .user("supplier", of_type(ProductUserType::Supplier))
        .user("contractor", of_type(ProductUserType::IndependentContractor))
        .user("resource", of_type(ProductUserType::Resource))
}

fn pairing_code(page: &Page) -> String {
    html::one(&page.body, "p#pairingCode").text
}

/// Pairs an app on this page.
async fn pair(test: &TestProduct, browser: &Browser, page: &Page) -> Page {
    let code = test.code_of(&pairing_code(page));
    browser.submit(page, "productPairing", &[("code", &code)]).await
}

/// A browser in which a user with a paired app is signed in, and the page that it shows. The clock goes to a fresh code.
async fn signed_in(test: &TestProduct, user: &str) -> (Browser, Page) {
    test.realm.clock.advance(SignedDuration::from_secs(30));
    let browser = test.browser();
    let asked = test.give_password(&browser, user, PASSWORD).await;
    let home = browser.submit(&asked, "productCode", &[("code", &test.code(user))]).await;
    assert_eq!(home.name(), "product-home", "{}", home.body);
    (browser, home)
}

#[tokio::test]
async fn from_november_some_may_pair_and_from_january_they_must_and_the_others_cannot() {
    let rows = [
        (date(2021, 10, 31), "product-home", false),
        (date(2021, 11, 1), "product-home", true),
        (date(2021, 12, 31), "product-home", true),
        (ENFORCED, "product-pairing", true),
    ];
    for (day, expected, available) in rows {
        let test = TestProduct::on(day, vms()).await;
        for user in ["admin", "customer"] {
            let browser = test.browser();
            let page = test.give_password(&browser, user, PASSWORD).await;
            let pairing = browser.get(&test.url("/pair")).await;
            assert_eq!(page.name(), expected, "{user} on {day}");
            assert_eq!(pairing.name() == "product-pairing", available, "{user} on {day}");
        }
        for user in ["supplier", "contractor", "resource"] {
            let browser = test.browser();
            let page = test.give_password(&browser, user, PASSWORD).await;
            let pairing = browser.get(&test.url("/pair")).await;
            assert_eq!((page.name(), pairing.name()), ("product-home", "product-home"), "{user} on {day}");
            assert!(page.body.contains("You cannot pair an authenticator app yet"), "{user} on {day}: {}", page.body);
        }
    }
}

#[tokio::test]
async fn the_qr_code_and_the_pairing_code_hold_one_key() {
    let test = TestProduct::on(OPTIONAL, vms()).await;
    let browser = test.browser();
    test.give_password(&browser, "customer", PASSWORD).await;

    let page = browser.get(&test.url("/pair")).await;
    let again = browser.get(&test.url("/pair")).await;

    let key = pairing_code(&page);
    assert_eq!(pairing_code(&again), key);
    let secret = totp_rs::Secret::try_from_base32(&key).unwrap();
    let account = test.user("customer").username;
    let app = totp_rs::Builder::new().with_secret(secret).with_account_name(account).with_issuer(Some(KEY));
    let url = app.build_noncompliant().to_url().unwrap();
    let source = html::one(&page.body, "img#qr").attribute("src").to_owned();
    let picture = BASE64_STANDARD.decode(source.strip_prefix("data:image/svg+xml;base64,").unwrap()).unwrap();
    let picture = String::from_utf8(picture).unwrap();
    let expected = QrCode::encode_text(&url, QrCodeEcc::Medium).unwrap();
    for (x, y) in (0..expected.size()).flat_map(|y| (0..expected.size()).map(move |x| (x, y))) {
        let dark = picture.contains(&format!("M{x} {y}h1v1h-1z"));
        assert_eq!(dark, expected.get_module(x, y), "{x} {y}");
    }
}

#[tokio::test]
async fn the_next_sign_in_after_the_pairing_asks_for_a_code() {
    let test = TestProduct::on(OPTIONAL, vms()).await;
    let browser = test.browser();
    test.give_password(&browser, "customer", PASSWORD).await;
    let page = browser.get(&test.url("/pair")).await;

    let wrong = browser.submit(&page, "productPairing", &[("code", "000000")]).await;
    let home = pair(&test, &browser, &wrong).await;
    let asked = test.give_password(&test.browser(), "customer", PASSWORD).await;
    let (_, next) = signed_in(&test, "customer").await;

    assert_eq!(
        [&wrong, &home, &asked, &next].map(Page::name),
        ["product-pairing", "product-home", "product-code", "product-home"]
    );
    let (product, user) = (KEY.to_owned(), "customer".to_owned());
    let paired = Event::AuthenticatorAppPaired { product: product.clone(), user: user.clone() };
    let events = test.events();
    assert_eq!(events.iter().filter(|event| **event == paired).count(), 1);
    let last = Event::ProductSignedIn { product, user, by: ProductProof::LoginCode, application: None };
    assert!(events.contains(&last), "{events:?}");
}

#[tokio::test]
async fn whoever_must_pair_is_signed_in_by_the_pairing_and_the_same_code_is_good_once() {
    let test = TestProduct::on(ENFORCED, vms()).await;
    let browser = test.browser();
    let page = test.give_password(&browser, "admin", PASSWORD).await;
    assert_eq!(browser.get(&test.url("/")).await.name(), "product-sign-in", "nobody is signed in without an app");

    let code = test.code_of(&pairing_code(&page));
    let home = browser.submit(&page, "productPairing", &[("code", &code)]).await;
    let other = test.browser();
    let asked = test.give_password(&other, "admin", PASSWORD).await;
    let replayed = other.submit(&asked, "productCode", &[("code", &code)]).await;

    assert_eq!((home.name(), replayed.name()), ("product-home", "product-code"));
    let refused = Event::ProductSignInRefused {
        product: KEY.to_owned(),
        user: Some("admin".to_owned()),
        why: ProductRefusal::WrongCode,
        application: None,
    };
    assert!(test.events().contains(&refused));
}

#[tokio::test]
async fn the_msp_disconnects_a_lost_phone_and_the_user_gets_in_again() {
    for (day, after) in [(OPTIONAL, "product-home"), (ENFORCED, "product-pairing")] {
        let test = TestProduct::on(day, vms()).await;
        let browser = test.browser();
        let first = test.give_password(&browser, "customer", PASSWORD).await;
        let pairing = if first.name() == "product-pairing" { first } else { browser.get(&test.url("/pair")).await };
        let old = pairing_code(&pairing);
        pair(&test, &browser, &pairing).await;
        let lost = test.give_password(&test.browser(), "customer", PASSWORD).await;
        assert_eq!(lost.name(), "product-code", "{day}");

        let (msp, home) = signed_in(&test, "msp").await;
        let home = msp.submit(&home, "disconnect-customer", &[]).await;

        assert!(html::select(&home.body, "form#disconnect-customer").is_empty(), "{day}: {}", home.body);
        let again = test.browser();
        let page = test.give_password(&again, "customer", PASSWORD).await;
        assert_eq!(page.name(), after, "{day}");
        let page = again.get(&test.url("/pair")).await;
        assert_ne!(pairing_code(&page), old, "{day}: a new phone gets a new key");
        assert_eq!(pair(&test, &again, &page).await.name(), "product-home", "{day}");
        let (product, user, by) = (KEY.to_owned(), "customer".to_owned(), "msp".to_owned());
        assert!(test.events().contains(&Event::AuthenticatorAppDisconnected { product, user, by }), "{day}");
    }
}

#[tokio::test]
async fn nobody_else_disconnects_and_nobody_pairs_a_second_app() {
    let test = TestProduct::on(OPTIONAL, vms()).await;
    let (one, other) = (test.browser(), test.browser());
    for browser in [&one, &other] {
        test.give_password(browser, "admin", PASSWORD).await;
    }
    let (first, second) = (one.get(&test.url("/pair")).await, other.get(&test.url("/pair")).await);
    assert_eq!(pair(&test, &one, &first).await.name(), "product-home");
    let kept = test.user("admin").totp_key;

    let late = pair(&test, &other, &second).await;
    let forbidden = other.post(&test.url("/disconnect"), &[("user", "msp")]).await;
    let stranger = test.browser().post(&test.url("/disconnect"), &[("user", "msp")]).await;

    assert_eq!((late.name(), test.user("admin").totp_key), ("product-home", kept));
    assert_eq!((forbidden.status, forbidden.name(), stranger.name()), (403, "product-error", "product-sign-in"));
    assert!(test.user("msp").totp_key.is_some());
}

#[tokio::test]
async fn nothing_pairs_the_app_of_a_user_who_cannot_have_one() {
    let test = TestProduct::on(ENFORCED, vms()).await;
    let browser = test.browser();
    test.give_password(&browser, "supplier", PASSWORD).await;

    let page = browser.post(&test.url("/pair"), &[("code", "123456")]).await;

    assert_eq!(page.name(), "product-home");
    assert!(test.user("supplier").totp_key.is_none());
    assert_eq!(test.browser().get(&test.url("/pair")).await.name(), "product-sign-in");
}

#[tokio::test]
async fn the_api_says_how_mfa_stands_for_who_is_signed_in() {
    let test = TestProduct::on(OPTIONAL, vms()).await;
    let stranger = test.browser().get(&test.url("/api/v1/me")).await;
    assert_eq!((stranger.status, stranger.body.contains("not-signed-in")), (401, true), "{}", stranger.body);

    for (user, user_type, mfa) in [
        ("customer", "customer", "optional"),
        ("supplier", "supplier", "not-available"),
        ("admin", "administrator", "optional"),
    ] {
        let browser = test.browser();
        test.give_password(&browser, user, PASSWORD).await;
        let answer: Value = serde_json::from_str(&browser.get(&test.url("/api/v1/me")).await.body).unwrap();
        let expected = json!({
            "user": format!("{user}@product.example"),
            "user-type": user_type,
            "mfa": mfa,
            "paired": false,
        });
        assert_eq!(answer, expected);
    }
}
