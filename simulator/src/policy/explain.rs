//! What an org would do with a login, and why: every answer of the rules about one login, as a value.

use jiff::civil::Date;
use serde::Serialize;
use vestibule_model::LoginPage;

use super::{
    Banner, Decision, Enforcement, Evidence, MfaSetting, OrgFacts, Rulebook, UserFacts, banners, decide, enforcement,
    login_page, mfa_setting,
};

/// What the org would do, and why.
#[derive(Debug, Clone, Serialize)]
pub struct Explanation {
    /// Name of the rulebook.
    pub rulebook: String,
    /// The day of the login.
    pub date: Date,
    /// The org.
    pub org: OrgFacts,
    /// The user.
    pub user: UserFacts,
    /// What the login proved.
    pub evidence: Evidence,
    /// The decision with its rules.
    pub decision: Decision,
    /// Whether MFA is enforced for this user, and since when.
    pub enforcement: Enforcement,
    /// The org-wide MFA setting on that day.
    pub mfa_setting: MfaSetting,
    /// The login page on that day.
    pub login_page: LoginPage,
    /// The banners that the user sees.
    pub banners: Vec<Banner>,
}

/// Asks the rulebook about one login.
///
/// ```
/// use jiff::civil::date;
/// use vestibule_model::{LoginKind, OrgKind, StaggerDay, UserType, Waiver};
/// use vestibule_simulator::policy::{Evidence, OrgFacts, Rulebook, UserFacts, explain};
///
/// let org = OrgFacts {
///     id: String::new(),
///     kind: OrgKind::Production,
///     mfa_setting: false,
///     methods: Default::default(),
///     passwordless: false,
///     sso_configured: false,
///     stagger_day: Some(StaggerDay::default()),
///     converted_on: None,
///     trusted_ip_ranges: Vec::new(),
///     salesforce_credentials_disabled: false,
///     waiver_assigned: false,
///     api_logins: Default::default(),
///     step_up: Default::default(),
/// };
/// let admin = UserFacts {
///     user_type: UserType::Employee,
///     profile: "System Administrator".to_owned(),
///     permissions: Default::default(),
///     mfa_for_ui_logins: false,
///     waiver: Waiver::None,
///     verifiers: Default::default(),
///     restrictions: Default::default(),
///     api_permissions: Default::default(),
/// };
/// let password = Evidence {
///     login: LoginKind::PasswordUi,
///     through_sso: false,
///     verified_with: None,
///     signals: Vec::new(),
///     salesforce_mfa_for_sso: false,
///     origin: Default::default(),
/// };
///
/// let explanation = explain(&Rulebook::newest(), org, admin, password, date(2026, 12, 1));
///
/// assert!(explanation.enforcement.since.is_some());
/// assert!(explanation.decision.rules.iter().all(|rule| !rule.source.is_empty()));
/// ```
pub fn explain(rulebook: &Rulebook, org: OrgFacts, user: UserFacts, evidence: Evidence, date: Date) -> Explanation {
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
