//! Artifacts, and the messages by which one is resolved.

use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use openssl::sha::sha1;
use vestibule_certs::{KeyAlgorithm, KeyState};
use vestibule_model::SamlSigning;

use super::fixture::{
    ACS, Files, IDP, SP, assert_valid, cut, good_response, good_settings, key, now, replace, rsa, run, trusted, verify,
};
use crate::saml::artifact::{ArtifactResolve, ResolveFault};
use crate::saml::canonical::Element;
use crate::saml::sign::sign;
use crate::saml::{
    ArtifactResponse, ReceivedResolve, RequestRejection, ResolveSettings, Status, artifact, artifact_url,
    encrypt_and_sign_response, soap_fault, status,
};
use crate::xml::XmlRejection;

const ARS: &str = "https://okta.localhost:8443/saml/artifact";

#[test]
fn an_artifact_has_the_format_of_the_binding() {
    let bytes = STANDARD.decode(artifact(IDP, [9; 20])).unwrap();

    assert_eq!(bytes.len(), 44);
    assert_eq!(bytes[..4], [0, 4, 0, 0], "type code and endpoint index");
    assert_eq!(bytes[4..24], sha1(IDP.as_bytes()), "source id");
    assert_eq!(bytes[24..], [9; 20], "message handle");
    assert_eq!(artifact_url("https://a/acs", "A+/=", Some("a b")), "https://a/acs?SAMLart=A%2B%2F%3D&RelayState=a+b");
    assert_eq!(artifact_url(ACS, "A", None), format!("{ACS}&SAMLart=A"));
}

fn resolve(signed: bool) -> String {
    let mut element = Element::samlp("ArtifactResolve")
        .attribute("ID", "_resolve")
        .attribute("Version", "2.0")
        .attribute("IssueInstant", "2026-08-03T10:00:00.000Z")
        .attribute("Destination", ARS)
        .child(Element::saml("Issuer").text(SP))
        .child(Element::samlp("Artifact").text("AAQ="));
    if signed {
        sign(&mut element, "_resolve", &rsa()).unwrap();
    }
    Element::soap("Envelope").child(Element::soap("Body").child(element)).canonical().unwrap()
}

fn settings() -> ResolveSettings {
    ResolveSettings { artifact_url: ARS.to_owned(), trusted_certificates: vec![trusted(&rsa())], must_be_signed: true }
}

#[test]
fn a_resolve_is_verified_where_it_must_be_signed() {
    let expected = ArtifactResolve { id: "_resolve".to_owned(), issuer: SP.to_owned(), artifact: "AAQ=".to_owned() };
    let verdict =
        |xml: &str, settings: &ResolveSettings| ReceivedResolve::read(xml.as_bytes()).unwrap().verify(settings);
    let optional = ResolveSettings { must_be_signed: false, ..settings() };
    let open = ResolveSettings { trusted_certificates: Vec::new(), ..optional.clone() };

    assert_eq!(verdict(&resolve(true), &settings()), Ok(expected.clone()));
    assert_eq!(verdict(&resolve(false), &settings()), Err(RequestRejection::UnsignedThoughPromised));
    assert_eq!(verdict(&resolve(false), &optional), Ok(expected.clone()));
    assert_eq!(verdict(&resolve(true), &open), Ok(expected), "nobody knows a certificate");
    let changed = replace(&resolve(true), ">AAQ=<", ">AAR=<");
    assert_eq!(verdict(&changed, &settings()), Err(RequestRejection::SignatureInvalid));
    assert_eq!(verdict(&changed, &optional), Err(RequestRejection::SignatureInvalid), "a signature must be right");
    let foreign = trusted(&key(KeyAlgorithm::Rsa2048, KeyState::Foreign));
    let other = ResolveSettings { trusted_certificates: vec![foreign], ..settings() };
    assert_eq!(verdict(&resolve(true), &other), Err(RequestRejection::SignatureInvalid));
    let elsewhere = replace(&resolve(false), ARS, "https://elsewhere.example/ars");
    assert!(matches!(verdict(&elsewhere, &open), Err(RequestRejection::WrongDestination { .. })));
    let old = replace(&resolve(false), "Version=\"2.0\"", "Version=\"1.1\"");
    assert_eq!(verdict(&old, &open), Err(RequestRejection::WrongVersion { found: "1.1".to_owned() }));
}

#[test]
fn what_is_no_artifact_resolve_is_none() {
    let fault = |text: &str| ReceivedResolve::read(text.as_bytes()).map(|_| ()).unwrap_err();
    let good = resolve(false);

    assert!(matches!(fault("hello"), ResolveFault::Xml(XmlRejection::NotWellFormed(_))));
    assert_eq!(fault(&format!("<!DOCTYPE a>{good}")), ResolveFault::Xml(XmlRejection::Doctype));
    assert_eq!(fault("<a/>"), ResolveFault::NotAnArtifactResolve);
    let none = good.replace("samlp:ArtifactResolve", "samlp:AuthnRequest");
    assert_eq!(fault(&none), ResolveFault::NotAnArtifactResolve);
    let message = cut(&good, "<samlp:ArtifactResolve ", "</samlp:ArtifactResolve>");
    assert_eq!(fault(&replace(&good, message, &format!("{message}{message}"))), ResolveFault::NotAnArtifactResolve);
    let nameless = replace(&good, " ID=\"_resolve\"", "");
    let read = ReceivedResolve::read(nameless.as_bytes()).unwrap();
    assert_eq!(read.id(), Err(ResolveFault::MissingPart("ID")));
    assert_eq!(read.claimed_issuer().unwrap(), SP);
}

#[test]
fn a_response_inside_an_artifact_response_keeps_its_signatures() {
    let own = rsa();
    let response = encrypt_and_sign_response(&good_response(), SamlSigning::Both, &own, None).unwrap();
    let of = |message| ArtifactResponse {
        id: "_resolved".to_owned(),
        issue_instant: now(),
        issuer: IDP.to_owned(),
        in_response_to: "_resolve".to_owned(),
        status: Status::success(),
        message,
    };
    let soap = of(Some(response.clone())).to_soap(&own).unwrap();
    let empty = of(None).to_soap(&own).unwrap();

    for soap in [&soap, &empty] {
        let message = cut(soap, "<samlp:ArtifactResponse ", "</samlp:ArtifactResponse>");
        assert_valid(message, "saml-schema-protocol-2.0.xsd");
        assert!(xmlsec1_verifies(soap, "ArtifactResponse"), "{soap}");
        assert!(soap.contains(status::SUCCESS));
    }
    assert!(!empty.contains("<samlp:Response"), "{empty}");
    // Whoever takes the Response out declares the prefixes that are declared around it.
    let inner = cut(&soap, "<samlp:Response ", "</samlp:Response>");
    let inner =
        inner.replacen("<samlp:Response ", "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\" ", 1);
    verify(&inner, &good_settings()).unwrap();
    verify(&response.xml, &good_settings()).unwrap();
}

#[test]
fn a_fault_is_one_of_soap() {
    let fault = soap_fault("The message is refused: <x>.").unwrap();

    assert_eq!(
        fault,
        "<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body><soap:Fault>\
         <faultcode>soap:Client</faultcode><faultstring>The message is refused: &lt;x&gt;.</faultstring>\
         </soap:Fault></soap:Body></soap:Envelope>"
    );
}

/// Whether the first signature, that of the element of this name, verifies.
fn xmlsec1_verifies(xml: &str, name: &str) -> bool {
    let files = Files::new();
    let pem = openssl::x509::X509::from_der(rsa().certificate_der()).unwrap().to_pem().unwrap();
    let certificate = files.write("certificate.pem", pem);
    let message = files.write("message.xml", xml);
    let signature = format!("//*[local-name()='{name}']/*[local-name()='Signature']");
    let output = run(Command::new("xmlsec1")
        .args(["--verify", "--id-attr:ID", &format!("urn:oasis:names:tc:SAML:2.0:protocol:{name}")])
        .args(["--node-xpath", &signature])
        .args(["--enabled-key-data", "rsa,ec", "--pubkey-cert-pem"])
        .arg(certificate)
        .arg(message));
    output.status.success()
}
