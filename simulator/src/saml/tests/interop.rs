//! Signatures and schemas, checked by xmlsec1 and xmllint.

use std::process::Command;

use openssl::x509::X509;
use vestibule_certs::{KeyAlgorithm, KeyState, SigningKey};
use vestibule_model::{Carrier, SamlSigning, Signal};

use super::fixture::{
    ACS, Files, IDP, SP, SSO, assert_valid, good_response, good_settings, key, replace, rsa, run, trusted,
    unsigned_response, verify, with_assertion,
};
use super::requests::good_request;
use crate::saml::{IdpMetadata, SpMetadata, Status, post_form, sign_response, status};

const RESPONSE_SIGNATURE: &str = "/*[local-name()='Response']/*[local-name()='Signature']";
const ASSERTION_SIGNATURE: &str = "/*/*[local-name()='Assertion']/*[local-name()='Signature']";

#[test]
fn every_way_of_signing_verifies_with_xmlsec1_and_here() {
    for algorithm in [KeyAlgorithm::Rsa2048, KeyAlgorithm::EcP256] {
        for (signed, signatures) in [
            (SamlSigning::Response, vec![RESPONSE_SIGNATURE]),
            (SamlSigning::Assertion, vec![ASSERTION_SIGNATURE]),
            (SamlSigning::Both, vec![RESPONSE_SIGNATURE, ASSERTION_SIGNATURE]),
        ] {
            let key = key(algorithm, KeyState::Valid);
            let xml = sign_response(&good_response(), signed, &key).unwrap();

            for signature in &signatures {
                assert!(xmlsec1_verifies(&xml, signature, &key), "{algorithm:?} {signed:?}");
            }
            let mut settings = good_settings();
            settings.trusted_certificates = vec![trusted(&rsa()), trusted(&key)];
            verify(&xml, &settings).unwrap();
        }
    }
}

#[test]
fn xmlsec1_refuses_what_was_changed_after_signing_or_signed_by_another() {
    let xml = super::fixture::signed(&good_response(), SamlSigning::Assertion);
    let changed = replace(&xml, ">swk<", ">sms<");

    assert!(xmlsec1_verifies(&xml, ASSERTION_SIGNATURE, &rsa()));
    assert!(!xmlsec1_verifies(&changed, ASSERTION_SIGNATURE, &rsa()));
    let foreign = key(KeyAlgorithm::Rsa2048, KeyState::Foreign);
    assert!(!xmlsec1_verifies(&xml, ASSERTION_SIGNATURE, &foreign));
}

#[test]
fn a_signed_request_by_post_verifies_with_xmlsec1() {
    use base64::Engine as _;
    let key = rsa();
    let form = post_form(&good_request(), None, Some(&key)).unwrap();
    let xml = base64::engine::general_purpose::STANDARD.decode(form.saml_request).unwrap();
    let xml = String::from_utf8(xml).unwrap();

    assert!(xmlsec1_verifies(&xml, "/*/*[local-name()='Signature']", &key));
    assert_valid(&xml, "saml-schema-protocol-2.0.xsd");
}

#[test]
fn every_kind_of_response_is_valid_by_the_oasis_schema() {
    let mut error = good_response();
    error.assertion = None;
    error.status = Status {
        message: Some("nobody <&> signed in".to_owned()),
        ..Status::error(status::RESPONDER, status::NO_PASSIVE)
    };
    let mut unsolicited = good_response();
    unsolicited.in_response_to = None;
    let bare = with_assertion(|assertion| {
        assertion.attributes.clear();
        assertion.authn.class_ref = None;
        assertion.authn.session_not_on_or_after = Some(assertion.not_on_or_after);
    });

    for spec in [good_response(), error, unsolicited, bare] {
        let credential = key(KeyAlgorithm::EcP256, KeyState::Valid);
        let signed = sign_response(&spec, SamlSigning::Both, &credential).unwrap();
        assert_valid(&signed, "saml-schema-protocol-2.0.xsd");
        assert_valid(&unsigned_response(&spec), "saml-schema-protocol-2.0.xsd");
    }
}

#[test]
fn what_is_written_is_in_exclusive_canonical_form() {
    let texts = ["plain", "&<>\"'", "\r\n\t ]]>", "\u{85}\u{2028}é\u{10FFFF}", " edges "];
    let key = rsa();
    for text in texts {
        let spec = with_assertion(|assertion| {
            assertion.name_id.value = text.to_owned();
            assertion.name_id.format = Some(text.to_owned());
        });
        let xml = sign_response(&spec, SamlSigning::Both, &key).unwrap();
        let assertion = super::fixture::cut(&xml, "<saml:Assertion ", "</saml:Assertion>");
        for xml in [&xml, assertion] {
            let message = Files::new();
            let output = run(Command::new("xmllint").args(["--nonet", "--exc-c14n"]).arg(message.write("m.xml", xml)));

            assert_eq!(String::from_utf8_lossy(&output.stdout), *xml);
        }
    }
}

#[test]
fn values_that_are_elements_are_in_canonical_form_and_signed() {
    let key = rsa();
    for (written, canonical) in [
        ("<a/>", "<a></a>"),
        (
            "<a xmlns='urn:x' c='1' b=\"&lt;'&quot;\"> &gt; </a>",
            "<a xmlns=\"urn:x\" b=\"&lt;'&quot;\" c=\"1\"> &gt; </a>",
        ),
        ("<p:a xmlns:p='urn:x'><p:b/><c/></p:a>", "<a xmlns=\"urn:x\"><b></b><c xmlns=\"\"></c></a>"),
    ] {
        let spec = with_assertion(|assertion| {
            assertion.attributes[0].elements = vec![crate::xml::parse(written.as_bytes(), 1000).unwrap()];
        });
        let xml = sign_response(&spec, SamlSigning::Both, &key).unwrap();
        let files = Files::new();
        let output = run(Command::new("xmllint").args(["--nonet", "--exc-c14n"]).arg(files.write("m.xml", &xml)));

        assert!(xml.contains(&format!("<saml:AttributeValue>{canonical}</saml:AttributeValue>")), "{xml}");
        assert_eq!(String::from_utf8_lossy(&output.stdout), xml);
        assert!(xmlsec1_verifies(&xml, ASSERTION_SIGNATURE, &key), "{xml}");
        let verified = verify(&xml, &good_settings()).unwrap();
        assert_eq!(verified.attributes[0].values, ["pwd", "mfa", "swk"], "an element is no text");
    }
}

#[test]
fn metadata_is_valid_by_the_oasis_schema() {
    let rolled_over = key(KeyAlgorithm::Rsa2048, KeyState::RolledOver);
    let certificates = vec![rsa().certificate_der().to_vec(), rolled_over.certificate_der().to_vec()];
    let idp =
        IdpMetadata { entity_id: IDP.to_owned(), sso_url: SSO.to_owned(), certificates, ..IdpMetadata::default() };

    assert_valid(&idp.to_xml().unwrap(), "saml-schema-metadata-2.0.xsd");
    let complete = IdpMetadata {
        logout_url: Some(SSO.to_owned()),
        artifact_url: Some(SSO.to_owned()),
        name_id_formats: &["urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"],
        valid_until: Some(super::fixture::now()),
        cache_for: Some(60),
        ..idp.clone()
    };
    assert_valid(&complete.to_xml().unwrap(), "saml-schema-metadata-2.0.xsd");
    for (certificates, logout_url) in [(Vec::new(), None), (idp.certificates, Some(SSO.to_owned()))] {
        let sp = SpMetadata {
            entity_id: SP.to_owned(),
            acs_url: ACS.to_owned(),
            logout_url,
            encryption_certificate: certificates.first().cloned(),
            certificates,
        };
        assert_valid(&sp.to_xml().unwrap(), "saml-schema-metadata-2.0.xsd");
    }
}

#[test]
fn a_response_that_xmlsec1_signed_is_accepted() {
    let template = foreign_style_template();
    let files = Files::new();
    let key = files.write("key.pem", rsa().pkey().private_key_to_pem_pkcs8().unwrap());
    let certificate = files.write("certificate.pem", certificate_pem(&rsa()));
    let message = files.write("template.xml", &template);
    let output = run(Command::new("xmlsec1")
        .args(["--sign", "--id-attr:ID", "urn:oasis:names:tc:SAML:2.0:assertion:Assertion"])
        .arg("--privkey-pem")
        .arg(format!("{},{}", key.display(), certificate.display()))
        .arg(message));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let xml = String::from_utf8(output.stdout).unwrap();

    let verified = verify(&xml, &good_settings()).unwrap();

    assert_eq!(verified.name_id.value, "alice <&> \"x\"@acme.example");
    assert_eq!(
        verified.signals(&["amr"])[1..],
        ["pwd", "mfa", "swk"].map(|value| Signal::new(value, Carrier::SamlAttribute("amr".to_owned())))
    );
}

/// A response as another product writes it: other prefixes, a typed value, line breaks, an XML declaration, an empty
/// signature.
fn foreign_style_template() -> String {
    let xml = unsigned_response(&good_response());
    let xml =
        xml.replace("<saml:", "\n  <saml2:").replace("</saml:", "</saml2:").replace("xmlns:saml=", "xmlns:saml2=");
    let xml = xml.replace(
        "<saml2:AttributeValue>pwd",
        "<saml2:AttributeValue xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"xs:string\">pwd",
    );
    let signature = r##"<Signature xmlns="http://www.w3.org/2000/09/xmldsig#">
      <SignedInfo>
        <CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>
        <SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha512"/>
        <Reference URI="#_assertion1">
          <Transforms>
            <Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/>
            <Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#">
              <ec:InclusiveNamespaces xmlns:ec="http://www.w3.org/2001/10/xml-exc-c14n#" PrefixList="xs"/>
            </Transform>
          </Transforms>
          <DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha512"/>
          <DigestValue></DigestValue>
        </Reference>
      </SignedInfo>
      <SignatureValue></SignatureValue>
      <KeyInfo><X509Data><X509Certificate/></X509Data></KeyInfo>
    </Signature>"##;
    let subject = "\n  <saml2:Subject>";
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{}", replace(&xml, subject, &format!("{signature}{subject}")))
}

fn certificate_pem(key: &SigningKey) -> Vec<u8> {
    X509::from_der(key.certificate_der()).unwrap().to_pem().unwrap()
}

fn xmlsec1_verifies(xml: &str, signature: &str, key: &SigningKey) -> bool {
    let files = Files::new();
    let certificate = files.write("certificate.pem", certificate_pem(key));
    let message = files.write("message.xml", xml);
    let output = run(Command::new("xmlsec1")
        .arg("--verify")
        .args(["--id-attr:ID", "urn:oasis:names:tc:SAML:2.0:protocol:Response"])
        .args(["--id-attr:ID", "urn:oasis:names:tc:SAML:2.0:protocol:AuthnRequest"])
        .args(["--id-attr:ID", "urn:oasis:names:tc:SAML:2.0:assertion:Assertion"])
        .args(["--enabled-key-data", "rsa,ec", "--node-xpath", signature, "--pubkey-cert-pem"])
        .arg(certificate)
        .arg(message));
    output.status.success()
}
