//! Metadata of an identity provider, as an org reads it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use vestibule_certs::{KeyAlgorithm, KeyState};
use vestibule_snapshots::growth::assert_linear;

use super::fixture::{IDP, SSO, key, now, rsa};
use crate::saml::idp_descriptor::MetadataFault;
use crate::saml::{IdpDescriptor, IdpMetadata};
use crate::xml::XmlRejection;

#[test]
fn what_our_identity_provider_publishes_is_read_back() {
    let successor = key(KeyAlgorithm::Rsa2048, KeyState::RolledOver);
    let certificates = vec![rsa().certificate_der().to_vec(), successor.certificate_der().to_vec()];

    let read = IdpDescriptor::read(&published(certificates.clone()), now()).unwrap();

    assert_eq!(read.entity_id, IDP);
    assert_eq!((read.post_url.as_deref(), read.redirect_url.as_deref()), (Some(SSO), Some(SSO)));
    let ders: Vec<_> = read.certificates.iter().map(|one| one.der.clone()).collect();
    assert_eq!(ders, certificates, "both, while keys roll over");
    assert!(read.certificates.iter().all(|one| one.not_after > now()));
}

#[test]
fn the_end_of_a_certificate_is_read() {
    let expired = key(KeyAlgorithm::Rsa2048, KeyState::Expired).certificate_der().to_vec();

    let read = IdpDescriptor::read(&published(vec![expired]), now()).unwrap();

    assert!(read.certificates[0].not_after < now(), "{}", read.certificates[0].not_after);
}

#[test]
fn metadata_as_products_write_it_is_read() {
    let certificate = STANDARD.encode(rsa().certificate_der());
    let lines: Vec<_> = certificate.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    let plain = plain();
    let signed =
        plain.replace("><md:IDPSSO", "><ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"/><md:IDPSSO");
    for (what, xml) in [
        ("a byte order mark", format!("\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?>\n{plain}")),
        ("a comment", plain.replace("<md:IDPSSO", "<!-- of the pilot --><md:IDPSSO")),
        ("wrapped base64", plain.replace(&certificate, &format!("\n      {}\n", lines.join("\n      ")))),
        ("no use", plain.replace(" use=\"signing\"", "")),
        ("a signature", signed),
        ("a list of one", list_of(&[&plain])),
        ("a later end", with_end(&plain, "2026-08-03T10:00:01Z")),
    ] {
        let read = IdpDescriptor::read(&xml, now());

        assert_eq!(
            read.map(|read| (read.entity_id, read.certificates.len())),
            Ok((IDP.to_owned(), 1)),
            "{what}: {xml}"
        );
    }
}

#[test]
fn what_no_login_could_work_with_is_refused_with_its_reason() {
    let plain = plain();
    let certificate = STANDARD.encode(rsa().certificate_der());
    let end: Timestamp = "2026-08-03T10:00:00Z".parse().unwrap();
    let no_idp = plain.replace("IDPSSODescriptor", "SPSSODescriptor");
    let only_encryption = plain.replace("use=\"signing\"", "use=\"encryption\"");
    for (xml, fault) in [
        (format!("<!DOCTYPE x>{plain}"), MetadataFault::Xml(XmlRejection::Doctype)),
        ("<html/>".to_owned(), MetadataFault::WrongRoot { found: "html".to_owned() }),
        (plain.replace("EntityDescriptor", "Entity"), MetadataFault::WrongRoot { found: "Entity".to_owned() }),
        (no_idp, MetadataFault::NoIdp),
        (plain.replace("SAML:2.0:protocol", "SAML:1.1:protocol"), MetadataFault::NoIdp),
        (list_of(&[]), MetadataFault::NoIdp),
        (list_of(&[&plain, &plain]), MetadataFault::SeveralIdps(2)),
        (plain.replace("entityID=", "name="), MetadataFault::NoEntityId),
        (plain.replace(&certificate, ""), MetadataFault::UnreadableCertificate),
        (plain.replace(&certificate, "bm90IGEgY2VydGlmaWNhdGU="), MetadataFault::UnreadableCertificate),
        (only_encryption, MetadataFault::NoCertificate),
        (published(Vec::new()), MetadataFault::NoCertificate),
        (plain.replace(SSO, "javascript:alert(1)"), MetadataFault::NoEndpoint),
        (plain.replace("SingleSignOnService", "SingleLogoutService"), MetadataFault::NoEndpoint),
        (with_end(&plain, "2026-08-03T10:00:00Z"), MetadataFault::Expired { valid_until: end }),
        (with_end(&list_of(&[&plain]), "2026-08-03T10:00:00Z"), MetadataFault::Expired { valid_until: end }),
        (with_end(&plain, "tomorrow"), MetadataFault::UnreadableDate("tomorrow".to_owned())),
        (with_end(&plain, "2027-08-03 10:00Z"), MetadataFault::UnreadableDate("2027-08-03 10:00Z".to_owned())),
    ] {
        assert_eq!(IdpDescriptor::read(&xml, now()), Err(fault), "{xml}");
    }
}

#[test]
fn eight_times_the_metadata_takes_about_eight_times_as_long() {
    let plain = plain();
    let inside = |more: &str| plain.replacen("</md:IDPSSODescriptor>", &format!("{more}</md:IDPSSODescriptor>"), 1);
    let key = {
        let begin = plain.find("<md:KeyDescriptor").unwrap();
        let end = plain.find("</md:KeyDescriptor>").unwrap() + "</md:KeyDescriptor>".len();
        plain[begin..end].to_owned()
    };
    let service = format!("<md:SingleSignOnService Binding=\"urn:none\" Location=\"{SSO}\"/>");
    type Row<'a> = (&'a str, &'a dyn Fn(usize) -> String);
    let rows: [Row<'_>; 5] = [
        ("certificates", &|size| inside(&key.repeat(size / key.len() + 1))),
        ("endpoints", &|size| inside(&service.repeat(size / service.len()))),
        ("a long text", &|size| inside(&format!("<md:Extensions>{}</md:Extensions>", "x".repeat(size)))),
        ("entities", &|size| list_of(&vec![plain.as_str(); size / plain.len() + 1])),
        ("what is no XML", &|size| "<".repeat(size)),
    ];
    for (name, input) in rows {
        assert_linear(name, 8_000, input, |xml| {
            let _whatever = IdpDescriptor::read(xml, now());
        });
    }
}

fn plain() -> String {
    published(vec![rsa().certificate_der().to_vec()])
}

fn published(certificates: Vec<Vec<u8>>) -> String {
    let metadata =
        IdpMetadata { entity_id: IDP.to_owned(), sso_url: SSO.to_owned(), certificates, ..IdpMetadata::default() };
    metadata.to_xml().unwrap()
}

fn list_of(entities: &[&str]) -> String {
    let namespace = "urn:oasis:names:tc:SAML:2.0:metadata";
    format!("<md:EntitiesDescriptor xmlns:md=\"{namespace}\">{}</md:EntitiesDescriptor>", entities.concat())
}

/// The document with a `validUntil` on its root.
fn with_end(xml: &str, end: &str) -> String {
    xml.replacen(" xmlns:md=", &format!(" validUntil=\"{end}\" xmlns:md="), 1)
}
