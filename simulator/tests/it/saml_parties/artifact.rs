//! HTTP-Artifact: the browser carries a name of the answer, and its receiver asks for the answer by SOAP.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use samael::metadata::EntityDescriptor;
use samael::service_provider::ServiceProvider;
use vestibule_model::{AcsBinding, AssertionConsumerService, ServiceProviderSpec};
use vestibule_simulator::realm::IdpSpec;

use super::{APP, APP_ACS, SHOP, SHOP_ACS, app_key, between, by_post, idp, party, pem, request};
use crate::sso_realm::{Browser, Page, TestRealm, page, pairs};

const ARTIFACT_ACS: &str = "http://127.0.0.1:5000/artifact";

/// The app, with an ACS for artifacts besides its other one.
fn app() -> ServiceProviderSpec {
    let mut app = party(APP_ACS);
    let artifact = AssertionConsumerService::post(ARTIFACT_ACS.parse().unwrap());
    app.acs.push(AssertionConsumerService { index: Some(4), binding: AcsBinding::HttpArtifact, ..artifact });
    app
}

fn resolve_message(test: &TestRealm, entity_id: &str, artifact: &str) -> String {
    format!(
        "<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\"><e:Body>\
         <samlp:ArtifactResolve xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" \
         xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_ask\" Version=\"2.0\" \
         IssueInstant=\"2026-12-01T12:00:00Z\" Destination=\"{}\"><saml:Issuer>{entity_id}</saml:Issuer>\
         <samlp:Artifact>{artifact}</samlp:Artifact></samlp:ArtifactResolve></e:Body></e:Envelope>",
        test.trust().artifact_url
    )
}

async fn resolve(test: &TestRealm, browser: &Browser, message: &str) -> Page {
    let request = browser.request(Method::POST, &test.trust().artifact_url);
    page(request.header("content-type", "text/xml").body(message.to_owned())).await
}

/// Signs in at the app, and returns the redirect to it.
async fn answered(test: &TestRealm, attributes: &str) -> Page {
    let form =
        pairs(&[("SAMLRequest", &STANDARD.encode(request(test, APP, attributes, ""))), ("RelayState", "to the start")]);
    test.careful_browser().post(&test.trust().sso_url, &form).await
}

#[tokio::test]
async fn an_answer_is_given_once_and_verifies_with_samael() {
    let test = TestRealm::start(idp(app(), party(SHOP_ACS))).await;
    let browser = test.browser();
    let metadata: EntityDescriptor = browser.get(&test.idp("/saml/metadata")).await.body.parse().unwrap();
    for asks in [
        "AssertionConsumerServiceIndex=\"4\"".to_owned(),
        format!("AssertionConsumerServiceURL=\"{ARTIFACT_ACS}\""),
        format!("ProtocolBinding=\"{}\"", AcsBinding::HttpArtifact.urn()),
    ] {
        let sent = answered(&test, &asks).await;
        assert_eq!(sent.status, 303, "{asks}: {}", sent.body);
        let location = sent.location.clone().unwrap();
        assert!(location.starts_with(&format!("{ARTIFACT_ACS}?SAMLart=")), "{location}");
        assert_eq!(sent.redirected_with("RelayState").as_deref(), Some("to the start"));
        let artifact = sent.redirected_with("SAMLart").unwrap();
        let handle = artifact[32..].trim_end_matches('=');
        assert!(test.realm.secrets.all().iter().any(|secret| secret.reveal() == handle), "no report shows it");

        let first = resolve(&test, &browser, &resolve_message(&test, APP, &artifact)).await;
        let again = resolve(&test, &browser, &resolve_message(&test, APP, &artifact)).await;

        assert_eq!((first.status, again.status), (200, 200));
        for answer in [&first, &again] {
            assert!(answer.body.contains("<samlp:ArtifactResponse "), "{}", answer.body);
            assert!(answer.body.contains("InResponseTo=\"_ask\"") && answer.body.contains("status:Success"));
        }
        assert!(!again.body.contains("<samlp:Response "), "{}", again.body);
        let (_, rest) = first.body.split_once("<samlp:Response ").unwrap();
        let (inner, _) = rest.split_once("</samlp:Response>").unwrap();
        let response =
            format!("<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" {inner}</samlp:Response>");
        let party = ServiceProvider {
            idp_metadata: metadata.clone(),
            entity_id: Some(APP.to_owned()),
            acs_url: Some(ARTIFACT_ACS.to_owned()),
            ..ServiceProvider::default()
        };
        let assertion = party.parse_base64_response(&STANDARD.encode(response), Some(&["_of-a-test"])).unwrap();
        assert_eq!(assertion.subject.unwrap().name_id.unwrap().value, "rep-7");
    }
    let by_form = by_post(&test, &test.browser(), &request(&test, APP, "", "")).await;
    assert_eq!(by_form.action(), APP_ACS, "what takes HTTP-POST is the default");
}

#[tokio::test]
async fn whoever_the_answer_is_not_for_gets_an_empty_one_and_does_not_use_it_up() {
    let test = TestRealm::start(idp(app(), party(SHOP_ACS))).await;
    let browser = test.browser();
    let artifact = answered(&test, "AssertionConsumerServiceIndex=\"4\"").await.redirected_with("SAMLart").unwrap();

    let of_another = resolve(&test, &browser, &resolve_message(&test, SHOP, &artifact)).await;
    let unknown = resolve(&test, &browser, &resolve_message(&test, APP, "AAQAAA==")).await;
    let stranger = resolve(&test, &browser, &resolve_message(&test, "urn:nobody", &artifact)).await;
    let own = resolve(&test, &browser, &resolve_message(&test, APP, &artifact)).await;

    for empty in [&of_another, &unknown] {
        assert!(empty.status == 200 && empty.body.contains("status:Success"), "{}", empty.body);
        assert!(!empty.body.contains("<samlp:Response "), "{}", empty.body);
    }
    assert!(stranger.body.contains("status:RequestDenied"), "{}", stranger.body);
    assert!(own.body.contains("<samlp:Response "), "{}", own.body);
}

#[tokio::test]
async fn a_service_provider_that_signs_must_sign_this_too() {
    let signs = ServiceProviderSpec { certificates: vec![pem(&app_key())], authn_requests_signed: true, ..app() };
    let test = TestRealm::start(idp(signs, party(SHOP_ACS))).await;

    let refused = resolve(&test, &test.browser(), &resolve_message(&test, APP, "AAQAAA==")).await;

    assert!(refused.status == 200 && refused.body.contains("status:RequestDenied"), "{}", refused.body);
    assert!(refused.body.contains("AuthnRequestsSigned"), "{}", refused.body);
}

#[tokio::test]
async fn an_artifact_goes_in_a_form_where_the_service_provider_wants_it() {
    let in_form = ServiceProviderSpec { artifact_form: true, ..app() };
    let test = TestRealm::start(idp(in_form, party(SHOP_ACS))).await;

    let sent = answered(&test, "AssertionConsumerServiceIndex=\"4\"").await;

    assert_eq!((sent.action().as_str(), sent.field("RelayState").as_str()), (ARTIFACT_ACS, "to the start"));
    assert_eq!(STANDARD.decode(sent.field("SAMLart")).unwrap().len(), 44);
}

#[tokio::test]
async fn an_error_goes_by_artifact_too_and_anybody_on_this_machine_may_choose_it() {
    let open = IdpSpec { accept_loopback: true, ..idp(app(), party(SHOP_ACS)) };
    let test = TestRealm::start(open).await;
    let here = "http://localhost:3000/acs";
    let attributes =
        format!("AssertionConsumerServiceURL=\"{here}\" ProtocolBinding=\"{}\"", AcsBinding::HttpArtifact.urn());
    let policy = "<samlp:NameIDPolicy Format=\"urn:unknown\"/>";
    let message = request(&test, "urn:my-app", &attributes, policy);
    let form = pairs(&[("SAMLRequest", &STANDARD.encode(message))]);
    let sent = test.careful_browser().post(&test.trust().sso_url, &form).await;
    assert!(sent.location.clone().unwrap().starts_with(here), "{}", sent.body);
    let artifact = sent.redirected_with("SAMLart").unwrap();

    let answer = resolve(&test, &test.browser(), &resolve_message(&test, "urn:my-app", &artifact)).await;

    let response = between(&answer.body, "<samlp:Response ", "</samlp:Response>");
    assert!(response.contains("status:InvalidNameIDPolicy"), "{response}");
}

#[tokio::test]
async fn a_body_that_is_no_artifact_resolve_gets_a_fault() {
    let test = TestRealm::start(idp(app(), party(SHOP_ACS))).await;
    let browser = test.browser();
    let good = resolve_message(&test, APP, "AAQAAA==");

    for bad in [
        String::new(),
        "hello".to_owned(),
        "<a/>".to_owned(),
        format!("<!DOCTYPE a [<!ENTITY b \"c\">]>{good}"),
        good.replace("ArtifactResolve", "AuthnRequest"),
        good.replace(" ID=\"_ask\"", ""),
        good.replace("saml:Issuer", "saml:Publisher"),
        good.replace("<samlp:Artifact>", &format!("<!--{}--><samlp:Artifact>", "x".repeat(100_000))),
    ] {
        let refused = resolve(&test, &browser, &bad).await;

        assert_eq!(refused.status, 400, "{}: {}", &bad[..bad.len().min(60)], refused.body);
        assert!(refused.body.contains("<faultcode>soap:Client</faultcode>"), "{}", refused.body);
    }
    let old = resolve(&test, &browser, &good.replace("Version=\"2.0\"", "Version=\"1.1\"")).await;
    assert!(old.status == 200 && old.body.contains("status:RequestVersionTooLow"), "{}", old.body);
}
