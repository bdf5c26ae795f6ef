//! The SAML Assertion Validator, which people use while they set an identity provider up.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use vestibule_simulator::realm::{IdpSpec, UserIdentity};

use super::{Issuer, Says, post, trusting};
use crate::sso_realm::{Browser, Page, TestRealm, pairs};

/// Contract D3.4.
#[tokio::test]
async fn the_verdict_of_the_vendor_stands_beside_the_tier_and_its_reason() {
    let issuer = Issuer::new();
    let test = TestRealm::start(trusting(&[&issuer])).await;
    let browser = signed_in(&test, &issuer).await;

    let last = browser.get(&page_of(&test)).await;
    assert_eq!(last.name(), "saml-validator", "{}", last.body);
    expect(&last, &["The last SAML login was accepted.", "authentication: strong<", ": phishing-resistant<", "`swk`"]);

    for (amr, vendor, tier, reason) in [
        ("swk", "strong", "phishing-resistant", "the deciding signal `swk` is phishing-resistant"),
        ("okta_verify", "strong", "standard", "the deciding signal `okta_verify` is standard"),
        ("sms", "weak", "weak", "the deciding signal `sms` is weak"),
        ("mfa", "weak", "weak", "no recognised signal arrived"),
    ] {
        let attributes = [("amr", amr), ("User.Email", "rep@mail.example")];
        let response = Says { id: "_brought", attributes: &attributes, ..Says::good(&test) }.signed_by(&issuer, &test);
        for pasted in [response.clone(), STANDARD.encode(&response)] {
            let page = validated(&test, &browser, &pasted).await;
            let (vendor, tier) = (format!("authentication: {vendor}<"), format!("simulated org: {tier}<"));
            expect(
                &page,
                &["The assertion is valid.", "Subject: rep-7<br>", "AssertionId: _brought", &vendor, &tier, reason],
            );
            assert!(!page.body.contains("rep@mail.example"), "an attribute of the user is no signal: {}", page.body);
        }
    }
    assert_eq!(test.accepted().len(), 1, "nobody is signed in by it");
}

#[tokio::test]
async fn what_is_refused_has_the_text_of_login_history_and_its_reason() {
    let (issuer, other) = (Issuer::new(), Issuer::new());
    let test = TestRealm::start(trusting(&[&issuer])).await;
    let browser = signed_in(&test, &issuer).await;
    let good = || Says { id: "_brought", ..Says::good(&test) };
    for (pasted, found) in [
        (good().signed_by(&other, &test), "Failed: Signature Invalid/Configured Certificate Mismatch: "),
        (good().signed_by(&issuer, &test).replace("rep-7", "boss-1"), "Failed: Signature Invalid: "),
        (
            Says { audience: "https://other.example".to_owned(), ..good() }.signed_by(&issuer, &test),
            "Failed: Audience Invalid: ",
        ),
        (Says { name: "nobody", ..good() }.signed_by(&issuer, &test), "Unable to map the subject to a Salesforce user"),
        ("<!DOCTYPE x><a/>".to_owned(), "Failed: Assertion Invalid: the message has a DOCTYPE."),
        ("%%%".to_owned(), "Failed: Assertion Invalid: the SAMLResponse is not base64."),
        (String::new(), "Failed: Assertion Invalid: "),
    ] {
        expect(&validated(&test, &browser, &pasted).await, &[found]);
    }

    let refused = good().signed_by(&other, &test);
    post(&test, &test.browser(), &refused, "").await;
    let last = browser.get(&page_of(&test)).await;
    expect(&last, &["Failed: Signature Invalid/Configured Certificate Mismatch: The single sign-on is refused"]);
}

#[tokio::test]
async fn the_subject_is_the_attribute_that_the_setting_names() {
    let issuer = Issuer::new();
    let spec = IdpSpec {
        identity: UserIdentity::Username,
        identity_attribute: Some("mail".to_owned()),
        ..trusting(&[&issuer])
    };
    let test = TestRealm::start(spec).await;
    let attributes = [("amr", "swk"), ("mail", "rep@acme.example")];
    let browser = test.browser();
    let says = Says { attributes: &attributes, ..Says::good(&test) };
    post(&test, &browser, &says.signed_by(&issuer, &test), "").await;

    let says = Says { id: "_brought", attributes: &attributes, ..Says::good(&test) };
    let page = validated(&test, &browser, &says.signed_by(&issuer, &test)).await;

    expect(&page, &["Subject: rep@acme.example<br>", "The subject is the user rep@acme.example"]);
}

#[tokio::test]
async fn nobody_sees_it_without_a_session() {
    let test = TestRealm::start(trusting(&[&Issuer::new()])).await;

    let page = test.browser().get(&page_of(&test)).await;

    assert!(page.name() == "login" || page.name() == "username", "{}", page.name());
}

async fn signed_in(test: &TestRealm, issuer: &Issuer) -> Browser {
    let browser = test.browser();
    post(test, &browser, &Says::good(test).signed_by(issuer, test), "").await;
    browser
}

fn page_of(test: &TestRealm) -> String {
    test.org("/setup/secur/SAMLValidationPage.apexp")
}

async fn validated(test: &TestRealm, browser: &Browser, pasted: &str) -> Page {
    let form = pairs(&[
        ("thePage:block:theForm:configId", &test.trust().config_id),
        ("thePage:block:theForm:Assertion", pasted),
    ]);
    browser.post(&page_of(test), &form).await
}

fn expect(page: &Page, texts: &[&str]) {
    for text in texts {
        assert!(page.body.contains(text), "{text}: {}", page.body);
    }
}
