//! `saml.resp.*`, `saml.assertion.*` and the like: values and elements of a message.

use crate::attacks::case::{Case, Family, Protocol, Reason, Severity};
use crate::attacks::mutation::Mutation;
use crate::attacks::row::row;
use crate::attacks::saml::{Change, Edit, Part, SamlMutation};
use vestibule_model::Weakness;

const fn response(id: &'static str, about: &'static str, edit: Edit) -> Case {
    row(Family::SamlProtocol, Protocol::Saml, id, about, Mutation::Saml(SamlMutation::Before(Part::Response, edit)))
}

const fn assertion(id: &'static str, about: &'static str, edit: Edit) -> Case {
    row(Family::SamlProtocol, Protocol::Saml, id, about, Mutation::Saml(SamlMutation::Before(Part::Assertion, edit)))
}

/// A status that is an error, beside an assertion.
const fn error(id: &'static str, about: &'static str, code: &'static str) -> Case {
    response(id, about, Edit::SetAttribute("samlp:StatusCode", "Value", code))
        .source("saml-core 3.2.2.2; saml-profiles 4.1.4.3")
        .refuse(Reason::Status, Severity::High)
        .aims_at(Weakness::SkipStatus)
}

/// An error with its second-level code.
const fn detailed(id: &'static str, about: &'static str, code: &'static str) -> Case {
    response(id, about, Edit::Text("samlp:Status", Change::Set(code)))
        .source("saml-core 3.2.2.2; saml-profiles 4.1.4.3")
        .refuse(Reason::Status, Severity::High)
        .aims_at(Weakness::SkipStatus)
}

/// Something that may be there once is there twice.
const fn repeated(id: &'static str, about: &'static str, element: &'static str) -> Case {
    assertion(id, about, Edit::Repeat(element))
        .source("saml-schema-assertion-2.0")
        .refuse(Reason::Malformed, Severity::Medium)
}

const RESPONSE: &str = "samlp:Response";
const ASSERTION: &str = "saml:Assertion";
const DATA: &str = "saml:SubjectConfirmationData";
const CONDITIONS: &str = "saml:Conditions";
const STATEMENT: &str = "saml:AuthnStatement";
const ISSUER: &str = "saml:Issuer";
/// An hour, in seconds: longer than any allowed skew.
const HOUR: i64 = 3600;
const ELSEWHERE: &str = "https://elsewhere.example";
const MALFORMED: Reason = Reason::Malformed;
const LOW: Severity = Severity::Low;
const MEDIUM: Severity = Severity::Medium;
const HIGH: Severity = Severity::High;

pub(in crate::attacks) const ROWS: &[Case] = &[
    // The Response.
    response("saml.resp.id-missing", "The Response has no ID.", Edit::RemoveAttribute(RESPONSE, "ID"))
        .source("saml-core 3.2.2").refuse(MALFORMED, LOW),
    response("saml.resp.id-empty", "The ID of the Response is empty.", Edit::SetAttribute(RESPONSE, "ID", ""))
        .source("saml-core 3.2.2 and 1.3.4").refuse(MALFORMED, LOW),
    response("saml.resp.version-missing", "The Response has no Version.", Edit::RemoveAttribute(RESPONSE, "Version"))
        .source("saml-core 3.2.2").refuse(MALFORMED, LOW),
    response("saml.resp.version-1.1", "The Version of the Response is 1.1.", Edit::SetAttribute(RESPONSE, "Version", "1.1"))
        .source("saml-core 3.2.2 and 4.1.3.2").refuse(MALFORMED, LOW),
    response("saml.resp.version-2.1", "The Version of the Response is 2.1.", Edit::SetAttribute(RESPONSE, "Version", "2.1"))
        .source("saml-core 3.2.2 and 4.1.3.2").refuse(MALFORMED, LOW),
    response("saml.resp.issueinstant-missing", "The Response has no IssueInstant.", Edit::RemoveAttribute(RESPONSE, "IssueInstant"))
        .source("saml-core 3.2.2").refuse(MALFORMED, LOW),
    response("saml.resp.issueinstant-format", "The IssueInstant of the Response is not a time.", Edit::SetAttribute(RESPONSE, "IssueInstant", "yesterday"))
        .source("saml-core 1.3.3").refuse(MALFORMED, LOW),
    response("saml.resp.issueinstant-date", "The IssueInstant of the Response is a date without a time.", Edit::SetAttribute(RESPONSE, "IssueInstant", "2026-12-01"))
        .source("saml-core 1.3.3").refuse(MALFORMED, LOW),
    response("saml.resp.issueinstant-past", "The Response was issued an hour ago.", Edit::Attribute(RESPONSE, "IssueInstant", Change::Shift(-HOUR)))
        .source("saml-core 3.2.2").refuse(Reason::Time, MEDIUM).aims_at(Weakness::SkipIssueInstant),
    response("saml.resp.issueinstant-future", "The IssueInstant of the Response is an hour ahead.", Edit::Attribute(RESPONSE, "IssueInstant", Change::Shift(HOUR)))
        .source("saml-core 3.2.2").refuse(Reason::Time, MEDIUM).aims_at(Weakness::SkipIssueInstant),
    response("saml.resp.inresponseto-missing", "The Response names no request, but its confirmation does.", Edit::RemoveAttribute(RESPONSE, "InResponseTo"))
        .source("saml-profiles 4.1.4.3 and 4.1.5").refuse(Reason::Request, HIGH).aims_at(Weakness::SkipInResponseTo),
    response("saml.resp.inresponseto-empty", "The request that the Response names is empty.", Edit::SetAttribute(RESPONSE, "InResponseTo", ""))
        .source("saml-core 3.2.2").refuse(Reason::Request, HIGH).aims_at(Weakness::SkipInResponseTo),
    response("saml.resp.inresponseto-other", "The Response names a request that nobody sent.", Edit::SetAttribute(RESPONSE, "InResponseTo", "_never-sent"))
        .source("saml-core 3.2.2; saml-profiles 4.1.4.3").refuse(Reason::Request, HIGH).aims_at(Weakness::SkipInResponseTo),
    response("saml.resp.destination-missing", "The Response, which is not signed, has no Destination.", Edit::RemoveAttribute(RESPONSE, "Destination"))
        .source("saml-bindings 3.5.5.2"),
    response("saml.resp.destination-empty", "The Destination is empty.", Edit::SetAttribute(RESPONSE, "Destination", ""))
        .source("saml-core 3.2.2; saml-bindings 3.5.5.2").refuse(Reason::Recipient, MEDIUM).aims_at(Weakness::SkipDestination),
    response("saml.resp.destination-other", "The Destination is another address.", Edit::SetAttribute(RESPONSE, "Destination", ELSEWHERE))
        .source("saml-core 3.2.2; saml-bindings 3.5.5.2").refuse(Reason::Recipient, HIGH).aims_at(Weakness::SkipDestination),
    response("saml.resp.destination-suffix", "The Destination is an address that begins with the right one.", Edit::Attribute(RESPONSE, "Destination", Change::Suffix(".evil.example")))
        .source("saml-core 3.2.2; saml-bindings 3.5.5.2").refuse(Reason::Recipient, HIGH).aims_at(Weakness::SkipDestination),
    response("saml.resp.issuer-missing", "The Response, which is not signed, has no Issuer.", Edit::Remove(ISSUER))
        .source("saml-profiles 4.1.4.2 (E17)"),
    response("saml.resp.issuer-empty", "The Issuer of the Response is empty.", Edit::Text(ISSUER, Change::Set("")))
        .source("saml-core 2.2.5").refuse(MALFORMED, LOW),
    response("saml.resp.issuer-other", "The Issuer of the Response is another one.", Edit::Text(ISSUER, Change::Set(ELSEWHERE)))
        .source("saml-profiles 4.1.4.2 and 4.1.4.3").refuse(Reason::Issuer, HIGH).aims_at(Weakness::SkipIssuer),
    response("saml.resp.issuer-slash", "The Issuer of the Response ends with a slash.", Edit::Text(ISSUER, Change::Suffix("/")))
        .source("saml-core 1.3.2 and 8.3.6").refuse(Reason::Issuer, LOW).aims_at(Weakness::SkipIssuer),
    response("saml.resp.issuer-format", "The Issuer of the Response is an email address by its Format.", Edit::SetAttribute(ISSUER, "Format", "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"))
        .source("saml-profiles 4.1.4.2").refuse(Reason::Issuer, LOW),
    response("saml.resp.issuer-entity-format", "The Issuer of the Response says that it is an entity.", Edit::SetAttribute(ISSUER, "Format", "urn:oasis:names:tc:SAML:2.0:nameid-format:entity"))
        .source("saml-profiles 4.1.4.2"),
    response("saml.resp.two-issuers", "The Response has its Issuer twice.", Edit::Repeat(ISSUER))
        .source("saml-schema-protocol-2.0").refuse(MALFORMED, MEDIUM),
    response("saml.resp.consent", "The Response says that the user consented.", Edit::SetAttribute(RESPONSE, "Consent", "urn:oasis:names:tc:SAML:2.0:consent:obtained"))
        .source("saml-core 3.2.2 and 8.4"),
    response("saml.resp.extensions", "The Response has Extensions.", Edit::Before("samlp:Status", "<samlp:Extensions><x:y xmlns:x=\"urn:x\"></x:y></samlp:Extensions>"))
        .source("saml-core 3.2.2"),
    // The status.
    response("saml.status.missing", "The Response has no Status.", Edit::Remove("samlp:Status"))
        .source("saml-core 3.2.2").refuse(MALFORMED, MEDIUM).aims_at(Weakness::SkipStatus),
    response("saml.status.code-missing", "The Status has no StatusCode.", Edit::Remove("samlp:StatusCode"))
        .source("saml-core 3.2.2.1").refuse(MALFORMED, MEDIUM).aims_at(Weakness::SkipStatus),
    response("saml.status.value-missing", "The StatusCode has no Value.", Edit::RemoveAttribute("samlp:StatusCode", "Value"))
        .source("saml-core 3.2.2.2").refuse(MALFORMED, MEDIUM).aims_at(Weakness::SkipStatus),
    response("saml.status.value-empty", "The Value of the StatusCode is empty.", Edit::SetAttribute("samlp:StatusCode", "Value", ""))
        .source("saml-core 3.2.2.2").refuse(MALFORMED, MEDIUM).aims_at(Weakness::SkipStatus),
    response("saml.status.twice", "The Status has its StatusCode twice.", Edit::Repeat("samlp:StatusCode"))
        .source("saml-core 3.2.2.1").refuse(MALFORMED, MEDIUM),
    response("saml.status.message", "The Status of a success has a StatusMessage.", Edit::Last("samlp:Status", "<samlp:StatusMessage>Welcome</samlp:StatusMessage>"))
        .source("saml-core 3.2.2.3"),
    error("saml.status.requester", "The status is an error of the requester, beside a good assertion.", "urn:oasis:names:tc:SAML:2.0:status:Requester"),
    error("saml.status.responder", "The status is an error of the responder, beside a good assertion.", "urn:oasis:names:tc:SAML:2.0:status:Responder"),
    error("saml.status.version-mismatch", "The status is VersionMismatch, beside a good assertion.", "urn:oasis:names:tc:SAML:2.0:status:VersionMismatch"),
    error("saml.status.unknown", "The status is unknown, beside a good assertion.", "urn:example:status:Fine"),
    error("saml.status.success-case", "The status is Success in lower case.", "urn:oasis:names:tc:SAML:2.0:status:success"),
    error("saml.status.success-of-1.1", "The status is the Success of SAML 1.1.", "samlp:Success"),
    detailed("saml.status.AuthnFailed", "The status is AuthnFailed, beside a good assertion.", "<samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Responder\"><samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:AuthnFailed\"></samlp:StatusCode></samlp:StatusCode>"),
    detailed("saml.status.NoAuthnContext", "The status is NoAuthnContext, beside a good assertion.", "<samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Responder\"><samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:NoAuthnContext\"></samlp:StatusCode></samlp:StatusCode>"),
    detailed("saml.status.RequestDenied", "The status is RequestDenied, beside a good assertion.", "<samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Responder\"><samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:RequestDenied\"></samlp:StatusCode></samlp:StatusCode>"),
    detailed("saml.status.NoPassive", "The status is NoPassive, beside a good assertion.", "<samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Responder\"><samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:NoPassive\"></samlp:StatusCode></samlp:StatusCode>"),
    detailed("saml.status.success-below-error", "The status is an error with Success below it.", "<samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Responder\"><samlp:StatusCode Value=\"urn:oasis:names:tc:SAML:2.0:status:Success\"></samlp:StatusCode></samlp:StatusCode>"),
    row(Family::SamlProtocol, Protocol::Saml, "saml.resp.no-assertion", "The Response is a success without an assertion.", Mutation::Saml(SamlMutation::After(Edit::Remove(ASSERTION))))
        .source("saml-profiles 4.1.4.2").refuse(MALFORMED, MEDIUM),
    row(Family::SamlProtocol, Protocol::Saml, "saml.resp.unsolicited", "The answer names no request, in neither place.", Mutation::Saml(SamlMutation::Around(Part::Assertion, Edit::RemoveAttribute(DATA, "InResponseTo"), Edit::RemoveAttribute(RESPONSE, "InResponseTo"))))
        .source("saml-profiles 4.1.5"),
    // The assertion.
    assertion("saml.assertion.id-missing", "The Assertion has no ID, and its signature refers to none.", Edit::RemoveAttribute(ASSERTION, "ID"))
        .source("saml-core 2.3.3 and 5.4.2").refuse(MALFORMED, MEDIUM),
    assertion("saml.assertion.id-empty", "The ID of the Assertion is empty.", Edit::SetAttribute(ASSERTION, "ID", ""))
        .source("saml-core 1.3.4 and 5.4.2").refuse(MALFORMED, MEDIUM),
    assertion("saml.assertion.version-missing", "The Assertion has no Version.", Edit::RemoveAttribute(ASSERTION, "Version"))
        .source("saml-core 2.3.3").refuse(MALFORMED, LOW),
    assertion("saml.assertion.version-1.1", "The Version of the Assertion is 1.1.", Edit::SetAttribute(ASSERTION, "Version", "1.1"))
        .source("saml-core 2.3.3 and 4.1.2").refuse(MALFORMED, LOW),
    assertion("saml.assertion.issueinstant-missing", "The Assertion has no IssueInstant.", Edit::RemoveAttribute(ASSERTION, "IssueInstant"))
        .source("saml-core 2.3.3").refuse(MALFORMED, LOW),
    assertion("saml.assertion.issueinstant-format", "The IssueInstant of the Assertion is not a time.", Edit::SetAttribute(ASSERTION, "IssueInstant", "now"))
        .source("saml-core 1.3.3").refuse(MALFORMED, LOW),
    assertion("saml.assertion.issueinstant-past", "The Assertion was issued an hour ago.", Edit::Attribute(ASSERTION, "IssueInstant", Change::Shift(-HOUR)))
        .source("saml-core 2.3.3").refuse(Reason::Time, MEDIUM).aims_at(Weakness::SkipIssueInstant),
    assertion("saml.assertion.issueinstant-future", "The IssueInstant of the Assertion is an hour ahead.", Edit::Attribute(ASSERTION, "IssueInstant", Change::Shift(HOUR)))
        .source("saml-core 2.3.3").refuse(Reason::Time, MEDIUM).aims_at(Weakness::SkipIssueInstant),
    assertion("saml.assertion.issuer-missing", "The Assertion has no Issuer.", Edit::Remove(ISSUER))
        .source("saml-core 2.3.3").refuse(MALFORMED, MEDIUM),
    assertion("saml.assertion.issuer-empty", "The Issuer of the Assertion is empty.", Edit::Text(ISSUER, Change::Set("")))
        .source("saml-core 2.2.5; saml-profiles 4.1.4.2").refuse(Reason::Issuer, MEDIUM).aims_at(Weakness::SkipIssuer),
    assertion("saml.assertion.issuer-other", "The Issuer of the Assertion is another one.", Edit::Text(ISSUER, Change::Set(ELSEWHERE)))
        .source("saml-profiles 4.1.4.2").refuse(Reason::Issuer, HIGH).aims_at(Weakness::SkipIssuer),
    assertion("saml.assertion.issuer-blank", "The Issuer of the Assertion ends with a space.", Edit::Text(ISSUER, Change::Suffix(" ")))
        .source("saml-core 1.3.2 and 8.3.6").refuse(Reason::Issuer, LOW).aims_at(Weakness::SkipIssuer),
    assertion("saml.assertion.issuer-format", "The Issuer of the Assertion is a persistent name by its Format.", Edit::SetAttribute(ISSUER, "Format", "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"))
        .source("saml-profiles 4.1.4.2").refuse(Reason::Issuer, LOW),
    assertion("saml.assertion.advice", "The Assertion has an empty Advice.", Edit::After(CONDITIONS, "<saml:Advice></saml:Advice>"))
        .source("saml-core 2.6.1"),
    repeated("saml.assertion.two-issuers", "The Assertion has its Issuer twice.", ISSUER),
    repeated("saml.assertion.two-subjects", "The Assertion has its Subject twice.", "saml:Subject"),
    repeated("saml.assertion.two-conditions", "The Assertion has its Conditions twice.", CONDITIONS),
    // The subject.
    assertion("saml.subject.missing", "The Assertion has no Subject.", Edit::Remove("saml:Subject"))
        .source("saml-profiles 4.1.4.2").refuse(MALFORMED, HIGH),
    assertion("saml.subject.name-missing", "The Subject has no NameID.", Edit::Remove("saml:NameID"))
        .source("saml-profiles 4.1.4.2").refuse(MALFORMED, HIGH),
    assertion("saml.subject.name-empty", "The NameID is empty.", Edit::Text("saml:NameID", Change::Set("")))
        .source("saml-core 2.2.2").refuse(MALFORMED, HIGH),
    assertion("saml.subject.name-unknown", "The NameID names nobody.", Edit::Text("saml:NameID", Change::Set("nobody@elsewhere.example")))
        .source("saml-core 2.2.2").refuse(Reason::User, HIGH),
    repeated("saml.subject.two-names", "The Subject has its NameID twice.", "saml:NameID"),
    assertion("saml.subject.qualifier", "The NameID names the provider as its qualifier.", Edit::SetAttribute("saml:NameID", "NameQualifier", "urn:x"))
        .source("saml-core 2.2.1"),
    assertion("saml.subject.no-format", "The NameID has no Format.", Edit::RemoveAttribute("saml:NameID", "Format"))
        .source("saml-core 2.2.2 and 8.3.1"),
    // The confirmation.
    assertion("saml.confirmation.missing", "The Subject has no SubjectConfirmation.", Edit::Remove("saml:SubjectConfirmation"))
        .source("saml-profiles 4.1.4.2").refuse(Reason::Confirmation, HIGH).aims_at(Weakness::SkipConfirmationMethod),
    assertion("saml.confirmation.method-missing", "The SubjectConfirmation has no Method.", Edit::RemoveAttribute("saml:SubjectConfirmation", "Method"))
        .source("saml-core 2.4.1.1").refuse(Reason::Confirmation, MEDIUM).aims_at(Weakness::SkipConfirmationMethod),
    assertion("saml.confirmation.sender-vouches", "The Method is sender-vouches.", Edit::SetAttribute("saml:SubjectConfirmation", "Method", "urn:oasis:names:tc:SAML:2.0:cm:sender-vouches"))
        .source("saml-profiles 3.2 and 4.1.4.2").refuse(Reason::Confirmation, HIGH).aims_at(Weakness::SkipConfirmationMethod),
    assertion("saml.confirmation.holder-of-key", "The Method is holder-of-key, and no key is shown.", Edit::SetAttribute("saml:SubjectConfirmation", "Method", "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key"))
        .source("saml-profiles 3.1 and 4.1.4.2").refuse(Reason::Confirmation, HIGH).aims_at(Weakness::SkipConfirmationMethod),
    assertion("saml.confirmation.data-missing", "The SubjectConfirmation has no data.", Edit::Remove(DATA))
        .source("saml-profiles 4.1.4.2").refuse(Reason::Confirmation, HIGH),
    repeated("saml.confirmation.two-data", "The SubjectConfirmation has its data twice.", DATA)
        .refuse(Reason::Confirmation, MEDIUM),
    assertion("saml.confirmation.not-before", "The SubjectConfirmationData has a NotBefore.", Edit::SetAttribute(DATA, "NotBefore", "2020-01-01T00:00:00Z"))
        .source("saml-profiles 4.1.4.2").refuse(Reason::Confirmation, LOW),
    assertion("saml.confirmation.recipient-missing", "There is no Recipient.", Edit::RemoveAttribute(DATA, "Recipient"))
        .source("saml-profiles 4.1.4.2 and 4.1.4.3").refuse(Reason::Recipient, HIGH).aims_at(Weakness::SkipRecipient),
    assertion("saml.confirmation.recipient-empty", "The Recipient is empty.", Edit::SetAttribute(DATA, "Recipient", ""))
        .source("saml-profiles 4.1.4.3").refuse(Reason::Recipient, HIGH).aims_at(Weakness::SkipRecipient),
    assertion("saml.confirmation.recipient-other", "The Recipient is another address.", Edit::SetAttribute(DATA, "Recipient", ELSEWHERE))
        .source("saml-profiles 4.1.4.3").refuse(Reason::Recipient, HIGH).aims_at(Weakness::SkipRecipient),
    assertion("saml.confirmation.recipient-suffix", "The Recipient is an address that begins with the right one.", Edit::Attribute(DATA, "Recipient", Change::Suffix(".evil.example")))
        .source("saml-profiles 4.1.4.3").refuse(Reason::Recipient, HIGH).aims_at(Weakness::SkipRecipient),
    assertion("saml.confirmation.inresponseto-missing", "The confirmation names no request, but the Response does.", Edit::RemoveAttribute(DATA, "InResponseTo"))
        .source("saml-profiles 4.1.4.2 and 4.1.4.3").refuse(Reason::Request, HIGH).aims_at(Weakness::SkipInResponseTo),
    assertion("saml.confirmation.inresponseto-empty", "The request that the confirmation names is empty.", Edit::SetAttribute(DATA, "InResponseTo", ""))
        .source("saml-core 2.4.1.2").refuse(Reason::Request, HIGH).aims_at(Weakness::SkipInResponseTo),
    assertion("saml.confirmation.inresponseto-other", "The confirmation names another request than the Response.", Edit::SetAttribute(DATA, "InResponseTo", "_never-sent"))
        .source("saml-profiles 4.1.4.3").refuse(Reason::Request, HIGH).aims_at(Weakness::SkipInResponseTo),
    assertion("saml.confirmation.end-missing", "The confirmation has no NotOnOrAfter.", Edit::RemoveAttribute(DATA, "NotOnOrAfter"))
        .source("saml-profiles 4.1.4.2").refuse(Reason::Confirmation, MEDIUM).aims_at(Weakness::SkipExpiry),
    assertion("saml.confirmation.end-format", "The NotOnOrAfter of the confirmation is not a time.", Edit::SetAttribute(DATA, "NotOnOrAfter", "soon"))
        .source("saml-core 1.3.3").refuse(MALFORMED, LOW),
    assertion("saml.confirmation.end-past", "The confirmation ended an hour ago.", Edit::Attribute(DATA, "NotOnOrAfter", Change::Shift(-HOUR)))
        .source("saml-profiles 4.1.4.3").refuse(Reason::Time, HIGH).aims_at(Weakness::SkipExpiry),
    assertion("saml.confirmation.address", "The confirmation names an address of the browser.", Edit::SetAttribute(DATA, "Address", "192.0.2.1"))
        .source("saml-core 2.4.1.2; saml-profiles 4.1.4.2"),
    assertion("saml.confirmation.two-methods", "A second SubjectConfirmation is by holder-of-key.", Edit::After("saml:SubjectConfirmation", "<saml:SubjectConfirmation Method=\"urn:oasis:names:tc:SAML:2.0:cm:holder-of-key\"></saml:SubjectConfirmation>"))
        .source("saml-core 2.4.1"),
    // The conditions.
    assertion("saml.conditions.missing", "The Assertion has no Conditions.", Edit::Remove(CONDITIONS))
        .source("saml-profiles 4.1.4.2").refuse(MALFORMED, HIGH),
    assertion("saml.conditions.begin-missing", "The Conditions have no NotBefore.", Edit::RemoveAttribute(CONDITIONS, "NotBefore"))
        .source("saml-core 2.5.1.2"),
    assertion("saml.conditions.begin-format", "The NotBefore is not a time.", Edit::SetAttribute(CONDITIONS, "NotBefore", "now"))
        .source("saml-core 1.3.3").refuse(MALFORMED, LOW),
    assertion("saml.conditions.begin-future", "The Conditions begin in an hour.", Edit::Attribute(CONDITIONS, "NotBefore", Change::Shift(HOUR)))
        .source("saml-core 2.5.1.2").refuse(Reason::Time, HIGH).aims_at(Weakness::SkipNotBefore),
    assertion("saml.conditions.begin-skewed", "The Conditions begin in a minute, which the skew allows.", Edit::Attribute(CONDITIONS, "NotBefore", Change::Shift(60)))
        .source("saml-core 2.5.1.2"),
    assertion("saml.conditions.end-missing", "The Conditions have no NotOnOrAfter.", Edit::RemoveAttribute(CONDITIONS, "NotOnOrAfter"))
        .source("saml-core 2.5.1.2"),
    assertion("saml.conditions.end-format", "The NotOnOrAfter of the Conditions is not a time.", Edit::SetAttribute(CONDITIONS, "NotOnOrAfter", "soon"))
        .source("saml-core 1.3.3").refuse(MALFORMED, LOW),
    assertion("saml.conditions.end-past", "The Conditions ended an hour ago.", Edit::Attribute(CONDITIONS, "NotOnOrAfter", Change::Shift(-HOUR)))
        .source("saml-core 2.5.1.2").refuse(Reason::Time, HIGH).aims_at(Weakness::SkipExpiry),
    assertion("saml.conditions.offset", "The NotBefore is in another time zone.", Edit::SetAttribute(CONDITIONS, "NotBefore", "2020-01-01T02:00:00+02:00"))
        .source("saml-core 1.3.3"),
    assertion("saml.conditions.unknown", "A condition is unknown.", Edit::Last(CONDITIONS, "<x:Weekdays xmlns:x=\"urn:x\"></x:Weekdays>"))
        .source("saml-core 2.5.1.1").refuse(MALFORMED, MEDIUM),
    assertion("saml.conditions.one-time-use", "A condition is OneTimeUse.", Edit::Last(CONDITIONS, "<saml:OneTimeUse></saml:OneTimeUse>"))
        .source("saml-core 2.5.1.5"),
    assertion("saml.conditions.proxy", "A condition restricts proxies.", Edit::Last(CONDITIONS, "<saml:ProxyRestriction Count=\"0\"></saml:ProxyRestriction>"))
        .source("saml-core 2.5.1.6"),
    assertion("saml.audience.restriction-missing", "There is no AudienceRestriction.", Edit::Remove("saml:AudienceRestriction"))
        .source("saml-profiles 4.1.4.2").refuse(Reason::Audience, HIGH).aims_at(Weakness::SkipAudience),
    assertion("saml.audience.missing", "The AudienceRestriction has no Audience.", Edit::Remove("saml:Audience"))
        .source("saml-core 2.5.1.4").refuse(Reason::Audience, HIGH).aims_at(Weakness::SkipAudience),
    assertion("saml.audience.empty", "The Audience is empty.", Edit::Text("saml:Audience", Change::Set("")))
        .source("saml-core 2.5.1.4").refuse(Reason::Audience, HIGH).aims_at(Weakness::SkipAudience),
    assertion("saml.audience.other", "The Audience is another party.", Edit::Text("saml:Audience", Change::Set(ELSEWHERE)))
        .source("saml-core 2.5.1.4").refuse(Reason::Audience, HIGH).aims_at(Weakness::SkipAudience),
    assertion("saml.audience.suffix", "The Audience begins with the right one.", Edit::Text("saml:Audience", Change::Suffix(".evil.example")))
        .source("saml-core 2.5.1.4").refuse(Reason::Audience, HIGH).aims_at(Weakness::SkipAudience),
    assertion("saml.audience.slash", "The Audience ends with a slash.", Edit::Text("saml:Audience", Change::Suffix("/")))
        .source("saml-core 1.3.2 and 2.5.1.4").refuse(Reason::Audience, LOW).aims_at(Weakness::SkipAudience),
    assertion("saml.audience.two", "The Audience is one of two.", Edit::After("saml:Audience", "<saml:Audience>https://elsewhere.example</saml:Audience>"))
        .source("saml-core 2.5.1.4"),
    assertion("saml.audience.two-restrictions", "A second AudienceRestriction names another party alone.", Edit::After("saml:AudienceRestriction", "<saml:AudienceRestriction><saml:Audience>https://elsewhere.example</saml:Audience></saml:AudienceRestriction>"))
        .source("saml-core 2.5.1.4").refuse(Reason::Audience, HIGH).aims_at(Weakness::SkipAudience),
    // The statement.
    assertion("saml.statement.missing", "The Assertion has no AuthnStatement.", Edit::Remove(STATEMENT))
        .source("saml-profiles 4.1.4.2").refuse(MALFORMED, HIGH),
    assertion("saml.statement.instant-missing", "The AuthnStatement has no AuthnInstant.", Edit::RemoveAttribute(STATEMENT, "AuthnInstant"))
        .source("saml-core 2.7.2").refuse(MALFORMED, LOW),
    assertion("saml.statement.instant-format", "The AuthnInstant is not a time.", Edit::SetAttribute(STATEMENT, "AuthnInstant", "earlier"))
        .source("saml-core 1.3.3").refuse(MALFORMED, LOW),
    assertion("saml.statement.instant-future", "The time of the sign-in is an hour ahead.", Edit::Attribute(STATEMENT, "AuthnInstant", Change::Shift(HOUR)))
        .source("saml-core 2.7.2").refuse(Reason::Time, LOW).aims_at(Weakness::SkipAuthTime),
    assertion("saml.statement.instant-old", "The user signed in a day ago, and no limit was asked for.", Edit::Attribute(STATEMENT, "AuthnInstant", Change::Shift(-24 * HOUR)))
        .source("saml-core 2.7.2"),
    assertion("saml.statement.session-past", "The session at the provider is over.", Edit::SetAttribute(STATEMENT, "SessionNotOnOrAfter", "2020-01-01T00:00:00Z"))
        .source("saml-core 2.7.2; saml-profiles 4.1.4.3").refuse(Reason::Time, MEDIUM).aims_at(Weakness::SkipExpiry),
    assertion("saml.statement.session-format", "The end of the session at the provider is not a time.", Edit::SetAttribute(STATEMENT, "SessionNotOnOrAfter", "never"))
        .source("saml-core 1.3.3").refuse(MALFORMED, LOW),
    assertion("saml.statement.session-long", "The session at the provider ends in 2100.", Edit::SetAttribute(STATEMENT, "SessionNotOnOrAfter", "2100-01-01T00:00:00Z"))
        .source("saml-core 2.7.2"),
    assertion("saml.statement.no-index", "The AuthnStatement has no SessionIndex.", Edit::RemoveAttribute(STATEMENT, "SessionIndex"))
        .source("saml-core 2.7.2"),
    assertion("saml.statement.context-missing", "The AuthnStatement has no AuthnContext.", Edit::Remove("saml:AuthnContext"))
        .source("saml-core 2.7.2").refuse(MALFORMED, MEDIUM),
    assertion("saml.statement.locality", "The AuthnStatement names the browser's address.", Edit::First(STATEMENT, "<saml:SubjectLocality Address=\"192.0.2.1\"></saml:SubjectLocality>"))
        .source("saml-core 2.7.2.1"),
    repeated("saml.statement.two-contexts", "The AuthnStatement has its AuthnContext twice.", "saml:AuthnContext"),
    repeated("saml.statement.two-classes", "The AuthnContext has its class twice.", "saml:AuthnContextClassRef"),
    // The attributes.
    assertion("saml.attribute.empty-value", "An attribute has an empty value.", Edit::Last(ASSERTION, "<saml:AttributeStatement><saml:Attribute Name=\"note\"><saml:AttributeValue></saml:AttributeValue></saml:Attribute></saml:AttributeStatement>"))
        .source("saml-core 2.7.3.1.1"),
    assertion("saml.attribute.no-value", "An attribute has no value.", Edit::Last(ASSERTION, "<saml:AttributeStatement><saml:Attribute Name=\"note\"></saml:Attribute></saml:AttributeStatement>"))
        .source("saml-core 2.7.3.1"),
    assertion("saml.attribute.nested", "The value of an attribute is an element.", Edit::Last(ASSERTION, "<saml:AttributeStatement><saml:Attribute Name=\"note\"><saml:AttributeValue><x:y xmlns:x=\"urn:x\"></x:y></saml:AttributeValue></saml:Attribute></saml:AttributeStatement>"))
        .source("saml-core 2.7.3.1.1"),
    assertion("saml.attribute.mixed", "The value of an attribute is text around an element.", Edit::Last(ASSERTION, "<saml:AttributeStatement><saml:Attribute Name=\"note\"><saml:AttributeValue>a<x:y xmlns:x=\"urn:x\"></x:y>b</saml:AttributeValue></saml:Attribute></saml:AttributeStatement>"))
        .source("saml-core 2.7.3.1.1").refuse(MALFORMED, MEDIUM),
    assertion("saml.attribute.markup", "The value of an attribute is a script.", Edit::Last(ASSERTION, "<saml:AttributeStatement><saml:Attribute Name=\"note\"><saml:AttributeValue>&lt;script&gt;alert(1)&lt;/script&gt;</saml:AttributeValue></saml:Attribute></saml:AttributeStatement>"))
        .source("saml-core 2.7.3.1.1"),
    assertion("saml.attribute.second-statement", "A second statement has an attribute of the first.", Edit::Repeat("saml:AttributeStatement"))
        .source("saml-core 2.3.3"),
    assertion("saml.statement.decision", "The Assertion has an AuthzDecisionStatement too.", Edit::Last(ASSERTION, "<saml:AuthzDecisionStatement Decision=\"Permit\" Resource=\"urn:x\"><saml:Action Namespace=\"urn:x\">read</saml:Action></saml:AuthzDecisionStatement>"))
        .source("saml-core 2.7.4"),
];
