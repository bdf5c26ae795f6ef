//! What the org makes of each signal of a message, and what was probably meant by those that it does not read.

use serde::Serialize;
use vestibule_model::{Carrier, Signal, Strength};
use vestibule_redactor::Redactor;
use vestibule_simulator::policy::{Rulebook, SignalRating, rate_signal};
use vestibule_simulator::realm::FoundSignal;

use crate::diagnosis::{SsoEvidence, Visible, joined, misspelt, name_difference};

/// A signal and what the org makes of it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct RatedSignal {
    #[serde(flatten)]
    pub(crate) signal: Signal,
    pub(crate) rating: SignalRating,
    /// Whether it is in a part that carries a signature.
    pub(crate) signed: bool,
    /// What was probably meant.
    pub(crate) near_miss: Option<String>,
}

/// The signals of a message.
pub(crate) struct RatedSignals {
    /// Those that say how the user signed in, or were meant to.
    pub(crate) telling: Vec<RatedSignal>,
    /// The attributes and claims that say something else: their values are about the user.
    pub(crate) others: Vec<String>,
}

impl RatedSignals {
    pub(crate) fn of(found: &[FoundSignal], rulebook: &Rulebook) -> Self {
        let redactor = Redactor::default();
        let known = SsoEvidence::of(rulebook);
        let shown = found.iter().map(|found| (harmless(&found.signal, &redactor), found.signed));
        let rated = shown.map(|(signal, signed)| rated(signal, signed, rulebook, &known));
        let (telling, others): (Vec<_>, Vec<_>) = rated.partition(|rated| tells(rated, rulebook));
        let mut others: Vec<String> = others.iter().filter_map(attribute_name).collect();
        others.dedup();
        Self { telling, others }
    }
}

/// The signal without what could be a secret.
fn harmless(signal: &Signal, redactor: &Redactor) -> Signal {
    let carrier = match &signal.carrier {
        Carrier::SamlAttribute(name) => Carrier::SamlAttribute(printable(&redactor.redact(name))),
        Carrier::IdTokenClaim(name) => Carrier::IdTokenClaim(printable(&redactor.redact(name))),
        other => other.clone(),
    };
    Signal::new(printable(&redactor.redact(&signal.value)), carrier)
}

/// What can be shown in a terminal, and not longer than any real value.
pub(crate) fn printable(text: &str) -> String {
    let kept = |char: char| !char.is_control() || matches!(char, '\t' | '\n' | '\r');
    let harmless = text.chars().map(|char| if kept(char) { char } else { char::REPLACEMENT_CHARACTER });
    let cut = text.chars().nth(LONGEST_TEXT).map(|_| '…');
    harmless.take(LONGEST_TEXT).chain(cut).collect()
}

fn rated(signal: Signal, signed: bool, rulebook: &Rulebook, known: &SsoEvidence) -> RatedSignal {
    let rating = rate_signal(rulebook, &signal);
    let near_miss = match rating {
        SignalRating::Listed(_) => None,
        SignalRating::Unlisted => value_meant(&signal.value, known),
        SignalRating::NotRead => place_meant(&signal, rulebook, known),
    };
    RatedSignal { signal, rating, signed, near_miss }
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
        Carrier::IdTokenClaim(name) => {
            let near = CLAIMS.iter().find_map(|read| Some((read, name_difference(name, read)?)));
            match (near, rulebook.signal_tier(&signal.value)) {
                (Some((read, how)), _) => Some(format!("the org looks in the claim `{read}`: {how}")),
                (None, Some(tier)) => Some(format!("the value is {tier}, but the org looks only in `amr` and `acr`")),
                (None, None) => None,
            }
        }
        Carrier::Unsigned => {
            let tier = rulebook.signal_tier(&signal.value)?;
            Some(format!("the value is {tier}, but the org reads only what is in the assertion"))
        }
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
        Carrier::IdTokenClaim(_) | Carrier::Unsigned => rated.near_miss.is_some(),
        _ => true,
    }
}

fn attribute_name(rated: &RatedSignal) -> Option<String> {
    match &rated.signal.carrier {
        Carrier::SamlAttribute(name) | Carrier::IdTokenClaim(name) => Some(name.clone()),
        _ => None,
    }
}

/// The claims in which the org looks.
const CLAIMS: [&str; 2] = ["amr", "acr"];
/// In characters.
const LONGEST_TEXT: usize = 200;
