//! What holds for the whole org. Pure.

use std::collections::BTreeSet;

use jiff::civil::Date;
use vestibule_model::{LoginKind, OrgFacts, OrgKind, StaggerDay, UserType};
use vestibule_simulator::policy::{ReportRequest, Rulebook, StepUp, mfa_setting, step_up};

use super::facts::{App, Facts, RefreshTokens, Signals, Use, User};
use super::forecast::{days, org_facts, user_facts};
use crate::outcome::OrgNote;

/// What a reader of the forecast must know about the org.
pub(crate) fn notes(facts: &Facts, rulebook: &Rulebook, today: Date) -> Vec<OrgNote> {
    let of_the_setting = setting(facts, rulebook, today);
    let all = [
        of_the_setting,
        passkeys(facts),
        waivers(facts),
        reports(facts, rulebook, today),
        providers(facts),
        signals(facts),
        trusted_ranges(facts, rulebook),
        login_ranges(facts),
        apps(facts),
        service_accounts(facts),
        frozen(facts),
    ];
    all.into_iter().flatten().collect()
}

/// The org-wide setting against the calendar: a real org may be reached later, or never.
fn setting(facts: &Facts, rulebook: &Rulebook, today: Date) -> Option<OrgNote> {
    let found = facts.org.settings.mfa?;
    let org = org_facts(facts, StaggerDay::LAST);
    let own = OrgFacts { mfa_setting: false, ..org };
    let expected = mfa_setting(rulebook, &own, today).active;
    let text = match (found, expected) {
        (true, _) => "MFA is required for all direct UI logins.".to_owned(),
        (false, true) => {
            "By the calendar, enforcement has reached this org and turned the org-wide MFA setting on, but the setting is \
             off. Ask Support whether this org is exempt before you rely on the days below."
                .to_owned()
        }
        (false, false) => "The org-wide MFA setting is off; enforcement turns it on.".to_owned(),
    };
    Some(OrgNote { name: "mfa-setting", text, source: Some("help 005321561".to_owned()) })
}

fn passkeys(facts: &Facts) -> Option<OrgNote> {
    let settings = &facts.org.settings;
    let (built_in, keys) = (settings.built_in_authenticators?, settings.security_keys?);
    let on = |on: bool| if on { "on" } else { "off" };
    let ending = if built_in || keys { "" } else { " No privileged user can register what enforcement wants." };
    let text = format!("Built-in authenticators are {}, security keys are {}.{ending}", on(built_in), on(keys));
    Some(OrgNote { name: "passkeys", text, source: None })
}

fn waivers(facts: &Facts) -> Option<OrgNote> {
    let holders = facts.users.values().filter(|user| !user.waiver.is_empty()).count();
    let text = format!(
        "{holders} of the users hold the waiver. No field shows whether Support has approved it; without that, it exempts \
         nobody under enforcement."
    );
    (holders > 0).then(|| OrgNote {
        name: "waivers",
        text,
        source: Some("help 005321561, \"Impact to MFA Exemptions\"".to_owned()),
    })
}

/// The second wall behind a login, which hits suites that are signed in.
fn reports(facts: &Facts, rulebook: &Rulebook, today: Date) -> Option<OrgNote> {
    let org = org_facts(facts, StaggerDay::default());
    let request = ReportRequest { export: false, since_step_up: None, export_verified: false, can_get_code: true };
    let of_the_ui = |user: &&User| user.uses.iter().any(Use::is_of_the_ui);
    let some = facts.users.values().find(of_the_ui)?;
    let asked = |day: Date| step_up(rulebook, &org, &user_facts(some), &request, day) != StepUp::NotAsked;
    let from = days(rulebook, today).into_iter().find(|day| asked(*day))?;
    let without = facts.users.values().filter(of_the_ui).filter(|user| user.verifiers.known().is_empty()).count();
    let text = format!(
        "From {from} on, reports and dashboards ask for another verification, also right after a login. {without} of the users \
         that open pages have no method that is known, and would need an emailed code there."
    );
    let setting = if facts.org.kind == OrgKind::Sandbox {
        "step-up.reports-from-sandbox"
    } else {
        "step-up.reports-from-production"
    };
    let source = rulebook.settings().into_iter().find(|one| one.name == setting).map(|one| one.source);
    Some(OrgNote { name: "step-up", text, source })
}

fn providers(facts: &Facts) -> Option<OrgNote> {
    let described = facts.providers.iter().map(|provider| {
        let protocol = if provider.saml { "SAML" } else { "OpenID Connect" };
        let own = if provider.uses_org_mfa == Some(true) { ", and the org asks for its own MFA" } else { "" };
        format!("{} ({protocol}{own})", provider.name)
    });
    let described: Vec<String> = described.collect();
    (!described.is_empty()).then(|| OrgNote {
        name: "single-sign-on",
        text: format!("The org trusts {}.", described.join(", ")),
        source: None,
    })
}

/// What the logins of identity providers said.
fn signals(facts: &Facts) -> Option<OrgNote> {
    let uses = || facts.users.values().flat_map(|user| &user.uses);
    let oidc: Vec<_> = uses().filter(|one| one.login == LoginKind::Oidc).collect();
    if oidc.is_empty() {
        return None;
    }
    let said: BTreeSet<&str> = oidc
        .iter()
        .filter_map(|one| match &one.signals {
            Signals::Said(said) => Some(said),
            Signals::NotShown => None,
        })
        .flatten()
        .map(String::as_str)
        .collect();
    let said = if said.is_empty() {
        "no amr".to_owned()
    } else {
        format!("amr {}", said.into_iter().collect::<Vec<_>>().join(", "))
    };
    let text = format!(
        "OpenID Connect logins sent {said}; a value counts only if every login of the user had it. Login History does not \
         show what SAML sends."
    );
    Some(OrgNote { name: "signals", text, source: Some("contract H1.6".to_owned()) })
}

/// Trusted ranges spare device activation only if they are narrow.
fn trusted_ranges(facts: &Facts, rulebook: &Rulebook) -> Option<OrgNote> {
    let ranges = facts.org.settings.trusted_ranges.as_ref().filter(|ranges| !ranges.is_empty())?;
    let setting = rulebook.settings().into_iter().find(|one| one.name == "device-activation.trusted-range-at-most")?;
    let most: u128 = setting.value.parse().ok()?;
    let wide = ranges.iter().filter(|range| range.size() > most).count();
    let text = format!(
        "{} trusted IP ranges, {wide} of them wider than {most} addresses. None exempts a user from MFA; a narrow one \
         exempts from device activation, if the profile has it too.",
        ranges.len()
    );
    Some(OrgNote { name: "ip-ranges", text, source: Some(setting.source) })
}

/// Login IP ranges of profiles: who logs in from elsewhere is refused.
fn login_ranges(facts: &Facts) -> Option<OrgNote> {
    let limited = || facts.users.values().filter(|user| !user.login_ip_ranges.is_empty());
    let profiles: BTreeSet<&str> = limited().map(|user| user.profile.as_str()).collect();
    let seen = limited().flat_map(|user| &user.uses).filter(|one| one.from.is_some()).count();
    let text = format!(
        "{} users may log in only from the login IP ranges of their profiles: {}. {seen} of their ways to log in were seen with \
         an address, which the forecast compares with these ranges.",
        limited().count(),
        profiles.iter().copied().collect::<Vec<_>>().join(", ")
    );
    (!profiles.is_empty()).then(|| OrgNote {
        name: "login-ip-ranges",
        text,
        source: Some("contract H5.3, H6.9".to_owned()),
    })
}

/// The policies of apps. No rule is known by which they stop a login that works today, so they are shown only.
fn apps(facts: &Facts) -> Option<OrgNote> {
    let of = |holds: &dyn Fn(&App) -> bool| {
        let names = facts.apps.iter().filter(|app| holds(app)).map(|app| app.name.as_str());
        names.collect::<Vec<_>>().join(", ")
    };
    let relaxed = |app: &App| app.ip_relaxation.as_deref().is_some_and(|policy| policy != "Enforce");
    let lists = [
        ("Only users whom an admin has approved may use", of(&|app| app.approved_only == Some(true))),
        ("A high-assurance session is wanted by", of(&|app| app.high_assurance == Some(true))),
        ("Refresh tokens do not end by themselves for", of(&|app| app.refresh_tokens == Some(RefreshTokens::Never))),
        ("Login IP ranges are relaxed for", of(&relaxed)),
    ];
    let lists = lists.into_iter().filter(|(_, names)| !names.is_empty());
    let lists: String = lists.map(|(what, names)| format!(" {what} {names}.")).collect();
    let ends_with = " No field shows the IP relaxation of a connected app.";
    let unseen = facts.apps.iter().any(|app| app.ip_relaxation.is_none());
    let text = format!("The org has {} apps.{lists}{}", facts.apps.len(), if unseen { ends_with } else { "" });
    let source = Some("contract H6.7, H6.8".to_owned());
    (!facts.apps.is_empty()).then_some(OrgNote { name: "apps", text, source })
}

fn service_accounts(facts: &Facts) -> Option<OrgNote> {
    let of = |kind: UserType| facts.users.values().filter(|user| user.user_type == kind).count();
    let (api, integration) = (of(UserType::ApiOnly), of(UserType::Integration));
    let people = facts
        .users
        .values()
        .filter(|user| user.user_type == UserType::Integration)
        .filter(|user| user.uses.iter().any(Use::is_of_the_ui))
        .count();
    let text = format!(
        "{api} users are restricted to the API, {integration} more have an integration licence, and {people} of these open pages, \
         where MFA is enforced as for anybody."
    );
    (api > 0 || integration > 0).then_some(OrgNote {
        name: "service-accounts",
        text,
        source: Some("contract H3.5".to_owned()),
    })
}

fn frozen(facts: &Facts) -> Option<OrgNote> {
    let frozen = facts.users.values().filter(|user| user.frozen).count();
    let text = format!("{frozen} frozen users cannot log in, and are not in the forecast.");
    (frozen > 0).then_some(OrgNote { name: "frozen", text, source: None })
}

#[cfg(test)]
mod tests;
