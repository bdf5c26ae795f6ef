//! The published list of page names.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A page that a browser can stand on during a login. Scenario files, reports and the journal use these names.
///
/// Source: help 005321561 for the username-first pages; public login suites for ids, paths and titles of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PageName {
    /// The classic login page: both fields on one page.
    Login,
    /// The first page of the two-step login: the username only.
    Username,
    /// The second page of the two-step login: the password.
    Password,
    /// The second page of the passkey-first login: a passkey, with the password as the other way.
    LoginPasskey,
    /// A TOTP code is asked for.
    VerifyTotp,
    /// A passkey is asked for.
    VerifyPasskey,
    /// A temporary verification code is asked for.
    VerifyTemporaryCode,
    /// Device activation: the code sent by email is asked for.
    VerifyEmail,
    /// "Check Your Mobile Device": the org waits for a push to the vendor's own authenticator app.
    VerifyPush,
    /// The passkey enrolment gate, "Create a Passkey".
    CreatePasskey,
    /// "Choose a Verification Method", reached from the gate or from a verification page.
    ChooseVerificationMethod,
    /// "Connect an Authenticator App": QR code, key and first code.
    ConnectAuthenticatorApp,
    /// The forced change of an expired password.
    ChangePassword,
    /// "Register Your Mobile Phone".
    RegisterPhone,
    /// The login was refused and the page says why (blocked user, failed SSO).
    LoginRefused,
    /// The Lightning home page.
    Home,
    /// The page after a logout.
    LoggedOut,
    /// Login History.
    LoginHistory,
    /// The inbox of the simulated org, where its emails can be read.
    Inbox,
    /// The sign-in page of the identity provider.
    IdpSignIn,
    /// An error page of the identity provider.
    IdpError,
    /// The browser refused the certificate or could not reach the host.
    BrowserError,
    /// Any other page.
    Unknown,
}

impl PageName {
    /// Every name, in the order of the documentation.
    pub const ALL: [Self; 23] = [
        Self::Login,
        Self::Username,
        Self::Password,
        Self::LoginPasskey,
        Self::VerifyTotp,
        Self::VerifyPasskey,
        Self::VerifyTemporaryCode,
        Self::VerifyEmail,
        Self::VerifyPush,
        Self::CreatePasskey,
        Self::ChooseVerificationMethod,
        Self::ConnectAuthenticatorApp,
        Self::ChangePassword,
        Self::RegisterPhone,
        Self::LoginRefused,
        Self::Home,
        Self::LoggedOut,
        Self::LoginHistory,
        Self::Inbox,
        Self::IdpSignIn,
        Self::IdpError,
        Self::BrowserError,
        Self::Unknown,
    ];

    /// The name as it is written in scenario files: `verify-totp`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::Username => "username",
            Self::Password => "password",
            Self::LoginPasskey => "login-passkey",
            Self::VerifyTotp => "verify-totp",
            Self::VerifyPasskey => "verify-passkey",
            Self::VerifyTemporaryCode => "verify-temporary-code",
            Self::VerifyEmail => "verify-email",
            Self::VerifyPush => "verify-push",
            Self::CreatePasskey => "create-passkey",
            Self::ChooseVerificationMethod => "choose-verification-method",
            Self::ConnectAuthenticatorApp => "connect-authenticator-app",
            Self::ChangePassword => "change-password",
            Self::RegisterPhone => "register-phone",
            Self::LoginRefused => "login-refused",
            Self::Home => "home",
            Self::LoggedOut => "logged-out",
            Self::LoginHistory => "login-history",
            Self::Inbox => "inbox",
            Self::IdpSignIn => "idp-sign-in",
            Self::IdpError => "idp-error",
            Self::BrowserError => "browser-error",
            Self::Unknown => "unknown",
        }
    }
}

impl std::fmt::Display for PageName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
