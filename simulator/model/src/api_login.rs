//! What an org and the permissions of its users say of logins through the API with a password.

use serde::Serialize;

/// The org's settings for SOAP `login()`.
///
/// Source: help 005132110 (contract G1.3, G1.5).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct ApiLoginSettings {
    /// Whether SOAP `login()` is enabled; `None` leaves that to the rules.
    pub soap_login: Option<bool>,
    /// Whether it needs the permission "Use Any API Auth"; `None` leaves that to the rules.
    pub use_any_api_auth_required: Option<bool>,
}

/// The permissions of a user that a login through the API with a password may need.
///
/// Source: help 005132110 (contract G1.5), and the permission "Multi-Factor Authentication for API Logins" (contract G1.6).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct ApiPermissions {
    /// "Use Any API Auth".
    pub use_any_api_auth: bool,
    /// "Multi-Factor Authentication for API Logins".
    pub mfa_for_api_logins: bool,
}
