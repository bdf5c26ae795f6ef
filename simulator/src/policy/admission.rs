//! Whether a user may log in at all, before anything is proved: the user's state, lockout, address, hours and way in.

use super::api_login;
use super::block_reason::BlockReason;
use super::login_inputs::{LoginInputs, RouteKind};
use super::rule::{Fired, Rule};
use super::rulebook::{Sourced, Stops};
use vestibule_model::{LoginKind, UserState};

/// Why the user may not log in by this way, from this address, at this time; `None` if nothing stands against it.
pub(super) fn refuse(login: &LoginInputs<'_>, fired: &mut Fired) -> Option<BlockReason> {
    let rules = &login.book().admission;
    let user = &login.user.restrictions;
    let origin = &login.evidence.origin;
    let hours = user.login_hours.on(login.date).filter(|_| !user.login_hours.allow(login.date, origin.time));
    let known_address =
        user.login_ip_ranges.is_empty() || user.login_ip_ranges.iter().any(|range| range.contains(origin.address));
    let only_sso = login.org.salesforce_credentials_disabled && user.single_sign_on_enabled;

    if user.state == UserState::Inactive && stops(login, &rules.inactive_user) {
        fired.add(Rule::UserInactive, &rules.inactive_user, "the user is deactivated".to_owned());
        return Some(BlockReason::UserInactive);
    }
    if user.state == UserState::Frozen && stops(login, &rules.frozen_user) {
        fired.add(Rule::UserFrozen, &rules.frozen_user, "the user is frozen".to_owned());
        return Some(BlockReason::UserFrozen);
    }
    if user.locked && stops(login, &rules.lockout) {
        let why = "too many wrong passwords or codes lock the user out".to_owned();
        fired.add(Rule::UserLockedOut, &rules.lockout, why);
        return Some(BlockReason::UserLockedOut);
    }
    if !known_address && stops(login, &rules.login_ip_ranges) {
        let why = format!("{} is in no login IP range of the profile", origin.address);
        fired.add(Rule::OutsideLoginIpRanges, &rules.login_ip_ranges, why);
        return Some(BlockReason::OutsideLoginIpRanges);
    }
    if let Some(hours) = hours.filter(|_| stops(login, &rules.login_hours)) {
        let why = format!("{} is outside the login hours {hours} of the profile", origin.time.strftime("%H:%M"));
        fired.add(Rule::OutsideLoginHours, &rules.login_hours, why);
        return Some(BlockReason::OutsideLoginHours);
    }
    if only_sso && stops(login, &rules.salesforce_credentials_disabled) {
        let why = "the org disables login with Salesforce credentials, and the user has single sign-on".to_owned();
        fired.add(Rule::OnlySingleSignOn, &rules.salesforce_credentials_disabled, why);
        return Some(BlockReason::OnlySingleSignOn);
    }
    retired(login, fired).or_else(|| api_login::refuse(login, fired))
}

/// Routes that the vendor takes away.
fn retired(login: &LoginInputs<'_>, fired: &mut Fired) -> Option<BlockReason> {
    let routes = &login.book().routes;
    let (name, rule) = match login.evidence.login {
        LoginKind::OauthPassword => ("the OAuth username-password flow", &routes.oauth_password_until),
        LoginKind::SoapLogin => ("SOAP login()", &routes.soap_login_until),
        _ => return None,
    };
    if !rule.value.reached(login.date) {
        return None;
    }
    fired.add(Rule::RouteRetired, rule, format!("{name} ended on {}", rule.value));
    Some(BlockReason::RouteRetired)
}

fn stops(login: &LoginInputs<'_>, rule: &Sourced<Stops>) -> bool {
    match rule.value {
        Stops::EveryLogin => true,
        Stops::Credentials => match login.evidence.login {
            LoginKind::OauthPassword | LoginKind::SoapLogin => true,
            _ => login.route == RouteKind::Direct,
        },
    }
}
