//! What the rules make of a message: its signals one by one, then a login with it.

use jiff::civil::Date;
use serde::Serialize;
use vestibule_model::{LoginKind, OrgKind, Signal};
use vestibule_redactor::Redactor;
use vestibule_simulator::idp::presets;
use vestibule_simulator::inspect::{Inspected, SignatureCheck, Wrapping};
use vestibule_simulator::policy::Rulebook;
use vestibule_simulator::realm::MessageKind;

use crate::cli::rated_signals::{RatedSignal, RatedSignals, printable};
use crate::cli::sso_login::{SentSignals, SsoLogin};
use crate::diagnosis::SsoEvidence;

/// What `--json` prints.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Answer {
    pub(super) kind: MessageKind,
    pub(super) wrappings: Vec<Wrapping>,
    pub(super) issuer: Option<String>,
    /// What carries a signature.
    pub(super) signed: Vec<String>,
    /// Whether the signature was checked, with the keys that were given, and what came of it.
    pub(super) signature: SignatureCheck,
    pub(super) signature_checked: bool,
    /// Why the org refuses the message whatever its settings and the time are.
    pub(super) refusal: Option<String>,
    pub(super) rulebook: String,
    pub(super) org_kind: OrgKind,
    pub(super) date: Date,
    pub(super) signals: Vec<RatedSignal>,
    /// Attributes and claims that say nothing about the sign-in; their values are about the user and not shown.
    pub(super) other_attributes: Vec<String>,
    /// What else the message holds and this does not show.
    pub(super) redacted: Vec<String>,
    /// The product that the issuer belongs to, as far as its address tells.
    pub(super) product: Option<Product>,
    /// Logins with this message, by each kind of user.
    pub(super) logins: Vec<SsoLogin>,
}

/// The product of an issuer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Product {
    /// Its preset.
    pub(super) preset: &'static str,
    /// What its admin changes so that a strong sign-in counts as one.
    pub(super) fix: Option<String>,
}

impl Answer {
    pub(super) fn of(
        message: &Inspected,
        rulebook: &Rulebook,
        org_kind: OrgKind,
        profile: Option<&str>,
        date: Date,
    ) -> Self {
        let redactor = Redactor::default();
        let known = SsoEvidence::of(rulebook);
        let RatedSignals { telling, others } = RatedSignals::of(&message.signals, rulebook);
        let signals: Vec<Signal> = telling.iter().map(|rated| rated.signal.clone()).collect();
        let kind = match message.kind {
            MessageKind::SamlResponse => LoginKind::Saml,
            MessageKind::IdToken => LoginKind::Oidc,
        };
        let sent = SentSignals { kind: &kind, signals: &signals, rulebook, known: &known, org_kind };
        let logins = match profile {
            Some(profile) => sent.logins_of(profile, date),
            None => sent.logins(date),
        };
        let product = message.issuer.as_deref().and_then(presets::of_issuer);
        Self {
            kind: message.kind,
            wrappings: message.wrappings.clone(),
            issuer: message.issuer.as_ref().map(|issuer| printable(&redactor.redact(issuer))),
            signed: message.signed.clone(),
            signature: message.signature.clone(),
            signature_checked: message.signature != SignatureCheck::NotChecked,
            refusal: message.refusal.as_ref().map(|refusal| printable(&redactor.redact(refusal))),
            rulebook: rulebook.name().to_owned(),
            org_kind,
            date,
            signals: telling,
            other_attributes: others,
            redacted: message.others.iter().map(|name| printable(&redactor.redact(name))).collect(),
            product: product.map(|(preset, known)| Product { preset, fix: known.fix.clone() }),
            logins,
        }
    }
}
