//! Why a login is refused outright.

use serde::Serialize;

/// Why a login is refused outright.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum BlockReason {
    /// The user is deactivated.
    UserInactive,
    /// The user is frozen.
    UserFrozen,
    /// The user is locked out.
    UserLockedOut,
    /// The address is in no login IP range of the profile.
    OutsideLoginIpRanges,
    /// The time is outside the login hours of the profile.
    OutsideLoginHours,
    /// The org refuses Salesforce credentials of a user who has single sign-on.
    OnlySingleSignOn,
    /// The vendor has taken this route away.
    RouteRetired,
    /// The org has SOAP `login()` disabled.
    SoapLoginDisabled,
    /// SOAP `login()` needs a permission that the user lacks.
    UseAnyApiAuthMissing,
    /// The user must enrol, but the org has enabled no method that the user may use.
    NoMethodAvailable,
    /// The user may only log in through the API.
    ApiOnlyUser,
    /// The Mobile SDK's WebView cannot run the ceremony of the user's only method.
    WebViewCannotUsePasskey,
    /// Passwordless login is not allowed in this org.
    PasswordlessNotAllowed,
    /// The user tried a passwordless login but has no passkey.
    PasskeyNotRegistered,
    /// The identity provider sent no sufficient signal, and the rulebook refuses such logins.
    WeakSsoLogin,
}

impl BlockReason {
    /// Whether the user may not log in at all, whatever is proved. The login page then shows an error.
    pub fn is_of_admission(self) -> bool {
        match self {
            Self::UserInactive
            | Self::UserFrozen
            | Self::UserLockedOut
            | Self::OutsideLoginIpRanges
            | Self::OutsideLoginHours
            | Self::OnlySingleSignOn
            | Self::RouteRetired
            | Self::SoapLoginDisabled
            | Self::UseAnyApiAuthMissing => true,
            Self::NoMethodAvailable
            | Self::ApiOnlyUser
            | Self::WebViewCannotUsePasskey
            | Self::PasswordlessNotAllowed
            | Self::PasskeyNotRegistered
            | Self::WeakSsoLogin => false,
        }
    }
}
