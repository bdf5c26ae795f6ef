//! What the rules make of a message: its signals one by one, then a login with it.

use jiff::civil::Date;
use serde::Serialize;
use vestibule_model::{Carrier, LoginKind, OrgKind, OrgSpec, Signal, StaggerDay, Strength, UserSpec};
use vestibule_redactor::Redactor;
use vestibule_simulator::inspect::{Inspected, Wrapping};
use vestibule_simulator::policy::{
    self, Enforcement, Evidence, FiredRule, Origin, Outcome, Rulebook, SignalRating, rate_signal,
};
use vestibule_simulator::realm::MessageKind;

use crate::diagnosis::{SsoEvidence, Visible, diagnose_message, joined, misspelt, name_difference};
use crate::outcome::Finding;

/// What `--json` prints.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Answer {
    pub(super) kind: MessageKind,
    pub(super) wrappings: Vec<Wrapping>,
    pub(super) issuer: Option<String>,
    /// What carries a signature.
    pub(super) signed: Vec<String>,
    /// Never: nobody knows here which certificate the org has on file.
    pub(super) signature_checked: bool,
    /// Why the org refuses the message whatever its settings and the time are.
    pub(super) refusal: Option<String>,
    pub(super) rulebook: String,
    pub(super) org_kind: OrgKind,
    pub(super) date: Date,
    pub(super) signals: Vec<RatedSignal>,
    /// Attributes that say nothing about the sign-in; their values are about the user and not shown.
    pub(super) other_attributes: Vec<String>,
    /// Logins with this message, by each kind of user.
    pub(super) logins: Vec<Login>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct RatedSignal {
    #[serde(flatten)]
    pub(super) signal: Signal,
    pub(super) rating: SignalRating,
    /// What was probably meant.
    pub(super) near_miss: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Login {
    pub(super) user: &'static str,
    pub(super) date: Date,
    pub(super) enforcement: Enforcement,
    pub(super) strength: Strength,
    pub(super) outcome: Outcome,
    pub(super) rules: Vec<FiredRule>,
    /// The cause, its owner and its fix, where the message is not enough.
    pub(super) finding: Option<Finding>,
}

impl Answer {
    pub(super) fn of(message: &Inspected, rulebook: &Rulebook, org_kind: OrgKind, date: Date) -> Self {
        let redactor = Redactor::default();
        let known = SsoEvidence::of(rulebook);
        let shown = message.signals.iter().map(|signal| harmless(signal, &redactor));
        let rated = shown.map(|signal| rated(signal, rulebook, &known));
        let (telling, others): (Vec<_>, Vec<_>) = rated.partition(|rated| tells(rated, rulebook));
        let signals: Vec<Signal> = telling.iter().map(|rated| rated.signal.clone()).collect();
        let kind = match message.kind {
            MessageKind::SamlResponse => LoginKind::Saml,
            MessageKind::IdToken => LoginKind::Oidc,
        };
        let sent = Sent { kind: &kind, signals: &signals, rulebook, known: &known, org_kind };
        let logins = USERS.iter().flat_map(|&(user, profile)| sent.logins(user, profile, date)).collect();
        let mut other_attributes: Vec<String> = others.iter().filter_map(attribute_name).collect();
        other_attributes.dedup();
        Self {
            kind: message.kind,
            wrappings: message.wrappings.clone(),
            issuer: message.issuer.as_ref().map(|issuer| printable(&redactor.redact(issuer))),
            signed: message.signed.clone(),
            signature_checked: false,
            refusal: message.refusal.as_ref().map(|refusal| printable(&redactor.redact(refusal))),
            rulebook: rulebook.name().to_owned(),
            org_kind,
            date,
            signals: telling,
            other_attributes,
            logins,
        }
    }
}

/// What arrives at the org, and what the org knows.
struct Sent<'a> {
    kind: &'a LoginKind,
    signals: &'a [Signal],
    rulebook: &'a Rulebook,
    known: &'a SsoEvidence,
    org_kind: OrgKind,
}

impl Sent<'_> {
    /// A login on this day, and if MFA is not enforced yet, one on the day on which it will be.
    fn logins(&self, user: &'static str, profile: &str, date: Date) -> Vec<Login> {
        let now = self.login(user, profile, date);
        let begins = now.enforcement.begins.filter(|_| !now.enforcement.in_force);
        let later = begins.map(|begins| self.login(user, profile, begins));
        std::iter::once(now).chain(later).collect()
    }

    fn login(&self, user: &'static str, profile: &str, date: Date) -> Login {
        let org = OrgSpec { stagger_day: Some(StaggerDay::default()), ..OrgSpec::unnamed(self.org_kind, date) };
        let evidence = Evidence {
            login: self.kind.clone(),
            through_sso: true,
            verified_with: None,
            signals: self.signals.to_vec(),
            salesforce_mfa_for_sso: false,
            origin: Origin::default(),
        };
        let user_facts = UserSpec::new(profile).facts();
        let explained = policy::explain(self.rulebook, org.facts(String::new(), true), user_facts, evidence, date);
        let decision = explained.decision;
        let finding = diagnose_message(self.kind.clone(), self.signals, decision.clone(), self.known.clone());
        Login {
            user,
            date,
            enforcement: explained.enforcement,
            strength: decision.strength,
            outcome: decision.outcome,
            rules: decision.rules,
            finding,
        }
    }
}

/// The signal without what could be a secret.
fn harmless(signal: &Signal, redactor: &Redactor) -> Signal {
    let carrier = match &signal.carrier {
        Carrier::SamlAttribute(name) => Carrier::SamlAttribute(printable(&redactor.redact(name))),
        other => other.clone(),
    };
    Signal::new(printable(&redactor.redact(&signal.value)), carrier)
}

/// What can be shown in a terminal, and not longer than any real value.
fn printable(text: &str) -> String {
    let kept = |char: char| !char.is_control() || matches!(char, '\t' | '\n' | '\r');
    let harmless = text.chars().map(|char| if kept(char) { char } else { char::REPLACEMENT_CHARACTER });
    let cut = text.chars().nth(LONGEST_TEXT).map(|_| '…');
    harmless.take(LONGEST_TEXT).chain(cut).collect()
}

fn rated(signal: Signal, rulebook: &Rulebook, known: &SsoEvidence) -> RatedSignal {
    let rating = rate_signal(rulebook, &signal);
    let near_miss = match rating {
        SignalRating::Listed(_) => None,
        SignalRating::Unlisted => value_meant(&signal.value, known),
        SignalRating::NotRead => place_meant(&signal, rulebook, known),
    };
    RatedSignal { signal, rating, near_miss }
}

/// What the value was probably meant to be.
fn value_meant(value: &str, known: &SsoEvidence) -> Option<String> {
    if let Some(parts) = joined(value, &known.listed, Strength::Weak) {
        let parts: Vec<_> = parts.iter().map(|part| format!("`{}`", Visible(part))).collect();
        return Some(format!("several values in one: {}", parts.join(", ")));
    }
    let (meant, how) = misspelt(value, &known.listed, Strength::Weak)?;
    Some(format!("the org knows `{meant}`: {how}"))
}

/// Where the value was probably meant to be.
fn place_meant(signal: &Signal, rulebook: &Rulebook, known: &SsoEvidence) -> Option<String> {
    match &signal.carrier {
        Carrier::SamlAttribute(name) => {
            let near = known.read_attributes.iter().find_map(|read| Some((read, name_difference(name, read)?)));
            let of_a_tier = rulebook.signal_tier(&signal.value);
            match (near, of_a_tier) {
                (Some((read, how)), _) => Some(format!("the org looks in the attribute `{read}`: {how}")),
                (None, Some(tier)) => Some(format!(
                    "the value is {tier}, but the org looks only in the attributes {}",
                    known.read_attributes.join(" and ")
                )),
                (None, None) => None,
            }
        }
        Carrier::IdTokenAmrText => Some("`amr` must be a JSON array with one string for each value".to_owned()),
        Carrier::IdTokenAmr
        | Carrier::IdTokenAcr
        | Carrier::AuthnContextClassRef
        | Carrier::UserInfo
        | Carrier::AccessToken => None,
    }
}

/// Whether it says how the user signed in, or was meant to. Other attributes are about the user.
fn tells(rated: &RatedSignal, rulebook: &Rulebook) -> bool {
    match &rated.signal.carrier {
        Carrier::SamlAttribute(name) => rulebook.read_attributes().contains(name) || rated.near_miss.is_some(),
        _ => true,
    }
}

fn attribute_name(rated: &RatedSignal) -> Option<String> {
    match &rated.signal.carrier {
        Carrier::SamlAttribute(name) => Some(name.clone()),
        _ => None,
    }
}

/// A kind of user for whom the rules differ, and a profile of it.
const USERS: [(&str, &str); 2] = [("employee", "Standard User"), ("privileged user", "System Administrator")];
/// In characters.
const LONGEST_TEXT: usize = 200;
