//! Changes of a good `Response`: in its values before it is signed, in its text afterwards, in its signature, in its
//! structure, in what of it is encrypted, and in the form that carries it.

mod edit;
mod encryption;
mod form;
mod logout;
mod signature;
mod wrapping;

pub(crate) use edit::{Change, Edit};
pub(crate) use encryption::{Damage, Seal, Sealed, SentKey};
pub(crate) use form::FormChange;
pub(super) use logout::logout_request;
pub(crate) use logout::{LogoutRequestMutation, WrongLogoutRequest};
pub(crate) use signature::{
    By, C14N, C14N_11, ENVELOPED, EXC_C14N, EXC_C14N_WITH_COMMENTS, Hash, KeyInfo, Shape, Target,
};
pub(crate) use wrapping::Wrapping;

use vestibule_model::SamlSigning;

use super::keys::Keys;

/// A change of a good `Response`.
#[derive(Debug, Clone, Copy)]
pub(crate) enum SamlMutation {
    /// Other parts are signed.
    Signed(SamlSigning),
    /// Nothing is signed.
    Unsigned,
    /// A part is edited before it is signed.
    Before(Part, Edit),
    /// The message is edited after it was signed.
    After(Edit),
    /// A part is edited before it is signed, and made to look otherwise afterwards without a change of what was signed.
    Around(Part, Edit, Edit),
    /// The signature of the assertion is made in another shape.
    Shaped(Shape),
    /// The name is another one than was signed.
    Renamed,
    /// The signature has two `SignedInfo`: that which was signed, and one with the digest of what was changed.
    SecondSignedInfo,
    /// The signed element is wrapped.
    Wrapped(Wrapping),
    /// A part is encrypted.
    Encrypted(Sealed, Seal),
    /// The form carries the message otherwise.
    Form(FormChange),
    /// `RelayState` is another one.
    RelayState(&'static str),
    /// The signals are exactly these.
    Signals(SamlSignals),
    /// The signals are in `Extensions`, which nobody signs.
    SignalsOutside,
}

/// How a `Response` says how its user signed in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SamlSignals {
    /// The content of `AuthnContext`.
    pub(crate) context: &'static str,
    /// The `Name` of the attribute.
    pub(crate) name: &'static str,
    /// Its values; without one, the attribute is left out.
    pub(crate) values: &'static [&'static str],
}

/// A part of the message that can be signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// The `Response`, without its assertion.
    Response,
    /// The `Assertion`.
    Assertion,
}

/// A good `Response` as it would be sent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct GoodResponse<'a> {
    /// The message, signed.
    pub(crate) xml: &'a str,
    /// `RelayState`.
    pub(crate) relay_state: Option<&'a str>,
    /// The `NameID` of another user, whom the attacker wants to be.
    pub(crate) victim: Option<&'a str>,
    /// The certificate that encrypts for the receiver, DER, if it has one.
    pub(crate) receiver: Option<&'a [u8]>,
}

/// The fields of a form.
pub(crate) type FormFields = Vec<(&'static str, String)>;

/// The good answer has not the part that the case changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("apply the attack: the good answer has no `{0}`")]
pub(crate) struct NotApplicable(pub(crate) &'static str);

/// Applies a change.
pub(super) fn apply(mutation: SamlMutation, good: &GoodResponse<'_>, keys: &Keys) -> Result<FormFields, NotApplicable> {
    let parts = Parts::of(good.xml)?;
    let signed = |parts: &Parts, shape: &Shape| parts.signed(parts.signing, shape, keys);
    let xml = match mutation {
        SamlMutation::Form(change) => return Ok(change.fields(good)),
        SamlMutation::RelayState(state) => {
            return Ok(form::usual(good.xml, Some(state)));
        }
        SamlMutation::Signed(signing) => parts.signed(signing, &Shape::GOOD, keys)?,
        SamlMutation::Unsigned => parts.whole()?,
        SamlMutation::Before(part, edit) => signed(&parts.edited(part, edit)?, &Shape::GOOD)?,
        SamlMutation::After(edit) => edit.apply(good.xml)?,
        SamlMutation::Around(part, before, after) => {
            after.apply(&signed(&parts.edited(part, before)?, &Shape::GOOD)?)?
        }
        SamlMutation::Shaped(shape) => signed(&parts, &shape)?,
        SamlMutation::Renamed => named(good.xml, good.victim)?,
        SamlMutation::SecondSignedInfo => second_signed_info(&parts, good, keys)?,
        SamlMutation::Signals(signals) => signed(&signals.replace(parts)?, &Shape::GOOD)?,
        SamlMutation::SignalsOutside => {
            let inside = signed(&SamlSignals::NONE.replace(parts)?, &Shape::GOOD)?;
            Edit::Before("samlp:Status", OUTSIDE).apply(&inside)?
        }
        SamlMutation::Encrypted(what, seal) => encryption::apply(what, &seal, &parts, good, keys)?,
        SamlMutation::Wrapped(wrapping) => wrapping::apply(wrapping, &parts, good.victim, keys)?,
    };
    Ok(form::usual(&xml, good.relay_state))
}

/// The parts of a message, unsigned.
struct Parts {
    /// The `Response` without its assertion.
    response: String,
    /// The `Assertion`.
    assertion: String,
    /// What was signed.
    signing: SamlSigning,
}

impl Parts {
    fn of(xml: &str) -> Result<Self, NotApplicable> {
        let assertion = edit::whole(xml, ASSERTION)?;
        let response = edit::replaced(xml, assertion.clone(), "");
        let assertion = &xml[assertion];
        let signed = |part: &str| edit::tag(part, SIGNATURE).is_ok();
        let signing = match (signed(&response), signed(assertion)) {
            (true, true) => SamlSigning::Both,
            (true, false) => SamlSigning::Response,
            (false, _) => SamlSigning::Assertion,
        };
        Ok(Self { response: without_signature(&response), assertion: without_signature(assertion), signing })
    }

    fn edited(self, part: Part, edit: Edit) -> Result<Self, NotApplicable> {
        Ok(match part {
            Part::Response => Self { response: edit.apply(&self.response)?, ..self },
            Part::Assertion => Self { assertion: edit.apply(&self.assertion)?, ..self },
        })
    }

    /// The message without a signature.
    fn whole(&self) -> Result<String, NotApplicable> {
        around(&self.response, &self.assertion)
    }

    /// The message with these parts signed.
    fn signed(&self, signing: SamlSigning, shape: &Shape, keys: &Keys) -> Result<String, NotApplicable> {
        let assertion = if signing == SamlSigning::Response {
            self.assertion.clone()
        } else {
            signed(&self.assertion, ASSERTION, shape, keys)?
        };
        let response = around(&self.response, &assertion)?;
        if signing == SamlSigning::Assertion { Ok(response) } else { signed(&response, RESPONSE, shape, keys) }
    }
}

/// A `Response` with its assertion at its end.
fn around(response: &str, assertion: &str) -> Result<String, NotApplicable> {
    let at = response.rfind("</samlp:Response>").ok_or(NotApplicable(RESPONSE))?;
    Ok(format!("{}{assertion}{}", &response[..at], &response[at..]))
}

/// The element with its signature after the `Issuer`, or at its beginning.
fn signed(element: &str, name: &'static str, shape: &Shape, keys: &Keys) -> Result<String, NotApplicable> {
    let id = edit::attribute(element, name, "ID").unwrap_or_default();
    let signature = signature::signature(element, id, shape, keys)?;
    with_signature(element, name, &signature)
}

fn with_signature(element: &str, name: &'static str, signature: &str) -> Result<String, NotApplicable> {
    let start = edit::tag(element, name)?.end;
    let at = match edit::whole(element, ISSUER) {
        Ok(issuer) if issuer.start == start => issuer.end,
        _ => start,
    };
    Ok(format!("{}{signature}{}", &element[..at], &element[at..]))
}

fn without_signature(element: &str) -> String {
    match edit::whole(element, SIGNATURE) {
        Ok(range) => edit::replaced(element, range, ""),
        Err(_) => element.to_owned(),
    }
}

/// Changes the name and puts a `SignedInfo` with the digest of the change before the one that was signed.
fn second_signed_info(parts: &Parts, good: &GoodResponse<'_>, keys: &Keys) -> Result<String, NotApplicable> {
    let id = edit::attribute(&parts.assertion, ASSERTION, "ID").unwrap_or_default();
    let signature = signature::signature(&parts.assertion, id, &Shape::GOOD, keys)?;
    let changed = named(&parts.assertion, good.victim)?;
    let info = signature::signed_info(&changed, id, &Shape::GOOD, keys)?;
    let info = format!("<ds:SignedInfo>{info}</ds:SignedInfo><ds:SignedInfo>");
    let signature = signature.replacen("<ds:SignedInfo>", &info, 1);
    around(&parts.response, &with_signature(&changed, ASSERTION, &signature)?)
}

impl SamlSignals {
    /// None.
    const NONE: Self = Self { context: UNSPECIFIED, name: "amr", values: &[] };

    /// Replaces what the assertion says about the sign-in; other attributes stay.
    fn replace(&self, parts: Parts) -> Result<Parts, NotApplicable> {
        let mut assertion = edit::replaced(&parts.assertion, edit::content(&parts.assertion, CONTEXT)?, self.context);
        for name in SIGNAL_ATTRIBUTES {
            if let Some(start) = assertion.find(&format!("<saml:Attribute Name=\"{name}\"")) {
                let length = edit::whole(&assertion[start..], "saml:Attribute")?.end;
                assertion.replace_range(start..start + length, "");
            }
        }
        let empty = "<saml:AttributeStatement></saml:AttributeStatement>";
        assertion = assertion.replace(empty, "");
        if !self.values.is_empty() {
            let values = self.values.iter().map(|value| format!("<saml:AttributeValue>{value}</saml:AttributeValue>"));
            let values: String = values.collect();
            let attribute = format!("<saml:Attribute Name=\"{}\">{values}</saml:Attribute>", self.name);
            assertion = match edit::content(&assertion, "saml:AttributeStatement") {
                Ok(content) => edit::replaced(&assertion, content.end..content.end, &attribute),
                Err(_) => {
                    let statement = format!("<saml:AttributeStatement>{attribute}</saml:AttributeStatement>");
                    let end = edit::content(&assertion, ASSERTION)?.end;
                    edit::replaced(&assertion, end..end, &statement)
                }
            };
        }
        Ok(Parts { assertion, ..parts })
    }
}

/// The assertion about another user; without one, about the same in other words: its session ends later.
fn named(assertion: &str, victim: Option<&str>) -> Result<String, NotApplicable> {
    let Some(victim) = victim else {
        return Edit::Attribute("saml:Conditions", "NotOnOrAfter", Change::Shift(60)).apply(assertion);
    };
    Ok(edit::replaced(assertion, edit::content(assertion, NAME_ID)?, victim))
}

const RESPONSE: &str = "samlp:Response";
const ASSERTION: &str = "saml:Assertion";
const ISSUER: &str = "saml:Issuer";
const NAME_ID: &str = "saml:NameID";
const SIGNATURE: &str = "ds:Signature";
const CONTEXT: &str = "saml:AuthnContext";
/// A context that says nothing.
pub(crate) const UNSPECIFIED: &str =
    "<saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified</saml:AuthnContextClassRef>";
/// A strong signal where no signature covers it.
const OUTSIDE: &str = "<samlp:Extensions><saml:AttributeStatement xmlns:saml=\"urn:oasis:names:tc:SAML:2.0:assertion\">\
    <saml:Attribute Name=\"amr\"><saml:AttributeValue>hwk</saml:AttributeValue></saml:Attribute></saml:AttributeStatement>\
    </samlp:Extensions>";
/// The attributes that carry signals.
const SIGNAL_ATTRIBUTES: [&str; 2] = ["amr", "http://schemas.microsoft.com/claims/authnmethodsreferences"];
