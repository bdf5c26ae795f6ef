//! `saml.logout.*`: the `LogoutRequest` that a browser carries from an identity provider to a service provider.

use crate::attacks::case::{Case, Delivery, Family, Protocol, Reason, Severity};
use crate::attacks::mutation::Mutation;
use crate::attacks::row::row;
use crate::attacks::saml::{By, Change, Edit, LogoutRequestMutation};
use vestibule_model::Weakness;

const fn logout(id: &'static str, about: &'static str, mutation: LogoutRequestMutation) -> Case {
    row(Family::Logout, Protocol::SamlLogout, id, about, Mutation::SamlLogout(mutation))
}

const fn edited(id: &'static str, about: &'static str, edit: Edit) -> Case {
    logout(id, about, LogoutRequestMutation::Before(edit))
}

const REQUEST: &str = "samlp:LogoutRequest";
const ISSUER: &str = "saml:Issuer";
const DAY: i64 = 24 * 3600;
const ELSEWHERE: &str = "https://elsewhere.example";
const MALFORMED: Reason = Reason::Malformed;
const LOW: Severity = Severity::Low;
const MEDIUM: Severity = Severity::Medium;
const HIGH: Severity = Severity::High;

pub(in crate::attacks) const ROWS: &[Case] = &[
    logout("saml.logout.unsigned", "Nobody signs the LogoutRequest.", LogoutRequestMutation::Unsigned)
        .source("saml-profiles 4.4.3.1 and 4.4.4.1")
        .refuse(Reason::Signature, HIGH)
        .aims_at(Weakness::AcceptUnsigned)
        .fix("Demand a signature on every LogoutRequest that a browser brings."),
    logout(
        "saml.logout.changed",
        "The LogoutRequest is changed after it was signed.",
        LogoutRequestMutation::After(Edit::Attribute(REQUEST, "IssueInstant", Change::Shift(1))),
    )
    .source("saml-profiles 4.4.4.1; saml-bindings 3.4.4.1")
    .refuse(Reason::Signature, HIGH)
    .aims_at(Weakness::SkipSignature),
    logout("saml.logout.foreign", "A stranger signs the LogoutRequest.", LogoutRequestMutation::SignedBy(By::Foreign))
        .source("saml-profiles 4.4.4.1")
        .refuse(Reason::Key, HIGH)
        .aims_at(Weakness::SkipSignature),
    edited(
        "saml.logout.issuer-other",
        "The issuer of the LogoutRequest is another identity provider.",
        Edit::Text(ISSUER, Change::Set(ELSEWHERE)),
    )
    .source("saml-profiles 4.4.4.1")
    .refuse(Reason::Issuer, HIGH)
    .aims_at(Weakness::SkipIssuer),
    edited("saml.logout.issuer-missing", "The LogoutRequest has no issuer.", Edit::Remove(ISSUER))
        .source("saml-profiles 4.4.4.1")
        .refuse(Reason::Issuer, MEDIUM),
    edited(
        "saml.logout.destination-other",
        "The LogoutRequest is addressed to another service provider.",
        Edit::SetAttribute(REQUEST, "Destination", ELSEWHERE),
    )
    .source("saml-core 3.2.1; saml-bindings 3.4.5.2 and 3.5.5.2")
    .refuse(Reason::Recipient, MEDIUM)
    .aims_at(Weakness::SkipDestination),
    edited(
        "saml.logout.destination-missing",
        "The LogoutRequest is signed and has no Destination.",
        Edit::RemoveAttribute(REQUEST, "Destination"),
    )
    .source("saml-bindings 3.4.5.2 and 3.5.5.2")
    .refuse(Reason::Recipient, LOW),
    edited(
        "saml.logout.issueinstant-past",
        "The LogoutRequest was issued a day ago.",
        Edit::Attribute(REQUEST, "IssueInstant", Change::Shift(-DAY)),
    )
    .source("saml-core 3.2.1")
    .refuse(Reason::Time, LOW)
    .aims_at(Weakness::SkipIssueInstant),
    edited(
        "saml.logout.issueinstant-future",
        "The LogoutRequest will be issued in a day.",
        Edit::Attribute(REQUEST, "IssueInstant", Change::Shift(DAY)),
    )
    .source("saml-core 3.2.1")
    .refuse(Reason::Time, LOW)
    .aims_at(Weakness::SkipIssueInstant),
    edited(
        "saml.logout.expired",
        "The LogoutRequest expired a day ago.",
        Edit::Attribute(REQUEST, "NotOnOrAfter", Change::Shift(-DAY)),
    )
    .source("saml-core 3.7.1")
    .refuse(Reason::Time, MEDIUM)
    .aims_at(Weakness::SkipExpiry),
    edited(
        "saml.logout.name-other",
        "The LogoutRequest names another user.",
        Edit::Text("saml:NameID", Change::Set("nobody@elsewhere.example")),
    )
    .source("saml-core 3.7.3.1")
    .refuse(Reason::User, HIGH)
    .aims_at(Weakness::SkipLogoutSubject)
    .fix("End only sessions of the user whom the LogoutRequest names, whoever brings it."),
    edited("saml.logout.name-missing", "The LogoutRequest names nobody.", Edit::Remove("saml:NameID"))
        .source("saml-core 3.7.1")
        .refuse(MALFORMED, MEDIUM),
    edited(
        "saml.logout.session-other",
        "The LogoutRequest names another session of the user.",
        Edit::Text("samlp:SessionIndex", Change::Set("_another-session")),
    )
    .source("saml-core 3.7.3.1")
    .refuse(Reason::User, LOW)
    .aims_at(Weakness::SkipLogoutSubject)
    .fix("If the LogoutRequest names sessions, end only those."),
    edited(
        "saml.logout.version-1.1",
        "The Version of the LogoutRequest is 1.1.",
        Edit::SetAttribute(REQUEST, "Version", "1.1"),
    )
    .source("saml-core 3.2.1 and 4.1.3.1")
    .refuse(MALFORMED, LOW),
    edited("saml.logout.id-missing", "The LogoutRequest has no ID.", Edit::RemoveAttribute(REQUEST, "ID"))
        .source("saml-core 3.2.1")
        .refuse(MALFORMED, LOW),
    edited(
        "saml.logout.replay",
        "The LogoutRequest of an earlier logout, which names no session, comes again.",
        Edit::Remove("samlp:SessionIndex"),
    )
    .source("saml-core 3.7.1; saml-profiles 4.4.4.1")
    .refuse(Reason::Replay, LOW)
    .aims_at(Weakness::SkipReplay)
    .delivered(Delivery::Twice),
    edited(
        "saml.logout.session-missing",
        "The LogoutRequest names no session, which means all sessions of the user.",
        Edit::Remove("samlp:SessionIndex"),
    )
    .source("saml-core 3.7.1"),
    edited(
        "saml.logout.end-missing",
        "The LogoutRequest has no NotOnOrAfter.",
        Edit::RemoveAttribute(REQUEST, "NotOnOrAfter"),
    )
    .source("saml-core 3.7.1"),
    edited(
        "saml.logout.reason",
        "The LogoutRequest has a Reason.",
        Edit::SetAttribute(REQUEST, "Reason", "urn:oasis:names:tc:SAML:2.0:logout:user"),
    )
    .source("saml-core 3.7.1"),
];
