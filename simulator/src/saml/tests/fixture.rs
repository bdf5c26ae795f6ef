//! A good SAML login, in which each test changes one thing, and the independent tools that check it.

use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::{Arc, OnceLock};

use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;
use vestibule_certs::{CertStore, KeyAlgorithm, KeyState, SigningKey};
use vestibule_model::SamlSigning;

use crate::attacks::Keys;
use crate::saml::{
    Attribute, AuthnStatement, NameId, ResponseRejection, ResponseSpec, Status, SubjectSpec, TrustedCertificate,
    VerifiedResponse, VerifySettings, name_id_format, response_form_value, sign_response, verify_response,
};

pub(super) const IDP: &str = "https://okta.localhost:8443/saml/metadata";
pub(super) const SSO: &str = "https://okta.localhost:8443/saml/sso";
pub(super) const SP: &str = "https://acme.my.salesforce.localhost:8443";
pub(super) const ACS: &str = "https://acme.my.salesforce.localhost:8443?so=00D000000000001";
pub(super) const REQUEST_ID: &str = "_request1";
pub(super) const PASSWORD_PROTECTED_TRANSPORT: &str =
    "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport";

pub(super) fn now() -> Timestamp {
    "2026-08-03T10:00:00Z".parse().unwrap()
}

pub(super) fn minutes(count: i64) -> SignedDuration {
    SignedDuration::from_mins(count)
}

pub(super) fn key(algorithm: KeyAlgorithm, state: KeyState) -> Arc<SigningKey> {
    static STORE: OnceLock<(TempDir, Arc<CertStore>)> = OnceLock::new();
    let (_, store) = STORE.get_or_init(|| {
        let dir = tempfile::tempdir().unwrap();
        let store = CertStore::open(dir.path(), now()).unwrap();
        (dir, store)
    });
    store.signing_key(algorithm, state).unwrap()
}

/// A key of the org that decrypts. It is one of another kind elsewhere; here only the type of the key matters.
pub(super) fn decryption_key() -> Arc<SigningKey> {
    key(KeyAlgorithm::Rsa2048, KeyState::RolledOver)
}

/// The keys that attacks sign with.
pub(super) fn keys() -> Keys {
    let key = |state| key(KeyAlgorithm::Rsa2048, state);
    Keys {
        own: key(KeyState::Valid),
        rolled_over: key(KeyState::RolledOver),
        expired: key(KeyState::Expired),
        foreign: key(KeyState::Foreign),
    }
}

pub(super) fn rsa() -> Arc<SigningKey> {
    key(KeyAlgorithm::Rsa2048, KeyState::Valid)
}

/// The certificate of a key, configured and not expired.
pub(super) fn trusted(key: &SigningKey) -> TrustedCertificate {
    TrustedCertificate { der: key.certificate_der().to_vec(), expired: false }
}

pub(super) fn good_response() -> ResponseSpec {
    ResponseSpec {
        extension: None,
        response_id: "_response1".to_owned(),
        issue_instant: now(),
        issuer: IDP.to_owned(),
        destination: Some(ACS.to_owned()),
        in_response_to: Some(REQUEST_ID.to_owned()),
        status: Status::success(),
        assertion: Some(SubjectSpec {
            assertion_id: "_assertion1".to_owned(),
            name_id: NameId {
                value: "alice <&> \"x\"@acme.example".to_owned(),
                format: Some(name_id_format::UNSPECIFIED.to_owned()),
            },
            recipient: ACS.to_owned(),
            audience: SP.to_owned(),
            not_before: now() - minutes(1),
            not_on_or_after: now() + minutes(5),
            authn: AuthnStatement {
                authn_instant: now(),
                session_index: Some("_session1".to_owned()),
                session_not_on_or_after: None,
                class_ref: Some(PASSWORD_PROTECTED_TRANSPORT.to_owned()),
            },
            attributes: vec![
                Attribute {
                    name: "amr".to_owned(),
                    name_format: Some("urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified".to_owned()),
                    values: vec!["pwd".to_owned(), "mfa".to_owned(), "swk".to_owned()],
                    elements: Vec::new(),
                },
                Attribute {
                    name: "note".to_owned(),
                    name_format: None,
                    values: vec!["a\tb\r\nc ]]> <é>".to_owned()],
                    elements: Vec::new(),
                },
            ],
        }),
    }
}

/// The good response with its assertion changed.
pub(super) fn with_assertion(change: impl FnOnce(&mut SubjectSpec)) -> ResponseSpec {
    let mut spec = good_response();
    change(spec.assertion.as_mut().unwrap());
    spec
}

pub(super) fn good_settings() -> VerifySettings {
    VerifySettings::new(IDP, vec![trusted(&rsa())], ACS, SP, now())
}

/// The response with this part signed by the valid RSA key.
pub(super) fn signed(spec: &ResponseSpec, what: SamlSigning) -> String {
    sign_response(spec, what, &rsa()).unwrap()
}

/// The response without any signature.
pub(super) fn unsigned_response(spec: &ResponseSpec) -> String {
    let assertion = spec.assertion_element(None).unwrap().map(|(_, assertion)| assertion);
    spec.element(assertion).canonical().unwrap()
}

/// What the org with these settings says to this XML.
pub(super) fn verify(xml: &str, settings: &VerifySettings) -> Result<VerifiedResponse, ResponseRejection> {
    verify_response(&response_form_value(xml), settings)
}

/// Why the org with good settings refuses this XML.
pub(super) fn refusal(xml: &str) -> ResponseRejection {
    verify(xml, &good_settings()).expect_err("the message must be refused")
}

/// Replaces the one occurrence of a text.
pub(super) fn replace(xml: &str, from: &str, to: &str) -> String {
    assert_eq!(xml.matches(from).count(), 1, "`{from}` must be in the message once");
    xml.replacen(from, to, 1)
}

/// The text from `start` up to and including `end`.
pub(super) fn cut<'a>(xml: &'a str, start: &str, end: &str) -> &'a str {
    let from = xml.find(start).expect("the start must be there");
    let to = from + xml[from..].find(end).expect("the end must be there") + end.len();
    &xml[from..to]
}

/// A folder of files for a command-line tool.
pub(super) struct Files(TempDir);

impl Files {
    pub(super) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(super) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }
}

/// Runs a tool that must be installed: a missing one fails the test.
pub(super) fn run(command: &mut Command) -> Output {
    let program = command.get_program().to_string_lossy().into_owned();
    command.output().unwrap_or_else(|error| {
        panic!("`{program}` cannot be started ({error}): install the Debian packages xmlsec1 and libxml2-utils")
    })
}

/// Fails unless the message is valid by this OASIS schema.
pub(super) fn assert_valid(xml: &str, schema: &str) {
    let schema = format!("/usr/share/xml/opensaml/{schema}");
    assert!(std::path::Path::new(&schema).exists(), "{schema} is missing: install the Debian package opensaml-schemas");
    let files = Files::new();
    let catalog = files.write("catalog.xml", CATALOG);
    let message = files.write("message.xml", xml);
    let output = run(Command::new("xmllint")
        .env("XML_CATALOG_FILES", &catalog)
        .args(["--nonet", "--noout", "--schema", &schema])
        .arg(&message));
    assert!(output.status.success(), "{}\n{xml}", String::from_utf8_lossy(&output.stderr));
}

const CATALOG: &str = r#"<?xml version="1.0"?>
<catalog xmlns="urn:oasis:names:tc:entity:xmlns:xml:catalog">
  <rewriteSystem systemIdStartString="http://www.w3.org/TR/2002/REC-xmldsig-core-20020212/" rewritePrefix="file:///usr/share/xml/xmltooling/"/>
  <rewriteURI uriStartString="http://www.w3.org/TR/2002/REC-xmldsig-core-20020212/" rewritePrefix="file:///usr/share/xml/xmltooling/"/>
  <rewriteSystem systemIdStartString="http://www.w3.org/TR/2002/REC-xmlenc-core-20021210/" rewritePrefix="file:///usr/share/xml/xmltooling/"/>
  <rewriteURI uriStartString="http://www.w3.org/TR/2002/REC-xmlenc-core-20021210/" rewritePrefix="file:///usr/share/xml/xmltooling/"/>
  <rewriteSystem systemIdStartString="http://www.w3.org/2001/xml.xsd" rewritePrefix="file:///usr/share/xml/xmltooling/xml.xsd"/>
  <rewriteURI uriStartString="http://www.w3.org/2001/xml.xsd" rewritePrefix="file:///usr/share/xml/xmltooling/xml.xsd"/>
</catalog>
"#;
