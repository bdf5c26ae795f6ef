//! Responses that an attacker made from a good one without the key: each is refused for a known reason.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use vestibule_model::{SamlSigning, Weakness};

use super::fixture::{cut, good_response, good_settings, keys, refusal, replace, signed, unsigned_response, verify};
use crate::attacks::{Family, GoodResponse, catalogue};
use crate::saml::signature::SignatureFault;
use crate::saml::structure_fault::StructureFault;
use crate::saml::{ResponseRejection, verify_response};
use crate::xml::XmlRejection;

fn assertion_signed() -> String {
    signed(&good_response(), SamlSigning::Assertion)
}

#[test]
fn an_unsigned_response_is_refused() {
    assert_eq!(refusal(&unsigned_response(&good_response())), ResponseRejection::Unsigned);
}

#[test]
fn a_removed_signature_is_missed() {
    let xml = assertion_signed();
    let bare = replace(&xml, cut(&xml, "<ds:Signature ", "</ds:Signature>"), "");

    assert_eq!(refusal(&bare), ResponseRejection::Unsigned);
}

#[test]
fn a_changed_value_breaks_the_signature() {
    for what in [SamlSigning::Response, SamlSigning::Assertion, SamlSigning::Both] {
        let changed = replace(&signed(&good_response(), what), ">swk<", ">hwk<");
        let why = refusal(&changed);

        assert_eq!(why, ResponseRejection::SignatureInvalid, "{what:?}");
        assert_eq!(why.login_history_status().text(), "Failed: Signature Invalid");
    }
}

#[test]
fn a_good_assertion_in_a_changed_response_breaks_the_outer_signature() {
    let xml = signed(&good_response(), SamlSigning::Both);
    let changed = replace(
        &xml,
        "Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"",
        "Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\" ",
    );
    verify(&changed, &good_settings()).expect("white space inside a tag is not part of what is signed");
    let changed = replace(&xml, "ID=\"_response1\"", "ID=\"_response2\"");

    assert!(matches!(
        refusal(&changed),
        ResponseRejection::MalformedSignature(SignatureFault::ReferenceElsewhere { .. })
    ));
}

/// The forms of signature wrapping in the catalogue, and what gives each away.
#[test]
fn no_form_of_signature_wrapping_gets_through() {
    let keys = keys();
    let xml = assertion_signed();
    let good = GoodResponse { xml: &xml, relay_state: None, victim: Some("mallory@acme.example"), receiver: None };
    let wrapped = catalogue().iter().filter(|case| case.family == Family::SamlWrapping);
    let mut count = 0;
    for case in wrapped {
        let fields = case.response(&good, &keys).unwrap().unwrap();
        let wrong = verify_response(&fields[0].1, &good_settings()).unwrap_err();

        let fault = match case.id.as_str() {
            "saml.xsw.1" | "saml.xsw.2" | "saml.xsw.in-status-detail" => StructureFault::NestedResponse,
            _ => StructureFault::SeveralAssertions(2),
        };
        assert_eq!(wrong, ResponseRejection::Structure(fault), "{}", case.id);
        count += 1;
    }
    assert!(count >= 8, "{count}");
}

/// An org that overlooks comments overlooks nothing else.
#[test]
fn no_form_of_signature_wrapping_gets_through_beside_a_comment() {
    let keys = keys();
    let xml = assertion_signed();
    let good = GoodResponse { xml: &xml, relay_state: None, victim: Some("mallory@acme.example"), receiver: None };
    let mut careless = good_settings();
    careless.weaknesses.insert(Weakness::CommentTruncatesNameid);
    for case in catalogue().iter().filter(|case| case.family == Family::SamlWrapping) {
        let fields = case.response(&good, &keys).unwrap().unwrap();
        let wrapped = String::from_utf8(STANDARD.decode(&fields[0].1).unwrap()).unwrap();
        let commented = wrapped.replacen("</saml:NameID>", "<!----></saml:NameID>", 1);

        let wrong = verify(&commented, &careless).unwrap_err();

        assert!(matches!(wrong, ResponseRejection::Structure(_)), "{}: {wrong:?}", case.id);
    }
}

#[test]
fn an_assertion_stands_in_one_place_only() {
    let xml = assertion_signed();
    let assertion = cut(&xml, "<saml:Assertion ", "</saml:Assertion>");
    let hidden = replace(&xml, assertion, &format!("<samlp:Extensions>{assertion}</samlp:Extensions>"));
    let encrypted = replace(
        &xml,
        "</samlp:Response>",
        "<saml:EncryptedAssertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"/></samlp:Response>",
    );
    let duplicate = replace(&xml, "<saml:AttributeStatement>", "<saml:AttributeStatement Id=\"_assertion1\">");

    assert_eq!(refusal(&hidden), ResponseRejection::Structure(StructureFault::MisplacedAssertion));
    assert_eq!(refusal(&encrypted), ResponseRejection::Structure(StructureFault::EncryptedAssertion));
    assert_eq!(
        refusal(&duplicate),
        ResponseRejection::Structure(StructureFault::DuplicateId("_assertion1".to_owned()))
    );
    assert!(matches!(refusal(assertion), ResponseRejection::Structure(StructureFault::UnexpectedRoot { .. })));
}

#[test]
fn a_signature_stands_in_the_element_that_it_signs() {
    let xml = assertion_signed();
    let signature = cut(&xml, "<ds:Signature ", "</ds:Signature>");
    let moved = replace(&replace(&xml, signature, ""), "<saml:NameID", &format!("{signature}<saml:NameID"));
    let twice = replace(&xml, "<saml:Subject>", &format!("{signature}<saml:Subject>"));
    let on_response = replace(&replace(&xml, signature, ""), "<samlp:Status>", &format!("{signature}<samlp:Status>"));

    assert_eq!(refusal(&moved), ResponseRejection::MalformedSignature(SignatureFault::Misplaced));
    assert_eq!(refusal(&twice), ResponseRejection::MalformedSignature(SignatureFault::Several));
    assert_eq!(
        refusal(&on_response),
        ResponseRejection::MalformedSignature(SignatureFault::ReferenceElsewhere { found: "#_assertion1".to_owned() })
    );
}

#[test]
fn a_weak_or_strange_signature_is_refused_before_it_is_computed() {
    let xml = assertion_signed();
    let value = cut(&xml, "<ds:SignatureValue>", "</ds:SignatureValue>");
    let digest = cut(&xml, "<ds:DigestValue>", "</ds:DigestValue>");
    let reference = cut(&xml, "<ds:Reference ", "</ds:Reference>");
    let signed_info = cut(&xml, "<ds:SignedInfo>", "</ds:SignedInfo>");
    let enveloped = "<ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"></ds:Transform>";
    let method = |to: &str| replace(&xml, "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", to);
    let sha1 = "http://www.w3.org/2000/09/xmldsig#rsa-sha1";
    let hmac = "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256";
    let digest_sha1 = "http://www.w3.org/2000/09/xmldsig#sha1";
    let inclusive = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
    let xslt = "<ds:Transform Algorithm=\"http://www.w3.org/TR/1999/REC-xslt-19991116\"></ds:Transform>";
    let content = |parent, child: &str| SignatureFault::Content { parent, child: child.to_owned() };
    let table = [
        (method(sha1), SignatureFault::SignatureMethod(sha1.to_owned())),
        (method(hmac), SignatureFault::SignatureMethod(hmac.to_owned())),
        (
            replace(&xml, "http://www.w3.org/2001/04/xmlenc#sha256", digest_sha1),
            SignatureFault::DigestMethod(digest_sha1.to_owned()),
        ),
        (replace(&xml, value, "<ds:SignatureValue></ds:SignatureValue>"), SignatureFault::Empty("SignatureValue")),
        (replace(&xml, digest, "<ds:DigestValue/>"), SignatureFault::Empty("DigestValue")),
        (
            replace(&xml, "URI=\"#_assertion1\"", "URI=\"\""),
            SignatureFault::ReferenceElsewhere { found: String::new() },
        ),
        (
            replace(&xml, "URI=\"#_assertion1\"", "URI=\"#_response1\""),
            SignatureFault::ReferenceElsewhere { found: "#_response1".to_owned() },
        ),
        (replace(&xml, reference, ""), content("SignedInfo", "Reference")),
        (replace(&xml, reference, &format!("{reference}{reference}")), content("SignedInfo", "Reference")),
        (replace(&xml, signed_info, &format!("{signed_info}{signed_info}")), content("Signature", "SignedInfo")),
        (replace(&xml, "</ds:Signature>", "<ds:Object></ds:Object></ds:Signature>"), content("Signature", "Object")),
        (
            replace(&xml, enveloped, xslt),
            SignatureFault::Transforms(
                "http://www.w3.org/TR/1999/REC-xslt-19991116, http://www.w3.org/2001/10/xml-exc-c14n#".to_owned(),
            ),
        ),
        (
            replace(
                &xml,
                "<ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\">",
                &format!("<ds:CanonicalizationMethod Algorithm=\"{inclusive}\">"),
            ),
            SignatureFault::Canonicalization(inclusive.to_owned()),
        ),
        (
            replace(
                &xml,
                "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\">",
                &format!("<ds:Transform Algorithm=\"{inclusive}\">"),
            ),
            SignatureFault::Transforms(format!("http://www.w3.org/2000/09/xmldsig#enveloped-signature, {inclusive}")),
        ),
        (
            replace(&xml, enveloped, ""),
            SignatureFault::Transforms("http://www.w3.org/2001/10/xml-exc-c14n#".to_owned()),
        ),
    ];
    for (xml, fault) in table {
        assert_eq!(refusal(&xml), ResponseRejection::MalformedSignature(fault));
    }
}

#[test]
fn xml_that_parsers_read_differently_is_refused_unread() {
    let xml = assertion_signed();
    let table = [
        (format!("<!DOCTYPE samlp:Response [<!ENTITY e \"x\">]>{xml}"), XmlRejection::Doctype),
        (xml.replace("alice ", "alice<!---->"), XmlRejection::Comment),
        (replace(&xml, "<saml:Subject>", "<saml:Subject><!-- -->"), XmlRejection::Comment),
        (xml.replace("alice ", "alice&e;"), XmlRejection::UnknownEntity),
        (replace(&xml, "ID=\"_response1\"", "ID=\"&e;\""), XmlRejection::UnknownEntity),
        (format!("<?php 1?>{xml}"), XmlRejection::ProcessingInstruction),
        ("<a>".repeat(40), XmlRejection::TooDeep),
    ];
    for (xml, why) in table {
        assert_eq!(refusal(&xml), ResponseRejection::Xml(why));
    }
}

#[test]
fn broken_xml_is_refused_instead_of_repaired() {
    let xml = assertion_signed();
    let table = [
        xml.replace("</samlp:Response>", ""),
        format!("{xml}{xml}"),
        format!("{xml}trailing"),
        replace(&xml, "ID=\"_response1\"", "ID=\"_response1\" ID=\"_response2\""),
        replace(&xml, "<samlp:Status>", "<other:Status>"),
        xml.replace("alice &lt;", "alice <"),
        xml.replace("alice ", "alice &#1;"),
        format!("<?xml version=\"1.0\" encoding=\"UTF-16\"?>{xml}"),
    ];
    for xml in table {
        let why = refusal(&xml);
        assert!(matches!(why, ResponseRejection::Xml(XmlRejection::NotWellFormed(_))), "{why:?}");
        assert_eq!(why.login_history_status().text(), "Failed: Assertion Invalid");
    }
}

#[test]
fn what_is_no_message_at_all_is_refused() {
    let refusal = |message: &str| verify_response(message, &good_settings()).unwrap_err();
    for message in ["", "%%%", "<a/>", " \n<a/>", &assertion_signed()] {
        assert_eq!(refusal(message), ResponseRejection::NotBase64, "{message}");
    }
    assert_eq!(refusal(&STANDARD.encode([0xFF, 0xFE, 0x00])), ResponseRejection::Xml(XmlRejection::NotUtf8));
    let huge = format!("<a>{}</a>", "x".repeat(300 * 1024));
    let too_large = ResponseRejection::Xml(XmlRejection::TooLarge { limit: 256 * 1024 });
    assert_eq!(refusal(&STANDARD.encode(huge)), too_large);

    let broken: String = STANDARD.encode(assertion_signed()).chars().flat_map(|one| [one, '\n']).collect();
    verify_response(&broken, &good_settings()).expect("base64 may be broken into lines (RFC 2045 6.8)");
}
