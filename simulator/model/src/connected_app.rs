//! The apps that may ask an org for tokens: connected apps and external client apps.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

use crate::{LoginKind, Secret};

/// The kind of app.
///
/// Source: contract F2.2: external client apps have no username-password flow.
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
#[serde(rename = "kind of app", rename_all = "kebab-case")]
#[schemars(rename = "AppKind")]
#[strum(serialize_all = "kebab-case")]
pub enum AppKind {
    /// A connected app.
    #[default]
    ConnectedApp,
    /// An external client app.
    ExternalClientApp,
}

/// Who may use an app ("Permitted Users").
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
#[serde(rename = "permitted users", rename_all = "kebab-case")]
#[schemars(rename = "PermittedUsers")]
#[strum(serialize_all = "kebab-case")]
pub enum PermittedUsers {
    /// "All users may self-authorize": each user approves the app once.
    #[default]
    SelfAuthorize,
    /// "Admin approved users are pre-authorized": nobody else may use it, and nobody is asked.
    AdminApproved,
}

/// A scope of a token. Its name is that of the `scope` parameter.
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
#[serde(rename = "scope", rename_all = "snake_case")]
#[schemars(rename = "OauthScope")]
#[strum(serialize_all = "snake_case")]
pub enum OauthScope {
    /// The REST and SOAP APIs.
    Api,
    /// UI sessions.
    Web,
    /// Everything but a refresh token.
    Full,
    /// A refresh token.
    RefreshToken,
    /// The same.
    OfflineAccess,
    /// An ID token.
    Openid,
    /// The identity URL.
    Id,
    /// The profile in the identity URL.
    Profile,
    /// The email address in the identity URL.
    Email,
    /// The address in the identity URL.
    Address,
    /// The phone number in the identity URL.
    Phone,
    /// The Chatter API.
    ChatterApi,
    /// Visualforce pages of customers.
    Visualforce,
    /// The content hosts, for hybrid apps.
    Content,
    /// The Lightning host, for hybrid apps.
    Lightning,
    /// Custom permissions.
    CustomPermissions,
}

/// How an app gets its tokens.
///
/// Source: contract F1.1 to F2.3.
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
#[serde(rename = "OAuth flow", rename_all = "kebab-case")]
#[schemars(rename = "OauthFlow")]
#[strum(serialize_all = "kebab-case")]
pub enum OauthFlow {
    /// Web server flow: an authorization code.
    WebServer,
    /// User-agent flow: the token comes in the fragment.
    UserAgent,
    /// Hybrid flows: the token comes with UI sessions.
    Hybrid,
    /// JWT bearer flow.
    JwtBearer,
    /// SAML bearer flow.
    SamlBearer,
    /// Client credentials flow.
    ClientCredentials,
    /// Username-password flow.
    UsernamePassword,
    /// Device flow.
    Device,
}

impl OauthFlow {
    /// The route of the login inside, as the rules know it. In the device flow the user approves in a browser, as in the
    /// web server flow.
    pub fn login(self) -> LoginKind {
        match self {
            Self::WebServer | Self::Device => LoginKind::OauthWebServer,
            Self::UserAgent => LoginKind::OauthUserAgent,
            Self::Hybrid => LoginKind::OauthHybrid,
            Self::JwtBearer => LoginKind::JwtBearer,
            Self::SamlBearer => LoginKind::Api,
            Self::ClientCredentials => LoginKind::ClientCredentials,
            Self::UsernamePassword => LoginKind::OauthPassword,
        }
    }
}

/// `org.connected-apps.<key>`: an app that may ask the org for tokens. The key is its name.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "ConnectedApp")]
pub struct ConnectedApp {
    /// Whether it is a `connected-app` or an `external-client-app`; default: `connected-app`.
    pub kind: AppKind,
    /// Consumer key (`client_id`); default: generated.
    pub client_id: Option<String>,
    /// Consumer secret (`client_secret`); default: generated.
    pub client_secret: Option<Secret>,
    /// "Require Secret" of the web server flow and the refresh token flow; default: `true`.
    pub secret_required: bool,
    /// Callback URLs, compared character by character.
    pub callbacks: Vec<String>,
    /// Selected scopes; default: `api`, `web`, `refresh_token`.
    pub scopes: BTreeSet<OauthScope>,
    /// Who may use it: `self-authorize`, `admin-approved`; default: `self-authorize`.
    pub permitted_users: PermittedUsers,
    /// Keys of the users whom an admin has approved, where `permitted-users` is `admin-approved`.
    pub approved_users: BTreeSet<String>,
    /// Whether an admin has installed it in the org; default: `true`.
    // Contract F2.3.
    pub installed: bool,
    /// Certificate (PEM) that verifies the assertions of the JWT bearer flow and the SAML bearer flow; without one, the app
    /// cannot use them.
    pub certificate: Option<String>,
    /// Key of the user as whom the client credentials flow runs; without one, the app cannot use the flow.
    pub client_credentials_user: Option<String>,
    /// "Enable Device Flow".
    pub device_flow: bool,
    /// "Require Proof Key for Code Exchange (PKCE)"; default: as the rulebook says for the date.
    // Contract F1.6.
    pub pkce_required: Option<bool>,
    /// "Enable Refresh Token Rotation"; default: as the rulebook says for the date.
    // Contract F1.6.
    pub refresh_token_rotation: Option<bool>,
}

impl Default for ConnectedApp {
    fn default() -> Self {
        Self {
            kind: AppKind::default(),
            client_id: None,
            client_secret: None,
            secret_required: true,
            callbacks: Vec::new(),
            scopes: BTreeSet::from([OauthScope::Api, OauthScope::Web, OauthScope::RefreshToken]),
            permitted_users: PermittedUsers::default(),
            approved_users: BTreeSet::new(),
            installed: true,
            certificate: None,
            client_credentials_user: None,
            device_flow: false,
            pkce_required: None,
            refresh_token_rotation: None,
        }
    }
}

impl ConnectedApp {
    /// The app with which the vendor's command line logs in, as an org has it that has installed it. `sf` sends a code
    /// challenge and no secret, and keeps its first refresh token (contract K1.1 to K1.3).
    pub fn platform_cli() -> Self {
        Self {
            client_id: Some(PLATFORM_CLI.to_owned()),
            secret_required: false,
            callbacks: vec!["http://localhost:1717/OauthRedirect".to_owned()],
            refresh_token_rotation: Some(false),
            ..Self::default()
        }
    }
}

/// The consumer key of the vendor's command line, in every org.
pub const PLATFORM_CLI: &str = "PlatformCLI";

/// `org.oauth`: the org's "OAuth and OpenID Connect Settings".
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "OauthSettings")]
pub struct OauthSettings {
    /// "Allow OAuth Username-Password Flows"; default: `false`, as in orgs since Summer '23.
    // Contract F2.2.
    pub username_password: bool,
    /// "Allow OAuth User-Agent Flows", which holds for the hybrid token flow too; default: `true`.
    pub user_agent: bool,
    /// Whether My Domain has apps of the Mobile SDK log in through the system browser.
    // Contract F1.4.
    pub native_browser: bool,
}

impl Default for OauthSettings {
    fn default() -> Self {
        Self { username_password: false, user_agent: true, native_browser: false }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use strum::IntoEnumIterator;

    use super::{ConnectedApp, OauthScope};

    #[test]
    fn an_app_without_keys_is_the_default_one_and_an_unknown_key_is_refused() {
        assert_eq!(serde_json::from_value::<ConnectedApp>(json!({})).unwrap(), ConnectedApp::default());
        let refused = serde_json::from_value::<ConnectedApp>(json!({ "callback": "https://x.example/" })).unwrap_err();
        assert!(refused.to_string().contains("unknown field `callback`"), "{refused}");
    }

    #[test]
    fn a_scope_has_one_name_in_files_and_in_requests() {
        for scope in OauthScope::iter() {
            assert_eq!(serde_json::to_value(scope).unwrap(), scope.to_string());
            assert_eq!(scope.to_string().parse(), Ok(scope));
        }
        assert_eq!("refresh_token".parse(), Ok(OauthScope::RefreshToken));
    }
}
