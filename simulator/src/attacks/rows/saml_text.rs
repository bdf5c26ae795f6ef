//! `saml.text.*`: text that parties read differently.

use crate::attacks::case::{Case, Family, Protocol, Reason, Severity};
use crate::attacks::mutation::Mutation;
use crate::attacks::row::row;
use crate::attacks::saml::{Change, Edit, Part, SamlMutation};
use vestibule_model::Weakness;

const fn text(id: &'static str, about: &'static str, mutation: SamlMutation) -> Case {
    row(Family::SamlText, Protocol::Saml, id, about, Mutation::Saml(mutation))
}

/// An account of the attacker whose name begins with that of the victim, and something in it that canonicalisation leaves
/// out.
const fn split(id: &'static str, about: &'static str, hidden: Edit) -> Case {
    let longer = Edit::Text("saml:NameID", Change::Suffix(END));
    text(id, about, SamlMutation::Around(Part::Assertion, longer, hidden)).name_ends_in(END)
}

/// Another name, signed.
const fn name(id: &'static str, about: &'static str, change: Change) -> Case {
    text(id, about, SamlMutation::Before(Part::Assertion, Edit::Text("saml:NameID", change)))
        .source("saml-core 1.3.1 and 8.3")
        .refuse(Reason::User, Severity::High)
}

const fn same(id: &'static str, about: &'static str, edit: Edit) -> Case {
    text(id, about, SamlMutation::After(edit))
}

pub(in crate::attacks) const ROWS: &[Case] = &[
    split(
        "saml.text.comment-in-nameid",
        "The signed name is longer, and a comment stands where a careless party stops reading.",
        Edit::Replace(".evil.example<", "<!---->.evil.example<"),
    )
    .source("xml-c14n 2.1; saml-core 5.4.3")
    .refuse(Reason::Malformed, Severity::Critical)
    .aims_at(Weakness::CommentTruncatesNameid)
    .fix("Refuse comments, or read the whole text of an element."),
    same(
        "saml.text.comment-in-attribute",
        "A comment stands in the first attribute value.",
        Edit::First("saml:AttributeValue", "<!---->"),
    )
    .source("xml-c14n 2.1")
    .refuse(Reason::Malformed, Severity::Low),
    same("saml.text.comment-in-issuer", "A comment stands in the Issuer.", Edit::First("saml:Issuer", "<!---->"))
        .source("xml-c14n 2.1")
        .refuse(Reason::Malformed, Severity::Low),
    same("saml.text.comment-in-audience", "A comment stands in the Audience.", Edit::First("saml:Audience", "<!---->"))
        .source("xml-c14n 2.1")
        .refuse(Reason::Malformed, Severity::Low),
    same(
        "saml.text.comment-beside-subject",
        "A comment stands before the Subject.",
        Edit::Before("saml:Subject", "<!---->"),
    )
    .source("xml-c14n 2.1")
    .refuse(Reason::Malformed, Severity::Low),
    text(
        "saml.text.element-in-nameid",
        "The signed name has an element in it.",
        SamlMutation::Before(Part::Assertion, Edit::Last("saml:NameID", "<x></x>.evil.example")),
    )
    .source("saml-core 2.2.2")
    .refuse(Reason::Malformed, Severity::High)
    .name_ends_in(END),
    text(
        "saml.text.element-in-audience",
        "The signed Audience has an element in it.",
        SamlMutation::Before(Part::Assertion, Edit::Last("saml:Audience", "<x></x>")),
    )
    .source("saml-core 2.5.1.4")
    .refuse(Reason::Malformed, Severity::Low),
    same(
        "saml.text.cdata",
        "The name is in a CDATA section.",
        Edit::Text("saml:NameID", Change::Around("<![CDATA[", "]]>")),
    )
    .source("xml-c14n 2.1"),
    same(
        "saml.text.empty-cdata",
        "An empty CDATA section stands before the name.",
        Edit::First("saml:NameID", "<![CDATA[]]>"),
    )
    .source("xml-c14n 2.1"),
    same(
        "saml.text.character-reference",
        "The first letter of the name is a character reference.",
        Edit::Text("saml:NameID", Change::Reference),
    )
    .source("xml-c14n 2.3"),
    same(
        "saml.text.reference-in-issuer",
        "The first letter of the Issuer is a character reference.",
        Edit::Text("saml:Issuer", Change::Reference),
    )
    .source("xml-c14n 2.3"),
    name("saml.text.blank-before-nameid", "The signed name begins with a space.", Change::Prefix(" "))
        .aims_at(Weakness::NormaliseNameid),
    name("saml.text.blank-after-nameid", "The signed name ends with a space.", Change::Suffix(" "))
        .aims_at(Weakness::NormaliseNameid),
    name("saml.text.line-break-in-nameid", "The signed name ends with a line break.", Change::Suffix("\n"))
        .aims_at(Weakness::NormaliseNameid),
    name("saml.text.capital-nameid", "The signed name is in capital letters.", Change::Uppercase)
        .aims_at(Weakness::NormaliseNameid),
    name("saml.text.full-width-nameid", "The signed name is in full-width letters.", Change::FullWidth)
        .aims_at(Weakness::NormaliseNameid),
    name("saml.text.zero-width-nameid", "The signed name ends with a zero-width space.", Change::Suffix("\u{200B}"))
        .aims_at(Weakness::NormaliseNameid),
    name(
        "saml.text.homoglyph-nameid",
        "The signed name begins with a Cyrillic letter that looks like a Latin one.",
        Change::Prefix("\u{0430}"),
    ),
    name("saml.text.combining-nameid", "The signed name ends with a combining accent.", Change::Suffix("\u{0301}")),
    name(
        "saml.text.bidi-nameid",
        "The signed name begins with a mark that reverses the direction of writing.",
        Change::Prefix("\u{202E}"),
    ),
    name("saml.text.long-nameid", "Three hundred letters are added to the signed name.", Change::Suffix(LONG)),
    name(
        "saml.text.sql-nameid",
        "The signed name ends in a quotation mark and a condition.",
        Change::Suffix("' OR '1'='1"),
    ),
    name("saml.text.ldap-nameid", "The signed name ends in an LDAP filter.", Change::Suffix("*)(uid=*")),
    name("saml.text.wildcard-nameid", "The signed name is a wildcard.", Change::Set("*")),
];

/// The end of the attacker's name.
const END: &str = ".evil.example";
/// Longer than any column for names.
const LONG: &str = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";
