//! What service providers besides the org may ask of an identity provider by SAML, over HTTPS.

#![expect(clippy::unwrap_used, reason = "a failed set-up fails the test")]

mod artifact;
mod encryption;
mod logout;
mod metadata;
mod requests;

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use openssl::hash::MessageDigest;
use openssl::sign::Signer;
use openssl::x509::X509;
use vestibule_certs::{KeyAlgorithm, KeyState, SigningKey};
use vestibule_model::{AssertionConsumerService, ServiceProviderSpec};
use vestibule_simulator::realm::{IdpProtocol, IdpSpec};

use crate::sso_realm::{Browser, Page, TestRealm, certs, pairs};

const APP: &str = "https://app.example/saml";
const APP_ACS: &str = "http://127.0.0.1:5000/acs";
const SHOP: &str = "urn:shop";
const SHOP_ACS: &str = "https://shop.localhost/acs";

/// A service provider with one ACS.
fn party(acs: &str) -> ServiceProviderSpec {
    let acs = vec![AssertionConsumerService::post(acs.parse().unwrap())];
    ServiceProviderSpec { acs, ..ServiceProviderSpec::default() }
}

/// An identity provider that knows the app and the shop.
fn idp(app: ServiceProviderSpec, shop: ServiceProviderSpec) -> IdpSpec {
    let service_providers = BTreeMap::from([(APP.to_owned(), app), (SHOP.to_owned(), shop)]);
    IdpSpec { service_providers, ..IdpSpec::new(IdpProtocol::Saml) }
}

/// The key of the app.
fn app_key() -> Arc<SigningKey> {
    certs().signing_key(KeyAlgorithm::Rsa2048, KeyState::RolledOver).unwrap()
}

fn pem(key: &SigningKey) -> String {
    String::from_utf8(X509::from_der(key.certificate_der()).unwrap().to_pem().unwrap()).unwrap()
}

/// An `AuthnRequest` written by hand, with more attributes and children.
fn request(test: &TestRealm, entity_id: &str, attributes: &str, children: &str) -> String {
    format!(
        "<samlp:AuthnRequest xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" \
         xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"_of-a-test\" Version=\"2.0\" \
         IssueInstant=\"2026-12-01T12:00:00Z\" Destination=\"{}\" {attributes}>\
         <saml:Issuer>{entity_id}</saml:Issuer>{children}</samlp:AuthnRequest>",
        test.trust().sso_url
    )
}

async fn by_post(test: &TestRealm, browser: &Browser, xml: &str) -> Page {
    browser.post(&test.trust().sso_url, &pairs(&[("SAMLRequest", &STANDARD.encode(xml))])).await
}

/// The query that carries a message by HTTP-Redirect.
fn query(name: &str, xml: &str, relay_state: Option<&str>, signer: Option<&SigningKey>) -> String {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(xml.as_bytes()).unwrap();
    let mut query = format!("{name}={}", escaped(&STANDARD.encode(encoder.finish().unwrap())));
    if let Some(relay_state) = relay_state {
        query.push_str(&format!("&RelayState={}", escaped(relay_state)));
    }
    if let Some(key) = signer {
        query.push_str(&format!("&SigAlg={}", escaped("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256")));
        let mut signer = Signer::new(MessageDigest::sha256(), key.pkey()).unwrap();
        let signature = STANDARD.encode(signer.sign_oneshot_to_vec(query.as_bytes()).unwrap());
        query.push_str(&format!("&Signature={}", escaped(&signature)));
    }
    query
}

fn escaped(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// The message that a redirect carries.
fn inflated(parameter: &str) -> String {
    let mut xml = String::new();
    DeflateDecoder::new(STANDARD.decode(parameter).unwrap().as_slice()).read_to_string(&mut xml).unwrap();
    xml
}

/// The text between two others.
fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let (_, rest) = text.split_once(before).unwrap_or_else(|| panic!("no `{before}` in {text}"));
    rest.split_once(after).unwrap_or_else(|| panic!("no `{after}` in {text}")).0
}
