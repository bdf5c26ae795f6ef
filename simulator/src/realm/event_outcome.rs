//! The outcomes that events report.

use schemars::JsonSchema;
use serde::Serialize;

/// What the username field of a posted login form held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum UsernameHolds {
    /// Nothing.
    Nothing,
    /// The username of a user of the realm.
    Username,
    /// A username twice: it was typed behind the one that the page had filled in.
    UsernameTwice,
    /// The password of a user of the realm, alone or after other text.
    Password,
    /// Any other text.
    UnknownText,
}

/// What the field of a code held, where it was no code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CodeFieldHolds {
    /// The user's TOTP secret, or as much of it as the field takes.
    TotpSecret,
    /// The user's password, or as much of it as the field takes.
    Password,
    /// The user's username, or as much of it as the field takes.
    Username,
    /// Any other text.
    UnknownText,
}

/// What the password field of a posted login form held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PasswordHolds {
    /// The form had no such field.
    Absent,
    /// Nothing.
    Empty,
    /// Some text. `password-checked` says whether it was right.
    Present,
}

/// What locked a user out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LockoutCause {
    /// Wrong passwords.
    Passwords,
    /// Wrong verification codes.
    Codes,
}

/// How a page between login and destination was left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum InterstitialExit {
    /// The user gave what it asked for.
    Answered,
    /// The user declined on the page: "I Don't Want to Register My Phone", `#cancel`.
    Declined,
    /// The browser navigated elsewhere.
    Navigated,
}

/// Why a user got a new security token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TokenRenewal {
    /// The user asked for one.
    ByUser,
    /// Somebody with the permission "Manage Users" asked for one.
    ByManager,
    /// The password was changed.
    PasswordChanged,
}

/// The result of a verification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum VerificationResult {
    /// Accepted.
    Accepted,
    /// Wrong.
    Wrong,
    /// A TOTP code of a step that was accepted before (RFC 6238, 5.2).
    Replayed,
    /// A TOTP code that is too old, or a temporary code that has expired.
    Stale,
    /// Too many wrong codes; the user is locked out.
    LockedOut,
    /// A request of Salesforce Authenticator that was denied.
    Denied,
    /// A request of Salesforce Authenticator that was denied and reported.
    ReportedDenied,
    /// A request of Salesforce Authenticator that nobody answered in time.
    TimedOut,
}

/// The verdict on a protocol message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ProtocolVerdict {
    /// Accepted.
    Accepted,
    /// Refused.
    Refused {
        /// The protocol's own code or the documented Login History text.
        code: String,
        /// One sentence on what was wrong.
        why: String,
        /// What the authentication context that the org asked for has to do with it, if anything.
        #[serde(skip_serializing_if = "Option::is_none")]
        context: Option<ContextFault>,
        /// What is wrong with the signature of the org's request, if that is why.
        #[serde(skip_serializing_if = "Option::is_none")]
        request: Option<RequestFault>,
    },
}

/// What is wrong with the signature of a request of the org, where only the org's admin can mend it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RequestFault {
    /// The identity provider wants signed requests, and the org does not sign.
    Unsigned,
    /// The certificate with which the org signs has expired.
    CertificateExpired,
}

/// How a requested authentication context stopped a single sign-on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ContextFault {
    /// The identity provider cannot meet it (saml-core 3.3.2.2.1, OpenID Connect Core Error Code
    /// unmet_authentication_requirements).
    Unmet,
    /// The identity provider answered with another one.
    Other,
}
