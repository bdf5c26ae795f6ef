//! The users of an org, and their verifiers.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

use crate::profile::{ADMINISTRATOR, profile};
use crate::{IpRange, LoginHours, PushAnswer, Secret, SessionLevel, TotpSecret, VerificationMethod};

/// The audience a user belongs to by licence.
///
/// Source: help 005321561 ("Who's Not Affected?", Common Questions), KORE's help page on MFA (API-only service account),
/// contract H3.4 (Chatter; an Employee Community licence is that of an employee, whom only a waiver spared).
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
    Display,
    EnumIter,
    EnumString,
    IntoStaticStr,
)]
#[serde(rename = "user type", rename_all = "kebab-case")]
#[schemars(rename = "UserType")]
#[strum(serialize_all = "kebab-case")]
pub enum UserType {
    /// An internal user.
    #[default]
    Employee,
    /// A user of an Experience Cloud site: a customer or partner.
    ExperienceCloud,
    /// A user with a Chatter Free or Chatter External licence.
    Chatter,
    /// An internal user restricted to API access.
    ApiOnly,
    /// An integration user.
    Integration,
}

/// A permission that makes its holder a privileged user, however it is assigned.
///
/// Source: help 005321561, "Who's Affected".
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, Display, EnumIter,
)]
#[serde(rename = "permission", rename_all = "kebab-case")]
#[schemars(rename = "Permission")]
pub enum Permission {
    /// "Modify All Data".
    #[strum(to_string = "Modify All Data")]
    ModifyAllData,
    /// "View All Data".
    #[strum(to_string = "View All Data")]
    ViewAllData,
    /// "Customize Application".
    #[strum(to_string = "Customize Application")]
    CustomizeApplication,
    /// "Author Apex".
    #[strum(to_string = "Author Apex")]
    AuthorApex,
}

/// The permission "Waive Multi-Factor Authentication for Exempt Users".
///
/// Source: help 005321561, "Impact to MFA Exemptions".
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
    Display,
    EnumIter,
    EnumString,
    IntoStaticStr,
)]
#[serde(rename = "waiver", rename_all = "kebab-case")]
#[schemars(rename = "Waiver")]
#[strum(serialize_all = "kebab-case")]
pub enum Waiver {
    /// Not assigned.
    #[default]
    None,
    /// Assigned by an admin.
    Assigned,
    /// Assigned, and approved by the vendor's Support.
    ApprovedBySupport,
}

/// Whether a user may use the org at all.
///
/// Source: Object Reference, `User.IsActive` and `UserLogin.IsFrozen`.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
    Display,
    EnumIter,
    EnumString,
    IntoStaticStr,
)]
#[serde(rename = "user state", rename_all = "kebab-case")]
#[schemars(rename = "UserState")]
#[strum(serialize_all = "kebab-case")]
pub enum UserState {
    /// Active.
    #[default]
    Active,
    /// An admin has frozen the user.
    Frozen,
    /// An admin has deactivated the user.
    Inactive,
}

/// What an expired password requires. Public login suites show both cases.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
    Display,
    EnumIter,
    EnumString,
    IntoStaticStr,
)]
#[serde(rename = "password expiry", rename_all = "kebab-case")]
#[schemars(rename = "PasswordExpiry")]
#[strum(serialize_all = "kebab-case")]
pub enum PasswordExpiry {
    /// A new password, before anything else.
    Hard,
    /// A new password, or `#cancel`.
    Leavable,
}

/// How the passkeys of a user were lost (their RP ID is the My Domain host: Browserforce pull request 759).
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
    Display,
    EnumIter,
    EnumString,
    IntoStaticStr,
)]
#[serde(rename = "loss of a passkey", rename_all = "kebab-case")]
#[schemars(rename = "PasskeyLoss")]
#[strum(serialize_all = "kebab-case")]
pub enum PasskeyLoss {
    /// The org got another My Domain name. It still asks for the passkey, but the authenticator has it for the old
    /// host.
    Renamed,
    /// The sandbox was refreshed. The authenticator still has the passkey, but the org does not know it.
    Refreshed,
}

/// `users.<key>`: a user of the org. The key is the name that steps and reports use.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "User")]
pub struct UserSpec {
    /// Username; default: `<key>@<my-domain>.example`.
    pub username: Option<String>,
    /// Password; default: generated.
    pub password: Option<Secret>,
    /// Email address; default: the username.
    pub email: Option<String>,
    /// Federation ID, matched against the `NameId` or `sub`; default: the username.
    pub federation_id: Option<String>,
    /// What identity providers tell other parties than the org about the user, by name: SAML attributes, or claims of the
    /// userinfo response.
    #[serde(default)]
    pub attributes: BTreeMap<String, Vec<String>>,
    /// Profile; `System Administrator` is privileged. Default: `Standard User`.
    #[serde(default = "standard_user", deserialize_with = "profile")]
    pub profile: String,
    /// Audience by licence; default: `employee`.
    #[serde(default)]
    pub user_type: UserType,
    /// Permissions that make the user privileged, however assigned.
    #[serde(default)]
    pub permissions: BTreeSet<Permission>,
    /// The permission "Multi-Factor Authentication for User Interface Logins".
    #[serde(default)]
    pub mfa_for_ui_logins: bool,
    /// The waiver permission: `none`, `assigned`, `approved-by-support`.
    #[serde(default)]
    pub waiver: Waiver,
    /// Verifiers registered before the first login.
    #[serde(default)]
    pub verifiers: BTreeSet<VerificationMethod>,
    /// Secret of the TOTP app, where `verifiers` has one: base32 in any case and grouping, or an `otpauth:` URI; default:
    /// generated.
    #[serde(default)]
    pub totp_secret: Option<TotpSecret>,
    /// What the holder of the phone answers to each request of Salesforce Authenticator: `approve`, `deny`, `report`, `time-out`;
    /// default: nothing, until a test answers.
    // Contract C4.1, C4.2.
    #[serde(default)]
    pub push: Option<PushAnswer>,
    /// How the user's passkeys were lost: `renamed`, `refreshed`; default: not lost.
    #[serde(default)]
    pub passkey_lost: Option<PasskeyLoss>,
    /// "Register Your Mobile Phone" appears after the next login at a login page.
    // Contract C1.9.
    #[serde(default)]
    pub phone_registration: bool,
    /// A verified mobile phone: codes are sent there by text message, and not by email. Default: none, until the user registers
    /// one.
    // Contract C3.5, C7.3.
    #[serde(default)]
    pub mobile_phone: Option<String>,
    /// A notice of maintenance, "Scheduled Improvements", comes after the next login.
    // Contract C1.17.
    #[serde(default)]
    pub maintenance_notice: bool,
    /// The user signs in for an app that is not approved yet: "Allow Access?" comes after the next login at a login page.
    // Contract C1.11.
    #[serde(default)]
    pub app_approval: bool,
    /// The password must be changed after the next login: `hard`, or `leavable` by `#cancel`.
    // Contract C1.10.
    #[serde(default)]
    pub password_expired: Option<PasswordExpiry>,
    /// The user is locked out.
    #[serde(default)]
    pub locked: bool,
    /// Whether the user is `active`, `frozen` or `inactive`; default: `active`.
    #[serde(default)]
    pub state: UserState,
    /// The permission "Is Single Sign-On Enabled".
    // Contract H5.5.
    #[serde(default)]
    pub single_sign_on_enabled: bool,
    /// Login IP ranges of the profile; a login from another address is refused. Default: none, so no limit.
    #[serde(default)]
    pub login_ip_ranges: Vec<IpRange>,
    /// Login hours of the profile, UTC: `{ monday: 08:00-18:00 }`; default: no limit.
    #[serde(default)]
    pub login_hours: LoginHours,
    /// "Session security level required at login" of the profile: `standard`, `high-assurance`; default: none.
    // Contract H5.6.
    #[serde(default)]
    pub required_session_level: Option<SessionLevel>,
    /// The permission "Approve Uninstalled Connected Apps".
    // Contract F2.3.
    #[serde(default)]
    pub approve_uninstalled_apps: bool,
    /// Another worker uses the same TOTP secret: the first code that the command posts has just been used.
    #[serde(default)]
    pub totp_shared: bool,
    /// So many other workers sign in with this user at the same time as the command: each uses up the code of one more
    /// 30-second window before the command does. Default: 0.
    #[serde(default)]
    pub other_workers: u32,
    /// A command gets the text of `sf org display` in place of its access token: `[REDACTED] …`.
    // Contract J1.6.
    #[serde(default)]
    pub token_redacted: bool,
    /// A new browser remembers this username. If this is set for several users, the first by key counts.
    #[serde(default)]
    pub remembered: bool,
    /// The login page has this username filled in, as behind an app that sends `login_hint`. If this is set for several users,
    /// the first by key counts.
    // Contract B1.9.
    #[serde(default)]
    pub login_hint: bool,
    /// Security token, which follows the password in a login through the API; default: none until one is asked for.
    // Contract G1.6.
    #[serde(default)]
    pub security_token: Option<Secret>,
    /// The permission "Multi-Factor Authentication for API Logins".
    // Contract G1.6.
    #[serde(default)]
    pub mfa_for_api_logins: bool,
    /// The permission "Use Any API Auth".
    // Contract G1.5.
    #[serde(default)]
    pub use_any_api_auth: bool,
    /// The permission "Manage Users"; the profile `System Administrator` has it.
    #[serde(default)]
    pub manage_users: bool,
    /// The permission "Manage Multi-Factor Authentication in API"; the profile `System Administrator` has it.
    // Contract H2.2.
    #[serde(default)]
    pub manage_mfa_in_api: bool,
}

impl UserSpec {
    /// An employee with this profile and nothing registered.
    pub fn new(profile: impl Into<String>) -> Self {
        Self {
            username: None,
            password: None,
            email: None,
            federation_id: None,
            attributes: BTreeMap::new(),
            profile: profile.into(),
            user_type: UserType::Employee,
            permissions: BTreeSet::new(),
            mfa_for_ui_logins: false,
            waiver: Waiver::None,
            verifiers: BTreeSet::new(),
            totp_secret: None,
            push: None,
            passkey_lost: None,
            phone_registration: false,
            mobile_phone: None,
            maintenance_notice: false,
            app_approval: false,
            password_expired: None,
            locked: false,
            state: UserState::Active,
            single_sign_on_enabled: false,
            login_ip_ranges: Vec::new(),
            login_hours: LoginHours::default(),
            required_session_level: None,
            approve_uninstalled_apps: false,
            totp_shared: false,
            other_workers: 0,
            token_redacted: false,
            remembered: false,
            login_hint: false,
            security_token: None,
            mfa_for_api_logins: false,
            use_any_api_auth: false,
            manage_users: false,
            manage_mfa_in_api: false,
        }
    }

    /// Whether the profile is `System Administrator`.
    pub fn is_administrator(&self) -> bool {
        self.profile == ADMINISTRATOR
    }

    /// Whether the user has the permission "Manage Users".
    pub fn manages_users(&self) -> bool {
        self.manage_users || self.is_administrator()
    }

    /// Whether the user has the permission "Manage Multi-Factor Authentication in API".
    pub fn manages_mfa_in_api(&self) -> bool {
        self.manage_mfa_in_api || self.is_administrator()
    }

    /// With this username.
    pub fn username(mut self, username: impl Into<String>) -> Self {
        self.username = Some(username.into());
        self
    }

    /// With this password.
    pub fn password(mut self, password: impl Into<String>) -> Self {
        self.password = Some(Secret::new(password));
        self
    }

    /// With this permission.
    pub fn permission(mut self, permission: Permission) -> Self {
        self.permissions.insert(permission);
        self
    }

    /// With a TOTP app registered.
    pub fn totp(self) -> Self {
        self.verifier(VerificationMethod::TotpApp)
    }

    /// With a passkey of a built-in authenticator. The test registers it (`org::passkeys::start_registration`).
    pub fn passkey(self) -> Self {
        self.verifier(VerificationMethod::BuiltInAuthenticator)
    }

    /// With this verifier.
    pub fn verifier(mut self, method: VerificationMethod) -> Self {
        self.verifiers.insert(method);
        self
    }
}

fn standard_user() -> String {
    "Standard User".to_owned()
}
