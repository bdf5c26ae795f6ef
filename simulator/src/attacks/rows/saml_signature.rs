//! `saml.sig.*`: the XML signature of a message.

use crate::attacks::case::{Case, Family, Protocol, Reason, Severity};
use crate::attacks::mutation::Mutation;
use crate::attacks::row::row;
use crate::attacks::saml::{
    By, C14N, C14N_11, Change, ENVELOPED, EXC_C14N, EXC_C14N_WITH_COMMENTS, Edit, Hash, KeyInfo, SamlMutation, Shape,
    Target,
};
use vestibule_model::{SamlSigning, Weakness};

const fn saml(id: &'static str, about: &'static str, mutation: SamlMutation) -> Case {
    row(Family::SamlSignature, Protocol::Saml, id, about, Mutation::Saml(mutation))
}

const fn shaped(id: &'static str, about: &'static str, shape: Shape) -> Case {
    saml(id, about, SamlMutation::Shaped(shape))
}

const fn after(id: &'static str, about: &'static str, edit: Edit) -> Case {
    saml(id, about, SamlMutation::After(edit))
}

/// The signature stays, and what it covers changes.
const fn tampered(id: &'static str, about: &'static str, edit: Edit) -> Case {
    after(id, about, edit)
        .source("W3C xmldsig-core1 3.2.1")
        .refuse(Reason::Signature, Severity::Critical)
        .aims_at(Weakness::SkipSignature)
}

const GOOD: Shape = Shape::GOOD;

pub(in crate::attacks) const ROWS: &[Case] = &[
    saml("saml.sig.none", "Neither the Response nor the Assertion is signed.", SamlMutation::Unsigned)
        .source("saml-profiles 4.1.4.5")
        .refuse(Reason::Signature, Severity::Critical)
        .aims_at(Weakness::AcceptUnsigned)
        .fix("Refuse a Response in which neither part is signed."),
    saml("saml.sig.only-response", "Only the Response is signed.", SamlMutation::Signed(SamlSigning::Response))
        .source("saml-profiles 4.1.4.5; saml-core 5.3"),
    saml("saml.sig.only-assertion", "Only the Assertion is signed.", SamlMutation::Signed(SamlSigning::Assertion))
        .source("saml-profiles 4.1.4.5"),
    saml("saml.sig.both", "Response and Assertion are signed.", SamlMutation::Signed(SamlSigning::Both))
        .source("saml-core 5.4.1"),
    after("saml.sig.empty-value", "The SignatureValue is empty.", Edit::Text("ds:SignatureValue", Change::Set("")))
        .source("W3C xmldsig-core1 4.3")
        .refuse(Reason::Signature, Severity::Critical)
        .aims_at(Weakness::SkipSignature),
    after("saml.sig.missing-value", "There is no SignatureValue.", Edit::Remove("ds:SignatureValue"))
        .source("W3C xmldsig-core1 4.1")
        .refuse(Reason::Signature, Severity::Critical)
        .aims_at(Weakness::SkipSignature),
    after(
        "saml.sig.half-value",
        "The SignatureValue has lost its second half.",
        Edit::Text("ds:SignatureValue", Change::Half),
    )
    .source("W3C xmldsig-core1 3.2.2")
    .refuse(Reason::Signature, Severity::Critical)
    .aims_at(Weakness::SkipSignature),
    after(
        "saml.sig.other-value",
        "The SignatureValue ends in other bytes.",
        Edit::Text("ds:SignatureValue", Change::OtherEnd),
    )
    .source("W3C xmldsig-core1 3.2.2")
    .refuse(Reason::Signature, Severity::Critical)
    .aims_at(Weakness::SkipSignature),
    after(
        "saml.sig.value-in-lines",
        "The SignatureValue has a line break after every letter.",
        Edit::Text("ds:SignatureValue", Change::Lines),
    )
    .source("W3C xmldsig-core1 4.3; RFC 2045 6.8"),
    after("saml.sig.empty-digest", "The DigestValue is empty.", Edit::Text("ds:DigestValue", Change::Set("")))
        .source("W3C xmldsig-core1 4.4.3.6")
        .refuse(Reason::Signature, Severity::Critical)
        .aims_at(Weakness::SkipSignature),
    after("saml.sig.no-signedinfo", "The signature has no SignedInfo.", Edit::Remove("ds:SignedInfo"))
        .source("W3C xmldsig-core1 4.1")
        .refuse(Reason::Signature, Severity::Critical)
        .aims_at(Weakness::SkipSignature),
    shaped(
        "saml.sig.wrong-key",
        "A stranger signs, and KeyInfo is left out.",
        Shape { signer: By::Foreign, key_info: KeyInfo::Missing, ..GOOD },
    )
    .source("saml-core 5.4.5; W3C xmldsig-core1 3.2.2")
    .refuse(Reason::Signature, Severity::Critical)
    .aims_at(Weakness::SkipSignature),
    shaped(
        "saml.sig.wrong-key-with-keyinfo",
        "A stranger signs, and KeyInfo has the stranger's certificate.",
        Shape { signer: By::Foreign, ..GOOD },
    )
    .source("saml-core 5.4.5")
    .refuse(Reason::Key, Severity::Critical)
    .aims_at(Weakness::TrustKeyInfo),
    shaped(
        "saml.sig.wrong-key-with-own-keyinfo",
        "A stranger signs, and KeyInfo has the provider's certificate.",
        Shape { signer: By::Foreign, key_info: KeyInfo::Own, ..GOOD },
    )
    .source("W3C xmldsig-core1 3.2.2")
    .refuse(Reason::Signature, Severity::Critical)
    .aims_at(Weakness::SkipSignature),
    shaped(
        "saml.sig.unannounced-key",
        "The provider signs with a key that the party was not given.",
        Shape { signer: By::RolledOver, ..GOOD },
    )
    .source("saml-metadata 2.4.1.1")
    .refuse(Reason::Key, Severity::High)
    .aims_at(Weakness::TrustKeyInfo),
    shaped(
        "saml.sig.expired-cert",
        "The key is one whose certificate has expired, and not the configured one.",
        Shape { signer: By::Expired, ..GOOD },
    )
    .source("saml-metadata 2.4.1.1")
    .refuse(Reason::Key, Severity::High)
    .aims_at(Weakness::TrustKeyInfo),
    shaped("saml.sig.no-keyinfo", "The signature has no KeyInfo.", Shape { key_info: KeyInfo::Missing, ..GOOD })
        .source("saml-core 5.4.5; W3C xmldsig-core1 4.5"),
    shaped(
        "saml.sig.other-keyinfo",
        "The provider signs, and KeyInfo has a stranger's certificate.",
        Shape { key_info: KeyInfo::Foreign, ..GOOD },
    )
    .source("saml-core 5.4.5"),
    shaped("saml.sig.key-name", "KeyInfo has only the name of a key.", Shape { key_info: KeyInfo::Name, ..GOOD })
        .source("W3C xmldsig-core1 4.5.1"),
    shaped(
        "saml.sig.hmac-as-rsa",
        "The signature is an HMAC whose secret is the provider's public certificate.",
        Shape { signer: By::Hmac, ..GOOD },
    )
    .source("W3C xmldsig-core1 6.3.1; saml-core 5.4.2")
    .refuse(Reason::Signature, Severity::Critical)
    .aims_at(Weakness::HmacWithCertificate)
    .fix("Choose the algorithm by the configured key, and never an HMAC."),
    shaped("saml.sig.sha1", "The signature is made with SHA-1.", Shape { method: Hash::Sha1, ..GOOD })
        .source("RFC 6931 2.3; NIST SP 800-131A 3")
        .refuse(Reason::Signature, Severity::Medium)
        .fix("Refuse signatures with SHA-1."),
    shaped("saml.sig.sha1-digest", "The digest is made with SHA-1.", Shape { digest: Hash::Sha1, ..GOOD })
        .source("RFC 6931 2.1; NIST SP 800-131A 9")
        .refuse(Reason::Signature, Severity::Medium)
        .fix("Refuse digests with SHA-1."),
    shaped("saml.sig.sha384", "The signature is made with SHA-384.", Shape { method: Hash::Sha384, ..GOOD })
        .source("RFC 6931 2.3.3"),
    shaped("saml.sig.sha512", "The signature is made with SHA-512.", Shape { method: Hash::Sha512, ..GOOD })
        .source("RFC 6931 2.3.4"),
    shaped("saml.sig.sha512-digest", "The digest is made with SHA-512.", Shape { digest: Hash::Sha512, ..GOOD })
        .source("W3C xmlenc-core1 5.7.3"),
    shaped(
        "saml.sig.digest-mismatch",
        "The digest is that of another text, and the SignedInfo is signed.",
        Shape { right_digest: false, ..GOOD },
    )
    .source("W3C xmldsig-core1 3.2.1")
    .refuse(Reason::Signature, Severity::Critical)
    .aims_at(Weakness::SkipSignature),
    saml("saml.sig.tampered-name", "The NameID was changed after it was signed.", SamlMutation::Renamed)
        .source("W3C xmldsig-core1 3.2.1")
        .refuse(Reason::Signature, Severity::Critical)
        .aims_at(Weakness::SkipSignature),
    tampered(
        "saml.sig.tampered-audience",
        "The Audience was changed after it was signed.",
        Edit::Last("saml:AudienceRestriction", "<saml:Audience>https://elsewhere.example</saml:Audience>"),
    ),
    tampered(
        "saml.sig.tampered-end",
        "The validity was extended after it was signed.",
        Edit::Attribute("saml:Conditions", "NotOnOrAfter", Change::Shift(120)),
    ),
    tampered(
        "saml.sig.tampered-class",
        "The class of the sign-in was changed after it was signed.",
        Edit::Text("saml:AuthnContextClassRef", Change::Set("urn:oasis:names:tc:SAML:2.0:ac:classes:X509")),
    ),
    tampered(
        "saml.sig.tampered-attribute",
        "An attribute was added after the assertion was signed.",
        Edit::Last(
            "saml:Assertion",
            "<saml:AttributeStatement><saml:Attribute Name=\"role\"><saml:AttributeValue>admin</saml:AttributeValue></saml:Attribute></saml:AttributeStatement>",
        ),
    ),
    tampered(
        "saml.sig.tampered-blank",
        "A space was added between two signed elements.",
        Edit::Before("saml:Conditions", " "),
    ),
    saml(
        "saml.sig.two-signedinfo",
        "The signature has two SignedInfo, of which only the second was signed.",
        SamlMutation::SecondSignedInfo,
    )
    .source("W3C xmldsig-core1 4.1")
    .refuse(Reason::Signature, Severity::Critical)
    .aims_at(Weakness::SkipSignature)
    .fix("Refuse a signature with more than one SignedInfo."),
    after(
        "saml.sig.comment-in-digestvalue",
        "The DigestValue has a comment in it.",
        Edit::Text("ds:DigestValue", Change::Prefix("<!--AAAA-->")),
    )
    .source("W3C xmldsig-core1 4.4.3.6; xml-c14n 2.1")
    .refuse(Reason::Malformed, Severity::Low),
    shaped(
        "saml.sig.reference-empty-uri",
        "The Reference has an empty URI: it covers the whole document.",
        Shape { references: &[Target::Document], ..GOOD },
    )
    .source("saml-core 5.4.2")
    .refuse(Reason::Signature, Severity::Medium),
    shaped(
        "saml.sig.reference-other-id",
        "The Reference covers an element that is not there.",
        Shape { references: &[Target::Elsewhere], ..GOOD },
    )
    .source("saml-core 5.4.2")
    .refuse(Reason::Signature, Severity::High),
    shaped("saml.sig.no-reference", "The SignedInfo has no Reference.", Shape { references: &[], ..GOOD })
        .source("saml-core 5.4.2; W3C xmldsig-core1 4.4")
        .refuse(Reason::Signature, Severity::High),
    shaped(
        "saml.sig.multi-reference",
        "The SignedInfo has two References.",
        Shape { references: &[Target::Parent, Target::Parent], ..GOOD },
    )
    .source("saml-core 5.4.2")
    .refuse(Reason::Signature, Severity::Medium),
    shaped(
        "saml.sig.transform-xslt",
        "A transform is an XSLT stylesheet.",
        Shape {
            transforms: &[(ENVELOPED, ""), ("http://www.w3.org/TR/1999/REC-xslt-19991116", ""), (EXC_C14N, "")],
            ..GOOD
        },
    )
    .source("saml-core 5.4.4; W3C xmldsig-bestpractices 2.1.1")
    .refuse(Reason::Signature, Severity::High),
    shaped(
        "saml.sig.transform-xpath",
        "A transform is an XPath expression.",
        Shape {
            transforms: &[
                (ENVELOPED, ""),
                ("http://www.w3.org/TR/1999/REC-xpath-19991116", "<ds:XPath>self::text()</ds:XPath>"),
                (EXC_C14N, ""),
            ],
            ..GOOD
        },
    )
    .source("saml-core 5.4.4; W3C xmldsig-bestpractices 2.1.2")
    .refuse(Reason::Signature, Severity::High),
    shaped(
        "saml.sig.transform-xpath-filter",
        "A transform is an XPath filter.",
        Shape {
            transforms: &[(ENVELOPED, ""), ("http://www.w3.org/2002/06/xmldsig-filter2", ""), (EXC_C14N, "")],
            ..GOOD
        },
    )
    .source("saml-core 5.4.4")
    .refuse(Reason::Signature, Severity::High),
    shaped(
        "saml.sig.transform-base64",
        "A transform decodes base64.",
        Shape { transforms: &[(ENVELOPED, ""), ("http://www.w3.org/2000/09/xmldsig#base64", "")], ..GOOD },
    )
    .source("saml-core 5.4.4")
    .refuse(Reason::Signature, Severity::High),
    shaped(
        "saml.sig.transform-unknown",
        "A transform is unknown.",
        Shape { transforms: &[(ENVELOPED, ""), ("urn:unknown", ""), (EXC_C14N, "")], ..GOOD },
    )
    .source("saml-core 5.4.4")
    .refuse(Reason::Signature, Severity::Medium),
    shaped(
        "saml.sig.transforms-swapped",
        "The canonicalisation comes before the enveloped signature is removed.",
        Shape { transforms: &[(EXC_C14N, ""), (ENVELOPED, "")], ..GOOD },
    )
    .source("saml-core 5.4.4; W3C xmldsig-core1 6.6.4")
    .refuse(Reason::Signature, Severity::Low),
    shaped(
        "saml.sig.transform-repeated",
        "A transform appears twice.",
        Shape { transforms: &[(ENVELOPED, ""), (EXC_C14N, ""), (EXC_C14N, "")], ..GOOD },
    )
    .source("saml-core 5.4.4")
    .refuse(Reason::Signature, Severity::Low),
    shaped(
        "saml.sig.not-enveloped",
        "The enveloped signature is not removed.",
        Shape { transforms: &[(EXC_C14N, "")], ..GOOD },
    )
    .source("saml-core 5.4.1 and 5.4.4")
    .refuse(Reason::Signature, Severity::Low),
    shaped(
        "saml.sig.c14n-with-comments",
        "The canonicalisation keeps comments, and there are none.",
        Shape { canonicalization: EXC_C14N_WITH_COMMENTS, ..GOOD },
    )
    .source("saml-core 5.4.3"),
    shaped(
        "saml.sig.transform-with-comments",
        "The canonicalisation of the reference keeps comments, and there are none.",
        Shape { transforms: &[(ENVELOPED, ""), (EXC_C14N_WITH_COMMENTS, "")], ..GOOD },
    )
    .source("saml-core 5.4.4"),
    shaped(
        "saml.sig.c14n-inclusive",
        "The SignedInfo is canonicalised inclusively.",
        Shape { canonicalization: C14N, ..GOOD },
    )
    .source("saml-core 5.4.3")
    .refuse(Reason::Signature, Severity::Info),
    shaped(
        "saml.sig.c14n-11",
        "The SignedInfo is canonicalised by Canonical XML 1.1.",
        Shape { canonicalization: C14N_11, ..GOOD },
    )
    .source("saml-core 5.4.3")
    .refuse(Reason::Signature, Severity::Info),
    shaped(
        "saml.sig.transform-inclusive",
        "The assertion is canonicalised inclusively.",
        Shape { transforms: &[(ENVELOPED, ""), (C14N, "")], ..GOOD },
    )
    .source("saml-core 5.4.4")
    .refuse(Reason::Signature, Severity::Info),
    shaped(
        "saml.sig.c14n-unknown",
        "The canonicalisation is unknown.",
        Shape { canonicalization: "urn:unknown", ..GOOD },
    )
    .source("saml-core 5.4.3")
    .refuse(Reason::Signature, Severity::Medium),
    after(
        "saml.sig.detached",
        "The signature stands at the end of the Response.",
        Edit::Move("ds:Signature", "samlp:Response"),
    )
    .source("saml-core 5.4.1")
    .refuse(Reason::Signature, Severity::High),
    after("saml.sig.in-subject", "The signature stands in the Subject.", Edit::Move("ds:Signature", "saml:Subject"))
        .source("saml-core 5.4.1")
        .refuse(Reason::Signature, Severity::High),
    after("saml.sig.twice", "The assertion has the same signature twice.", Edit::Repeat("ds:Signature"))
        .source("saml-core 5.4.1")
        .refuse(Reason::Signature, Severity::Medium),
    after("saml.sig.object", "The signature has a ds:Object.", Edit::Last("ds:Signature", "<ds:Object></ds:Object>"))
        .source("saml-core 5.4.6; W3C xmldsig-core1 4.6")
        .refuse(Reason::Signature, Severity::Low),
    after(
        "saml.sig.unknown-method",
        "The SignatureMethod is unknown.",
        Edit::SetAttribute("ds:SignatureMethod", "Algorithm", "urn:unknown"),
    )
    .source("saml-core 5.4.2; RFC 6931 2.3")
    .refuse(Reason::Signature, Severity::Critical)
    .aims_at(Weakness::SkipSignature),
    after("saml.sig.no-method", "The SignedInfo has no SignatureMethod.", Edit::Remove("ds:SignatureMethod"))
        .source("W3C xmldsig-core1 4.4")
        .refuse(Reason::Signature, Severity::Critical)
        .aims_at(Weakness::SkipSignature),
];
