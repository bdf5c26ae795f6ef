//! What the rules look at: the org, the user and what a login proved.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::Serialize;

use vestibule_model::{LoginKind, OrgKind, Permission, Signal, UserType, VerificationMethod, Waiver};

/// The facts about an org that the rules use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OrgFacts {
    /// Organization id; its stable hash places the org in the stagger.
    pub id: String,
    /// Kind of org.
    pub kind: OrgKind,
    /// "Require multi-factor authentication (MFA) for all direct UI logins to your Salesforce org", as the admin left it.
    pub mfa_setting: bool,
    /// Verification methods enabled in the org.
    pub methods: BTreeSet<VerificationMethod>,
    /// "Allow passwordless login with passkeys".
    pub passwordless: bool,
    /// Whether single sign-on is configured.
    pub sso_configured: bool,
    /// Day of the stagger on which enforcement reaches this org, counted from 0; `None` takes it from the org id.
    pub stagger_day: Option<u16>,
    /// The day on which a converted trial became a subscription; `None` counts as long ago.
    pub converted_on: Option<Date>,
}

/// The facts about a user that the rules use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UserFacts {
    /// Audience by licence.
    pub user_type: UserType,
    /// Profile name; "System Administrator" is privileged.
    pub profile: String,
    /// Permissions that make the user privileged, however assigned (profile, permission set, permission set group).
    pub permissions: BTreeSet<Permission>,
    /// The user permission "Multi-Factor Authentication for User Interface Logins".
    pub mfa_for_ui_logins: bool,
    /// The waiver permission.
    pub waiver: Waiver,
    /// Verification methods the user has registered; `TemporaryCode` while an admin's code is valid.
    pub verifiers: BTreeSet<VerificationMethod>,
}

/// What one login proved so far.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// The route.
    pub login: LoginKind,
    /// The verification method answered in this login.
    pub verified_with: Option<VerificationMethod>,
    /// Signals of the identity provider, as they reached the org.
    pub signals: Vec<Signal>,
    /// "Use Salesforce MFA for this SSO Provider".
    pub salesforce_mfa_for_sso: bool,
}
