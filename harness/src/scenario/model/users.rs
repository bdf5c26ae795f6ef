//! The users of a scenario.

use std::fmt;

use schemars::JsonSchema;
use serde::Deserialize;
use vestibule_model::{PasswordExpiry, Permission, UserType, VerificationMethod, Waiver};

/// `users.<key>`: a user of the org. The key is the name that steps and reports use.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct User {
    /// Username; left out: `<key>@<my-domain>.example`.
    pub username: Option<String>,
    /// Password; left out: drawn by the realm.
    pub password: Option<Password>,
    /// Email address; left out: the username.
    pub email: Option<String>,
    /// Federation ID, matched against the `NameId` or `sub`; left out: the username.
    pub federation_id: Option<String>,
    /// Profile; `System Administrator` is privileged. Left out: `Standard User`.
    #[serde(default = "standard_user")]
    pub profile: String,
    /// Audience by licence; left out: `employee`.
    #[serde(default = "employee")]
    pub user_type: UserType,
    /// Permissions that make the user privileged, however assigned.
    #[serde(default)]
    pub permissions: Vec<Permission>,
    /// The permission "Multi-Factor Authentication for User Interface Logins".
    #[serde(default)]
    pub mfa_for_ui_logins: bool,
    /// The waiver permission: `none`, `assigned`, `approved-by-support`.
    #[serde(default)]
    pub waiver: Waiver,
    /// Verifiers registered before the first login.
    #[serde(default)]
    pub verifiers: Vec<VerificationMethod>,
    /// What became of the passkeys among the verifiers: `renamed`, `refreshed`; left out: they are good.
    #[serde(default)]
    pub passkey_lost: Option<PasskeyLoss>,
    /// "Register Your Mobile Phone" stands behind the next login at a login page.
    #[serde(default)]
    pub phone_registration: bool,
    /// The password must be changed behind the next login: `hard`, or `leavable` by `#cancel`.
    #[serde(default)]
    pub password_expired: Option<PasswordExpiry>,
    /// The user is locked out.
    #[serde(default)]
    pub locked: bool,
    /// Another worker of a command shares the TOTP secret: the first code that the command posts has just been used.
    #[serde(default)]
    pub totp_shared: bool,
    /// A browser that comes for the first time finds this username remembered.
    #[serde(default)]
    pub remembered: bool,
}

/// How the passkeys of a user were lost (their RP ID is the My Domain host: Browserforce pull request 759).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename = "loss of a passkey", rename_all = "kebab-case")]
#[schemars(rename = "PasskeyLoss")]
pub enum PasskeyLoss {
    /// The org got another My Domain name: it still asks for the passkey, and the authenticator holds it for the old host.
    Renamed,
    /// The sandbox was refreshed: the authenticator holds the passkey, and the org knows of none.
    Refreshed,
}

/// A password that a scenario gives its user; kept out of `Debug`.
#[derive(Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Password(String);

impl Password {
    /// The password itself, to be typed or compared.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[password]")
    }
}

fn standard_user() -> String {
    "Standard User".to_owned()
}

fn employee() -> UserType {
    UserType::Employee
}
