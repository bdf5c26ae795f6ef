//! Single logout by SAML, both ways.

use std::io::{Read as _, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use jiff::SignedDuration;
use openssl::hash::MessageDigest;
use openssl::sign::Verifier;
use openssl::x509::X509;
use url::{Url, form_urlencoded};
use vestibule_certs::KeyState;
use vestibule_simulator::realm::{Component, IdpDocument, IdpSpec};

use super::{ENTITY, Issuer, SSO, Says, metadata, post, trusting};
use crate::sso_realm::{Browser, Page, TestRealm};

const RSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";

/// Contract C1.16.
#[tokio::test]
async fn a_logout_at_the_org_leads_to_the_identity_provider_with_a_signed_request() {
    let issuer = Issuer::new();
    let test = TestRealm::start(with_logout(&issuer)).await;
    let browser = test.browser();
    signed_in(&test, &browser, &issuer, "_a1").await;
    assert!(test.realm.sessions.signed_in("rep"));

    let left = browser.get_and_stay(&test.org("/secur/logout.jsp")).await;

    assert!(!test.realm.sessions.signed_in("rep"));
    let sent = Url::parse(&left.location.clone().unwrap()).unwrap();
    assert!(sent.as_str().starts_with(&format!("{SSO}/logout?SAMLRequest=")), "{sent}");
    let xml = inflated(&left.redirected_with("SAMLRequest").unwrap());
    for part in [
        format!("Destination=\"{SSO}/logout\""),
        format!(">{}</saml:Issuer>", test.realm.my_domain_origin()),
        ">rep-7</saml:NameID>".to_owned(),
        ">_a1-session</samlp:SessionIndex>".to_owned(),
    ] {
        assert!(xml.contains(&part), "{part}: {xml}");
    }
    let (signed, signature) = sent.query().unwrap().split_once("&Signature=").unwrap();
    assert!(!signature.is_empty() && left.redirected_with("SigAlg").as_deref() == Some(RSA_SHA256), "{sent}");
    let key = test.realm.certs.request_signing_key(KeyState::Valid).unwrap();
    let key = X509::from_der(key.certificate_der()).unwrap().public_key().unwrap();
    let signature = STANDARD.decode(left.redirected_with("Signature").unwrap()).unwrap();
    let mut verifier = Verifier::new(MessageDigest::sha256(), &key).unwrap();
    assert!(verifier.verify_oneshot(&signature, signed.as_bytes()).unwrap());
    let back = test.browser().get(&test.org("/services/auth/sp/saml2/logout?SAMLResponse=x")).await;
    assert_eq!(back.name(), "logged-out", "{}", back.body);
}

#[tokio::test]
async fn without_a_certificate_or_an_address_a_logout_stays_at_the_org() {
    let issuer = Issuer::new();
    let no_certificate = IdpSpec { request_signing_certificate: None, ..with_logout(&issuer) };
    let no_address = IdpSpec { request_signing_certificate: Some(KeyState::Valid), ..trusting(&[&issuer]) };
    for spec in [no_certificate, no_address] {
        let test = TestRealm::start(spec).await;
        let browser = test.browser();
        signed_in(&test, &browser, &issuer, "_a1").await;

        let left = browser.get_and_stay(&test.org("/secur/logout.jsp")).await;

        assert_eq!((left.name(), test.realm.sessions.signed_in("rep")), ("logged-out", false), "{}", left.body);
        let refused = asks(&test, &issuer, &request(&test, "rep-7", None)).await;
        assert_eq!(refused.status, 400, "{}", refused.body);
    }
}

/// Contract C1.16.
#[tokio::test]
async fn a_request_of_the_identity_provider_ends_the_sessions_that_it_names_and_is_answered() {
    let issuer = Issuer::new();
    for (index, left) in [(Some("_a1-session"), 1), (None, 0), (Some("another"), 2)] {
        let test = TestRealm::start(with_logout(&issuer)).await;
        for id in ["_a1", "_a2"] {
            signed_in(&test, &test.browser(), &issuer, id).await;
        }
        assert_eq!(test.realm.sessions.all().len(), 2);

        let answered = asks(&test, &issuer, &request(&test, "rep-7", index)).await;

        assert_eq!(test.realm.sessions.all().len(), left, "{index:?}: {}", answered.body);
        let location = answered.location.clone().unwrap();
        assert!(location.starts_with(&format!("{SSO}/logged-out?SAMLResponse=")), "{location}");
        assert_eq!(answered.redirected_with("RelayState").as_deref(), Some("back"));
        let xml = inflated(&answered.redirected_with("SAMLResponse").unwrap());
        for part in ["InResponseTo=\"_out\"", "Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\""] {
            assert!(xml.contains(part), "{part}: {xml}");
        }
    }
}

#[tokio::test]
async fn a_request_that_anybody_could_have_sent_ends_no_session() {
    let (issuer, other) = (Issuer::new(), Issuer::new());
    let test = TestRealm::start(with_logout(&issuer)).await;
    signed_in(&test, &test.browser(), &issuer, "_a1").await;
    let good = request(&test, "rep-7", None);
    let unsigned = format!("SAMLRequest={}", encoded(&good));
    let signed = |xml: &str| signed_query(&issuer, xml);
    let long_ago = test.realm.clock.now(Component::Idp) - SignedDuration::from_mins(9);
    let old = good.replace(&issued(&good), &format!("IssueInstant=\"{long_ago}\""));
    let until = |end: &str| good.replace("ID=\"_out\"", &format!("ID=\"_out\" NotOnOrAfter=\"{end}\""));
    let ended = test.realm.clock.now(Component::Idp) - SignedDuration::from_mins(4);
    let path = "/services/auth/sp/saml2/logout";
    for (query, why) in [
        (unsigned, "The LogoutRequest is not signed."),
        (signed_query(&other, &good), "does not verify"),
        (signed(&good).replace("RelayState=back", "RelayState=evil"), "does not verify"),
        (signed(&good.replace(path, "/services/auth/sp/saml2/other")), "is addressed to"),
        (signed(&old), "too long ago"),
        (signed(&until(&ended.to_string())), "was valid until"),
        (signed(&until("tomorrow")), "NotOnOrAfter"),
        (signed(&good.replace(ENTITY, "urn:nobody")), "not set up for the issuer"),
        (signed(&good.replace("rep-7", "")), "NameID"),
        (signed("<!DOCTYPE x><x/>"), "no LogoutRequest that can be read"),
        (signed(&good.replace("LogoutRequest", "AuthnRequest")), "no LogoutRequest that can be read"),
        ("SAMLRequest=%25".to_owned(), "no LogoutRequest that can be read"),
        (String::new(), "no LogoutRequest that can be read"),
    ] {
        let refused = test.careful_browser().get(&test.org(&format!("{path}?{query}"))).await;

        assert_eq!(refused.status, 400, "{query}: {}", refused.body);
        assert!(refused.body.contains(why), "{why}: {}", refused.body);
        assert_eq!(test.realm.sessions.all().len(), 1, "{why}");
    }
}

#[tokio::test]
async fn a_request_that_comes_again_ends_no_later_session() {
    let issuer = Issuer::new();
    let test = TestRealm::start(with_logout(&issuer)).await;
    let sent = request(&test, "rep-7", None);
    signed_in(&test, &test.browser(), &issuer, "_a1").await;
    let first = asks(&test, &issuer, &sent).await;
    signed_in(&test, &test.browser(), &issuer, "_a2").await;

    let again = asks(&test, &issuer, &sent).await;
    let other = asks(&test, &issuer, &sent.replace("\"_out\"", "\"_other\"")).await;

    assert!(first.location.is_some(), "{}", first.body);
    assert_eq!(again.status, 400, "{}", again.body);
    assert!(again.body.contains("The LogoutRequest was used before."), "{}", again.body);
    assert!(other.location.is_some() && test.realm.sessions.all().is_empty(), "{}", other.body);
}

#[tokio::test]
async fn a_request_that_is_valid_for_a_while_ends_the_session() {
    let issuer = Issuer::new();
    let test = TestRealm::start(with_logout(&issuer)).await;
    signed_in(&test, &test.browser(), &issuer, "_a1").await;
    let end = test.realm.clock.now(Component::Idp) + SignedDuration::from_mins(5);
    let request = request(&test, "rep-7", None).replace("ID=\"_out\"", &format!("ID=\"_out\" NotOnOrAfter=\"{end}\""));

    let answered = asks(&test, &issuer, &request).await;

    assert!(test.realm.sessions.all().is_empty(), "{}", answered.body);
}

#[tokio::test]
async fn the_metadata_of_the_org_has_the_address_of_single_logout_where_it_is_on() {
    let issuer = Issuer::new();
    for (spec, shown) in [(with_logout(&issuer), true), (trusting(&[&issuer]), false)] {
        let test = TestRealm::start(spec).await;

        let page = test.browser().get(&test.org("/vestibule/saml-metadata")).await;

        let address = format!("Location=\"{}\"", test.org("/services/auth/sp/saml2/logout"));
        assert_eq!(page.body.contains(&address), shown, "{}", page.body);
    }
}

/// The setting of an org that signs, for an identity provider with single logout.
fn with_logout(issuer: &Issuer) -> IdpSpec {
    let logout = format!(
        "<SingleLogoutService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect\" Location=\"{SSO}/logout\" \
         ResponseLocation=\"{SSO}/logged-out\"/><SingleSignOnService "
    );
    let text = metadata(&[issuer]).replacen("<SingleSignOnService ", &logout, 1);
    IdpSpec {
        metadata: Some(IdpDocument::Text(text)),
        request_signing_certificate: Some(KeyState::Valid),
        ..trusting(&[issuer])
    }
}

async fn signed_in(test: &TestRealm, browser: &Browser, issuer: &Issuer, id: &str) {
    let says = Says { id, ..Says::good(test) };
    post(test, browser, &says.signed_by(issuer, test), "").await;
}

/// What the identity provider sends.
fn request(test: &TestRealm, name: &str, index: Option<&str>) -> String {
    let now = test.realm.clock.now(Component::Idp);
    let index = index.map(|index| format!("<samlp:SessionIndex>{index}</samlp:SessionIndex>")).unwrap_or_default();
    let destination = test.org("/services/auth/sp/saml2/logout");
    format!(
        "<samlp:LogoutRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" \
         xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_out\" Version=\"2.0\" IssueInstant=\"{now}\" \
         Destination=\"{destination}\"><saml:Issuer>{ENTITY}</saml:Issuer><saml:NameID>{name}</saml:NameID>{index}\
         </samlp:LogoutRequest>"
    )
}

/// The attribute with the time of a request.
fn issued(request: &str) -> String {
    let (_, rest) = request.split_once("IssueInstant=\"").unwrap();
    format!("IssueInstant=\"{}\"", rest.split('"').next().unwrap())
}

async fn asks(test: &TestRealm, issuer: &Issuer, request: &str) -> Page {
    let query = signed_query(issuer, request);
    test.careful_browser().get(&test.org(&format!("/services/auth/sp/saml2/logout?{query}"))).await
}

/// The query, with its detached signature (saml-bindings 3.4.4.1).
fn signed_query(issuer: &Issuer, xml: &str) -> String {
    let algorithm: String = form_urlencoded::byte_serialize(RSA_SHA256.as_bytes()).collect();
    let query = format!("SAMLRequest={}&RelayState=back&SigAlg={algorithm}", encoded(xml));
    let signature = STANDARD.encode(issuer.signature_of(&query));
    let signature: String = form_urlencoded::byte_serialize(signature.as_bytes()).collect();
    format!("{query}&Signature={signature}")
}

fn encoded(xml: &str) -> String {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(xml.as_bytes()).unwrap();
    let deflated = STANDARD.encode(encoder.finish().unwrap());
    form_urlencoded::byte_serialize(deflated.as_bytes()).collect()
}

fn inflated(parameter: &str) -> String {
    let bytes = STANDARD.decode(parameter).unwrap();
    let mut xml = String::new();
    DeflateDecoder::new(bytes.as_slice()).read_to_string(&mut xml).unwrap();
    xml
}
