//! An `Assertion` that an app presents by itself at the token endpoint, without a `Response` around it.
//!
//! The order is that of [`verify`](super::verify): strict parse, structure, shape of the signature, the signature, then
//! everything else on the signed bytes.
//!
//! Source: RFC 7522 2.1 and 3; saml-core 2.3.3 and 5.4.

use super::conditions;
use super::names::{ASSERTION_NS, DSIG_NS};
use super::response_rejection::ResponseRejection;
use super::signature::{self, SignatureFault};
use super::structure;
use super::structure_fault::StructureFault;
use super::verified::VerifiedResponse;
use super::verify::{decode, signed_text};
use super::verify_settings::VerifySettings;
use crate::xml::{self, Node};

/// The `Issuer` that an assertion claims. Use it only to choose the app whose certificate verifies it.
///
/// # Errors
///
/// If the assertion cannot be read, or names no issuer.
pub(crate) fn claimed_issuer(message: &str) -> Result<String, ResponseRejection> {
    let assertion = read(message, VerifySettings::MAX_BYTES)?.1;
    let issuer = assertion.first(ASSERTION_NS, "Issuer").map(|issuer| issuer.text.clone());
    let issuer = issuer.filter(|issuer| !issuer.is_empty());
    issuer.ok_or(ResponseRejection::MissingPart { part: "Assertion", missing: "Issuer" })
}

/// Verifies an assertion, given in base64url. It must be for one of these recipients, which stand in for the ACS of the
/// settings.
///
/// # Errors
///
/// The first thing that is wrong with it.
pub(crate) fn verify_assertion(
    message: &str,
    settings: &VerifySettings,
    recipients: &[String],
) -> Result<VerifiedResponse, ResponseRejection> {
    let (xml, received) = read(message, settings.max_bytes)?;
    let signature = only_signature(&received)?;
    let id = received.attribute("ID").unwrap_or_default();
    let claimed = signature::check(signature, id)?;
    let signed = xml::parse(signed_text(&xml, &claimed, settings)?.as_bytes(), settings.max_bytes)?;
    if !signed.is(ASSERTION_NS, "Assertion") || signed.attribute("ID") != received.attribute("ID") {
        return Err(ResponseRejection::SignedElsewhere);
    }
    let mut fault = ResponseRejection::NoBearerConfirmation;
    for recipient in recipients.iter().rev() {
        let settings = VerifySettings { acs_url: recipient.clone(), ..settings.clone() };
        match conditions::check_assertion(&signed, &signed, &settings) {
            Ok(verified) => return Ok(verified),
            Err(found) => fault = found,
        }
    }
    Err(fault)
}

/// The text of an assertion and its tree, whose elements are in their allowed places.
fn read(message: &str, limit: usize) -> Result<(String, Node), ResponseRejection> {
    let xml = decode(&standard(message), limit)?;
    let root = xml::parse(xml.as_bytes(), limit)?;
    if !root.is(ASSERTION_NS, "Assertion") {
        return Err(StructureFault::NotAnAssertion { found: root.name }.into());
    }
    let descendants = root.descendants();
    structure::check_ids(&descendants)?;
    let assertions = descendants.iter().filter(|node| node.is(ASSERTION_NS, "Assertion")).count();
    if assertions > 1 {
        return Err(StructureFault::SeveralAssertions(assertions).into());
    }
    if root.attribute("ID").is_none_or(str::is_empty) {
        return Err(StructureFault::MissingId("Assertion").into());
    }
    Ok((xml, root))
}

fn only_signature(assertion: &Node) -> Result<&Node, ResponseRejection> {
    let signatures = assertion.descendants().iter().filter(|node| node.is(DSIG_NS, "Signature")).count();
    match (assertion.first(DSIG_NS, "Signature"), signatures) {
        (Some(signature), 1) => Ok(signature),
        (_, 0) => Err(ResponseRejection::Unsigned),
        (None, _) => Err(SignatureFault::Misplaced.into()),
        (Some(_), _) => Err(SignatureFault::Several.into()),
    }
}

/// Base64url (RFC 7522 2.1) in the alphabet of base64, with its padding; some clients send base64.
fn standard(message: &str) -> String {
    let plain = message.trim_end_matches('=').chars().filter(|char| !char.is_ascii_whitespace());
    let mut text: String = plain
        .map(|char| match char {
            '-' => '+',
            '_' => '/',
            other => other,
        })
        .collect();
    let missing = text.len().wrapping_neg() % 4;
    text.extend(std::iter::repeat_n('=', missing));
    text
}
