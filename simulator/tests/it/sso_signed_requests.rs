//! Signed requests: the org signs them, and the identity provider verifies them and may want nothing else.
//!
//! Source: saml-bindings 3.4.4.1 (the query is signed as it was sent), saml-core 5.4, saml-metadata 2.4.3 and 2.4.4.

#![expect(clippy::unwrap_used, reason = "a failed set-up fails the test")]

use std::io::{Read as _, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use openssl::hash::MessageDigest;
use openssl::sign::{Signer, Verifier};
use openssl::x509::X509;
use samael::metadata::EntityDescriptor;
use vestibule_certs::{KeyAlgorithm, KeyState, SigningKey};
use vestibule_simulator::realm::{Event, IdpProtocol, IdpSpec, ProtocolVerdict};

use crate::sso_realm::{Page, TestRealm, pairs};

const BINDINGS: [&str; 2] = ["HttpPost", "HttpRedirect"];
const RELAY_STATE: &str = "RelayState=%2Flightning%2Fo%2FLead";

const NOT_WANTED_UNSIGNED: &str =
    "the AuthnRequest is not signed, but the identity provider wants signed requests (WantAuthnRequestsSigned)";
const NOT_PROMISED_UNSIGNED: &str =
    "the AuthnRequest is not signed, but the service provider signs its requests (AuthnRequestsSigned)";
const INVALID: &str = "the signature of the AuthnRequest does not verify against the service provider's certificate";
const EXPIRED: &str =
    "the certificate of the service provider, which verifies the signature of the AuthnRequest, has expired";
const NO_CERTIFICATE: &str =
    "the AuthnRequest is signed, but no certificate of the service provider is configured to verify it";
const SIGNED_INSIDE: &str = "the AuthnRequest has a signature inside, but by HTTP-Redirect it is signed in the query";
const RSA_SHA256: &str = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256";
const RSA_SHA1: &str = "http://www.w3.org/2000/09/xmldsig#rsa-sha1";

/// Contract D1.9.
#[tokio::test]
async fn signed_requests_are_answered_by_both_bindings_where_they_are_wanted() {
    let test = TestRealm::start(wanting(Some(KeyState::Valid))).await;

    for (count, binding) in BINDINGS.into_iter().enumerate() {
        test.browser().go(&start(&test, binding)).await;

        assert_eq!(test.accepted().len(), count + 1, "{binding}: {:?}", test.events());
        assert_eq!(test.last_login().login_type, "SAML Sfdc Initiated SSO");
    }
    assert!(parameter(&redirected(&test).await, "Signature").is_some());
    assert!(posted(&test).await.contains("<ds:Signature "));
}

#[tokio::test]
async fn an_unsigned_request_is_refused_where_signed_ones_are_wanted() {
    let test = TestRealm::start(wanting(None)).await;

    for binding in BINDINGS {
        let page = test.browser().go(&start(&test, binding)).await;

        assert_eq!(refusal(&test, &page).as_deref(), Some(NOT_WANTED_UNSIGNED), "{binding}");
    }
    assert_eq!(test.refused_by_idp(), ["urn:oasis:names:tc:SAML:2.0:status:RequestDenied"; 2]);
    assert_eq!((test.sign_ins(), test.accepted().len()), (0, 0));
    // What the identity provider starts answers no request.
    test.browser().go(&test.idp("/saml/idp-initiated?user=rep")).await;
    assert_eq!(test.accepted().len(), 1);
}

/// The org signs, and somebody takes the signature away.
#[tokio::test]
async fn a_request_of_an_org_that_signs_is_not_answered_without_its_signature() {
    let test = TestRealm::start(signing(KeyState::Valid)).await;
    let query = redirected(&test).await;
    let xml = posted(&test).await;
    let signature = parameter(&query, "Signature").unwrap();
    let without_signature = replace(&query, &format!("&{signature}"), "");
    let algorithm = parameter(&query, "SigAlg").unwrap();
    let unsigned = replace(&without_signature, &format!("&{algorithm}"), "");

    assert_eq!(by_redirect(&test, &query).await, None);
    assert_eq!(by_redirect(&test, &without_signature).await.as_deref(), Some("the AuthnRequest has no Signature"));
    assert_eq!(by_redirect(&test, &unsigned).await.as_deref(), Some(NOT_PROMISED_UNSIGNED));
    assert_eq!(by_post(&test, &xml).await, None);
    let unsigned = replace(&xml, element(&xml, "ds:Signature"), "");
    assert_eq!(by_post(&test, &unsigned).await.as_deref(), Some(NOT_PROMISED_UNSIGNED));
}

/// Contract D1.10.
#[tokio::test]
async fn a_request_that_another_key_signed_is_refused_and_so_is_an_expired_certificate() {
    for (state, why) in [(KeyState::RolledOver, INVALID), (KeyState::Foreign, INVALID), (KeyState::Expired, EXPIRED)] {
        for wanted in [false, true] {
            let spec = IdpSpec { want_authn_requests_signed: wanted, ..signing(state) };
            let test = TestRealm::start(spec).await;
            for binding in BINDINGS {
                let page = test.browser().go(&start(&test, binding)).await;

                assert_eq!(refusal(&test, &page).as_deref(), Some(why), "{state} {binding}");
            }
            assert_eq!((test.sign_ins(), test.accepted().len()), (0, 0), "{state}");
        }
    }
}

/// Contract D1.9.
#[tokio::test]
async fn a_signed_query_cannot_be_changed() {
    let test = TestRealm::start(wanting(Some(KeyState::Valid))).await;
    let query = redirected(&test).await;
    let (to_sign, signature) = query.split_once("&Signature=").unwrap();
    let request = parameter(&query, "SAMLRequest").unwrap();
    let changed = inflated(request).replace("AllowCreate=\"true\"", "AllowCreate=\"false\"");
    let algorithm = parameter(&query, "SigAlg").unwrap();
    let with_algorithm = |uri: &str| {
        let key = test.realm.certs.request_signing_key(KeyState::Valid).unwrap();
        signed(&key, &replace(to_sign, algorithm, &format!("SigAlg={}", escaped(uri))))
    };
    let signed_by = |key: &SigningKey| signed(key, to_sign);
    let foreign = test.realm.certs.request_signing_key(KeyState::Foreign).unwrap();
    let of_the_idp = test.realm.certs.signing_key(KeyAlgorithm::Rsa2048, KeyState::Valid).unwrap();
    let ecdsa = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256";
    let hmac = "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256";
    let not_allowed = |uri: &str| format!("the signature algorithm {uri} is not allowed");
    let invalid = || INVALID.to_owned();
    let cases = [
        ("another RelayState", replace(&query, RELAY_STATE, "RelayState=%2Fsetup"), invalid()),
        ("no RelayState", replace(&query, &format!("&{RELAY_STATE}"), ""), invalid()),
        ("an empty RelayState", replace(&query, RELAY_STATE, "RelayState="), invalid()),
        (
            "two RelayStates",
            format!("{query}&RelayState=%2Fsetup"),
            "the parameter RelayState was sent more than once".to_owned(),
        ),
        ("another request", replace(&query, request, &deflated(&changed)), invalid()),
        ("RSA with SHA-1", with_algorithm(RSA_SHA1), not_allowed(RSA_SHA1)),
        ("HMAC", with_algorithm(hmac), not_allowed(hmac)),
        ("an unknown algorithm", with_algorithm("urn:x"), not_allowed("urn:x")),
        ("an algorithm of another key", with_algorithm(ecdsa), invalid()),
        ("no algorithm", replace(&query, &format!("&{algorithm}"), ""), "the AuthnRequest has no SigAlg".to_owned()),
        ("a key of nobody", signed_by(&foreign), invalid()),
        ("the key of the identity provider", signed_by(&of_the_idp), invalid()),
        ("an empty signature", format!("{to_sign}&Signature="), invalid()),
        ("a signature that is no base64", format!("{to_sign}&Signature=%25"), invalid()),
        ("half a signature", format!("{to_sign}&Signature={}", &signature[..100]), invalid()),
    ];

    for (what, query, why) in cases {
        assert_eq!(by_redirect(&test, &query).await, Some(why), "{what}");
    }
    assert_eq!(test.sign_ins(), 0);
    assert_eq!(by_redirect(&test, &query).await, None, "the query itself");
}

/// Implementations escape differently (AD FS in lower case), so what counts is what was sent.
#[tokio::test]
async fn a_query_is_verified_octet_by_octet_as_it_was_sent() {
    let test = TestRealm::start(wanting(Some(KeyState::Valid))).await;
    let key = test.realm.certs.request_signing_key(KeyState::Valid).unwrap();
    let query = redirected(&test).await;
    let upper = query.split_once("&Signature=").unwrap().0;
    let lower = &lower_case_escapes(upper);
    let signature = |to_sign: &str| signed(&key, to_sign)[to_sign.len()..].to_owned();
    let (upper_signature, lower_signature) = (signature(upper), signature(lower));
    let blank = |spelt: &str| replace(upper, RELAY_STATE, &format!("RelayState=a{spelt}b"));
    let reversed: Vec<_> = query.split('&').rev().collect();
    assert_ne!(upper, lower);
    let cases = [
        ("upper case", format!("{upper}{upper_signature}"), true),
        ("lower case", format!("{lower}{lower_signature}"), true),
        ("signed in upper case, sent in lower case", format!("{lower}{upper_signature}"), false),
        ("signed in lower case, sent in upper case", format!("{upper}{lower_signature}"), false),
        ("a blank as %20", format!("{}{}", blank("%20"), signature(&blank("%20"))), true),
        ("a blank as +", format!("{}{}", blank("+"), signature(&blank("+"))), true),
        ("a blank signed as %20, sent as +", format!("{}{}", blank("+"), signature(&blank("%20"))), false),
        ("more escapes than needed", with_more_escapes(upper, &signature), true),
        ("the parameters in another order", reversed.join("&"), true),
        ("parameters that are not signed", format!("first=1&{query}&last=2"), true),
    ];

    for (what, query, accepted) in cases {
        let expected = if accepted { None } else { Some(INVALID) };
        assert_eq!(by_redirect(&test, &query).await.as_deref(), expected, "{what}");
    }
}

#[tokio::test]
async fn a_signed_message_cannot_be_changed_or_wrapped() {
    let test = TestRealm::start(wanting(Some(KeyState::Valid))).await;
    let xml = posted(&test).await;
    let id = xml.split(" ID=\"").nth(1).unwrap().split('"').next().unwrap();
    let signature = element(&xml, "ds:Signature");
    let inner = replace(&xml, signature, "");
    let evil = replace(&xml, "AllowCreate=\"true\"", "AllowCreate=\"false\"");
    let end = "</samlp:AuthnRequest>";
    let with_extensions = |outer: &str, content: &str| {
        let before = outer.strip_suffix(end).unwrap();
        format!("{before}<samlp:Extensions>{content}</samlp:Extensions>{end}")
    };
    let wrapped = |own: &str| with_extensions(&replace(&evil, &format!(" ID=\"{id}\""), &format!(" {own}")), &inner);
    let twice = format!("the AuthnRequest is malformed: two elements share the ID {id}");
    let malformed = |why: &str| format!("the signature of the AuthnRequest is malformed: {why}");
    let elsewhere = malformed(&format!("the signature covers `#{id}`, not the element that contains it"));
    let value = element(&xml, "ds:SignatureValue");
    let cases = [
        ("a changed attribute", evil.clone(), INVALID.to_owned()),
        ("wrapped, with the same ID", wrapped(&format!("ID=\"{id}\"")), twice.clone()),
        ("wrapped, with an ID of its own", wrapped("ID=\"_evil\""), elsewhere),
        (
            "wrapped, with an ID of another namespace before",
            wrapped(&format!("xmlns:x=\"urn:x\" x:ID=\"_evil\" ID=\"{id}\"")),
            twice.clone(),
        ),
        (
            "wrapped, with an ID of another namespace after",
            wrapped(&format!("xmlns:x=\"urn:x\" ID=\"{id}\" x:ID=\"_evil\"")),
            twice,
        ),
        (
            "the signature further inside",
            with_extensions(&inner, signature),
            malformed("a signature is not directly in the element that it signs"),
        ),
        (
            "two signatures",
            replace(&xml, signature, &format!("{signature}{signature}")),
            malformed("an element has more than one signature"),
        ),
        (
            "RSA with SHA-1",
            replace(&xml, RSA_SHA256, RSA_SHA1),
            malformed(&format!("the signature method {RSA_SHA1} is not allowed")),
        ),
        (
            "no value",
            replace(&xml, value, "<ds:SignatureValue></ds:SignatureValue>"),
            malformed("SignatureValue is empty"),
        ),
    ];

    for (what, xml, why) in cases {
        assert_eq!(by_post(&test, &xml).await, Some(why), "{what}");
    }
    assert_eq!(by_redirect(&test, &deflated(&xml)).await.as_deref(), Some(SIGNED_INSIDE));
    assert_eq!(test.sign_ins(), 0);
    assert_eq!(by_post(&test, &xml).await, None, "the message itself");
}

#[tokio::test]
async fn a_signature_of_an_org_that_has_no_certificate_proves_nothing() {
    let other = TestRealm::start(signing(KeyState::Valid)).await;
    let test = TestRealm::saml().await;
    let key = other.realm.certs.request_signing_key(KeyState::Valid).unwrap();
    let query = redirected(&test).await;
    let query = format!("{query}&SigAlg={}", escaped(RSA_SHA256));
    let signature = element(&posted(&other).await, "ds:Signature").to_owned();
    let unsigned = posted(&test).await;
    let id = |xml: &str| xml.split(" ID=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let foreign_id = signature.split("URI=\"#").nth(1).unwrap().split('"').next().unwrap();
    let issuer = element(&unsigned, "saml:Issuer");
    let xml = replace(&unsigned, issuer, &format!("{issuer}{signature}"));
    let xml = replace(&xml, &format!("ID=\"{}\"", id(&unsigned)), &format!("ID=\"{foreign_id}\""));

    assert_eq!(by_redirect(&test, &signed(&key, &query)).await.as_deref(), Some(NO_CERTIFICATE));
    assert_eq!(by_post(&test, &xml).await.as_deref(), Some(NO_CERTIFICATE));
}

/// Contract D1.9.
#[tokio::test]
async fn the_metadata_of_both_sides_says_what_they_do() {
    for (spec, wanted, certificates) in [
        (IdpSpec::new(IdpProtocol::Saml), false, 0),
        (wanting(None), true, 0),
        (signing(KeyState::Valid), false, 1),
        (signing(KeyState::RolledOver), false, 2),
        (signing(KeyState::Foreign), false, 1),
        (wanting(Some(KeyState::Expired)), true, 1),
    ] {
        let test = TestRealm::start(spec).await;
        let idp = test.browser().get(&test.idp("/saml/metadata")).await.body;
        let org = test.browser().get(&test.org("/vestibule/saml-metadata")).await;
        let named = format!("/vestibule/saml-metadata?samlSsoConfig={}", test.trust().config_id);

        assert!(idp.contains(&format!("WantAuthnRequestsSigned=\"{wanted}\"")), "{idp}");
        assert_eq!(test.browser().get(&test.org(&named)).await.body, org.body);
        let read: EntityDescriptor = org.body.parse().unwrap();
        assert_eq!(read.entity_id.as_ref(), Some(&test.trust().sp_entity_id));
        let descriptor = read.sp_sso_descriptors.unwrap().remove(0);
        assert_eq!(descriptor.authn_requests_signed, Some(certificates > 0));
        assert_eq!(descriptor.key_descriptors.unwrap_or_default().len(), certificates);
        assert_eq!(descriptor.assertion_consumer_services[0].location, test.trust().acs_url);
    }
    let test = TestRealm::saml().await;
    let unknown = test.browser().get(&test.org("/vestibule/saml-metadata?samlSsoConfig=0LEnothing")).await;
    assert_eq!(unknown.status, 400);
}

/// Contract D1.9.
#[tokio::test]
async fn a_certificate_in_the_orgs_metadata_verifies_its_requests() {
    for (state, verifying) in [
        (KeyState::Valid, vec![true]),
        (KeyState::Expired, vec![true]),
        (KeyState::RolledOver, vec![false, true]),
        (KeyState::Foreign, vec![false]),
    ] {
        let test = TestRealm::start(signing(state)).await;
        let metadata = test.browser().get(&test.org("/vestibule/saml-metadata")).await.body;
        let query = redirected(&test).await;
        let (to_sign, signature) = query.split_once("&Signature=").unwrap();
        let signature = STANDARD.decode(unescaped(signature)).unwrap();
        let certificates = metadata.split("<ds:X509Certificate>").skip(1);
        let verifies = certificates.map(|text| {
            let der = STANDARD.decode(text.split('<').next().unwrap()).unwrap();
            let key = X509::from_der(&der).unwrap().public_key().unwrap();
            let mut verifier = Verifier::new(MessageDigest::sha256(), &key).unwrap();
            verifier.verify_oneshot(&signature, to_sign.as_bytes()).unwrap()
        });

        assert_eq!(verifies.collect::<Vec<_>>(), verifying, "{state}");
    }
}

/// An identity provider that wants signed requests, and an org that signs with a key in this state, or does not sign.
fn wanting(certificate: Option<KeyState>) -> IdpSpec {
    IdpSpec {
        want_authn_requests_signed: true,
        request_signing_certificate: certificate,
        ..IdpSpec::new(IdpProtocol::Saml)
    }
}

/// An org that signs with a key in this state.
fn signing(state: KeyState) -> IdpSpec {
    IdpSpec { request_signing_certificate: Some(state), ..IdpSpec::new(IdpProtocol::Saml) }
}

fn start(test: &TestRealm, binding: &str) -> String {
    format!("{}&saml_binding_type={binding}&{RELAY_STATE}", test.saml_start())
}

/// The query of a request of the org by HTTP-Redirect.
async fn redirected(test: &TestRealm) -> String {
    let page = test.careful_browser().get(&start(test, "HttpRedirect")).await;
    page.location.expect("a redirect").split_once('?').unwrap().1.to_owned()
}

/// A request of the org by HTTP-POST.
async fn posted(test: &TestRealm) -> String {
    let page = test.browser().get(&start(test, "HttpPost")).await;
    String::from_utf8(STANDARD.decode(page.field("SAMLRequest")).unwrap()).unwrap()
}

/// Why the identity provider refuses this query; `None` if it answers.
async fn by_redirect(test: &TestRealm, query: &str) -> Option<String> {
    let page = test.browser().get(&format!("{}?{query}", test.trust().sso_url)).await;
    refusal(test, &page)
}

/// Why the identity provider refuses this message; `None` if it answers.
async fn by_post(test: &TestRealm, xml: &str) -> Option<String> {
    let form = pairs(&[("SAMLRequest", &STANDARD.encode(xml)), ("RelayState", "/lightning/o/Lead")]);
    let page = test.browser().post(&test.trust().sso_url, &form).await;
    refusal(test, &page)
}

/// Why the last request was refused, and a check that the page fits.
fn refusal(test: &TestRealm, page: &Page) -> Option<String> {
    let mut verdicts = test.events().into_iter().filter_map(|event| match event {
        Event::SsoRequestReceived { verdict, .. } => Some(verdict),
        _ => None,
    });
    match verdicts.next_back().expect("a request at the identity provider") {
        ProtocolVerdict::Accepted => {
            assert!(page.body.contains("name=\"SAMLResponse\""), "{}", page.body);
            None
        }
        ProtocolVerdict::Refused { why, .. } => {
            assert_eq!((page.status, page.name()), (400, "idp-error"), "{}", page.body);
            assert!(!page.body.contains("action="), "nothing is sent to the ACS: {}", page.body);
            Some(why)
        }
    }
}

/// A parameter of a query, as it was sent: `SigAlg=http%3A…`.
fn parameter<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    query.split('&').find(|part| part.split('=').next() == Some(name))
}

/// The parameter `SAMLRequest` of this message.
fn deflated(xml: &str) -> String {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(xml.as_bytes()).unwrap();
    format!("SAMLRequest={}", escaped(&STANDARD.encode(encoder.finish().unwrap())))
}

/// The message of a parameter `SAMLRequest`.
fn inflated(parameter: &str) -> String {
    let bytes = STANDARD.decode(unescaped(parameter.strip_prefix("SAMLRequest=").unwrap())).unwrap();
    let mut xml = String::new();
    DeflateDecoder::new(bytes.as_slice()).read_to_string(&mut xml).unwrap();
    xml
}

/// The query with a signature at its end.
fn signed(key: &SigningKey, query: &str) -> String {
    let mut signer = Signer::new(MessageDigest::sha256(), key.pkey()).unwrap();
    let signature = STANDARD.encode(signer.sign_oneshot_to_vec(query.as_bytes()).unwrap());
    format!("{query}&Signature={}", escaped(&signature))
}

fn lower_case_escapes(query: &str) -> String {
    let mut parts = query.split('%');
    let start = parts.next().unwrap_or_default().to_owned();
    parts.fold(start, |text, part| {
        let (digits, rest) = part.split_at(2);
        format!("{text}%{}{rest}", digits.to_ascii_lowercase())
    })
}

/// The query with one letter more escaped, and its signature.
fn with_more_escapes(query: &str, signature: &impl Fn(&str) -> String) -> String {
    let query = replace(query, RELAY_STATE, "RelayState=%2F%6Cightning%2Fo%2FLead");
    format!("{query}{}", signature(&query))
}

fn escaped(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

fn unescaped(text: &str) -> String {
    let pair = format!("x={text}");
    url::form_urlencoded::parse(pair.as_bytes()).next().unwrap().1.into_owned()
}

/// The first element of this name, with its tags.
fn element<'a>(xml: &'a str, name: &str) -> &'a str {
    let starts = [format!("<{name} "), format!("<{name}>")];
    let from = starts.iter().filter_map(|start| xml.find(start.as_str())).min().expect("the element");
    let end = format!("</{name}>");
    let to = from + xml[from..].find(&end).expect("its end") + end.len();
    &xml[from..to]
}

/// Replaces the one occurrence of a text.
fn replace(text: &str, from: &str, to: &str) -> String {
    assert_eq!(text.matches(from).count(), 1, "`{from}` must be there once: {text}");
    text.replacen(from, to, 1)
}
