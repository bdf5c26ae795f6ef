//! Logins through the API with a password: whether the org offers SOAP `login()`, and what must follow the password.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::block_reason::BlockReason;
use super::evidence::Evidence;
use super::login_inputs::LoginInputs;
use super::rule::{Fired, Rule};
use super::rulebook::{AskedFrom, Document, Rulebook, Sourced, Start, UnneededToken};
use vestibule_model::{LoginKind, OrgFacts, UserFacts, VerificationMethod};

/// What must follow the password of a login through the API, without anything between (contract G1.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PasswordSuffix {
    /// Nothing: the address is trusted.
    Nothing,
    /// The security token.
    SecurityToken,
    /// A TOTP code in its place.
    TotpCode,
}

/// What must follow the password of this login. Only SOAP `login()` and the OAuth username-password flow take a suffix.
pub fn password_suffix(rulebook: &Rulebook, org: &OrgFacts, user: &UserFacts, evidence: &Evidence) -> PasswordSuffix {
    suffix(rulebook.document(), org, user, evidence, &mut Fired::default())
}

/// Whether a security token is accepted from an address where none is needed.
pub fn accepts_unneeded_token(rulebook: &Rulebook) -> bool {
    rulebook.document().api_logins.unneeded_token.value == UnneededToken::Accepted
}

/// Why nobody can use SOAP `login()` in this org on this day; `None` if the org offers it (contract G1.3, G1.5).
pub fn soap_login_refusal(rulebook: &Rulebook, org: &OrgFacts, date: Date) -> Option<BlockReason> {
    let book = rulebook.document();
    if book.routes.soap_login_until.value.reached(date) {
        return Some(BlockReason::RouteRetired);
    }
    is_disabled(book, org, date).then_some(BlockReason::SoapLoginDisabled)
}

/// The first version of the API that has no SOAP `login()` (contract G1.4).
pub fn first_version_without_soap_login(rulebook: &Rulebook) -> u16 {
    rulebook.document().api_logins.soap_login_before_version.value
}

/// Why this user may not use SOAP `login()`, or nobody may.
pub(super) fn refuse(login: &LoginInputs<'_>, fired: &mut Fired) -> Option<BlockReason> {
    if login.evidence.login != LoginKind::SoapLogin {
        return None;
    }
    let rules = &login.book().api_logins;
    if is_disabled(login.book(), login.org, login.date) {
        let why = "SOAP login() is disabled in this org".to_owned();
        fired.add(Rule::SoapLoginDisabled, &rules.soap_login_disabled_in_new_orgs_from, why);
        return Some(BlockReason::SoapLoginDisabled);
    }
    let needed = login.org.api_logins.use_any_api_auth_required;
    let needed = needed.unwrap_or_else(|| is_new(login, &rules.use_any_api_auth_in_new_orgs_from));
    if !needed || login.user.api_permissions.use_any_api_auth {
        return None;
    }
    let why = "SOAP login() needs the permission \"Use Any API Auth\", which the user lacks".to_owned();
    fired.add(Rule::UseAnyApiAuthMissing, &rules.use_any_api_auth_in_new_orgs_from, why);
    Some(BlockReason::UseAnyApiAuthMissing)
}

/// Notes what must follow the password.
pub(super) fn note_suffix(login: &LoginInputs<'_>, fired: &mut Fired) {
    suffix(login.book(), login.org, login.user, login.evidence, fired);
}

fn suffix(book: &Document, org: &OrgFacts, user: &UserFacts, evidence: &Evidence, fired: &mut Fired) -> PasswordSuffix {
    if !matches!(evidence.login, LoginKind::SoapLogin | LoginKind::OauthPassword) {
        return PasswordSuffix::Nothing;
    }
    let rules = &book.api_logins;
    let trusted = is_trusted(org, user, evidence);
    let asked = |rule: &Sourced<AskedFrom>| !trusted || rule.value == AskedFrom::EveryAddress;
    let by_code = user.api_permissions.mfa_for_api_logins && user.verifiers.contains(&VerificationMethod::TotpApp);
    if by_code && asked(&rules.totp_code) {
        let why = "the user has MFA for API logins, so a TOTP code follows the password".to_owned();
        fired.add(Rule::TotpCodeFollowsPassword, &rules.totp_code, why);
        return PasswordSuffix::TotpCode;
    }
    if !by_code && asked(&rules.security_token) {
        let why =
            format!("{} is in no trusted range, so the security token follows the password", evidence.origin.address);
        fired.add(Rule::SecurityTokenFollowsPassword, &rules.security_token, why);
        return PasswordSuffix::SecurityToken;
    }
    let why = format!("{} is in a trusted range, so nothing follows the password", evidence.origin.address);
    fired.add(Rule::TrustedAddress, &rules.security_token, why);
    PasswordSuffix::Nothing
}

/// Whether the address is in a trusted range of the org or in a login IP range of the profile, however wide.
fn is_trusted(org: &OrgFacts, user: &UserFacts, evidence: &Evidence) -> bool {
    let mut ranges = org.trusted_ip_ranges.iter().chain(&user.restrictions.login_ip_ranges);
    ranges.any(|range| range.contains(evidence.origin.address))
}

fn is_disabled(book: &Document, org: &OrgFacts, date: Date) -> bool {
    let rules = &book.api_logins;
    let by_default =
        rules.new_orgs.value.contains(&org.kind) && rules.soap_login_disabled_in_new_orgs_from.value.reached(date);
    org.api_logins.soap_login.map_or(by_default, |enabled| !enabled)
}

fn is_new(login: &LoginInputs<'_>, from: &Sourced<Start>) -> bool {
    login.book().api_logins.new_orgs.value.contains(&login.org.kind) && from.value.reached(login.date)
}
