//! The answer as a value: text and JSON are made from it.

use jiff::civil::Date;
use serde::Serialize;
use vestibule_model::LoginPage;
use vestibule_simulator::policy::{
    Banner, Decision, Enforcement, Evidence, MfaSetting, OrgFacts, Rulebook, UserFacts, banners, decide, enforcement,
    login_page, mfa_setting,
};

use super::{ExplainArgs, facts};

/// What the org would do, and why.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Explanation {
    /// Name of the rulebook.
    pub(crate) rulebook: String,
    /// The day of the login.
    pub(crate) date: Date,
    /// The org that was asked about.
    pub(crate) org: OrgFacts,
    /// The user.
    pub(crate) user: UserFacts,
    /// What the login proved.
    pub(crate) evidence: Evidence,
    /// The decision with its rules.
    pub(crate) decision: Decision,
    /// Whether MFA is enforced for this user, and since when.
    pub(crate) enforcement: Enforcement,
    /// The org-wide MFA setting on that day.
    pub(crate) mfa_setting: MfaSetting,
    /// The login page on that day.
    pub(crate) login_page: LoginPage,
    /// The banners that the user sees.
    pub(crate) banners: Vec<Banner>,
}

/// Asks the rulebook. `today` is the day where the arguments name none.
pub(crate) fn explanation(rulebook: &Rulebook, args: &ExplainArgs, today: Date) -> Explanation {
    let (org, user, evidence) = (facts::org(args), facts::user(args), facts::evidence(args));
    let date = args.date.unwrap_or(today);
    Explanation {
        rulebook: rulebook.name().to_owned(),
        date,
        decision: decide(rulebook, &org, &user, &evidence, date),
        enforcement: enforcement(rulebook, &org, &user, date),
        mfa_setting: mfa_setting(rulebook, &org, date),
        login_page: login_page(rulebook, org.kind, date),
        banners: banners(rulebook, &org, &user, date),
        org,
        user,
        evidence,
    }
}
