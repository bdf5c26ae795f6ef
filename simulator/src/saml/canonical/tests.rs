use super::{Element, IllegalCharacter, date_time};

#[test]
fn a_namespace_is_declared_where_its_prefix_is_first_used() {
    let element = Element::samlp("Response")
        .child(Element::saml("Issuer").text("idp"))
        .child(Element::saml("Assertion").child(Element::saml("Issuer")));

    assert_eq!(
        element.canonical().unwrap(),
        "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\">\
         <saml:Issuer xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">idp</saml:Issuer>\
         <saml:Assertion xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\"><saml:Issuer></saml:Issuer></saml:Assertion>\
         </samlp:Response>"
    );
}

#[test]
fn attributes_are_sorted_and_escaped() {
    let element = Element::ds("Reference").attribute("URI", "a\"<&>\t\r\n'").attribute("Id", "1");

    assert_eq!(
        element.canonical().unwrap(),
        "<ds:Reference xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\" Id=\"1\" \
         URI=\"a&quot;&lt;&amp;>&#x9;&#xD;&#xA;'\"></ds:Reference>"
    );
}

#[test]
fn what_xml_cannot_carry_is_an_error() {
    for (text, code) in [("\u{0}", 0), ("a\u{1F}", 0x1F), ("\u{FFFE}", 0xFFFE)] {
        assert_eq!(Element::saml("NameID").text(text).canonical(), Err(IllegalCharacter(code)));
        assert_eq!(Element::saml("NameID").attribute("Format", text).canonical(), Err(IllegalCharacter(code)));
    }
}

#[test]
fn instants_are_written_in_utc_with_milliseconds() {
    assert_eq!(date_time("2026-08-03T12:00:00.1239+02:00".parse().unwrap()), "2026-08-03T10:00:00.123Z");
}
