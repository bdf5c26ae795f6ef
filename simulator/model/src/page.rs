//! The published list of page names.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

/// A page that a browser can stand on during a login. Scenario files, reports and the journal use these names.
///
/// Source: help 005321561 for the username-first pages; public login suites for ids, paths and titles of each.
#[derive(
    Debug,
    Clone,
    Copy,
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
#[serde(rename = "page", rename_all = "kebab-case")]
#[schemars(rename = "PageName")]
#[strum(serialize_all = "kebab-case")]
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
