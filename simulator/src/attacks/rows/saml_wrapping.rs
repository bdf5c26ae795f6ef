//! `saml.xsw.*`: a signed element beside, in or around a forged one.

use crate::attacks::case::{Case, Family, Protocol, Reason, Severity};
use crate::attacks::mutation::Mutation;
use crate::attacks::row::row;
use crate::attacks::saml::{SamlMutation, Wrapping};
use vestibule_model::Weakness;

const fn xsw(id: &'static str, about: &'static str, wrapping: Wrapping) -> Case {
    row(Family::SamlWrapping, Protocol::Saml, id, about, Mutation::Saml(SamlMutation::Wrapped(wrapping)))
        .source("saml-core 5.4.2; Somorovsky et al., USENIX Security 2012")
        .refuse(Reason::Malformed, Severity::Critical)
        .aims_at(Weakness::FirstAssertionWins)
        .fix("Read only the element that the signature covers, and refuse a message with a second assertion.")
}

pub(in crate::attacks) const ROWS: &[Case] = &[
    xsw("saml.xsw.1", "The signed Response is in the signature of a forged one.", Wrapping::ResponseInSignature),
    xsw(
        "saml.xsw.2",
        "The signed Response is in a forged one, before its signature.",
        Wrapping::ResponseBesideSignature,
    ),
    xsw("saml.xsw.3", "A forged Assertion stands before the signed one.", Wrapping::Before),
    xsw("saml.xsw.4", "The signed Assertion is in a forged one.", Wrapping::Inside),
    xsw("saml.xsw.5", "A forged Assertion has the signature, and the original follows.", Wrapping::WithSignatureBefore),
    xsw("saml.xsw.6", "The original Assertion is in the signature of a forged one.", Wrapping::InSignature),
    xsw("saml.xsw.7", "The signed Assertion is in Extensions, before a forged one.", Wrapping::InExtensions),
    xsw("saml.xsw.8", "The original Assertion is in a ds:Object of the signature of a forged one.", Wrapping::InObject),
    xsw("saml.xsw.second-assertion", "A forged Assertion follows the signed one.", Wrapping::After)
        .source("CVE-2022-41912")
        .aims_at(Weakness::LastAssertionWins),
    xsw("saml.xsw.in-advice", "The signed Assertion is in the Advice of a forged one.", Wrapping::InAdvice)
        .source("saml-core 2.6.1 and 5.4.2"),
    xsw(
        "saml.xsw.in-attribute",
        "The signed Assertion is in an AttributeValue of a forged one.",
        Wrapping::InAttributeValue,
    )
    .source("saml-core 2.7.3.1.1 and 5.4.2"),
    xsw(
        "saml.xsw.in-confirmation",
        "The signed Assertion is in the SubjectConfirmationData of a forged one.",
        Wrapping::InConfirmationData,
    )
    .source("saml-core 2.4.1.2 and 5.4.2"),
    xsw(
        "saml.xsw.in-status-detail",
        "The signed Response is in the StatusDetail of a forged one.",
        Wrapping::ResponseInStatusDetail,
    )
    .source("saml-core 3.2.2.4 and 5.4.2"),
    xsw("saml.xsw.same-id", "A forged Assertion with the ID of the signed one stands before it.", Wrapping::SameId)
        .source("saml-core 1.3.4; W3C xmldsig-core1 4.4.3.2"),
];
