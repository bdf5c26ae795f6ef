//! `saml.parser.*` and `saml.id.*`: XML that parsers read differently.

use crate::attacks::case::{Case, Family, Protocol, Reason, Severity};
use crate::attacks::mutation::Mutation;
use crate::attacks::row::row;
use crate::attacks::saml::{Edit, SamlMutation};

/// XML that two parsers read as two messages, so that one of them may not see what was signed.
const fn parser(id: &'static str, about: &'static str, edit: Edit) -> Case {
    row(Family::SamlParser, Protocol::Saml, id, about, Mutation::Saml(SamlMutation::After(edit)))
        .refuse(Reason::Malformed, Severity::High)
}

/// XML that is not well-formed, or not as SAML has it, and that every lenient parser reads alike.
const fn lenient(id: &'static str, about: &'static str, edit: Edit) -> Case {
    parser(id, about, edit).refuse(Reason::Malformed, Severity::Low)
}

pub(in crate::attacks) const ROWS: &[Case] = &[
    parser(
        "saml.id.dtd-declared",
        "A DOCTYPE declares another attribute as the ID.",
        Edit::Prolog("<!DOCTYPE samlp:Response [<!ATTLIST saml:Assertion Other ID #IMPLIED>]>"),
    )
    .source("saml-core 5.4.2; W3C xmldsig-core1 4.4.3.2"),
    parser(
        "saml.id.entity-ref",
        "A DOCTYPE declares an entity that stands for an ID.",
        Edit::Prolog("<!DOCTYPE samlp:Response [<!ENTITY id \"_forged\">]>"),
    )
    .source("CVE-2025-23369"),
    parser(
        "saml.id.undeclared-entity",
        "The ID of the Response refers to an entity that is not declared.",
        Edit::SetAttribute("samlp:Response", "ID", "&id;"),
    )
    .source("XML 1.0 4.1"),
    parser(
        "saml.id.two-spellings",
        "An element has the attributes id and Id with one value, beside its ID.",
        Edit::Raw("saml:Assertion", "id=\"\" Id=\"\""),
    )
    .source("saml-core 1.3.4"),
    parser(
        "saml.parser.attlist-namespace",
        "A DOCTYPE gives an element a namespace by default.",
        Edit::Prolog("<!DOCTYPE samlp:Response [<!ATTLIST saml:Assertion xmlns:saml CDATA #FIXED \"urn:other\">]>"),
    )
    .source("CVE-2025-25291"),
    parser(
        "saml.parser.namespace-twice",
        "A namespace is declared twice on one element, in two spellings.",
        Edit::Raw("samlp:Response", "xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol&#x20;\""),
    )
    .source("XML 1.0 3.1; XML Names 1.0 3"),
    parser(
        "saml.parser.roundtrip-colon",
        "The name of an attribute begins with a colon.",
        Edit::Raw("saml:Assertion", ":ID=\"_forged\""),
    )
    .source("XML Names 1.0 4"),
    parser(
        "saml.parser.two-colons",
        "The name of an attribute has two colons.",
        Edit::Raw("saml:Assertion", "a:b:ID=\"_forged\""),
    )
    .source("XML Names 1.0 4"),
    parser(
        "saml.parser.multi-root",
        "A second root element follows the Response.",
        Edit::Epilog("<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\"></samlp:Response>"),
    )
    .source("XML 1.0 2.1"),
    lenient("saml.parser.text-after-root", "Text follows the Response.", Edit::Epilog("trailing"))
        .source("XML 1.0 2.1"),
    lenient("saml.parser.text-before-root", "Text stands before the Response.", Edit::Prolog("leading"))
        .source("XML 1.0 2.1"),
    parser(
        "saml.parser.attr-pollution",
        "The Response has two ID attributes.",
        Edit::Raw("samlp:Response", "ID=\"_forged\""),
    )
    .source("XML 1.0 3.1"),
    parser(
        "saml.parser.attr-pollution-prefixed",
        "The Assertion has the same attribute under two prefixes of one namespace.",
        Edit::Raw("saml:Assertion", "xmlns:p=\"urn:x\" xmlns:q=\"urn:x\" p:a=\"1\" q:a=\"2\""),
    )
    .source("XML Names 1.0 6.3"),
    lenient(
        "saml.parser.processing-instruction",
        "A processing instruction stands before the Response.",
        Edit::Prolog("<?xml-stylesheet href=\"data:,\"?>"),
    )
    .source("XML 1.0 2.6"),
    lenient(
        "saml.parser.instruction-in-name",
        "A processing instruction stands in the NameID.",
        Edit::First("saml:NameID", "<?a b?>"),
    )
    .source("XML 1.0 2.6; xml-c14n 2.1"),
    lenient(
        "saml.parser.undeclared-prefix",
        "The prefix of an element is not declared.",
        Edit::Last("samlp:Response", "<other:Element></other:Element>"),
    )
    .source("XML Names 1.0 5"),
    lenient("saml.parser.unclosed", "The end tag of the Response is missing.", Edit::Replace("</samlp:Response>", ""))
        .source("XML 1.0 2.1"),
    lenient("saml.parser.cut", "The last bytes are missing.", Edit::Cut(5)).source("XML 1.0 2.1"),
    lenient(
        "saml.parser.wrong-end-tag",
        "The end tag of the Status is that of another element.",
        Edit::Replace("</samlp:Status>", "</samlp:Other>"),
    )
    .source("XML 1.0 3.1"),
    lenient("saml.parser.lone-ampersand", "An ampersand stands alone in the NameID.", Edit::Last("saml:NameID", "&"))
        .source("XML 1.0 2.4"),
    lenient(
        "saml.parser.lone-less-than",
        "A less-than sign stands in an attribute.",
        Edit::SetAttribute("samlp:Response", "Consent", "<"),
    )
    .source("XML 1.0 2.3"),
    lenient("saml.parser.cdata-end", "The end of a CDATA section stands in text.", Edit::Last("saml:NameID", "]]>"))
        .source("XML 1.0 2.4"),
    lenient(
        "saml.parser.null-reference",
        "A reference to U+0000 stands in the NameID.",
        Edit::Last("saml:NameID", "&#0;"),
    )
    .source("XML 1.0 4.1"),
    lenient(
        "saml.parser.control-character",
        "A control character stands in the NameID.",
        Edit::Last("saml:NameID", "\u{1}"),
    )
    .source("XML 1.0 2.2"),
    lenient("saml.parser.xml-11", "The declaration says version 1.1.", Edit::Prolog("<?xml version=\"1.1\"?>"))
        .source("XML 1.0 2.8"),
    lenient(
        "saml.parser.late-declaration",
        "A space precedes the XML declaration.",
        Edit::Prolog(" <?xml version=\"1.0\"?>"),
    )
    .source("XML 1.0 2.8"),
    lenient(
        "saml.parser.wrong-encoding",
        "The declaration says UTF-16, and the bytes are UTF-8.",
        Edit::Prolog("<?xml version=\"1.0\" encoding=\"UTF-16\"?>"),
    )
    .source("XML 1.0 4.3.3"),
    parser(
        "saml.parser.utf7",
        "The declaration says UTF-7.",
        Edit::Prolog("<?xml version=\"1.0\" encoding=\"UTF-7\"?>"),
    )
    .source("XML 1.0 4.3.3"),
    parser(
        "saml.parser.declaration",
        "An XML declaration stands before the Response.",
        Edit::Prolog("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"),
    )
    .source("XML 1.0 2.8")
    .accept(),
    parser(
        "saml.parser.single-quotes",
        "An attribute of the Response is in single quotes.",
        Edit::Replace("Version=\"2.0\"", "Version='2.0'"),
    )
    .source("XML 1.0 2.3; xml-c14n 2.3")
    .accept(),
    parser(
        "saml.parser.blanks-in-tags",
        "Start tags have line breaks in them.",
        Edit::Replace(" Version=", "\n  Version="),
    )
    .source("XML 1.0 3.1; xml-c14n 2.3")
    .accept(),
    parser(
        "saml.parser.empty-element",
        "An empty element is written as one tag.",
        Edit::Replace("></samlp:StatusCode>", "/>"),
    )
    .source("XML 1.0 3.1; xml-c14n 2.3")
    .accept(),
    parser(
        "saml.parser.unused-namespace",
        "The Response declares a namespace that nothing uses.",
        Edit::Raw("samlp:Response", "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\""),
    )
    .source("xml-exc-c14n 2.1")
    .accept(),
    lenient(
        "saml.parser.wrong-namespace",
        "The Response is in another namespace.",
        Edit::Replace(
            "xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\"",
            "xmlns:samlp=\"urn:oasis:names:tc:SAML:1.0:protocol\"",
        ),
    )
    .source("saml-core 3.1"),
    lenient(
        "saml.parser.namespace-case",
        "The namespace of the Response is written in capitals.",
        Edit::Replace(
            "xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\"",
            "xmlns:samlp=\"URN:OASIS:NAMES:TC:SAML:2.0:PROTOCOL\"",
        ),
    )
    .source("XML Names 1.0 2.3"),
    parser(
        "saml.parser.other-root",
        "The root is another element of the protocol.",
        Edit::Replace("samlp:Response", "samlp:LogoutResponse"),
    )
    .source("saml-profiles 4.1.4.2"),
];
