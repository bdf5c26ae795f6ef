//! Identity providers that are not simulated: issuers made here, each with a key of its own.

#![expect(clippy::unwrap_used, reason = "a failed set-up fails the test")]

mod encryption;
mod logout;
mod oidc;
mod provisioning;
mod saml;
mod setting_up;
mod validator;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::SignedDuration;
use openssl::asn1::{Asn1Time, Asn1TimeRef};
use openssl::bn::BigNum;
use openssl::hash::MessageDigest;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::sha::sha256;
use openssl::sign::Signer;
use openssl::x509::{X509, X509NameBuilder};
use vestibule_simulator::realm::{Component, IdpDocument, IdpProtocol, IdpSpec};

use crate::sso_realm::{Browser, Page, TestRealm, pairs, xml_of_request};

const ENTITY: &str = "urn:acme:sign-on";
const SSO: &str = "https://sign-on.acme.example/sso";

/// An issuer with a key that nobody else has.
struct Issuer {
    key: PKey<Private>,
    certificate: Vec<u8>,
}

impl Issuer {
    fn new() -> Self {
        Self::until(&Asn1Time::days_from_now(30).unwrap())
    }

    fn expired() -> Self {
        // 2001-01-01.
        Self::until(&Asn1Time::from_unix(978_307_200).unwrap())
    }

    fn until(not_after: &Asn1TimeRef) -> Self {
        let key = PKey::from_rsa(Rsa::generate(2048).unwrap()).unwrap();
        let mut name = X509NameBuilder::new().unwrap();
        name.append_entry_by_text("CN", "sign-on.acme.example").unwrap();
        let name = name.build();
        let mut certificate = X509::builder().unwrap();
        certificate.set_version(2).unwrap();
        let serial = BigNum::from_u32(7).unwrap().to_asn1_integer().unwrap();
        certificate.set_serial_number(&serial).unwrap();
        certificate.set_subject_name(&name).unwrap();
        certificate.set_issuer_name(&name).unwrap();
        certificate.set_pubkey(&key).unwrap();
        certificate.set_not_before(&Asn1Time::from_unix(0).unwrap()).unwrap();
        certificate.set_not_after(not_after).unwrap();
        certificate.sign(&key, MessageDigest::sha256()).unwrap();
        Self { key, certificate: certificate.build().to_der().unwrap() }
    }

    fn signature_of(&self, text: &str) -> Vec<u8> {
        let mut signer = Signer::new(MessageDigest::sha256(), &self.key).unwrap();
        signer.sign_oneshot_to_vec(text.as_bytes()).unwrap()
    }
}

/// The metadata of an identity provider that signs with the keys of these issuers.
fn metadata(issuers: &[&Issuer]) -> String {
    let keys: String = issuers.iter().map(|issuer| key_descriptor(issuer)).collect();
    format!(
        "<?xml version=\"1.0\"?>\n<!-- exported by hand -->\n\
         <EntityDescriptor xmlns=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"{ENTITY}\">\
         <IDPSSODescriptor protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:2.0:protocol\">{keys}\
         <SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect\" Location=\"{SSO}/redirect\"/>\
         <SingleSignOnService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST\" Location=\"{SSO}/post\"/>\
         </IDPSSODescriptor></EntityDescriptor>"
    )
}

fn key_descriptor(issuer: &Issuer) -> String {
    let certificate = STANDARD.encode(&issuer.certificate);
    format!(
        "<KeyDescriptor use=\"signing\"><KeyInfo xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><X509Data>\
         <X509Certificate>{certificate}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>"
    )
}

/// The setting of an org that knows these keys.
fn trusting(issuers: &[&Issuer]) -> IdpSpec {
    IdpSpec { metadata: Some(IdpDocument::Text(metadata(issuers))), ..IdpSpec::new(IdpProtocol::Saml) }
}

/// What an assertion says.
struct Says<'a> {
    id: &'a str,
    name: &'a str,
    audience: String,
    in_response_to: Option<String>,
    attributes: &'a [(&'a str, &'a str)],
}

impl Says<'_> {
    /// An assertion about the user `rep`, who signed in by an authenticator that resists phishing.
    fn good(test: &TestRealm) -> Self {
        Self {
            id: "_a1",
            name: "rep-7",
            audience: test.realm.my_domain_origin(),
            in_response_to: None,
            attributes: &[("amr", "swk")],
        }
    }

    /// The `Response`, with a signed assertion in exclusive canonical form: its text is what is digested.
    fn signed_by(&self, issuer: &Issuer, test: &TestRealm) -> String {
        let (before, after) = self.parts(test);
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
                self.id
            )
        };
        let canonical = info(" xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"");
        let value = STANDARD.encode(issuer.signature_of(&canonical));
        let key = STANDARD.encode(&issuer.certificate);
        let now = test.realm.clock.now(Component::Idp);
        let answers = self.answers();
        format!(
            "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" ID=\"{}-shell\" Version=\"2.0\" \
             IssueInstant=\"{now}\" Destination=\"{}\"{answers}>\
             <saml:Issuer xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">{ENTITY}</saml:Issuer>\
             <samlp:Status><samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"/></samlp:Status>\
             {before}<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\">{}\
             <ds:SignatureValue>{value}</ds:SignatureValue><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{key}\
             </ds:X509Certificate></ds:X509Data></ds:KeyInfo></ds:Signature>{after}</samlp:Response>",
            self.id,
            test.trust().acs_url,
            info("")
        )
    }

    /// What stands before the signature, and after it.
    fn parts(&self, test: &TestRealm) -> (String, String) {
        let now = test.realm.clock.now(Component::Idp);
        let end = now + SignedDuration::from_mins(5);
        let (id, name, audience, recipient) = (self.id, self.name, &self.audience, &test.trust().acs_url);
        let answers = self.answers();
        let attributes = self.attributes.iter().map(|(name, value)| {
            format!(
                "<saml:Attribute Name=\"{name}\"><saml:AttributeValue>{value}</saml:AttributeValue></saml:Attribute>"
            )
        });
        let attributes: String = attributes.collect();
        let before = format!(
            "<saml:Assertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\" ID=\"{id}\" IssueInstant=\"{now}\" \
             Version=\"2.0\"><saml:Issuer>{ENTITY}</saml:Issuer>"
        );
        let after = format!(
            "<saml:Subject><saml:NameID>{name}</saml:NameID>\
             <saml:SubjectConfirmation Method=\"urn:oasis:names:tc:SAML:2.0:cm:bearer\">\
             <saml:SubjectConfirmationData{answers} NotOnOrAfter=\"{end}\" Recipient=\"{recipient}\">\
             </saml:SubjectConfirmationData></saml:SubjectConfirmation></saml:Subject>\
             <saml:Conditions NotOnOrAfter=\"{end}\"><saml:AudienceRestriction><saml:Audience>{audience}</saml:Audience>\
             </saml:AudienceRestriction></saml:Conditions>\
             <saml:AuthnStatement AuthnInstant=\"{now}\" SessionIndex=\"{id}-session\"><saml:AuthnContext><saml:AuthnContextClassRef>\
             urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified</saml:AuthnContextClassRef></saml:AuthnContext>\
             </saml:AuthnStatement><saml:AttributeStatement>{attributes}</saml:AttributeStatement></saml:Assertion>"
        );
        (before, after)
    }

    fn answers(&self) -> String {
        self.in_response_to.as_ref().map(|id| format!(" InResponseTo=\"{id}\"")).unwrap_or_default()
    }
}

/// Starts a login at the org, and returns the `AuthnRequest` that the browser carries away.
async fn asked(test: &TestRealm, browser: &Browser) -> String {
    xml_of_request(&browser.get(&test.saml_start()).await)
}

fn id_of(authn_request: &str) -> String {
    authn_request.split(" ID=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

async fn post(test: &TestRealm, browser: &Browser, response: &str, relay_state: &str) -> Page {
    let form = pairs(&[("SAMLResponse", &STANDARD.encode(response)), ("RelayState", relay_state)]);
    browser.post(&test.trust().acs_url, &form).await
}
