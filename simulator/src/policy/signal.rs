//! The tier of the identity provider's signals.

use jiff::civil::Date;
use serde::Serialize;

use super::evidence::Evidence;
use super::login_inputs::LoginInputs;
use super::rated::Rated;
use super::rule::{Fired, FiredRule, Rule};
use super::rulebook::{Carriage, CarrierRules, Rulebook, Sourced, Winner};
use vestibule_model::{Carrier, OrgFacts, Signal, Strength, UserFacts, quoted};

/// What the org makes of one signal, by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignalRating {
    /// It arrived in a place where the org does not look.
    NotRead,
    /// Its value is in no tier.
    Unlisted,
    /// Its value is in this tier.
    Listed(Strength),
}

/// Rates one signal, whatever the other signals of its login are.
pub fn rate_signal(rulebook: &Rulebook, signal: &Signal) -> SignalRating {
    if !is_read(&rulebook.document().carriers, &signal.carrier) {
        return SignalRating::NotRead;
    }
    rulebook.signal_tier(&signal.value).map_or(SignalRating::Unlisted, SignalRating::Listed)
}

/// What the signals of a login by SSO prove by themselves, and the rules that say so.
pub fn signalled(
    rulebook: &Rulebook,
    org: &OrgFacts,
    user: &UserFacts,
    evidence: &Evidence,
    date: Date,
) -> (Strength, Vec<FiredRule>) {
    let mut fired = Fired::default();
    let tier = strength(&LoginInputs::new(rulebook, org, user, evidence, date), &mut fired).tier;
    (tier, fired.into_rules())
}

/// What the signals of a login prove.
pub(super) fn strength<'a>(login: &LoginInputs<'a>, fired: &mut Fired) -> Rated<'a> {
    let rules = &login.book().signals;
    let mut listed: Option<(Strength, &str)> = None;
    let mut unlisted: Option<&str> = None;
    for signal in &login.evidence.signals {
        match rate_signal(login.rulebook, signal) {
            SignalRating::NotRead => note_not_read(&login.book().carriers, signal, fired),
            SignalRating::Listed(tier) if wins(rules.winner.value, tier, listed) => {
                listed = Some((tier, &signal.value));
            }
            SignalRating::Listed(_) => {}
            SignalRating::Unlisted => {
                let why = format!(
                    "{} is not a recognised value, so it counts as {}",
                    quoted(&signal.value),
                    rules.unlisted.value
                );
                fired.add(Rule::SignalUnlisted, &rules.unlisted, why);
                unlisted = Some(&signal.value);
            }
        }
    }
    let unlisted = unlisted.map(|value| (rules.unlisted.value, value));
    match (listed, unlisted) {
        (Some(listed), Some(unlisted)) if wins(rules.winner.value, unlisted.0, Some(listed)) => {
            Rated::new(unlisted.0, &rules.unlisted)
        }
        (Some((tier, value)), _) => note_listed(login, tier, value, fired),
        (None, Some((tier, _))) if tier > Strength::Weak => Rated::new(tier, &rules.unlisted),
        (None, _) => {
            let why = "no recognised signal arrived, so the login counts as having no MFA".to_owned();
            fired.add(Rule::SsoNoRecognisedSignal, &rules.unlisted, why);
            Rated::new(Strength::Weak, &rules.unlisted)
        }
    }
}

fn wins(winner: Winner, tier: Strength, best: Option<(Strength, &str)>) -> bool {
    best.is_none_or(|(best, _)| match winner {
        Winner::Strongest => tier > best,
        Winner::Weakest => tier < best,
    })
}

/// Whether the org looks into this carrier.
pub(super) fn is_read(rules: &CarrierRules, carrier: &Carrier) -> bool {
    match carrier {
        Carrier::SamlAttribute(name) => rules.saml_attributes.value.contains(name),
        // RFC 8176, 1: an array of strings.
        Carrier::IdTokenAmrText | Carrier::IdTokenClaim(_) | Carrier::Unsigned => false,
        other => plain(rules, other).is_some_and(|rule| rule.value == Carriage::Read),
    }
}

/// The rule for a carrier, unless it is a SAML attribute.
fn plain<'a>(rules: &'a CarrierRules, carrier: &Carrier) -> Option<&'a Sourced<Carriage>> {
    match carrier {
        Carrier::IdTokenAmr | Carrier::IdTokenAmrText | Carrier::IdTokenClaim(_) => Some(&rules.id_token_amr),
        Carrier::IdTokenAcr => Some(&rules.id_token_acr),
        Carrier::AuthnContextClassRef => Some(&rules.authn_context_class_ref),
        Carrier::UserInfo | Carrier::Unsigned => Some(&rules.user_info),
        Carrier::AccessToken => Some(&rules.access_token),
        Carrier::SamlAttribute(_) => None,
    }
}

fn note_not_read(rules: &CarrierRules, signal: &Signal, fired: &mut Fired) {
    let why = format!("`{}` arrived in {}, which the org does not read", signal.value, signal.carrier);
    match plain(rules, &signal.carrier) {
        Some(rule) => fired.add(Rule::SignalCarrierNotRead, rule, why),
        None => fired.add(Rule::SignalCarrierNotRead, &rules.saml_attributes, why),
    }
}

fn note_listed<'a>(login: &LoginInputs<'a>, tier: Strength, value: &str, fired: &mut Fired) -> Rated<'a> {
    let rules = &login.book().signals;
    let (rule, list) = match tier {
        Strength::PhishingResistant => (Rule::SsoSignalPhishingResistant, &rules.phishing_resistant),
        Strength::Standard => (Rule::SsoSignalStandard, &rules.standard),
        Strength::Weak => (Rule::SsoSignalWeak, &rules.weak),
    };
    let which = if login.evidence.signals.len() > 1 { "deciding signal" } else { "signal" };
    fired.add(rule, list, format!("the {which} `{value}` is {tier}"));
    Rated::new(tier, list)
}
