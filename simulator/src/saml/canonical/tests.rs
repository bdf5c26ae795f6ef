use super::{Element, IllegalCharacter, date_time, read_date_time};

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

#[test]
fn an_instant_is_read_in_the_form_of_xml_schema_only() {
    for (text, expected) in [
        ("2026-08-03T10:00:00Z", "2026-08-03T10:00:00Z"),
        ("2026-08-03T10:00:00.1234567Z", "2026-08-03T10:00:00.1234567Z"),
        ("2026-08-03T12:00:00+02:00", "2026-08-03T10:00:00Z"),
        ("2026-08-03T04:30:00.5-05:30", "2026-08-03T10:00:00.5Z"),
    ] {
        assert_eq!(read_date_time(text), Some(expected.parse().unwrap()), "{text}");
    }
    for text in [
        "",
        "Z",
        "tomorrow",
        "1785751200",
        "2026-08-03",
        "2026-08-03Z",
        "2026-08-03T10:00:00",
        "2026-08-03T10:00Z",
        "2026-08-03T10Z",
        "20260803T100000Z",
        "2026-08-03 10:00:00Z",
        "2026-08-03t10:00:00z",
        "2026-08-03T10:00:00,5Z",
        "2026-08-03T10:00:00+02",
        "2026-08-03T10:00:00+0200",
        "2026-08-03T10:00:00+02:00:30",
        "2026-08-03T10:00:00Z[UTC]",
        "2026-08-03T10:00:00+02:00[Europe/Berlin]",
        "2026-13-03T10:00:00Z",
        "2026-08-03T10:00:00Zé",
        "é2026-08-03T10:00:00",
    ] {
        assert_eq!(read_date_time(text), None, "{text}");
    }
}
