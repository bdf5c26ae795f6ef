//! `saml.xml.*`, `saml.base64.*` and `saml.deflate.*`: what costs much, or reads what it should not.

use crate::attacks::case::{Case, Family, Protocol, Reason, Severity};
use crate::attacks::mutation::Mutation;
use crate::attacks::row::row;
use crate::attacks::saml::{Edit, FormChange, SamlMutation};

const fn xml(id: &'static str, about: &'static str, mutation: SamlMutation) -> Case {
    row(Family::SamlXml, Protocol::Saml, id, about, Mutation::Saml(mutation))
        .refuse(Reason::Malformed, Severity::Medium)
}

const fn prolog(id: &'static str, about: &'static str, text: &'static str) -> Case {
    xml(id, about, SamlMutation::After(Edit::Prolog(text))).source("XML 1.0 2.8; OWASP XXE Prevention")
}

const fn form(id: &'static str, about: &'static str, change: FormChange) -> Case {
    xml(id, about, SamlMutation::Form(change)).source("saml-bindings 3.5.4")
}

pub(in crate::attacks) const ROWS: &[Case] = &[
    prolog("saml.xml.doctype", "A DOCTYPE stands before the message.", "<!DOCTYPE samlp:Response>"),
    prolog("saml.xml.billion-laughs", "Entities refer to entities, nine deep.", LAUGHS),
    prolog("saml.xml.quadratic", "One long entity is referred to many times.", QUADRATIC),
    prolog("saml.xml.recursive-entity", "An entity refers to itself.", "<!DOCTYPE r [<!ENTITY a \"&b;\"><!ENTITY b \"&a;\">]>"),
    prolog("saml.xml.xxe-file", "An entity is a file of the machine.", "<!DOCTYPE r [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>")
        .refuse(Reason::Malformed, Severity::High),
    prolog("saml.xml.xxe-oob", "An entity is at a URL.", "<!DOCTYPE r [<!ENTITY x SYSTEM \"http://127.0.0.1:9/x\">]>")
        .refuse(Reason::Malformed, Severity::High),
    prolog("saml.xml.xxe-parameter", "A parameter entity is at a URL.", "<!DOCTYPE r [<!ENTITY % x SYSTEM \"http://127.0.0.1:9/x.dtd\"> %x;]>")
        .refuse(Reason::Malformed, Severity::High),
    prolog("saml.xml.external-subset", "The DTD is at a URL.", "<!DOCTYPE r SYSTEM \"http://127.0.0.1:9/x.dtd\">")
        .refuse(Reason::Malformed, Severity::High),
    xml("saml.xml.deep-nesting", "Elements are nested a thousand deep.", SamlMutation::After(Edit::Nested("samlp:Response", 1000)))
        .source("CWE-674"),
    xml("saml.xml.huge-attribute", "An attribute has 300,000 characters.", SamlMutation::After(Edit::LongAttribute("samlp:Response", 300_000)))
        .source("CWE-770"),
    xml("saml.xml.many-attributes", "An element has a thousand attributes.", SamlMutation::After(Edit::Attributes("samlp:Response", 1000)))
        .source("CWE-407"),
    xml("saml.xml.many-elements", "The Response has ten thousand empty elements.", SamlMutation::After(Edit::Many("samlp:Response", "<x></x>", 10_000)))
        .source("CWE-770"),
    xml("saml.xml.many-signatures", "The Response has a thousand empty signatures.", SamlMutation::After(Edit::Many("samlp:Response", "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"></ds:Signature>", 1000)))
        .source("W3C xmldsig-bestpractices 2.1.4")
        .refuse(Reason::Signature, Severity::Medium),
    xml("saml.xml.long-text", "The message is one text of 300,000 characters.", SamlMutation::Form(FormChange::Long(300_000)))
        .source("CWE-770"),
    xml("saml.xml.xinclude", "The Response includes a file by XInclude.", SamlMutation::After(Edit::Before("saml:Subject", "<xi:include xmlns:xi=\"http://www.w3.org/2001/XInclude\" href=\"file:///etc/passwd\" parse=\"text\"></xi:include>")))
        .source("XInclude 1.0 4; W3C xmldsig-core1 3.2.1")
        .refuse(Reason::Signature, Severity::High),
    form("saml.xml.utf16", "The message is in UTF-16.", FormChange::Utf16),
    form("saml.xml.not-utf8", "The message ends with a byte that is not valid UTF-8.", FormChange::NotUtf8),
    form("saml.xml.html", "The message is an HTML page.", FormChange::Message("<!doctype html><html><body>Sign in</body></html>")),
    form("saml.xml.text", "The message is a word.", FormChange::Message("hello")),
    form("saml.xml.empty-response", "The message is an empty Response.", FormChange::Message("<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\"/>")),
    form("saml.base64.plain", "The message is not in base64.", FormChange::Plain),
    form("saml.base64.twice", "The message is in base64 twice.", FormChange::EncodedTwice),
    form("saml.base64.garbage", "The base64 has a character that is not in base64.", FormChange::Garbage),
    form("saml.base64.padding", "The base64 has too much padding.", FormChange::ExtraPadding),
    form("saml.base64.empty", "The field is empty.", FormChange::Empty),
    form("saml.base64.lines", "The base64 is in lines of 76 characters.", FormChange::Lines)
        .source("RFC 2045 6.8; saml-bindings 3.5.4")
        .accept(),
    form("saml.xml.byte-order-mark", "A byte order mark of UTF-8 stands before the message.", FormChange::ByteOrderMark)
        .source("XML 1.0 4.3.3")
        .accept(),
    form("saml.deflate.post", "The message is compressed, as by redirect.", FormChange::Deflated),
    form("saml.deflate.bomb", "The message is ten million compressed zeros.", FormChange::DeflatedZeros(10_000_000)),
    form("saml.form.two-responses", "The form has the message twice.", FormChange::Twice)
        .refuse(Reason::Malformed, Severity::High),
];

const LAUGHS: &str = "<!DOCTYPE r [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">\
    <!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\"><!ENTITY d \"&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;\">\
    <!ENTITY e \"&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;\"><!ENTITY f \"&e;&e;&e;&e;&e;&e;&e;&e;&e;&e;\">\
    <!ENTITY g \"&f;&f;&f;&f;&f;&f;&f;&f;&f;&f;\"><!ENTITY h \"&g;&g;&g;&g;&g;&g;&g;&g;&g;&g;\">\
    <!ENTITY i \"&h;&h;&h;&h;&h;&h;&h;&h;&h;&h;\">]>";
const QUADRATIC: &str = "<!DOCTYPE r [<!ENTITY a \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\">\
    <!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\">]>";
