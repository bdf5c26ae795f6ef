//! The SAML bearer flow, with assertions that are signed here and not by the code that is tested.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::SignedDuration;
use openssl::hash::MessageDigest;
use openssl::sha::sha256;
use openssl::sign::Signer;
use serde_json::Value;
use vestibule_certs::KeyState;

use super::jwt_bearer::{for_admin, key};
use super::test_realm::{TestRealm, noon};
use super::{KEY, realm, refusal, token, userinfo};

/// What an assertion says.
struct Says {
    id: &'static str,
    issuer: &'static str,
    name: &'static str,
    audience: String,
    recipient: String,
    minutes: i64,
}

fn good(test: &TestRealm) -> Says {
    Says {
        id: "_a1",
        issuer: KEY,
        name: "admin@acme.example",
        audience: test.url(""),
        recipient: test.url("/services/oauth2/token"),
        minutes: 5,
    }
}

/// In exclusive canonical form, so that the text is what is digested: before the signature and after it.
fn parts(says: &Says) -> (String, String) {
    let Says { id, issuer, name, audience, recipient, minutes } = says;
    let (now, end) = (noon(), noon() + SignedDuration::from_mins(*minutes));
    let before = format!(
        "<saml:Assertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"{id}\" IssueInstant=\"{now}\" \
         Version=\"2.0\"><saml:Issuer>{issuer}</saml:Issuer>"
    );
    let after = format!(
        "<saml:Subject><saml:NameID>{name}</saml:NameID>\
         <saml:SubjectConfirmation Method=\"urn:oasis:names:tc:SAML:2.0:cm:bearer\">\
         <saml:SubjectConfirmationData NotOnOrAfter=\"{end}\" Recipient=\"{recipient}\"></saml:SubjectConfirmationData>\
         </saml:SubjectConfirmation></saml:Subject>\
         <saml:Conditions NotOnOrAfter=\"{end}\"><saml:AudienceRestriction><saml:Audience>{audience}</saml:Audience>\
         </saml:AudienceRestriction></saml:Conditions>\
         <saml:AuthnStatement AuthnInstant=\"{now}\"><saml:AuthnContext><saml:AuthnContextClassRef>\
         urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified</saml:AuthnContextClassRef></saml:AuthnContext>\
         </saml:AuthnStatement></saml:Assertion>"
    );
    (before, after)
}

/// XML Signature, RSA-SHA256, enveloped, exclusive c14n.
fn signed(says: &Says, state: KeyState) -> String {
    let (before, after) = parts(says);
    let digest = STANDARD.encode(sha256(format!("{before}{after}").as_bytes()));
    let info = |namespace: &str| {
        format!(
            "<ds:SignedInfo{namespace}>\
             <ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"></ds:CanonicalizationMethod>\
             <ds:SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256\"></ds:SignatureMethod>\
             <ds:Reference URI=\"#{}\"><ds:Transforms>\
             <ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"></ds:Transform>\
             <ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"></ds:Transform></ds:Transforms>\
             <ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"></ds:DigestMethod>\
             <ds:DigestValue>{digest}</ds:DigestValue></ds:Reference></ds:SignedInfo>",
            says.id
        )
    };
    let key = key(state);
    let mut signer = Signer::new(MessageDigest::sha256(), key.pkey()).unwrap();
    let canonical = info(" xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"");
    let value = STANDARD.encode(signer.sign_oneshot_to_vec(canonical.as_bytes()).unwrap());
    let signature = format!(
        "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">{}<ds:SignatureValue>{value}</ds:SignatureValue>\
         </ds:Signature>",
        info("")
    );
    URL_SAFE_NO_PAD.encode(format!("{before}{signature}{after}"))
}

async fn ask(test: &TestRealm, assertion: &str) -> (u16, Value) {
    let grant_type = "urn:ietf:params:oauth:grant-type:saml2-bearer";
    token(test, &[("grant_type", grant_type), ("assertion", assertion)]).await
}

#[tokio::test]
async fn an_app_that_signs_for_an_approved_user_gets_a_token_once() {
    let test = realm(for_admin).await;
    let assertion = signed(&good(&test), KeyState::Valid);

    let (status, answer) = ask(&test, &assertion).await;
    let again = ask(&test, &assertion).await;

    assert_eq!(status, 200, "{answer}");
    assert_eq!(answer["refresh_token"], Value::Null);
    let page = userinfo(&test, answer["access_token"].as_str().unwrap()).await;
    assert!(page.body.contains("admin@acme.example"), "{}", page.body);
    assert_eq!(refusal(&again), (400, "invalid_grant", "invalid assertion"), "it was used before");
}

#[tokio::test]
async fn the_org_is_named_as_clients_name_it() {
    let test = realm(for_admin).await;
    let vendor = "https://test.salesforce.com";
    for (id, audience, recipient) in [
        ("_a1", test.url("/"), test.url("/services/oauth2/token")),
        ("_a2", vendor.to_owned(), format!("{vendor}/services/oauth2/token")),
        ("_a3", test.url("/services/oauth2/token"), test.url("/services/oauth2/token")),
    ] {
        let says = Says { id, audience, recipient, ..good(&test) };

        let (status, answer) = ask(&test, &signed(&says, KeyState::Valid)).await;

        assert_eq!(status, 200, "{id}: {answer}");
    }
}

#[tokio::test]
async fn an_assertion_that_is_not_for_this_org_this_user_or_this_time_gets_nothing() {
    let test = realm(for_admin).await;
    let invalid = (400, "invalid_grant", "invalid assertion");
    let not_approved = (400, "invalid_grant", "user hasn't approved this consumer");
    let good = || good(&test);
    for (says, state, expected) in [
        (Says { issuer: "nobody", ..good() }, KeyState::Valid, (400, "invalid_client_id", "client identifier invalid")),
        (good(), KeyState::Foreign, invalid),
        (Says { recipient: test.url("/"), ..good() }, KeyState::Valid, invalid),
        (
            Says { audience: "https://evil.example".to_owned(), ..good() },
            KeyState::Valid,
            (400, "invalid_grant", "audience is invalid"),
        ),
        (Says { minutes: -4, ..good() }, KeyState::Valid, (400, "invalid_grant", "expired authorization code")),
        (Says { name: "nobody@acme.example", ..good() }, KeyState::Valid, not_approved),
        (
            // The one before was used, though it brought nothing.
            Says { id: "_a2", name: "rep@acme.example", ..good() },
            KeyState::Valid,
            (400, "invalid_app_access", "user is not admin approved to access this app"),
        ),
    ] {
        let answer = ask(&test, &signed(&says, state)).await;

        assert_eq!(refusal(&answer), expected, "{} {} {}", says.issuer, says.name, says.audience);
    }
}

#[tokio::test]
async fn what_is_no_signed_assertion_gets_nothing() {
    let test = realm(for_admin).await;
    let (before, after) = parts(&good(&test));
    let unsigned = URL_SAFE_NO_PAD.encode(format!("{before}{after}"));
    let signed = String::from_utf8(URL_SAFE_NO_PAD.decode(signed(&good(&test), KeyState::Valid)).unwrap()).unwrap();
    let forged = URL_SAFE_NO_PAD.encode(signed.replace("admin@acme.example", "rep@acme.example"));
    let wrapped = URL_SAFE_NO_PAD.encode(format!("<x>{signed}</x>"));
    let doctype = URL_SAFE_NO_PAD.encode(format!("<!DOCTYPE x>{signed}"));
    for assertion in ["", "x", "PHNhbWw+", &unsigned, &forged, &wrapped, &doctype] {
        let answer = ask(&test, assertion).await;

        assert_eq!(refusal(&answer), (400, "invalid_grant", "invalid assertion"), "{assertion}");
    }
}
