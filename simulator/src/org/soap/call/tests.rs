use proptest::prelude::*;
use vestibule_snapshots::growth::assert_linear;

use super::{Call, CallFault, Endpoint, Wsdl};
use crate::xml::XmlRejection;

/// As simple-salesforce sends it.
const LOGIN: &str = r#"<?xml version="1.0" encoding="utf-8" ?>
<env:Envelope xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:env="http://schemas.xmlsoap.org/soap/envelope/"
    xmlns:urn="urn:partner.soap.sforce.com">
  <env:Header>
    <urn:CallOptions><urn:client>simple-salesforce</urn:client></urn:CallOptions>
  </env:Header>
  <env:Body>
    <n1:login xmlns:n1="urn:partner.soap.sforce.com">
      <n1:username>rep@acme.example</n1:username>
      <n1:password>a&lt;b &amp; c </n1:password>
    </n1:login>
  </env:Body>
</env:Envelope>"#;

#[test]
fn a_call_has_an_operation_its_arguments_and_headers() {
    let call = Call::read(LOGIN.as_bytes()).unwrap();

    assert!(call.operation.is("urn:partner.soap.sforce.com", "login"));
    assert_eq!(call.argument("username"), "rep@acme.example");
    assert_eq!(call.argument("password"), "a<b & c ", "no blank of a password is lost");
    assert_eq!(call.argument("other"), "");
    assert_eq!(call.header("CallOptions", "client"), Some("simple-salesforce"));
    assert_eq!((call.header("CallOptions", "other"), call.header("SessionHeader", "sessionId")), (None, None));
}

#[test]
fn what_is_no_call_is_refused_by_name() {
    let envelope =
        |inner: &str| format!("<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'>{inner}</s:Envelope>");
    let deep = envelope(&format!("<s:Body>{}{}</s:Body>", "<a>".repeat(100), "</a>".repeat(100)));
    let bomb = "<!DOCTYPE l [<!ENTITY a 'x'><!ENTITY b '&a;&a;&a;'>]>";
    for (body, expected) in [
        (envelope("<s:Body/>"), CallFault::NoOperation),
        (envelope("<s:Header><a/></s:Header>"), CallFault::NoOperation),
        (envelope("<Body><a/></Body>"), CallFault::NoOperation),
        ("<Envelope/>".to_owned(), CallFault::NoEnvelope),
        ("<s:Envelope xmlns:s='http://www.w3.org/2003/05/soap-envelope'/>".to_owned(), CallFault::NoEnvelope),
        (format!("{bomb}{}", envelope("<s:Body><l>&b;</l></s:Body>")), XmlRejection::Doctype.into()),
        (envelope("<s:Body><l>&b;</l></s:Body>"), XmlRejection::UnknownEntity.into()),
        (deep, XmlRejection::TooDeep.into()),
    ] {
        assert_eq!(Call::read(body.as_bytes()).err(), Some(expected), "{}", &body[..body.len().min(100)]);
    }
    assert!(Call::read(b"").is_err() && Call::read(b"{}").is_err() && Call::read(&[0xFF]).is_err());
}

#[test]
fn an_endpoint_is_read_from_the_path() {
    let endpoint = |wsdl, version| Some(Endpoint { wsdl, version });
    for (path, expected) in [
        ("/services/Soap/u/59.0", endpoint(Wsdl::Partner, 59)),
        ("/services/Soap/u/59", endpoint(Wsdl::Partner, 59)),
        ("/services/Soap/c/31.0/00D000000000001", endpoint(Wsdl::Enterprise, 31)),
        ("/services/Soap/u/65.0", endpoint(Wsdl::Partner, 65)),
        ("/services/Soap/u/30.0", None),
        ("/services/Soap/u/v38.0", None),
        ("/services/Soap/u/+59.0", None),
        ("/services/Soap/u/.0", None),
        ("/services/Soap/u/99999.0", None),
        ("/services/Soap/u/", None),
        ("/services/Soap/m/59.0", None),
    ] {
        assert_eq!(Endpoint::of_path(path), expected, "{path}");
    }
}

#[test]
fn eight_times_the_call_takes_about_eight_times_as_long() {
    type Row = (&'static str, fn(usize) -> String);
    let rows: [Row; 3] = [
        ("a long password", |size| LOGIN.replace("a&lt;b", &"x".repeat(size))),
        ("escapes", |size| LOGIN.replace("a&lt;b", &"&amp;".repeat(size / 5))),
        ("comments", |size| LOGIN.replace("a&lt;b", &"<!-- -->".repeat(size / 8))),
    ];
    for (name, input) in rows {
        assert_linear(name, 2_000, input, |body| {
            let _whatever = Call::read(body.as_bytes());
        });
    }
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = Call::read(&bytes);
    }

    #[test]
    fn no_path_makes_the_reader_panic(rest in ".{0,40}") {
        let _ = Endpoint::of_path(&format!("/services/Soap/{rest}"));
    }
}
