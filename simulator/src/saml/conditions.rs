//! Checks everything but the signature: issuer, destination, times, audience, confirmation, statement.
//!
//! Source: saml-profiles 4.1.4.3, saml-core 2.5.1 (conditions) and 2.4.1.2 (confirmation data).

use jiff::Timestamp;

use super::canonical::read_date_time;
use super::names::{ASSERTION_NS, BEARER, name_id_format};
use super::response_rejection::ResponseRejection;
use super::response_spec::{Attribute, NameId};
use super::verified::{self, VerifiedResponse};
use super::verify_settings::VerifySettings;
use crate::xml::Node;
use vestibule_model::Weakness;

/// `Version` is 2.0.
pub(super) fn version(node: &Node, part: &'static str) -> Result<(), ResponseRejection> {
    match node.attribute("Version") {
        Some("2.0") => Ok(()),
        Some(other) => Err(ResponseRejection::WrongVersion { part, found: other.to_owned() }),
        None => Err(ResponseRejection::MissingPart { part, missing: "Version" }),
    }
}

/// Checks the `Response` around the assertion.
pub(super) fn check_shell(
    response: &Node,
    is_signed: bool,
    settings: &VerifySettings,
) -> Result<(), ResponseRejection> {
    issued(response, "Response", settings)?;
    // Whoever signs the message must say who it is (saml-profiles 4.1.4.2, erratum E17).
    if is_signed || response.first(ASSERTION_NS, "Issuer").is_some() {
        issuer(response, "Response", settings)?;
    }
    match response.attribute("Destination") {
        _ if settings.lacks(Weakness::SkipDestination) => Ok(()),
        Some(found) if found == settings.acs_url => Ok(()),
        None if !is_signed => Ok(()),
        found => Err(ResponseRejection::WrongDestination {
            found: found.unwrap_or("nobody").to_owned(),
            expected: settings.acs_url.clone(),
        }),
    }
}

/// Checks the assertion and reads it.
pub(super) fn check_assertion(
    response: &Node,
    assertion: &Node,
    settings: &VerifySettings,
) -> Result<VerifiedResponse, ResponseRejection> {
    version(assertion, "Assertion")?;
    issued(assertion, "Assertion", settings)?;
    issuer(assertion, "Assertion", settings)?;
    let conditions_end = conditions(assertion, settings)?;
    let subject = only(assertion, "Assertion", "Subject")?;
    let in_response_to = response.attribute("InResponseTo");
    let confirmation_end = confirmation(subject, in_response_to, settings)?;
    let end = conditions_end.map_or(confirmation_end, |end| end.max(confirmation_end));
    let name_id = only(subject, "Subject", "NameID")?;
    let name = text(name_id, "NameID")?;
    if name.is_empty() {
        return Err(ResponseRejection::MissingPart { part: "Subject", missing: "NameID" });
    }
    let statement = authn_statement(assertion, settings)?;
    Ok(VerifiedResponse {
        response_id: response.attribute("ID").unwrap_or_default().to_owned(),
        assertion_id: assertion.attribute("ID").unwrap_or_default().to_owned(),
        remember_until: remember_until(end, settings),
        issuer: settings.idp_entity_id.clone(),
        name_id: NameId { value: name.to_owned(), format: name_id.attribute("Format").map(str::to_owned) },
        attributes: attributes(assertion)?,
        class_refs: verified::class_refs(assertion),
        authn_instant: statement.authn_instant,
        session_index: statement.session_index,
        session_end: statement.session_end,
        in_response_to: in_response_to.map(str::to_owned),
    })
}

/// Until when a replay must be known as one. Without the check of an end, an assertion that is over can still be replayed.
fn remember_until(end: Timestamp, settings: &VerifySettings) -> Timestamp {
    let endless = settings.lacks(Weakness::SkipExpiry) || settings.lacks(Weakness::SkipConfirmationMethod);
    if endless { Timestamp::MAX } else { settings.forgiven(end) }
}

fn issued(node: &Node, part: &'static str, settings: &VerifySettings) -> Result<(), ResponseRejection> {
    let at = instant(node, "IssueInstant")?.ok_or(ResponseRejection::MissingPart { part, missing: "IssueInstant" })?;
    if settings.lacks(Weakness::SkipIssueInstant) {
        return Ok(());
    }
    begun(at, part, settings)?;
    let longest = settings.longest_wait;
    if settings.now >= settings.forgiven(at.saturating_add(longest).unwrap_or(Timestamp::MAX)) {
        return Err(ResponseRejection::TooOld { part, issued_at: at, longest: longest.as_mins() });
    }
    Ok(())
}

fn issuer(node: &Node, part: &'static str, settings: &VerifySettings) -> Result<(), ResponseRejection> {
    let issuer = only(node, part, "Issuer")?;
    if let Some(format) = issuer.attribute("Format").filter(|format| *format != name_id_format::ENTITY) {
        return Err(ResponseRejection::IssuerFormat { part, found: format.to_owned() });
    }
    let found = text(issuer, "Issuer")?;
    if found == settings.idp_entity_id || settings.lacks(Weakness::SkipIssuer) {
        return Ok(());
    }
    Err(ResponseRejection::IssuerMismatched { part, found: found.to_owned(), expected: settings.idp_entity_id.clone() })
}

/// Checks the conditions and returns their end.
fn conditions(assertion: &Node, settings: &VerifySettings) -> Result<Option<Timestamp>, ResponseRejection> {
    let node = only(assertion, "Assertion", "Conditions")?;
    if let Some(not_before) = instant(node, "NotBefore")?.filter(|_| !settings.lacks(Weakness::SkipNotBefore)) {
        begun(not_before, "assertion", settings)?;
    }
    let end = instant(node, "NotOnOrAfter")?;
    if let Some(end) = end {
        not_over(end, "assertion", settings)?;
    }
    let mut restricted = settings.lacks(Weakness::SkipAudience);
    for condition in &node.children {
        match condition.name.as_str() {
            "AudienceRestriction" if condition.namespace == ASSERTION_NS => {
                restricted = true;
                audience(condition, settings)?;
            }
            "OneTimeUse" | "ProxyRestriction" if condition.namespace == ASSERTION_NS => {}
            other => return Err(ResponseRejection::UnknownCondition(other.to_owned())),
        }
    }
    if restricted { Ok(end) } else { Err(ResponseRejection::AudienceInvalid { found: Vec::new() }) }
}

fn audience(restriction: &Node, settings: &VerifySettings) -> Result<(), ResponseRejection> {
    let audiences = restriction.all(ASSERTION_NS, "Audience");
    let found =
        audiences.map(|audience| text(audience, "Audience").map(str::to_owned)).collect::<Result<Vec<_>, _>>()?;
    let named = found.iter().any(|audience| settings.audiences.contains(audience));
    if named || settings.lacks(Weakness::SkipAudience) {
        return Ok(());
    }
    Err(ResponseRejection::AudienceInvalid { found })
}

/// Returns the latest end of all bearer confirmations if one is valid, or the fault of the first one if none is valid.
fn confirmation(
    subject: &Node,
    in_response_to: Option<&str>,
    settings: &VerifySettings,
) -> Result<Timestamp, ResponseRejection> {
    let confirmations = subject.all(ASSERTION_NS, "SubjectConfirmation");
    let whatever = settings.lacks(Weakness::SkipConfirmationMethod);
    let bearers = confirmations.filter(|one| whatever || one.attribute("Method") == Some(BEARER));
    let nobody_asks = whatever && subject.first(ASSERTION_NS, "SubjectConfirmation").is_none();
    let (mut holds, mut fault, mut last) = (nobody_asks, None, Timestamp::MIN);
    for confirmation in bearers {
        match bearer(confirmation, in_response_to, settings) {
            Ok(()) => holds = true,
            // What was sent unasked says in no confirmation that it was asked for (saml-profiles 4.1.5).
            Err(found @ ResponseRejection::InResponseToDiffers { response: None, .. }) => return Err(found),
            Err(found) => fault = fault.or(Some(found)),
        }
        // One that does not hold now may hold for another request, or have held before.
        let data = confirmation.all(ASSERTION_NS, "SubjectConfirmationData");
        last = data.filter_map(|data| instant(data, "NotOnOrAfter").ok().flatten()).fold(last, Timestamp::max);
    }
    if holds { Ok(last) } else { Err(fault.unwrap_or(ResponseRejection::NoBearerConfirmation)) }
}

fn bearer(
    confirmation: &Node,
    in_response_to: Option<&str>,
    settings: &VerifySettings,
) -> Result<(), ResponseRejection> {
    let mut all = confirmation.all(ASSERTION_NS, "SubjectConfirmationData");
    let data = all.next().ok_or(ResponseRejection::SubjectConfirmation("is missing"))?;
    if all.next().is_some() {
        return Err(ResponseRejection::SubjectConfirmation("is there more than once"));
    }
    if data.attribute("NotBefore").is_some() {
        return Err(ResponseRejection::SubjectConfirmation("has a NotBefore"));
    }
    // The confirmation is what the IdP signed; the `Response` around it may be anybody's (saml-profiles 4.1.4.3).
    let confirmed = data.attribute("InResponseTo");
    if confirmed != in_response_to && !settings.lacks(Weakness::SkipInResponseTo) {
        return Err(ResponseRejection::InResponseToDiffers {
            response: in_response_to.map(str::to_owned),
            confirmation: confirmed.map(str::to_owned),
        });
    }
    let end = match instant(data, "NotOnOrAfter")? {
        None if settings.lacks(Weakness::SkipExpiry) => settings.now,
        end => end.ok_or(ResponseRejection::SubjectConfirmation("has no NotOnOrAfter"))?,
    };
    let recipient = data.attribute("Recipient").unwrap_or("nobody");
    if recipient != settings.acs_url && !settings.lacks(Weakness::SkipRecipient) {
        return Err(ResponseRejection::RecipientMismatched {
            found: recipient.to_owned(),
            expected: settings.acs_url.clone(),
        });
    }
    not_over(end, "subject confirmation", settings)
}

struct Statement {
    authn_instant: Timestamp,
    session_index: Option<String>,
    session_end: Option<Timestamp>,
}

/// Checks every `AuthnStatement` and returns the first, with the session end of the one that ends first.
fn authn_statement(assertion: &Node, settings: &VerifySettings) -> Result<Statement, ResponseRejection> {
    let mut first: Option<Statement> = None;
    let mut session_end = None;
    for node in assertion.all(ASSERTION_NS, "AuthnStatement") {
        let authn_instant = instant(node, "AuthnInstant")?
            .ok_or(ResponseRejection::MissingPart { part: "AuthnStatement", missing: "AuthnInstant" })?;
        if !settings.lacks(Weakness::SkipAuthTime) {
            begun(authn_instant, "sign-in", settings)?;
        }
        let too_old = settings.max_authentication_age.is_some_and(|age| {
            let earliest = settings.now.saturating_sub(age.saturating_add(settings.clock_skew));
            authn_instant < earliest.unwrap_or(settings.now)
        });
        if too_old {
            return Err(ResponseRejection::AuthenticationTooOld { authn_instant });
        }
        if let Some(end) = instant(node, "SessionNotOnOrAfter")?.filter(|_| !settings.lacks(Weakness::SkipExpiry)) {
            not_over(end, "session at the identity provider", settings)?;
            session_end = Some(session_end.map_or(end, |earlier: Timestamp| earlier.min(end)));
        }
        let context = only(node, "AuthnStatement", "AuthnContext")?;
        if context.first(ASSERTION_NS, "AuthnContextClassRef").is_some() {
            text(only(context, "AuthnContext", "AuthnContextClassRef")?, "AuthnContextClassRef")?;
        }
        let session_index = node.attribute("SessionIndex").map(str::to_owned);
        first.get_or_insert(Statement { authn_instant, session_index, session_end: None });
    }
    let first = first.ok_or(ResponseRejection::MissingPart { part: "Assertion", missing: "AuthnStatement" })?;
    Ok(Statement { session_end: session_end.map(|end| settings.forgiven(end)), ..first })
}

/// The attributes. Elements around text in a value could hide a part of it; a value of elements alone is legal
/// (saml-core 2.7.3.1.1, `xs:anyType`), and no text.
fn attributes(assertion: &Node) -> Result<Vec<Attribute>, ResponseRejection> {
    let statements = assertion.all(ASSERTION_NS, "AttributeStatement");
    let attributes = statements.flat_map(|statement| statement.all(ASSERTION_NS, "Attribute"));
    let mut values = attributes.flat_map(|attribute| attribute.all(ASSERTION_NS, "AttributeValue"));
    if values.any(|value| !value.children.is_empty() && !value.text.trim().is_empty()) {
        return Err(ResponseRejection::NotText("AttributeValue"));
    }
    Ok(verified::attributes(assertion))
}

/// The child of which there may be one, and must be.
fn only<'a>(parent: &'a Node, part: &'static str, name: &'static str) -> Result<&'a Node, ResponseRejection> {
    let mut found = parent.all(ASSERTION_NS, name);
    match (found.next(), found.next()) {
        (Some(only), None) => Ok(only),
        (Some(_), Some(_)) => Err(ResponseRejection::Repeated { part, repeated: name }),
        (None, _) => Err(ResponseRejection::MissingPart { part, missing: name }),
    }
}

/// The text of an element that has nothing but text.
fn text<'a>(node: &'a Node, part: &'static str) -> Result<&'a str, ResponseRejection> {
    if node.children.is_empty() { Ok(&node.text) } else { Err(ResponseRejection::NotText(part)) }
}

/// An `xs:dateTime` attribute. SAML requires UTC; an offset is accepted.
fn instant(node: &Node, name: &'static str) -> Result<Option<Timestamp>, ResponseRejection> {
    let Some(found) = node.attribute(name) else { return Ok(None) };
    let unreadable = || ResponseRejection::Unreadable { part: name, found: found.to_owned() };
    read_date_time(found).map(Some).ok_or_else(unreadable)
}

fn begun(not_before: Timestamp, part: &'static str, settings: &VerifySettings) -> Result<(), ResponseRejection> {
    let latest = settings.now.saturating_add(settings.clock_skew).unwrap_or(settings.now);
    if latest < not_before { Err(ResponseRejection::NotYetValid { part, not_before }) } else { Ok(()) }
}

fn not_over(
    not_on_or_after: Timestamp,
    part: &'static str,
    settings: &VerifySettings,
) -> Result<(), ResponseRejection> {
    let earliest = settings.now.saturating_sub(settings.clock_skew).unwrap_or(settings.now);
    if earliest >= not_on_or_after && !settings.lacks(Weakness::SkipExpiry) {
        Err(ResponseRejection::Expired { part, not_on_or_after })
    } else {
        Ok(())
    }
}
