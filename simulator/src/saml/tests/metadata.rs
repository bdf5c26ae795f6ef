//! The metadata of service providers is read as it was meant, or refused.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use vestibule_certs::{KeyAlgorithm, KeyState};
use vestibule_model::{
    AcsBinding, AttributeNameFormat, ContentEncryption, KeyTransport, LogoutBinding, SamlEncryption,
};

use super::fixture::{ACS, IDP, SP, SSO, assert_valid, key, replace, rsa};
use crate::saml::metadata_reader::{MetadataRejection, read_service_providers};
use crate::saml::{Acs, IdpMetadata, MetadataSignatureFault, SpMetadata, signed_metadata};
use crate::xml::XmlRejection;

const POST: &str = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST";
const PROTOCOL: &str = "urn:oasis:names:tc:SAML:2.0:protocol";

#[test]
fn what_the_org_writes_is_read_as_it_was_meant() {
    let certificates = vec![rsa().certificate_der().to_vec()];
    let written = SpMetadata {
        entity_id: SP.to_owned(),
        acs_url: ACS.to_owned(),
        encryption_certificate: Some(key(KeyAlgorithm::Rsa2048, KeyState::RolledOver).certificate_der().to_vec()),
        certificates,
        logout_url: Some(format!("{SP}/logout")),
    };
    let written = written.to_xml().unwrap();

    let read = read_service_providers(written.as_bytes()).unwrap();

    let spec = &read[SP];
    assert_eq!((read.len(), spec.authn_requests_signed), (1, true));
    assert_eq!(Acs::all(&spec.acs), [Acs { default: Some(true), ..Acs::first(ACS.to_owned()) }]);
    let pem = openssl::x509::X509::from_pem(spec.certificates[0].as_bytes()).unwrap();
    assert_eq!(pem.to_der().unwrap(), rsa().certificate_der());
    assert_eq!((spec.encryption_certificates.len(), spec.encryption.clone()), (1, Some(SamlEncryption::default())));
    let logout = spec.single_logout.as_ref().unwrap();
    assert_eq!((logout.url.as_str(), logout.binding), (&*format!("{SP}/logout"), LogoutBinding::HttpRedirect));
}

#[test]
fn what_a_service_provider_says_of_itself_is_kept() {
    let certificate = STANDARD.encode(rsa().certificate_der());
    let text = format!(
        "<md:EntityDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" entityID=\"urn:app\" \
         validUntil=\"2030-01-01T00:00:00Z\">\
         <md:SPSSODescriptor protocolSupportEnumeration=\"{PROTOCOL}\" WantAssertionsSigned=\"true\" \
         validUntil=\"2029-01-01T00:00:00Z\">\
         <md:KeyDescriptor use=\"encryption\">{}\
         <md:EncryptionMethod Algorithm=\"urn:unknown\"/>\
         <md:EncryptionMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#aes256-cbc\"/>\
         <md:EncryptionMethod Algorithm=\"http://www.w3.org/2009/xmlenc11#rsa-oaep\"/></md:KeyDescriptor>\
         <md:SingleLogoutService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:SOAP\" Location=\"https://app.example/soap\"/>\
         <md:SingleLogoutService Binding=\"{POST}\" Location=\"https://app.example/slo\" \
         ResponseLocation=\"https://app.example/slo-done\"/>\
         <md:NameIDFormat>urn:oasis:names:tc:SAML:2.0:nameid-format:persistent</md:NameIDFormat>\
         <md:AssertionConsumerService Binding=\"{POST}\" Location=\"https://app.example/acs\" index=\"0\"/>\
         <md:AttributeConsumingService index=\"3\"><md:ServiceName xml:lang=\"en\">app</md:ServiceName>\
         <md:RequestedAttribute Name=\"mail\" NameFormat=\"urn:oasis:names:tc:SAML:2.0:attrname-format:basic\"/>\
         </md:AttributeConsumingService></md:SPSSODescriptor></md:EntityDescriptor>",
        key_info(&certificate),
    );

    let app = read_service_providers(text.as_bytes()).unwrap().remove("urn:app").unwrap();

    let encryption = app.encryption.as_ref().unwrap();
    assert_eq!((encryption.content, encryption.key_transport), (ContentEncryption::Aes256Cbc, KeyTransport::RsaOaep));
    let logout = app.single_logout.as_ref().unwrap();
    assert_eq!(
        (logout.binding, logout.answers_at().as_str()),
        (LogoutBinding::HttpPost, "https://app.example/slo-done")
    );
    assert_eq!(app.name_id_format.as_deref(), Some("urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"));
    assert_eq!(app.valid_until, Some("2029-01-01T00:00:00Z".parse().unwrap()), "the earlier end");
    assert!(app.want_assertions_signed);
    let service = app.attribute_service(Some(3)).unwrap();
    assert_eq!(service.attributes[0].name_format, Some(AttributeNameFormat::Basic));
    assert_eq!(app.attribute_service(Some(0)), None);
    assert_eq!(app.attribute_service(None), Some(service));

    let unreadable = text.replace("2029-01-01T00:00:00Z", "soon");
    let refused = read_service_providers(unreadable.as_bytes()).unwrap_err();
    assert!(refused.to_string().contains("`soon`"), "{refused}");
}

#[test]
fn what_others_write_is_read_too() {
    let signs = STANDARD.encode(key(KeyAlgorithm::EcP256, KeyState::Valid).certificate_der());
    let decrypts = STANDARD.encode(rsa().certificate_der());
    let in_lines = signs.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect::<Vec<_>>();
    let text = format!(
        "\u{FEFF}<?xml version=\"1.0\" encoding=\"UTF-8\"?><!-- written by a tool -->\n\
         <md:EntitiesDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\">\
         <md:EntityDescriptor entityID=\"urn:an-idp\"><md:IDPSSODescriptor protocolSupportEnumeration=\"{PROTOCOL}\"/>\
         </md:EntityDescriptor>\
         <md:EntityDescriptor entityID=\"urn:app\">\
         <md:SPSSODescriptor protocolSupportEnumeration=\"urn:oasis:names:tc:SAML:1.1:protocol {PROTOCOL}\">\
         <md:KeyDescriptor use=\"encryption\">{}</md:KeyDescriptor><md:KeyDescriptor>{}</md:KeyDescriptor>\
         <md:AssertionConsumerService Binding=\"urn:oasis:names:tc:SAML:2.0:bindings:PAOS\" \
         Location=\"https://app.example/ecp\" index=\"3\" isDefault=\"false\"/>\
         <md:AssertionConsumerService Binding=\"urn:my:own\" Location=\"x\" index=\"4\"/>\
         <md:AssertionConsumerService Binding=\"{POST}\" Location=\"https://app.example/acs\" index=\"5\"/>\
         </md:SPSSODescriptor></md:EntityDescriptor></md:EntitiesDescriptor>",
        key_info(&decrypts),
        key_info(&in_lines.join("\n        ")),
    );

    let read = read_service_providers(text.as_bytes()).unwrap();

    let app = &read["urn:app"];
    assert_eq!((read.len(), app.authn_requests_signed, app.certificates.len()), (1, false, 1));
    let acs = |url: &str, index, binding, default| Acs { url: url.to_owned(), index, binding, default };
    let paos = acs("https://app.example/ecp", 3, AcsBinding::Paos, Some(false));
    assert_eq!(Acs::all(&app.acs), [paos, acs("https://app.example/acs", 5, AcsBinding::HttpPost, None)]);
}

#[test]
fn of_signed_metadata_only_what_the_signature_covers_is_read() {
    let written = IdpMetadata {
        entity_id: IDP.to_owned(),
        sso_url: SSO.to_owned(),
        certificates: vec![rsa().certificate_der().to_vec()],
        ..IdpMetadata::default()
    };
    let foreign = key(KeyAlgorithm::Rsa2048, KeyState::Foreign);
    let plain = written.to_xml().unwrap();
    let signed = written.to_signed_xml("_m", &rsa()).unwrap();
    let changed = signed.replace(SSO, "https://evil.example/sso");
    let moved = format!(
        "<md:EntitiesDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\" ID=\"_n\">{signed}</md:EntitiesDescriptor>"
    );

    assert_valid(&signed, "saml-schema-metadata-2.0.xsd");
    let read = signed_metadata(signed.as_bytes(), rsa().certificate_der()).unwrap();
    assert!(read.contains(SSO) && !read.contains("SignatureValue"), "{read}");
    let invalid = Err(MetadataSignatureFault::Invalid);
    assert_eq!(signed_metadata(signed.as_bytes(), foreign.certificate_der()), invalid);
    assert_eq!(signed_metadata(changed.as_bytes(), rsa().certificate_der()), invalid);
    assert_eq!(signed_metadata(moved.as_bytes(), rsa().certificate_der()), invalid);
    assert_eq!(signed_metadata(plain.as_bytes(), rsa().certificate_der()), Err(MetadataSignatureFault::Unsigned));
}

#[test]
fn metadata_that_cannot_be_used_is_refused_with_the_reason() {
    let good = SpMetadata {
        entity_id: SP.to_owned(),
        acs_url: ACS.to_owned(),
        certificates: vec![rsa().certificate_der().to_vec()],
        ..SpMetadata::default()
    };
    let good = good.to_xml().unwrap();
    let entity_id = SP.to_owned();
    let base64 = STANDARD.encode(rsa().certificate_der());
    let sp = |from: &str, to: &str| good.replace(from, to);
    let script = "`javascript:alert(1)` is not an endpoint: only `http` and `https` addresses are".to_owned();
    let table = [
        ("hello".to_owned(), None),
        (format!("<!DOCTYPE a>{good}"), Some(MetadataRejection::Xml(XmlRejection::Doctype))),
        ("<a/>".to_owned(), Some(MetadataRejection::UnexpectedRoot { found: "a".to_owned() })),
        (sp("SPSSODescriptor", "IDPSSODescriptor"), Some(MetadataRejection::NoServiceProvider)),
        (sp(PROTOCOL, "urn:oasis:names:tc:SAML:1.1:protocol"), Some(MetadataRejection::NoServiceProvider)),
        (replace(&good, &format!("entityID=\"{SP}\""), "entityID=\"\""), Some(MetadataRejection::NoEntityId)),
        (sp(POST, "urn:my:own"), Some(MetadataRejection::NoAcs { entity_id: entity_id.clone() })),
        (
            replace(&good, &format!("Location=\"{ACS}\""), "Location=\"javascript:alert(1)\""),
            Some(MetadataRejection::Acs { entity_id: entity_id.clone(), why: script }),
        ),
        (
            replace(&good, "index=\"0\"", "index=\"first\""),
            Some(MetadataRejection::Acs {
                entity_id: entity_id.clone(),
                why: "its index `first` is not a number".into(),
            }),
        ),
        (sp(&base64, "AAAA"), Some(MetadataRejection::Certificate { entity_id })),
    ];
    for (text, expected) in table {
        let refused = read_service_providers(text.as_bytes()).unwrap_err();
        if let Some(expected) = expected {
            assert_eq!(refused, expected, "{text}");
        }
    }
}

fn key_info(base64: &str) -> String {
    format!(
        "<ds:KeyInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:X509Data>\
         <ds:X509Certificate>{base64}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>"
    )
}
