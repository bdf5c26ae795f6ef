//! Who performs a login, with what, and by which route.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr, VariantNames};

/// An actor of our own.
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
    /// Copes with every page.
    #[default]
    Adaptive,
    /// The habit of old suites: both fields on one page, then expects home.
    SinglePage,
    /// Username, password, then expects home.
    TwoStep,
    /// Types the username, clicks, and types the password at once into whichever field is there, like a suite that never
    /// waits.
    Hasty,
    /// Submits the username and reopens the login page if home does not follow; never types a password.
    Retrying,
}

/// What an actor can answer a verification or an enrolment with.
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
    /// Passkeys and TOTP codes; at an enrolment the passkey is created.
    #[default]
    Full,
    /// Passkeys only.
    Passkey,
    /// TOTP codes only; at an enrolment a TOTP app is connected, where it is offered.
    Totp,
    /// TOTP codes from a secret that another worker shares: a code may already have been used.
    SharedTotp,
    /// Nothing.
    None,
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
    /// Single sign-on, begun at the org.
    Sso,
    /// Single sign-on, begun at the identity provider.
    IdpInitiated,
    /// `frontdoor.jsp?sid=` with the session of an API login.
    Frontdoor,
    /// `frontdoor_uri` of `/services/oauth2/singleaccess`.
    Singleaccess,
    /// An access token set as the `sid` cookie.
    SidCookie,
}

impl SignInRoute {
    /// Whether an identity provider takes part.
    pub fn is_sso(self) -> bool {
        matches!(self, Self::Sso | Self::IdpInitiated)
    }
}
