//! Signals that reached the org in a form that it does not read: no array, several in one, another spelling.

use vestibule_model::{Carrier, Signal};
use vestibule_simulator::policy::Rule;
use vestibule_simulator::realm::{ContextFault, Event, ProtocolVerdict};

use super::sso::Weak;
use crate::diagnosis::cause::Proof;
use crate::diagnosis::near_miss::{self, Visible};
use crate::diagnosis::{Cause, Evidence};
use crate::outcome::Owner;

pub(in crate::diagnosis) const CAUSES: &[Cause] = &[
    Cause {
        id: "context-refused",
        what: "The org asked the identity provider for an authentication context, and the identity provider refused because of it.",
        needs: "a context that the org asked for, and an answer that the org refused and that says NoAuthnContext (SAML) or unmet_authentication_requirements (OpenID Connect)",
        owner: Owner::OrgAdmin,
        remedy: "In the org's single sign-on setting, drop the requested authentication context or name another that the identity provider can meet.",
        fact: "https://docs.oasis-open.org/security/saml/v2.0/saml-core-2.0-os.pdf",
        prove: context_refused,
    },
    Cause {
        id: "context-not-met",
        what: "The org asked the identity provider for an authentication context, and the identity provider answered with another.",
        needs: "an answer that the org refused because its authentication context is none of those that were asked for",
        owner: Owner::IdpAdmin,
        remedy: "Let the identity provider sign the user in by one of the contexts that the org asks for and send its name, or let the org's admin drop the requested context.",
        fact: "https://docs.oasis-open.org/security/saml/v2.0/saml-core-2.0-os.pdf",
        prove: context_not_met,
    },
    Cause {
        id: "signal-not-an-array",
        what: "The identity provider sent `amr` as something other than an array of strings, and the org reads nothing else.",
        needs: "a single sign-on that proved too little, and an `amr` claim that is not an array of strings",
        owner: Owner::IdpAdmin,
        remedy: "Send `amr` as a JSON array with one string for each value, for example `[\"pwd\", \"swk\"]`.",
        fact: "https://www.rfc-editor.org/rfc/rfc8176#section-1",
        prove: not_an_array,
    },
    Cause {
        id: "signals-joined",
        what: "The identity provider sent several values as one, and the org compares the whole text.",
        needs: "a single sign-on that proved too little, and a value in no tier that is made of several, one of which counts for more",
        owner: Owner::IdpAdmin,
        remedy: "Send each value by itself: one string in the array `amr` of the ID token, one `AttributeValue` of the SAML attribute.",
        fact: "https://www.rfc-editor.org/rfc/rfc8176#section-1",
        prove: joined,
    },
    Cause {
        id: "signal-misspelt",
        what: "The identity provider sent a value that is almost one that the org knows.",
        needs: "a single sign-on that proved too little, and a value in no tier that differs from one that counts for more by blanks, case or one letter",
        owner: Owner::IdpAdmin,
        remedy: "Send the value exactly as the org's list spells it, without blanks or line breaks around it.",
        fact: "https://help.salesforce.com/s/articleView?id=005321561&type=1",
        prove: misspelt,
    },
];

fn context_refused(evidence: &Evidence) -> Option<Proof> {
    let (request, why) = refused_by_context(evidence, ContextFault::Unmet)?;
    Some(Proof::new(format!("{request}, and was refused because of it.")).because(why))
}

fn context_not_met(evidence: &Evidence) -> Option<Proof> {
    let (request, why) = refused_by_context(evidence, ContextFault::Other)?;
    Some(Proof::new(format!("{request}, and got an answer with another one.")).because(why))
}

/// What the org asked for and why it refused the last answer, if that is because of the context.
fn refused_by_context(evidence: &Evidence, wanted: ContextFault) -> Option<(String, &str)> {
    let (idp, verdict) = evidence.events().rev().find_map(|event| match event {
        Event::SsoAnswerReceived { idp, verdict, .. } => Some((idp.as_deref(), verdict)),
        _ => None,
    })?;
    let ProtocolVerdict::Refused { why, context: Some(context), .. } = verdict else { return None };
    if *context != wanted {
        return None;
    }
    // An identity provider may say this although the org asked for nothing: then the org has nothing to drop.
    let idp = idp?;
    let asked = evidence.sso.requested.get(idp).filter(|asked| !asked.is_empty())?;
    Some((format!("The org asked `{idp}` for an authentication context ({})", asked.join(", ")), why.as_str()))
}

fn not_an_array(evidence: &Evidence) -> Option<Proof> {
    let weak = Weak::of(evidence)?;
    let signal = weak.received.iter().find(|signal| signal.carrier == Carrier::IdTokenAmrText)?;
    Some(weak.proof(format!(
        "The identity provider sent `{}` in `amr`, which is not an array of strings, so the org does not read it.",
        Visible(&signal.value)
    )))
}

fn joined(evidence: &Evidence) -> Option<Proof> {
    let weak = Weak::of(evidence)?;
    let (listed, floor) = (&evidence.sso.listed, weak.decision.strength);
    let (value, parts) = unlisted(evidence, &weak)
        .find_map(|value| near_miss::joined(value, listed, floor).map(|parts| (value, parts)))?;
    let parts: Vec<_> = parts.iter().map(|part| format!("`{part}`")).collect();
    Some(weak.proof(format!(
        "The identity provider sent `{}` as one value, which is in no tier; as separate values: {}.",
        Visible(value),
        parts.join(", ")
    )))
}

fn misspelt(evidence: &Evidence) -> Option<Proof> {
    let weak = Weak::of(evidence)?;
    let (listed, floor) = (&evidence.sso.listed, weak.decision.strength);
    let (value, (known, how)) = unlisted(evidence, &weak)
        .find_map(|value| near_miss::misspelt(value, listed, floor).map(|miss| (value, miss)))?;
    Some(weak.proof(format!("The identity provider sent `{}`, and the org knows `{known}`: {how}.", Visible(value))))
}

/// The values that were read and are in no tier.
fn unlisted<'a>(evidence: &'a Evidence, weak: &Weak<'a>) -> impl Iterator<Item = &'a str> {
    let is_read = move |signal: &Signal| match &signal.carrier {
        Carrier::SamlAttribute(name) => evidence.sso.read_attributes.contains(name),
        Carrier::IdTokenAmr | Carrier::IdTokenAcr | Carrier::AuthnContextClassRef => true,
        Carrier::IdTokenAmrText
        | Carrier::IdTokenClaim(_)
        | Carrier::UserInfo
        | Carrier::AccessToken
        | Carrier::Unsigned => false,
    };
    let found = if weak.decision.fired(Rule::SignalUnlisted) { weak.received.clone() } else { Vec::new() };
    found.into_iter().filter(move |signal| is_read(signal)).map(|signal| signal.value.as_str())
}
