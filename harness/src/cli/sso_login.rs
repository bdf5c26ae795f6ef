//! What the rules make of a single sign-on with these signals, by each kind of user.

use jiff::civil::Date;
use serde::Serialize;
use vestibule_model::{LoginKind, OrgKind, OrgSpec, Signal, StaggerDay, Strength, UserSpec};
use vestibule_simulator::policy::{self, Enforcement, Evidence, FiredRule, Origin, Outcome, Rulebook};

use crate::diagnosis::{SsoEvidence, diagnose_message};
use crate::outcome::Finding;

/// A login with these signals.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct SsoLogin {
    /// The kind of user.
    pub(crate) user: &'static str,
    pub(crate) date: Date,
    pub(crate) enforcement: Enforcement,
    pub(crate) strength: Strength,
    pub(crate) outcome: Outcome,
    pub(crate) rules: Vec<FiredRule>,
    /// The cause, its owner and its fix, where the signals are not enough.
    pub(crate) finding: Option<Finding>,
}

/// What arrives at the org, and what the org knows.
pub(crate) struct SentSignals<'a> {
    pub(crate) kind: &'a LoginKind,
    pub(crate) signals: &'a [Signal],
    pub(crate) rulebook: &'a Rulebook,
    pub(crate) known: &'a SsoEvidence,
    pub(crate) org_kind: OrgKind,
}

impl SentSignals<'_> {
    /// Logins by an employee and by a privileged user on this day; where MFA is not enforced yet, also on the day on which it
    /// will be.
    pub(crate) fn logins(&self, date: Date) -> Vec<SsoLogin> {
        USERS.into_iter().flat_map(|(user, profile)| self.from(user, profile, date)).collect()
    }

    /// A login on this day and, where MFA is not enforced yet, one on the day on which it will be.
    fn from(&self, user: &'static str, profile: &str, date: Date) -> Vec<SsoLogin> {
        let now = self.login(user, profile, date);
        let begins = now.enforcement.begins.filter(|_| !now.enforcement.in_force);
        let later = begins.map(|begins| self.login(user, profile, begins));
        std::iter::once(now).chain(later).collect()
    }

    /// The same of one user, by the profile.
    pub(crate) fn logins_of(&self, profile: &str, date: Date) -> Vec<SsoLogin> {
        let [(employee, _), (privileged, of_admins)] = USERS;
        let user = if profile == of_admins { privileged } else { employee };
        self.from(user, profile, date)
    }

    /// A login by a privileged user on this day.
    pub(crate) fn privileged(&self, date: Date) -> SsoLogin {
        let [_, (user, profile)] = USERS;
        self.login(user, profile, date)
    }

    fn login(&self, user: &'static str, profile: &str, date: Date) -> SsoLogin {
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
        SsoLogin {
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

/// A kind of user for whom the rules differ, and a profile of it.
const USERS: [(&str, &str); 2] = [("employee", "Standard User"), ("privileged user", "System Administrator")];
