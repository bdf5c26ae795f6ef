//! What the rules make of a message: its signals one by one, then a login with it.

use jiff::civil::Date;
use serde::Serialize;
use vestibule_model::{LoginKind, OrgKind, Signal};
use vestibule_redactor::Redactor;
use vestibule_simulator::idp::presets;
use vestibule_simulator::inspect::{Inspected, SignatureCheck, Wrapping};
use vestibule_simulator::policy::Rulebook;
use vestibule_simulator::realm::MessageKind;

use crate::cli::output::error::CliError;
use crate::cli::rated_signals::{RatedSignal, RatedSignals, printable};
use crate::cli::sso_login::{SentSignals, SsoLogin};
use crate::diagnosis::SsoEvidence;

mod text;

/// What `--json` prints.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(in crate::cli) struct Answer {
    pub(in crate::cli) kind: MessageKind,
    pub(in crate::cli) wrappings: Vec<Wrapping>,
    pub(in crate::cli) issuer: Option<String>,
    /// What carries a signature.
    pub(in crate::cli) signed: Vec<String>,
    /// Whether the signature was checked, with the keys that were given, and what came of it.
    pub(in crate::cli) signature: SignatureCheck,
    pub(in crate::cli) signature_checked: bool,
    /// Why the org refuses the message whatever its settings and the time are.
    pub(in crate::cli) refusal: Option<String>,
    pub(in crate::cli) rulebook: String,
    pub(in crate::cli) org_kind: OrgKind,
    pub(in crate::cli) date: Date,
    pub(in crate::cli) signals: Vec<RatedSignal>,
    /// Attributes and claims that say nothing about the sign-in; their values are about the user and not shown.
    pub(in crate::cli) other_attributes: Vec<String>,
    /// What else the message holds and this does not show.
    pub(in crate::cli) redacted: Vec<String>,
    /// The product that the issuer belongs to, as far as its address tells.
    pub(in crate::cli) product: Option<Product>,
    /// Logins with this message, by each kind of user.
    pub(in crate::cli) logins: Vec<SsoLogin>,
}

/// The product of an issuer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(in crate::cli) struct Product {
    /// Its preset.
    pub(in crate::cli) preset: &'static str,
    /// What its admin changes so that a strong sign-in counts as one.
    pub(in crate::cli) fix: Option<String>,
}

impl Answer {
    /// As text, or as JSON.
    ///
    /// # Errors
    /// If it cannot be written as JSON.
    pub(in crate::cli) fn shown(&self, json: bool) -> Result<String, CliError> {
        if !json {
            return Ok(text::answer(self).trim_end().to_owned());
        }
        let json = serde_json::to_string_pretty(self);
        json.map_err(|error| CliError::broken(format!("failed to write JSON: {error}")))
    }

    /// What these rules make of a message on this day: for a user with this profile, or for an employee and a privileged user.
    pub(in crate::cli) fn of(
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
