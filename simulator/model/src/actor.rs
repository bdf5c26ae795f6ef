//! Who performs a login, with what, and by which route.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr, VariantNames};

/// A built-in actor.
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
    VariantNames,
)]
#[serde(rename = "actor", rename_all = "kebab-case")]
#[schemars(rename = "ActorKind")]
#[strum(serialize_all = "kebab-case")]
pub enum ActorKind {
    /// Handles every page.
    #[default]
    Adaptive,
    /// Fills both fields on one page, as old suites do, then expects home.
    SinglePage,
    /// Types the username, then the password, then expects home.
    TwoStep,
    /// Never waits: types the username, clicks, and immediately types the password into whichever field is there.
    Hasty,
    /// Submits the username and reopens the login page if home does not follow; never types a password.
    Retrying,
}

/// What an actor uses to answer a verification or an enrolment.
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
#[serde(rename = "authenticator", rename_all = "kebab-case")]
#[schemars(rename = "Authenticator")]
#[strum(serialize_all = "kebab-case")]
pub enum AuthenticatorKind {
    /// Passkeys and TOTP codes; at an enrolment, creates the passkey.
    #[default]
    Full,
    /// Passkeys only.
    Passkey,
    /// TOTP codes only; at an enrolment, connects a TOTP app if the page offers it.
    Totp,
    /// TOTP codes from a secret that another worker also uses, so a code may already be used.
    SharedTotp,
    /// Nothing.
    None,
}

impl AuthenticatorKind {
    /// Whether the user's passkeys are in a virtual authenticator of the browser. Without one, a WebAuthn ceremony waits for
    /// a device that does not exist.
    pub fn has_passkeys(self) -> bool {
        matches!(self, Self::Full | Self::Passkey)
    }

    /// Whether the codes of a TOTP app may be typed. Where a gate asks for a new verifier and there are no passkeys, such an
    /// app is connected.
    pub fn has_totp(self) -> bool {
        matches!(self, Self::Full | Self::Totp | Self::SharedTotp)
    }
}

/// The route of a login.
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
#[serde(rename = "route", rename_all = "kebab-case")]
#[schemars(rename = "SignInRoute")]
#[strum(serialize_all = "kebab-case")]
pub enum SignInRoute {
    /// The org's own login page: username and password, or a passkey where the page asks for one first.
    #[default]
    Password,
    /// The login page of an Experience Cloud site: username and password on one page.
    Site,
    /// Single sign-on, started at the org.
    Sso,
    /// Single sign-on, started at the identity provider.
    IdpInitiated,
    /// `frontdoor.jsp?sid=` with the session of an API login.
    Frontdoor,
    /// `frontdoor_uri` of `/services/oauth2/singleaccess`.
    Singleaccess,
    /// An access token set as the `sid` cookie.
    SidCookie,
    /// The only integration beside the org, which sends the user there for an authorization.
    Product,
}

impl SignInRoute {
    /// Whether an identity provider takes part.
    pub fn is_sso(self) -> bool {
        matches!(self, Self::Sso | Self::IdpInitiated)
    }
}
