//! The forecast: what the rules say of each way to log in, on each day on which they change. Pure.
//!
//! A login *goes on* if the org lets it in, or asks for a method that the user has registered. It *stops* if the org refuses
//! it, or wants something registered first. Where facts are missing, the rules are asked about the worst and about the best
//! that is possible: only if both end the same way is the forecast known.

use std::collections::BTreeSet;

use jiff::civil::Date;
use vestibule_model::{
    ApiLoginSettings, ApiPermissions, Carrier, Confidence, LoginKind, LoginRestrictions, OrgFacts, Origin, Permission,
    Signal, StaggerDay, StepUpSettings, Strength, UserFacts, UserState, VerificationMethod, Waiver,
};
use vestibule_simulator::policy::{
    BlockReason, Decision, Evidence, FiredRule, Outcome, Rule, Rulebook, decide, enforcement, mfa_setting,
};

use super::facts::{Facts, Signals, Use, User, Verifiers};
use super::fix::fix;
use crate::outcome::{Forecast, ForecastRow};

/// One row for each way in which each user logs in: those that stop first, by their days.
pub(crate) fn forecast(facts: &Facts, rulebook: &Rulebook, today: Date) -> Vec<ForecastRow> {
    let forecaster = Forecaster::new(facts, rulebook, today);
    let mut rows: Vec<ForecastRow> = facts
        .users
        .iter()
        .filter(|(_, user)| !user.frozen)
        .flat_map(|(username, user)| forecaster.of_user(username, user))
        .collect();
    rows.sort_by(|a, b| (a.forecast, a.from, &a.user, &a.app).cmp(&(b.forecast, b.from, &b.user, &b.app)));
    rows
}

/// The facts about an org that the rules use, reached by a wave on this day of it.
pub(super) fn org_facts(facts: &Facts, stagger: StaggerDay) -> OrgFacts {
    let settings = &facts.org.settings;
    let by_app = [VerificationMethod::TotpApp, VerificationMethod::SalesforceAuthenticator];
    let by_setting = [
        (VerificationMethod::BuiltInAuthenticator, settings.built_in_authenticators),
        (VerificationMethod::SecurityKey, settings.security_keys),
    ];
    let enabled = by_setting.into_iter().filter(|(_, on)| on.unwrap_or(true)).map(|(method, _)| method);
    // Who logs in by SOAP today shows that the org offers it.
    let soap = facts.users.values().flat_map(|user| &user.uses).any(|one| one.login == LoginKind::SoapLogin);
    OrgFacts {
        id: facts.org.id.clone().unwrap_or_default(),
        kind: facts.org.kind,
        mfa_setting: settings.mfa.unwrap_or(false),
        methods: enabled.chain(by_app).collect(),
        passwordless: true,
        sso_configured: !facts.providers.is_empty(),
        stagger_day: Some(stagger),
        converted_on: None,
        trusted_ip_ranges: settings.trusted_ranges.clone().unwrap_or_default(),
        salesforce_credentials_disabled: settings.credentials_disabled.unwrap_or(false),
        waiver_assigned: facts.users.values().any(|user| !user.waiver.is_empty()),
        api_logins: ApiLoginSettings {
            soap_login: soap.then_some(true),
            // No field shows the permission "Use Any API Auth"; who logs in today has what it takes.
            use_any_api_auth_required: Some(false),
        },
        step_up: StepUpSettings::default(),
    }
}

/// The facts about a user that the rules use, as far as they are known. A temporary code is gone in a day, so it is left out.
pub(super) fn user_facts(user: &User) -> UserFacts {
    UserFacts {
        user_type: user.user_type,
        profile: user.profile.clone(),
        permissions: user.privileges.keys().copied().collect(),
        mfa_for_ui_logins: user.mfa_for_ui_logins,
        waiver: match (user.waiver.is_empty(), user.waiver_approved) {
            (true, _) => Waiver::None,
            (false, false) => Waiver::Assigned,
            (false, true) => Waiver::ApprovedBySupport,
        },
        verifiers: user.verifiers.known().iter().copied().filter(lasts).collect(),
        restrictions: LoginRestrictions {
            state: UserState::Active,
            single_sign_on_enabled: user.single_sign_on,
            ..LoginRestrictions::default()
        },
        api_permissions: ApiPermissions::default(),
    }
}

fn lasts(method: &VerificationMethod) -> bool {
    *method != VerificationMethod::TemporaryCode
}

/// The days on which the rules change, and today.
pub(super) fn days(rulebook: &Rulebook, today: Date) -> BTreeSet<Date> {
    let settings = rulebook.settings().into_iter();
    settings.filter_map(|setting| setting.value.parse::<Date>().ok()).chain([today]).collect()
}

/// What missing facts are taken to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Assume {
    /// What stops a login.
    Worst,
    /// What lets it go on.
    Best,
}

struct Forecaster<'a> {
    facts: &'a Facts,
    rulebook: &'a Rulebook,
    today: Date,
    /// In order, with today among them.
    days: Vec<Date>,
    /// Reached on the first day of each wave.
    first: OrgFacts,
    /// Reached on the last day of each wave.
    last: OrgFacts,
    /// A signal that is phishing-resistant.
    strongest: Option<String>,
}

/// A login that stops.
struct Stop {
    /// Since or from this day; `None` if on every day.
    from: Option<Date>,
    decision: Decision,
}

impl<'a> Forecaster<'a> {
    fn new(facts: &'a Facts, rulebook: &'a Rulebook, today: Date) -> Self {
        let with_setting = |stagger| {
            let org = org_facts(facts, stagger);
            // Once enforcement has set it, the setting says nothing of the days before.
            let own = OrgFacts { mfa_setting: false, ..org.clone() };
            let forced = mfa_setting(rulebook, &own, today).active;
            if forced { own } else { org }
        };
        let strongest = rulebook.listed_signals().into_iter().find(|(_, tier)| *tier == Strength::PhishingResistant);
        Self {
            facts,
            rulebook,
            today,
            days: days(rulebook, today).into_iter().collect(),
            first: with_setting(StaggerDay::default()),
            last: with_setting(StaggerDay::LAST),
            strongest: strongest.map(|(value, _)| value.to_owned()),
        }
    }

    fn of_user(&self, username: &str, user: &User) -> Vec<ForecastRow> {
        user.uses.iter().map(|one| self.row(username, user, one)).collect()
    }

    fn row(&self, username: &str, user: &User, one: &Use) -> ForecastRow {
        let (worst, best) = (self.stop(user, one, Assume::Worst), self.stop(user, one, Assume::Best));
        match (worst, best) {
            (Some(stop), Some(_)) => self.stopped(username, user, one, &stop),
            (Some(stop), None) => {
                let row = self.stopped(username, user, one, &stop);
                ForecastRow { forecast: Forecast::Unknown, open: Some(open(user, one)), ..row }
            }
            (None, _) => self.goes_on(username, user, one),
        }
    }

    fn stopped(&self, username: &str, user: &User, one: &Use, stop: &Stop) -> ForecastRow {
        let rule = deciding(&stop.decision);
        let rule_source = rule.map(|rule| rule.source.clone()).unwrap_or_default();
        let facts = self.user_facts(user, Assume::Worst);
        let day = stop.from.unwrap_or(self.today);
        let wave = stop.from.filter(|_| depends_on_the_wave(&stop.decision));
        let reached = wave.map(|_| enforcement(self.rulebook, &self.first, &facts, day));
        let until = wave.and_then(|from| {
            let last = enforcement(self.rulebook, &self.last, &facts, from).begins;
            last.filter(|last| *last > from)
        });
        let dated = reached.as_ref().map(|reached| (reached.source.clone(), reached.confidence));
        ForecastRow {
            user: username.to_owned(),
            app: one.app.clone(),
            login: one.login.clone(),
            forecast: Forecast::Stops,
            from: stop.from,
            until,
            rule: rule.map(|rule| rule.id.to_string()).unwrap_or_default(),
            why: rule.map(|rule| rule.why.clone()).unwrap_or_default(),
            confidence: [rule.map(|rule| rule.confidence), dated.as_ref().map(|(_, confidence)| *confidence)]
                .into_iter()
                .flatten()
                .max()
                .unwrap_or(Confidence::Inferred),
            dated_by: dated.map(|(source, _)| source).filter(|source| *source != rule_source),
            source: rule_source,
            open: None,
            fix: rule.map(|rule| fix(rule.id, &stop.decision.outcome, user, one)),
        }
    }

    fn goes_on(&self, username: &str, user: &User, one: &Use) -> ForecastRow {
        // On the last day that the rulebook knows, so that the rule tells why it goes on then.
        let day = self.days.last().copied().unwrap_or(self.today);
        let decision = self.decide(user, one, Assume::Worst, day);
        let rule = decision.rules.last();
        ForecastRow {
            user: username.to_owned(),
            app: one.app.clone(),
            login: one.login.clone(),
            forecast: Forecast::GoesOn,
            from: None,
            until: None,
            rule: rule.map(|rule| rule.id.to_string()).unwrap_or_default(),
            why: rule.map(|rule| rule.why.clone()).unwrap_or_default(),
            source: rule.map(|rule| rule.source.clone()).unwrap_or_default(),
            dated_by: None,
            confidence: rule.map_or(Confidence::Inferred, |rule| rule.confidence),
            open: None,
            fix: None,
        }
    }

    /// When the login stops: since the day from which it has not worked, or else on the first day to come.
    fn stop(&self, user: &User, one: &Use, assume: Assume) -> Option<Stop> {
        if !one.flow_known && assume == Assume::Worst {
            let password = Use { login: LoginKind::OauthPassword, flow_known: true, ..one.clone() };
            return self.stop(user, &password, assume);
        }
        let decided: Vec<(Date, Decision)> =
            self.days.iter().map(|day| (*day, self.decide(user, one, assume, *day))).collect();
        let now = self.days.partition_point(|day| *day <= self.today).saturating_sub(1);
        let (past, future) = decided.split_at(now.saturating_add(1).min(decided.len()));
        let trailing = past.iter().rev().take_while(|(_, decision)| stops(decision)).count();
        if trailing > 0 {
            let from = past.get(past.len().saturating_sub(trailing)).map(|(day, _)| *day);
            let always = trailing == past.len();
            let decision = past.last().map(|(_, decision)| decision.clone())?;
            return Some(Stop { from: from.filter(|_| !always), decision });
        }
        let (day, decision) = future.iter().find(|(_, decision)| stops(decision))?;
        Some(Stop { from: Some(*day), decision: decision.clone() })
    }

    fn decide(&self, user: &User, one: &Use, assume: Assume, day: Date) -> Decision {
        let evidence = self.evidence(user, one, assume);
        let mut facts = self.user_facts(user, assume);
        // Where nobody knows the address, nobody knows whether it is in a range.
        if one.from.is_some() {
            facts.restrictions.login_ip_ranges.clone_from(&user.login_ip_ranges);
        }
        decide(self.rulebook, &self.first, &facts, &evidence, day)
    }

    fn user_facts(&self, user: &User, assume: Assume) -> UserFacts {
        let mut facts = user_facts(user);
        if let (Verifiers::AtLeast(_), Assume::Best) = (&user.verifiers, assume) {
            facts.verifiers.insert(VerificationMethod::BuiltInAuthenticator);
        }
        if !user.privileges_known && assume == Assume::Worst {
            facts.permissions.insert(Permission::ModifyAllData);
        }
        facts
    }

    fn evidence(&self, user: &User, one: &Use, assume: Assume) -> Evidence {
        let through_sso = matches!(one.login, LoginKind::Saml | LoginKind::Oidc);
        let carrier = match one.login {
            LoginKind::Saml => self.rulebook.read_attributes().first().cloned().map(Carrier::SamlAttribute),
            _ => Some(Carrier::IdTokenAmr),
        };
        let said: Vec<String> = match (&one.signals, assume) {
            (Signals::Said(said), _) => said.iter().cloned().collect(),
            (Signals::NotShown, Assume::Worst) => Vec::new(),
            (Signals::NotShown, Assume::Best) => self.strongest.iter().cloned().collect(),
        };
        let carrier = carrier.unwrap_or(Carrier::AuthnContextClassRef);
        let signals = said.into_iter().map(|value| Signal::new(value, carrier.clone())).filter(|_| through_sso);
        // A passkey without a password is what the user answers with.
        let verified_with = (one.login == LoginKind::Passwordless)
            .then(|| user.verifiers.known().iter().copied().find(|method| method.is_passkey()))
            .flatten();
        let saml = one.login == LoginKind::Saml;
        let uses_org_mfa = self.facts.providers.iter().filter(|provider| provider.saml == saml);
        Evidence {
            login: one.login.clone(),
            through_sso,
            verified_with,
            signals: signals.collect(),
            salesforce_mfa_for_sso: through_sso && uses_org_mfa.clone().any(|one| one.uses_org_mfa == Some(true)),
            origin: one.from.map_or_else(Origin::default, |address| Origin { address, ..Origin::default() }),
        }
    }
}

/// Whether a login ends without a session, or at a page that wants something registered.
fn stops(decision: &Decision) -> bool {
    matches!(decision.outcome, Outcome::Enrol { .. } | Outcome::Block { .. })
}

/// The rule that a person must know to understand the outcome. The last one says only what the page is.
fn deciding(decision: &Decision) -> Option<&FiredRule> {
    let named = |rules: &[Rule]| decision.rules.iter().rev().find(|fired| rules.contains(&fired.id));
    let blocked = matches!(decision.outcome, Outcome::Block { .. });
    let found = if blocked { None } else { named(&WAIVERS).or_else(|| named(&WEAK_SSO)).or_else(|| named(&DEMANDS)) };
    found.or(decision.rules.last())
}

/// Whether the day of the org in a staggered wave decides when it begins.
fn depends_on_the_wave(decision: &Decision) -> bool {
    !matches!(decision.outcome, Outcome::Block { reason: BlockReason::RouteRetired | BlockReason::SoapLoginDisabled })
        && (decision.fired(Rule::Enforced) || decision.fired(Rule::EmployeeWaveCoversPrivileged))
}

/// What would settle a forecast that is not known.
fn open(user: &User, one: &Use) -> String {
    let mut questions = Vec::new();
    if !one.flow_known {
        questions.push("by which flow the app gets its tokens");
    }
    if one.signals == Signals::NotShown {
        questions.push("which signal the SAML response carries: give one to `vestibule inspect`");
    }
    if one.is_of_the_ui() {
        if matches!(user.verifiers, Verifiers::AtLeast(_)) {
            questions.push("what the user has registered");
        }
        if !user.privileges_known {
            questions.push("whether the user is privileged");
        }
    }
    questions.join("; ")
}

/// What enforcement or an admin demands.
const DEMANDS: [Rule; 6] = [
    Rule::PrivilegedNeedsPhishingResistant,
    Rule::EmployeeNeedsMfa,
    Rule::MfaByOrgSetting,
    Rule::MfaByUserPermission,
    Rule::ExperienceCloudByPermission,
    Rule::ProfileRequiresHighAssurance,
];
/// Why an exemption does not hold.
const WAIVERS: [Rule; 2] = [Rule::WaiverInert, Rule::WaiverApprovalInert];
/// What follows an identity provider that said too little.
const WEAK_SSO: [Rule; 2] = [Rule::WeakSsoEnrol, Rule::WeakSsoBlock];

#[cfg(test)]
mod tests;
