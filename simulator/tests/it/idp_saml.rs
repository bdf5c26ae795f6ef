//! SAML at the identity provider: bindings, metadata, bad requests.

#![expect(clippy::unwrap_used, reason = "a failed set-up fails the test")]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use samael::metadata::EntityDescriptor;
use samael::service_provider::ServiceProvider;
use std::io::Write as _;
use vestibule_certs::{KeyAlgorithm, KeyState};
use vestibule_simulator::realm::{Event, IdpProtocol, IdpSpec, ProtocolVerdict, SamlSigning, SignInPage};

use crate::sso_realm::{Page, TestRealm, pairs};

#[tokio::test]
async fn every_signing_and_algorithm_is_accepted_by_the_org_over_both_request_bindings() {
    for algorithm in [KeyAlgorithm::Rsa2048, KeyAlgorithm::EcP256] {
        for signing in [SamlSigning::Response, SamlSigning::Assertion, SamlSigning::Both] {
            for binding in ["HttpPost", "HttpRedirect"] {
                let test = TestRealm::start(IdpSpec { algorithm, signing, ..IdpSpec::new(IdpProtocol::Saml) }).await;

                test.browser().go(&format!("{}&saml_binding_type={binding}", test.saml_start())).await;

                assert_eq!(test.accepted().len(), 1, "{algorithm:?} {signing:?} {binding}: {:?}", test.events());
                assert_eq!(test.last_login().login_type, "SAML Sfdc Initiated SSO");
            }
        }
    }
}

#[tokio::test]
async fn a_login_that_the_identity_provider_starts_passes_its_relay_state_on() {
    let test = TestRealm::saml().await;
    let browser = test.browser();

    let page = browser.get(&test.idp("/saml/idp-initiated?user=rep&RelayState=%2Flightning%2Fo%2FLead")).await;

    assert_eq!(page.action(), test.trust().acs_url.replace("?so", "/?so"));
    assert_eq!(page.field("RelayState"), "/lightning/o/Lead");
    browser.go_on(page).await;
    assert_eq!(test.accepted().len(), 1);
    assert_eq!(test.last_login().login_type, "SAML Idp Initiated SSO");
}

#[tokio::test]
async fn the_answer_names_the_request_and_the_user_and_verifies_with_samael_and_the_published_metadata() {
    let test = TestRealm::saml().await;
    let browser = test.browser();
    let page = browser.get(&test.saml_start()).await;
    let request = text_of(&page.field("SAMLRequest"));
    let answer = browser.post(&page.action(), &page.hidden()).await;

    let metadata: EntityDescriptor = browser.get(&test.idp("/saml/metadata")).await.body.parse().unwrap();
    let id = request.split("ID=\"").nth(1).unwrap().split('"').next().unwrap();
    let org = ServiceProvider {
        idp_metadata: metadata,
        entity_id: Some(test.trust().sp_entity_id.clone()),
        acs_url: Some(test.trust().acs_url.clone()),
        ..ServiceProvider::default()
    };
    let assertion = org.parse_base64_response(&answer.field("SAMLResponse"), Some(&[id])).unwrap();

    assert_eq!(assertion.subject.unwrap().name_id.unwrap().value, "rep-7");
    let classes: Vec<_> = assertion
        .authn_statements
        .unwrap()
        .into_iter()
        .map(|statement| statement.authn_context.unwrap().value.unwrap().value.unwrap())
        .collect();
    assert_eq!(classes, ["urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified"]);
    assert!(assertion.attribute_statements.is_none());
}

#[tokio::test]
async fn the_metadata_shows_the_valid_certificate_whichever_key_signs() {
    let mut seen = Vec::new();
    for key_state in [KeyState::Valid, KeyState::Foreign] {
        let test = TestRealm::start(IdpSpec { key_state, ..IdpSpec::new(IdpProtocol::Saml) }).await;
        let metadata = test.browser().get(&test.idp("/saml/metadata")).await;
        assert_eq!(metadata.status, 200);
        seen.push(metadata.body.split("X509Certificate>").nth(1).unwrap().to_owned());
    }

    assert_eq!(seen[0], seen[1]);
}

#[tokio::test]
async fn force_authn_asks_again_and_is_passive_never_asks() {
    let test = TestRealm::start(IdpSpec { sign_in: SignInPage::Own, ..IdpSpec::new(IdpProtocol::Saml) }).await;
    let browser = test.browser();

    let passive =
        post_request(&test, &browser, &request(&test).replace("Version=", "IsPassive=\"true\" Version=")).await;
    let answer = text_of(&passive.field("SAMLResponse"));
    assert!(answer.contains("urn:oasis:names:tc:SAML:2.0:status:NoPassive"), "{answer}");
    assert!(answer.contains("InResponseTo=\"_of-a-test\""), "{answer}");

    let page = browser.go(&test.saml_start()).await;
    let mut form = page.hidden();
    form.extend(pairs(&[("username", "rep@acme.example"), ("password", crate::sso_realm::PASSWORD)]));
    browser.go_on(browser.post(&page.action(), &form).await).await;
    let forced =
        post_request(&test, &browser, &request(&test).replace("Version=", "ForceAuthn=\"true\" Version=")).await;
    assert_eq!(forced.name(), "idp-sign-in");
    let passive =
        post_request(&test, &browser, &request(&test).replace("Version=", "IsPassive=\"true\" Version=")).await;
    assert!(text_of(&passive.field("SAMLResponse")).contains("status:Success"));
}

/// Contract D2.3.
#[tokio::test]
async fn the_org_refuses_an_answer_without_success_and_says_so_in_login_history() {
    let test = TestRealm::start(IdpSpec { sign_in: SignInPage::Own, ..IdpSpec::new(IdpProtocol::Saml) }).await;
    let browser = test.browser();
    let passive =
        post_request(&test, &browser, &request(&test).replace("Version=", "IsPassive=\"true\" Version=")).await;

    let refused = browser.go_on(passive).await;

    assert_eq!(refused.name(), "login-refused");
    assert_eq!(test.last_login().status.text(), "Failed: Status Invalid");
}

#[tokio::test]
async fn bad_authn_requests_get_the_protocols_own_error_and_a_journal_entry() {
    let test = TestRealm::saml().await;
    let good = request(&test);
    let huge = good.replace("<saml:Issuer>", &format!("<!--{}--><saml:Issuer>", "x".repeat(80_000)));
    let sso = test.trust().sso_url.clone();
    let elsewhere = good.replace(&sso, "https://elsewhere.localhost/sso");
    let stranger = good.replace(&test.trust().sp_entity_id, "https://stranger.example");
    let foreign = good.replace(&test.trust().acs_url, "https://evil.example/acs");
    let cases = [
        ("not XML", "hello".to_owned(), "Requester"),
        ("no issuer", good.replace("Issuer", "Publisher"), "Requester"),
        ("a document type", format!("<!DOCTYPE a [<!ENTITY b \"c\">]>{good}"), "Requester"),
        ("huge", huge, "Requester"),
        ("unknown SP", stranger, "RequestDenied"),
        ("wrong destination", elsewhere, "RequestDenied"),
        ("foreign ACS", foreign, "RequestDenied"),
        ("SAML 1.1", good.replace("Version=\"2.0\"", "Version=\"1.1\""), "RequestVersionTooLow"),
        ("another message", good.replace("AuthnRequest", "LogoutRequest"), "RequestUnsupported"),
    ];

    for (what, xml, code) in cases {
        let before = test.refused_by_idp().len();
        let page = post_request(&test, &test.browser(), &xml).await;

        assert_eq!((page.status, page.name()), (400, "idp-error"), "{what}: {}", page.body);
        let refused = test.refused_by_idp();
        assert_eq!(refused.len(), before + 1, "{what}");
        assert!(refused[before].ends_with(code), "{what}: {refused:?}");
        assert!(!page.body.contains("action="), "{what}: nothing is sent to the ACS: {}", page.body);
    }
    assert_eq!(test.sign_ins(), 0);
}

#[tokio::test]
async fn bytes_that_are_no_message_are_refused_over_both_bindings() {
    let test = TestRealm::saml().await;
    let browser = test.browser();
    let sso = test.trust().sso_url.clone();
    let mut bomb = DeflateEncoder::new(Vec::new(), Compression::best());
    bomb.write_all(&vec![b' '; 50_000_000]).unwrap();
    let bomb = query(&STANDARD.encode(bomb.finish().unwrap()));
    let pages = [
        browser.get(&sso).await,
        browser.get(&format!("{sso}?SAMLRequest=%%%")).await,
        browser.get(&format!("{sso}?SAMLRequest={}", query(&STANDARD.encode("not deflated")))).await,
        browser.get(&format!("{sso}?SAMLRequest={bomb}")).await,
        browser.get(&format!("{sso}?SAMLRequest=AAAA&SAMLRequest=AAAA")).await,
        browser.post(&sso, &pairs(&[])).await,
        browser.post(&sso, &pairs(&[("SAMLRequest", "%%%")])).await,
        browser.post(&sso, &pairs(&[("SAMLRequest", "AAAA"), ("SAMLRequest", "AAAA")])).await,
        browser.post(&sso, &pairs(&[("SAMLRequest", &"A".repeat(3_000_000))])).await,
    ];

    for (index, page) in pages.iter().enumerate() {
        assert_eq!((page.status, page.name()), (400, "idp-error"), "{index}: {}", page.body);
    }
    assert_eq!(test.refused_by_idp().len(), pages.len());
}

#[tokio::test]
async fn a_good_request_is_in_the_journal_as_accepted() {
    let test = TestRealm::saml().await;

    test.browser().go(&test.saml_start()).await;

    let accepted = Event::SsoRequestReceived { idp: "okta".to_owned(), verdict: ProtocolVerdict::Accepted };
    assert!(test.events().contains(&accepted));
}

#[tokio::test]
async fn a_saml_identity_provider_has_no_openid_endpoints() {
    let test = TestRealm::saml().await;

    let page = test.browser().get(&test.idp("/.well-known/openid-configuration")).await;

    assert_eq!((page.status, page.name()), (404, "idp-error"));
}

/// An `AuthnRequest` written by hand.
fn request(test: &TestRealm) -> String {
    let trust = test.trust();
    format!(
        "<samlp:AuthnRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" \
         xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_of-a-test\" Version=\"2.0\" \
         IssueInstant=\"2026-12-01T12:00:00Z\" Destination=\"{}\" AssertionConsumerServiceURL=\"{}\">\
         <saml:Issuer>{}</saml:Issuer></samlp:AuthnRequest>",
        trust.sso_url, trust.acs_url, trust.sp_entity_id
    )
}

async fn post_request(test: &TestRealm, browser: &crate::sso_realm::Browser, xml: &str) -> Page {
    browser.post(&test.trust().sso_url, &pairs(&[("SAMLRequest", &STANDARD.encode(xml))])).await
}

fn text_of(base64: &str) -> String {
    String::from_utf8(STANDARD.decode(base64).unwrap()).unwrap()
}

fn query(value: &str) -> String {
    url::form_urlencoded::byte_serialize(value.as_bytes()).collect()
}

#[tokio::test]
async fn a_format_of_names_that_the_identity_provider_does_not_have_is_refused_with_a_status() {
    for (format, status) in [
        ("urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified", "status:Success"),
        ("urn:oasis:names:tc:SAML:2.0:nameid-format:persistent", "status:InvalidNameIDPolicy"),
        ("urn:oasis:names:tc:SAML:2.0:nameid-format:transient", "status:InvalidNameIDPolicy"),
        ("urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress", "status:InvalidNameIDPolicy"),
    ] {
        let test = TestRealm::saml().await;
        let browser = test.browser();
        let page = browser.get(&test.saml_start()).await;
        let unspecified = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified";
        let request = text_of(&page.field("SAMLRequest")).replace(unspecified, format);

        let answer = browser.post(&page.action(), &pairs(&[("SAMLRequest", &STANDARD.encode(request))])).await;

        let response = text_of(&answer.field("SAMLResponse"));
        assert!(response.contains(status), "{format}: {response}");
        browser.go_on(answer).await;
        assert_eq!(test.accepted().len(), usize::from(status == "status:Success"), "{format}");
    }
}
