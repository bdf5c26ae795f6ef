//! The CRM: app passwords for programs that cannot give a second factor.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use reqwest::Method;
use vestibule_model::{ProductProof, ProductRefusal};
use vestibule_simulator::realm::{Event, ProductKind, ProductSpec};

use super::{KEY, PASSWORD, TestProduct, user};
use crate::support::browser::{Browser, Page, page};
use crate::support::html;

fn crm() -> ProductSpec {
    ProductSpec::new(ProductKind::Crm).user("ada", user()).user("service", user().paired().app_password("sync"))
}

/// A browser in which a user with a paired app is signed in, and the page that it shows.
async fn signed_in(test: &TestProduct) -> (Browser, Page) {
    let browser = test.browser();
    let code = test.give_password(&browser, "service", PASSWORD).await;
    let home = browser.submit(&code, "productCode", &[("code", &test.code("service"))]).await;
    assert_eq!(home.name(), "product-home", "{}", home.body);
    (browser, home)
}

/// The app password that a page shows.
fn shown(page: &Page) -> Option<String> {
    html::select(&page.body, "p#appPassword").first().map(|element| element.text.clone())
}

fn refused(user: &str, why: ProductRefusal, application: Option<&str>) -> Event {
    let application = application.map(str::to_owned);
    Event::ProductSignInRefused { product: KEY.to_owned(), user: Some(user.to_owned()), why, application }
}

#[tokio::test]
async fn with_the_second_factor_on_a_program_gets_in_by_its_app_password_only() {
    let test = TestProduct::start(crm()).await;
    let own = test.user("service").app_password_for("sync").unwrap().secret.clone();

    let by_password = test.call("sync", "service", PASSWORD).await;
    let by_app_password = test.call("sync", "service", own.reveal()).await;
    let without_second_factor = test.call("sync", "ada", PASSWORD).await;

    assert_eq!((by_password.status, by_app_password.status, without_second_factor.status), (401, 200, 200));
    assert!(by_password.body.contains("second-factor-missing"), "{}", by_password.body);
    assert!(by_app_password.body.contains("service@product.example"), "{}", by_app_password.body);
    let expected = |user: &str, by| Event::ProductSignedIn {
        product: KEY.to_owned(),
        user: user.to_owned(),
        by,
        application: Some("sync".to_owned()),
    };
    assert_eq!(
        test.events(),
        [
            refused("service", ProductRefusal::SecondFactorMissing, Some("sync")),
            expected("service", ProductProof::AppPassword),
            expected("ada", ProductProof::Password),
        ]
    );
}

#[tokio::test]
async fn an_app_password_is_shown_once_and_is_long_and_random_and_an_application_has_one() {
    let test = TestProduct::start(crm()).await;
    let (browser, home) = signed_in(&test).await;

    let first = browser.submit(&home, "generate", &[("application", "erp")]).await;
    let second = browser.submit(&first, "generate", &[("application", "mailer")]).await;
    let again = browser.submit(&second, "generate", &[("application", "erp")]).await;
    let later = browser.get(&test.url("/")).await;

    let (erp, mailer) = (shown(&first).unwrap(), shown(&second).unwrap());
    assert_ne!(erp, mailer);
    for one in [&erp, &mailer] {
        let characters: BTreeSet<char> = one.chars().collect();
        assert!(one.len() >= 30 && one.chars().all(|c| c.is_ascii_alphanumeric()) && characters.len() > 10, "{one}");
        assert!(!later.body.contains(one.as_str()), "{}", later.body);
        assert!(test.realm.secrets.all().iter().any(|secret| secret.reveal() == one));
    }
    assert!(!second.body.contains(&erp) && shown(&again).is_none() && shown(&later).is_none());
    assert!(again.body.contains("Revoke it first"), "{}", again.body);
    assert_eq!(
        (test.call("erp", "service", &erp).await.status, test.call("mailer", "service", &mailer).await.status),
        (200, 200)
    );
}

#[tokio::test]
async fn a_revoked_app_password_lets_nobody_in_and_the_others_stay() {
    let test = TestProduct::start(crm()).await;
    let (browser, home) = signed_in(&test).await;
    let with_both = browser.submit(&home, "generate", &[("application", "erp")]).await;
    let erp = shown(&with_both).unwrap();
    let sync = test.user("service").app_password_for("sync").unwrap().secret.clone();

    let after = browser.submit(&with_both, "revoke-erp", &[]).await;

    assert!(html::select(&after.body, "form#revoke-erp").is_empty(), "{}", after.body);
    assert_eq!(
        (test.call("erp", "service", &erp).await.status, test.call("sync", "service", sync.reveal()).await.status),
        (401, 200)
    );
    let events = test.events();
    assert!(events.contains(&refused("service", ProductRefusal::AppPasswordRevoked, Some("erp"))), "{events:?}");
    let (product, user, application) = (KEY.to_owned(), "service".to_owned(), "erp".to_owned());
    assert!(events.contains(&Event::AppPasswordRevoked { product, user, application }), "{events:?}");
}

#[tokio::test]
async fn one_app_password_in_two_applications_is_reported_once_for_each_more() {
    let test = TestProduct::start(crm()).await;
    let own = test.user("service").app_password_for("sync").unwrap().secret.clone();

    for application in ["sync", "sync", "mailer", "mailer"] {
        assert_eq!(test.call(application, "service", own.reveal()).await.status, 200, "{application}");
    }

    let events = test.events();
    let shared: Vec<_> = events.iter().filter(|event| matches!(event, Event::AppPasswordShared { .. })).collect();
    let (product, user) = (KEY.to_owned(), "service".to_owned());
    let expected =
        Event::AppPasswordShared { product, user, application: "sync".to_owned(), other: "mailer".to_owned() };
    assert_eq!(shared, [&expected]);
    let (_, home) = signed_in(&test).await;
    assert!(home.body.contains("used by mailer, sync"), "{}", home.body);
    assert!(home.body.contains("Several applications use this app password"), "{}", home.body);
}

#[tokio::test]
async fn a_person_gives_password_and_code_and_no_app_password() {
    let test = TestProduct::start(crm()).await;
    let own = test.user("service").app_password_for("sync").unwrap().secret.clone();

    let without_second_factor = test.give_password(&test.browser(), "ada", PASSWORD).await;
    let by_app_password = test.give_password(&test.browser(), "service", own.reveal()).await;
    let by_password = test.give_password(&test.browser(), "service", PASSWORD).await;

    assert_eq!(
        [&without_second_factor, &by_app_password, &by_password].map(Page::name),
        ["product-home", "product-sign-in", "product-code"]
    );
    assert!(test.events().contains(&refused("service", ProductRefusal::AppPasswordOfPerson, None)));
}

#[tokio::test]
async fn a_code_is_good_once_and_a_wrong_one_asks_again() {
    let test = TestProduct::start(crm()).await;
    let (_, _) = signed_in(&test).await;
    let browser = test.browser();
    let mut asked = test.give_password(&browser, "service", PASSWORD).await;

    for code in [test.code("service"), "000000".to_owned(), "١٢٣٤٥٦".to_owned(), "12345678".to_owned(), String::new()]
    {
        asked = browser.submit(&asked, "productCode", &[("code", &code)]).await;
        assert_eq!(asked.name(), "product-code", "{code}");
    }
    test.realm.clock.advance(SignedDuration::from_secs(90));
    let spaced = test.code("service");
    let home = browser.submit(&asked, "productCode", &[("code", &format!("{} {}", &spaced[..3], &spaced[3..]))]).await;

    assert_eq!(home.name(), "product-home");
    let wrong = refused("service", ProductRefusal::WrongCode, None);
    assert_eq!(test.events().iter().filter(|event| **event == wrong).count(), 5);
}

#[tokio::test]
async fn nothing_is_reached_without_a_session_and_nothing_from_another_origin() {
    let test = TestProduct::start(crm()).await;
    let (browser, home) = signed_in(&test).await;

    for path in ["/", "/code"] {
        assert_eq!(test.browser().get(&test.url(path)).await.name(), "product-sign-in", "{path}");
    }
    let stranger = test.browser().post(&test.url("/app-passwords"), &[("application", "erp")]).await;
    assert_eq!(stranger.name(), "product-sign-in");
    let forged = browser.request(Method::POST, &test.url("/app-passwords")).form(&[("application", "erp")]);
    let forged = page(forged.header("origin", test.realm.my_domain_origin())).await;
    assert_eq!(forged.status, 403);
    assert!(test.user("service").app_password_for("erp").is_none());
    let out = browser.submit(&home, "signOut", &[]).await;
    assert_eq!((out.name(), browser.get(&test.url("/")).await.name()), ("product-sign-in", "product-sign-in"));
}

#[tokio::test]
async fn bad_calls_are_refused_and_say_why() {
    let test = TestProduct::start(crm()).await;
    let call = |header: &'static str| {
        let request = test.browser().request(Method::GET, &test.url("/api/v1/me"));
        page(request.header("authorization", header).header("user-agent", "<script>"))
    };

    for header in ["", "Basic", "Basic !!", "Basic YWJj", "Bearer YWRhOng=", "Basic /////w=="] {
        let answer = call(header).await;
        assert_eq!(answer.status, 401, "{header}");
        assert!(answer.body.contains("HTTP Basic"), "{header}: {}", answer.body);
    }
    let unknown = call("Basic bm9ib2R5Ong=").await;
    assert_eq!((unknown.status, unknown.body.contains("wrong-password")), (401, true));
    let missing = test.browser().get(&test.url("/nothing")).await;
    assert_eq!((missing.status, missing.name()), (404, "product-error"));
    let events = test.events();
    let stranger = Event::ProductSignInRefused {
        product: KEY.to_owned(),
        user: None,
        why: ProductRefusal::WrongPassword,
        application: Some("unknown".to_owned()),
    };
    assert!(events.contains(&stranger), "{events:?}");
    assert!(events.iter().any(|event| matches!(event, Event::RequestRefused { status: 404, .. })));
}

#[tokio::test]
async fn every_page_says_that_it_is_simulated_and_holds_no_secret_but_the_new_one() {
    let test = TestProduct::start(crm()).await;
    let browser = test.browser();
    let form = browser.get(&test.url("/sign-in")).await;
    let code = test.give_password(&browser, "service", PASSWORD).await;
    let home = browser.submit(&code, "productCode", &[("code", &test.code("service"))]).await;
    let missing = browser.get(&test.url("/nothing")).await;

    for page in [form, code, home, missing] {
        assert!(page.body.contains("Simulated product of Vestibule"), "{}", page.body);
        for secret in test.realm.secrets.all() {
            assert!(!page.body.contains(secret.reveal()), "{}", page.body);
        }
    }
}
