//! The tier that a login needs.

use super::audience::Audience;
use super::calendar::{Reach, days_after, demands, reach};
use super::login_inputs::{LoginInputs, RouteKind};
use super::rated::Rated;
use super::rule::{Fired, Rule};
use super::waiver;
use vestibule_model::OrgKind;

/// The tier that the login needs; `None` if it needs nothing.
pub(super) fn demanded<'a>(login: &LoginInputs<'a>, fired: &mut Fired) -> Option<Rated<'a>> {
    if login.audience == Audience::ExperienceCloud {
        return by_permission_of_site_user(login, fired);
    }
    if login.audience == Audience::Chatter {
        let why = "users with a Chatter licence are excluded from MFA".to_owned();
        fired.add(Rule::ChatterExcluded, &login.book().audiences.chatter, why);
        return None;
    }
    let reach = reach(login.book(), login.org, login.audience, login.date);
    if reach.in_force {
        note_enforced(login, &reach, fired);
        return enforced(login, reach.audience, fired);
    }
    note_not_enforced(login, &reach, fired);
    before_enforcement(login, fired)
}

/// What is required once enforcement has reached the org.
fn enforced<'a>(login: &LoginInputs<'a>, audience: Audience, fired: &mut Fired) -> Option<Rated<'a>> {
    if waiver::exempts_under_enforcement(login, fired) {
        return None;
    }
    let demand = demands(login.book(), audience)?;
    if audience == Audience::Privileged {
        let why = format!("a privileged user needs {} MFA", demand.value);
        fired.add(Rule::PrivilegedNeedsPhishingResistant, demand, why);
    } else {
        fired.add(Rule::EmployeeNeedsMfa, demand, format!("an employee needs {} MFA", demand.value));
    }
    Some(demand.into())
}

/// What the admin's settings require while nothing is enforced.
fn before_enforcement<'a>(login: &LoginInputs<'a>, fired: &mut Fired) -> Option<Rated<'a>> {
    let demand = &login.book().routes.direct_ui_demands;
    if !login.user.mfa_for_ui_logins && !login.org.mfa_setting {
        let why = "neither the org-wide setting nor the user permission requires MFA".to_owned();
        fired.add(Rule::MfaNotDemanded, demand, why);
        return None;
    }
    if is_behind_frontdoor(login, fired)
        || is_in_grace(login, fired)
        || is_left_to_idp(login, fired)
        || waiver::exempts(login, fired)
    {
        return None;
    }
    let (rule, why) = if login.user.mfa_for_ui_logins {
        (Rule::MfaByUserPermission, "the user permission requires MFA for UI logins")
    } else {
        (Rule::MfaByOrgSetting, "the org-wide setting requires MFA for direct UI logins")
    };
    fired.add(rule, demand, why.to_owned());
    Some(demand.into())
}

/// Experience Cloud users: MFA is optional, through the user permission.
fn by_permission_of_site_user<'a>(login: &LoginInputs<'a>, fired: &mut Fired) -> Option<Rated<'a>> {
    let rule = &login.book().audiences.experience_cloud;
    if !login.user.mfa_for_ui_logins {
        let why = "MFA is optional for Experience Cloud users, and this user lacks the permission that requires it";
        fired.add(Rule::ExperienceCloudOptional, rule, why.to_owned());
        return None;
    }
    if is_left_to_idp(login, fired) || waiver::exempts(login, fired) {
        return None;
    }
    let why = "MFA is optional for Experience Cloud users, but an admin requires it for this one".to_owned();
    fired.add(Rule::ExperienceCloudByPermission, rule, why);
    Some((&login.book().routes.direct_ui_demands).into())
}

/// The setting and the permission apply to direct UI logins. A front door is not one (inferred).
fn is_behind_frontdoor(login: &LoginInputs<'_>, fired: &mut Fired) -> bool {
    let behind = login.route == RouteKind::Frontdoor;
    if behind {
        let why = "a UI session opened from an API session is not a direct UI login".to_owned();
        fired.add(Rule::FrontdoorNotAsked, &login.book().routes.direct_ui_demands, why);
    }
    behind
}

fn is_in_grace(login: &LoginInputs<'_>, fired: &mut Fired) -> bool {
    let Some(converted) = login.org.converted_on.filter(|_| login.org.kind == OrgKind::ConvertedTrial) else {
        return false;
    };
    let grace = &login.book().trials.grace_days;
    let end = days_after(converted, grace.value);
    let in_grace = converted <= login.date && login.date < end;
    if in_grace {
        let why = format!("the trial org was converted on {converted} and has a grace period until {end}");
        fired.add(Rule::ConvertedTrialGrace, grace, why);
    }
    in_grace
}

fn is_left_to_idp(login: &LoginInputs<'_>, fired: &mut Fired) -> bool {
    if login.route != RouteKind::Sso {
        return false;
    }
    let rule = &login.book().sso.asked_only_by_provider_setting;
    if rule.value && !login.evidence.salesforce_mfa_for_sso {
        let why = "MFA for SSO logins is left to the identity provider".to_owned();
        fired.add(Rule::SsoLeftToIdp, rule, why);
        return true;
    }
    fired.add(Rule::SsoUsesOrgMfa, rule, "the provider is set to use the org's own MFA".to_owned());
    false
}

fn note_enforced(login: &LoginInputs<'_>, reach: &Reach<'_>, fired: &mut Fired) {
    let (Some(begins), Some(start)) = (reach.begins, reach.start) else { return };
    if reach.audience != login.audience {
        let why = format!(
            "enforcement for employees reached the org on {begins}; the wave for privileged users is still to come"
        );
        fired.add(Rule::EmployeeWaveCoversPrivileged, start, why);
        return;
    }
    fired.add(Rule::Enforced, start, format!("MFA has been enforced in this org since {begins}"));
    let trials = &login.book().trials;
    let fresh = login.org.kind == OrgKind::ConvertedTrial
        && login.org.converted_on.is_some_and(|day| login.date < days_after(day, trials.grace_days.value));
    if fresh {
        let why = "a converted trial org no longer has a grace period".to_owned();
        fired.add(Rule::ConvertedTrialNoGrace, &trials.grace_days_enforced, why);
    }
}

fn note_not_enforced(login: &LoginInputs<'_>, reach: &Reach<'_>, fired: &mut Fired) {
    let contract = &login.book().calendar.contract_from;
    match (reach.start, reach.begins) {
        (Some(start), Some(begins)) => {
            let why = format!("enforcement reaches this org on {begins}");
            fired.add(Rule::NotEnforcedYet, start, why);
        }
        (Some(_), None) if contract.value.reached(login.date) => {
            let why =
                format!("the contract has required MFA since {}, but the product does not enforce it", contract.value);
            fired.add(Rule::RequiredByContractOnly, contract, why);
        }
        (Some(start), None) => {
            fired.add(Rule::NotEnforcedYet, start, "no enforcement is announced".to_owned());
        }
        (None, _) => {
            let why = "enforcement does not apply to this kind of org".to_owned();
            fired.add(Rule::OrgKindOutOfScope, reach.kind, why);
        }
    }
}
