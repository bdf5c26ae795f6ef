//! Signature wrapping: the signed element stays in the message, and another one stands where a careless party looks.
//!
//! Source: Somorovsky et al., "On Breaking SAML" (USENIX Security 2012); the numbers are those of SAML Raider.

use vestibule_model::SamlSigning;

use super::signature::{Shape, signature};
use super::{ASSERTION, NotApplicable, Parts, RESPONSE, around, edit, named, with_signature, without_signature};
use crate::attacks::keys::Keys;

/// Where the signed element and the forged one stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wrapping {
    /// Of the signed response: inside the signature of the forged one.
    ResponseInSignature,
    /// Of the signed response: inside the forged one, before its signature.
    ResponseBesideSignature,
    /// Of the signed response: in a `StatusDetail` of the forged one.
    ResponseInStatusDetail,
    /// The forged assertion before the signed one.
    Before,
    /// The forged assertion after the signed one.
    After,
    /// The signed assertion inside the forged one.
    Inside,
    /// The forged assertion with the signature, before the original.
    WithSignatureBefore,
    /// The original inside the signature, inside the forged one.
    InSignature,
    /// The signed assertion in `Extensions`.
    InExtensions,
    /// The original in a `ds:Object` of the signature, inside the forged one.
    InObject,
    /// The signed assertion in the `Advice` of the forged one.
    InAdvice,
    /// The signed assertion in an attribute value of the forged one.
    InAttributeValue,
    /// The signed assertion in the confirmation data of the forged one.
    InConfirmationData,
    /// The forged assertion has the `ID` of the signed one.
    SameId,
}

pub(super) fn apply(
    wrapping: Wrapping,
    parts: &Parts,
    victim: Option<&str>,
    keys: &Keys,
) -> Result<String, NotApplicable> {
    let original = &parts.assertion;
    let id = edit::attribute(original, ASSERTION, "ID").ok_or(NotApplicable("ID"))?;
    // Each forgery has an ID of its own, so that it is no replay of another one.
    let forged = with_id(&named(original, victim)?, ASSERTION, &format!("_forged{id}"))?;
    let seal = signature(original, id, &Shape::GOOD, keys)?;
    let genuine = with_signature(original, ASSERTION, &seal)?;
    let in_response = |assertions: &str| around(&parts.response, assertions);
    let inside = |what: &str, element: &'static str| {
        let at = edit::content(&forged, element)?.end;
        Ok::<_, NotApplicable>(format!("{}{what}{}", &forged[..at], &forged[at..]))
    };
    let in_seal = |what: &str| seal.replace("</ds:Signature>", &format!("{what}</ds:Signature>"));
    match wrapping {
        Wrapping::ResponseInSignature | Wrapping::ResponseBesideSignature | Wrapping::ResponseInStatusDetail => {
            response(wrapping, parts, &forged, keys)
        }
        Wrapping::Before => in_response(&format!("{forged}{genuine}")),
        Wrapping::After => in_response(&format!("{genuine}{forged}")),
        Wrapping::Inside => in_response(&inside(&genuine, ASSERTION)?),
        Wrapping::WithSignatureBefore => {
            in_response(&format!("{}{original}", with_signature(&forged, ASSERTION, &seal)?))
        }
        Wrapping::InSignature => in_response(&with_signature(&forged, ASSERTION, &in_seal(original))?),
        Wrapping::InObject => {
            let object = format!("<ds:Object>{original}</ds:Object>");
            in_response(&with_signature(&forged, ASSERTION, &in_seal(&object))?)
        }
        Wrapping::InExtensions => in_response(&format!("<samlp:Extensions>{genuine}</samlp:Extensions>{forged}")),
        Wrapping::InAdvice => {
            let at = edit::whole(&forged, "saml:Conditions")?.end;
            in_response(&format!("{}<saml:Advice>{genuine}</saml:Advice>{}", &forged[..at], &forged[at..]))
        }
        Wrapping::InAttributeValue => {
            let statement = format!(
                "<saml:AttributeStatement><saml:Attribute Name=\"original\"><saml:AttributeValue>{genuine}\
                 </saml:AttributeValue></saml:Attribute></saml:AttributeStatement>"
            );
            in_response(&inside(&statement, ASSERTION)?)
        }
        Wrapping::InConfirmationData => in_response(&inside(&genuine, "saml:SubjectConfirmationData")?),
        Wrapping::SameId => in_response(&format!("{}{genuine}", with_id(&forged, ASSERTION, id)?)),
    }
}

/// The forms in which the response is signed.
fn response(wrapping: Wrapping, parts: &Parts, forged: &str, keys: &Keys) -> Result<String, NotApplicable> {
    let original = parts.whole()?;
    let genuine = parts.signed(SamlSigning::Response, &Shape::GOOD, keys)?;
    let seal = &genuine[edit::whole(&genuine, super::SIGNATURE)?];
    let forged = with_id(&around(&parts.response, forged)?, RESPONSE, "_forged-response")?;
    let status = edit::whole(&forged, "samlp:Status")?;
    let insert = |at: usize, what: &str| format!("{}{what}{}", &forged[..at], &forged[at..]);
    Ok(match wrapping {
        Wrapping::ResponseInSignature => {
            insert(status.start, &seal.replace("</ds:Signature>", &format!("{original}</ds:Signature>")))
        }
        Wrapping::ResponseBesideSignature => insert(status.start, &format!("{}{seal}", without_signature(&original))),
        _ => {
            insert(status.end - "</samlp:Status>".len(), &format!("<samlp:StatusDetail>{genuine}</samlp:StatusDetail>"))
        }
    })
}

/// The element with another `ID`.
pub(super) fn with_id(element: &str, name: &'static str, id: &str) -> Result<String, NotApplicable> {
    let before = edit::attribute(element, name, "ID").ok_or(NotApplicable("ID"))?;
    Ok(element.replacen(&format!(" ID=\"{before}\""), &format!(" ID=\"{id}\""), 1))
}
