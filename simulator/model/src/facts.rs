//! The facts about an org and a user that decide a login.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::Serialize;

use crate::{
    ApiLoginSettings, ApiPermissions, IpRange, LoginHours, OrgKind, OrgSpec, Permission, SessionLevel, StaggerDay,
    StepUpSettings, UserSpec, UserState, UserType, VerificationMethod, Waiver,
};

/// The facts about an org that the rules use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OrgFacts {
    /// Organization id; its stable hash places the org in the stagger.
    pub id: String,
    /// Kind of org.
    pub kind: OrgKind,
    /// "Require multi-factor authentication (MFA) for all direct UI logins to your Salesforce org", as the admin set
    /// it.
    pub mfa_setting: bool,
    /// Verification methods enabled in the org.
    pub methods: BTreeSet<VerificationMethod>,
    /// "Allow passwordless login with passkeys".
    pub passwordless: bool,
    /// Whether single sign-on is configured.
    pub sso_configured: bool,
    /// Day of a wave on which enforcement reaches this org, counted from 0; `None` takes it from the org id.
    pub stagger_day: Option<StaggerDay>,
    /// The day on which a converted trial became a subscription; `None` counts as long ago.
    pub converted_on: Option<Date>,
    /// Trusted IP ranges (Network Access).
    pub trusted_ip_ranges: Vec<IpRange>,
    /// "Disable login with Salesforce credentials".
    pub salesforce_credentials_disabled: bool,
    /// Whether a user of the org holds the waiver permission, approved or not.
    pub waiver_assigned: bool,
    /// Logins through the API with a password.
    pub api_logins: ApiLoginSettings,
    /// Step-up for reports and dashboards.
    pub step_up: StepUpSettings,
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
    /// What keeps the user from logging in, whatever is proved.
    pub restrictions: LoginRestrictions,
    /// Permissions for logins through the API with a password.
    pub api_permissions: ApiPermissions,
}

/// What keeps a user from logging in, whatever is proved.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct LoginRestrictions {
    /// Whether the user is active.
    pub state: UserState,
    /// Whether too many wrong passwords or codes lock the user out now.
    pub locked: bool,
    /// The permission "Is Single Sign-On Enabled".
    pub single_sign_on_enabled: bool,
    /// Login IP ranges of the profile; none means no limit.
    pub login_ip_ranges: Vec<IpRange>,
    /// Login hours of the profile.
    pub login_hours: LoginHours,
    /// "Session security level required at login" of the profile.
    pub required_session_level: Option<SessionLevel>,
}

impl OrgSpec {
    /// The facts about this org, with this organization id, and with or without single sign-on.
    pub fn facts(&self, id: impl Into<String>, sso_configured: bool) -> OrgFacts {
        OrgFacts {
            id: id.into(),
            kind: self.kind,
            mfa_setting: self.mfa_setting,
            methods: self.methods.clone(),
            passwordless: self.allows_passwordless(),
            sso_configured,
            stagger_day: self.stagger_day,
            converted_on: self.converted_on,
            trusted_ip_ranges: self.trusted_ip_ranges.clone(),
            salesforce_credentials_disabled: self.salesforce_credentials_disabled,
            waiver_assigned: false,
            api_logins: ApiLoginSettings {
                soap_login: self.soap_login,
                use_any_api_auth_required: self.use_any_api_auth_required,
            },
            step_up: StepUpSettings {
                required: self.step_up,
                period: self.step_up_period,
                unusual_exports: self.unusual_exports,
            },
        }
    }
}

impl UserSpec {
    /// The facts about this user before the first login.
    pub fn facts(&self) -> UserFacts {
        UserFacts {
            user_type: self.user_type,
            profile: self.profile.clone(),
            permissions: self.permissions.clone(),
            mfa_for_ui_logins: self.mfa_for_ui_logins,
            waiver: self.waiver,
            verifiers: self.verifiers.clone(),
            restrictions: LoginRestrictions {
                state: self.state,
                locked: self.locked,
                single_sign_on_enabled: self.single_sign_on_enabled,
                login_ip_ranges: self.login_ip_ranges.clone(),
                login_hours: self.login_hours.clone(),
                required_session_level: self.required_session_level,
            },
            api_permissions: ApiPermissions {
                use_any_api_auth: self.use_any_api_auth,
                mfa_for_api_logins: self.mfa_for_api_logins,
            },
        }
    }
}
