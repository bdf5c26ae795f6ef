//! Whether an unrecognised browser has to be activated by a code, apart from MFA.

use jiff::civil::Date;

use super::evidence::Evidence;
use super::rulebook::{Rulebook, Start};
use super::signal::is_read;
use vestibule_model::{Carrier, IpRange, LoginKind, OrgFacts, OrgKind, Signal, Strength, UserFacts};

/// Whether a login like this from an unrecognised browser is asked for a code. A strong method always skips it, and
/// logins of the API are not asked (contract C6.4); for single sign-on a recognised signal skips it, by a list of its own
/// beside the tiers of enforcement (contract C6.7). Narrow trusted ranges skip it too (contract C6.6).
pub fn asks_for_activation(
    rulebook: &Rulebook,
    org: &OrgFacts,
    user: &UserFacts,
    evidence: &Evidence,
    date: Date,
) -> bool {
    let rules = &rulebook.document().device_activation;
    let subject = match evidence.login {
        LoginKind::PasswordUi | LoginKind::MobileWebView { .. } => true,
        LoginKind::Saml => rules.saml_from.value.reached(date),
        LoginKind::Oidc => rules.oidc_from.value.reached(date),
        LoginKind::OauthWebServer | LoginKind::OauthUserAgent | LoginKind::OauthHybrid => {
            !evidence.through_sso || rules.oidc_from.value.reached(date)
        }
        LoginKind::Passwordless
        | LoginKind::JwtBearer
        | LoginKind::ClientCredentials
        | LoginKind::OauthPassword
        | LoginKind::SoapLogin
        | LoginKind::Api
        | LoginKind::Frontdoor
        | LoginKind::Singleaccess => false,
    };
    let recognised = |signal: &Signal| is_recognised(rulebook, signal, date);
    let proved = evidence.verified_with.is_some() || evidence.signals.iter().any(recognised);
    subject && !proved && !comes_from_a_trusted_range(rulebook, org, user, evidence)
}

/// Whether the address is in a narrow range of the org and in one of the profile, in a paid org. That a sandbox counts as
/// one is inferred.
fn comes_from_a_trusted_range(rulebook: &Rulebook, org: &OrgFacts, user: &UserFacts, evidence: &Evidence) -> bool {
    let paid = match org.kind {
        OrgKind::Production | OrgKind::Sandbox | OrgKind::ConvertedTrial => true,
        OrgKind::Trial
        | OrgKind::Scratch
        | OrgKind::DeveloperEdition
        | OrgKind::PartnerDeveloperEdition
        | OrgKind::TrailheadPlayground => false,
    };
    let most = u128::from(rulebook.document().device_activation.trusted_range_at_most.value);
    let address = evidence.origin.address;
    let trusts = |ranges: &[IpRange]| ranges.iter().any(|range| range.contains(address) && range.size() <= most);
    paid && trusts(&org.trusted_ip_ranges) && trusts(&user.restrictions.login_ip_ranges)
}

fn is_recognised(rulebook: &Rulebook, signal: &Signal, date: Date) -> bool {
    let book = rulebook.document();
    let since = match signal.carrier {
        Carrier::SamlAttribute(_) => book.device_activation.saml_attributes_from.value,
        _ => Start::On(Date::MIN),
    };
    let tier = rulebook.signal_tier(&signal.value).unwrap_or(book.signals.unlisted.value);
    let accepted = tier > Strength::Weak || rulebook.is_accepted_for_activation(&signal.value);
    accepted && since.reached(date) && is_read(&book.carriers, &signal.carrier)
}
