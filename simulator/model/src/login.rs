//! How a login reached the org, and the session level that it got.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};
use std::str::FromStr;

use jiff::civil::Time;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strum::{EnumString, VariantNames};

/// The route by which a login reaches the org.
///
/// Source: help 005321561, "Who's Affected", "OAuth Web Server & Hybrid Token Flows", "How are API logins affected?".
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, EnumString, VariantNames)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum LoginKind {
    /// Username and password typed into the org's own login page.
    PasswordUi,
    /// Username and a passkey, no password ("Allow passwordless login with passkeys").
    Passwordless,
    /// A SAML `Response` at the ACS.
    Saml,
    /// An OpenID Connect login through an Auth. Provider.
    Oidc,
    /// OAuth 2.0 web server flow (authorization code): it contains a UI login.
    OauthWebServer,
    /// OAuth 2.0 user-agent flow: it contains a UI login.
    OauthUserAgent,
    /// OAuth 2.0 hybrid token flow: it contains a UI login.
    OauthHybrid,
    /// OAuth 2.0 JWT bearer flow: no UI login.
    JwtBearer,
    /// OAuth 2.0 client credentials flow: no UI login.
    ClientCredentials,
    /// OAuth 2.0 username-password flow: no UI login.
    OauthPassword,
    /// SOAP `login()`: no UI login.
    SoapLogin,
    /// Other API logins.
    Api,
    /// A UI session opened from the id of an API session (`frontdoor.jsp?sid=`).
    Frontdoor,
    /// A UI session opened by a one-time code that `singleaccess` gave for an API session.
    Singleaccess,
    /// The WebView of the vendor's Mobile SDK, which up to 13.2.0 cannot use security keys.
    MobileWebView {
        /// Version of the Mobile SDK.
        sdk: SdkVersion,
    },
}

impl LoginKind {
    /// Whether an API session opens a UI session by it.
    pub fn is_front_door(&self) -> bool {
        matches!(self, Self::Frontdoor | Self::Singleaccess)
    }
}

/// A version of the vendor's Mobile SDK, `major.minor.patch`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct SdkVersion(pub u16, pub u16, pub u16);

impl Default for SdkVersion {
    /// The newest version whose WebView is known not to support security keys.
    fn default() -> Self {
        Self(13, 2, 0)
    }
}

impl fmt::Display for SdkVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

impl FromStr for SdkVersion {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = || format!("`{text}` is not a version: write `13.2.0`");
        let mut parts = text.split('.').map(|part| part.parse::<u16>().map_err(|_| bad()));
        let mut next = || parts.next().unwrap_or(Ok(0));
        let version = Self(next()?, next()?, next()?);
        if parts.next().is_some() { Err(bad()) } else { Ok(version) }
    }
}

impl TryFrom<String> for SdkVersion {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<SdkVersion> for String {
    fn from(version: SdkVersion) -> Self {
        version.to_string()
    }
}

/// The session security level that the org grants.
///
/// Source: Object Reference, `AuthSession.SessionSecurityLevel` (`STANDARD`, `HIGH_ASSURANCE`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "session level", rename_all = "kebab-case")]
#[schemars(rename = "SessionLevel")]
pub enum SessionLevel {
    /// `STANDARD`.
    Standard,
    /// `HIGH_ASSURANCE`.
    HighAssurance,
}

/// Where and when a login was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Origin {
    /// The address, as the org sees it.
    pub address: IpAddr,
    /// The time of day, UTC.
    pub time: Time,
}

impl Default for Origin {
    /// This machine, at noon.
    fn default() -> Self {
        Self { address: IpAddr::V4(Ipv4Addr::LOCALHOST), time: Time::constant(12, 0, 0, 0) }
    }
}
