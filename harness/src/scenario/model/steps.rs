//! The steps of a scenario: what is done, in order.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::expect::Expect;
use crate::scenario::spanned::Spanned;

/// One item of `steps`: one key, with its settings.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(rename = "step", rename_all = "kebab-case")]
#[schemars(rename = "Step")]
pub enum Step {
    /// `sign-in: { user: admin }`.
    SignIn(Box<SignInStep>),
    /// `sign-out`: ends the session at the org.
    SignOut,
    /// `end-sessions`: the org forgets every session, as by its timeout; the browser keeps its cookies.
    EndSessions,
    /// `forget-browser`: clears cookies and storage, as on a fresh machine.
    ForgetBrowser,
    /// `expect: { … }`: what must hold at this point.
    Expect(Box<Expect>),
    /// `advance-clock: { seconds: 30 }`: moves the protocol clock.
    AdvanceClock(AdvanceClock),
    /// `visit: { host: lightning, path: /lightning/page/home }`: opens a page.
    Visit(Visit),
}

/// One login.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SignInStep {
    /// Key of the user.
    pub user: Spanned<String>,
    /// The route; left out: `password`.
    #[serde(default = "password")]
    pub via: Spanned<Route>,
    /// Who performs it; left out: `adaptive`.
    #[serde(default = "adaptive")]
    pub actor: Spanned<ActorName>,
    /// What the actor can answer with; left out: `full`.
    #[serde(default)]
    pub authenticator: AuthenticatorName,
    /// Key of the identity provider; needed where there are several.
    pub idp: Option<Spanned<String>>,
    /// Whether "Remember me" is ticked.
    #[serde(default)]
    pub remember: bool,
    /// Further names in the environment of a command, each with a text that may hold `{login-url}` and its like.
    #[serde(default)]
    pub env: BTreeMap<String, Spanned<String>>,
    /// Whether each browser of a command gets a virtual authenticator with the passkeys of its user.
    #[serde(default)]
    pub passkey: Option<Spanned<bool>>,
}

/// The route of a login.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename = "route", rename_all = "kebab-case")]
#[schemars(rename = "Route")]
pub enum Route {
    /// The org's own login page: username and password, or a passkey where the page asks for one first.
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

impl Route {
    /// Whether an identity provider takes part.
    pub fn is_sso(self) -> bool {
        matches!(self, Self::Sso | Self::IdpInitiated)
    }
}

/// Who performs a login.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename = "actor", rename_all = "kebab-case")]
#[schemars(rename = "ActorName")]
pub enum ActorName {
    /// Copes with every page.
    #[default]
    Adaptive,
    /// The habit of old suites: both fields on one page, then expects home.
    SinglePage,
    /// Username, password, then expects home.
    TwoStep,
    /// Username, a click, and at once the password into the field that is there, as suites do that wait for nothing.
    Hasty,
    /// Sends the username, and opens the login page again where home does not follow: it never types a password.
    Retrying,
    /// `command: [pytest, -x]`: a suite of the user's own, program and arguments; no shell.
    Command(Vec<String>),
}

impl ActorName {
    /// Program and arguments, where a suite of the user's own performs the login.
    pub fn command(&self) -> Option<&[String]> {
        match self {
            Self::Command(command) => Some(command),
            Self::Adaptive | Self::SinglePage | Self::TwoStep | Self::Hasty | Self::Retrying => None,
        }
    }
}

/// What an actor can answer a verification or an enrolment with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename = "authenticator", rename_all = "kebab-case")]
#[schemars(rename = "AuthenticatorName")]
pub enum AuthenticatorName {
    /// Passkeys and TOTP codes; at an enrolment the passkey is created.
    #[default]
    Full,
    /// Passkeys only.
    Passkey,
    /// TOTP codes only; at an enrolment a TOTP app is connected, where it is offered.
    Totp,
    /// TOTP codes, as a worker types them who shares the secret with another: a code may have been used before.
    SharedTotp,
    /// Nothing.
    None,
}

/// Moves the clock forward.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct AdvanceClock {
    /// Seconds; a clock never goes back.
    pub seconds: u32,
}

/// Opens a URL.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Visit {
    /// The host; left out: `my-domain`.
    #[serde(default)]
    pub host: HostName,
    /// Path with query, from `/`.
    pub path: Spanned<String>,
}

/// A host of the realm.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum HostName {
    /// The My Domain host.
    #[default]
    MyDomain,
    /// The Lightning host.
    Lightning,
    /// The Setup host.
    Setup,
    /// The shared login host.
    Login,
    /// The only identity provider.
    Idp,
}

fn adaptive() -> Spanned<ActorName> {
    Spanned::new(ActorName::Adaptive, Default::default())
}

fn password() -> Spanned<Route> {
    Spanned::new(Route::Password, Default::default())
}
