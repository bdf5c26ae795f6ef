//! OpenID Provider metadata.
//!
//! Source: OpenID Connect Discovery 1.0 sections 3 and 4; RFC 8414 for `code_challenge_methods_supported`; RFC 9207.

use serde::{Deserialize, Serialize};

/// Where the metadata of an issuer without a path is served (Discovery 4).
pub const DISCOVERY_PATH: &str = "/.well-known/openid-configuration";
/// Path of the authorization endpoint.
pub const AUTHORIZATION_PATH: &str = "/oidc/authorize";
/// Path of the token endpoint.
pub const TOKEN_PATH: &str = "/oidc/token";
/// Path of the UserInfo endpoint.
pub const USERINFO_PATH: &str = "/oidc/userinfo";
/// Path of the JWK set.
pub const JWKS_PATH: &str = "/oidc/jwks";
/// Path of the end session endpoint (RP-Initiated Logout 1.0).
pub const END_SESSION_PATH: &str = "/oidc/end-session";

/// OpenID Provider metadata.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderMetadata {
    /// Issuer identifier.
    pub issuer: String,
    /// Authorization endpoint.
    pub authorization_endpoint: String,
    /// Token endpoint.
    pub token_endpoint: String,
    /// UserInfo endpoint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub userinfo_endpoint: Option<String>,
    /// The JWK set.
    pub jwks_uri: String,
    /// End session endpoint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_session_endpoint: Option<String>,
    /// Scopes.
    #[serde(default)]
    pub scopes_supported: Vec<String>,
    /// Response types.
    pub response_types_supported: Vec<String>,
    /// Response modes.
    #[serde(default)]
    pub response_modes_supported: Vec<String>,
    /// Grant types.
    #[serde(default)]
    pub grant_types_supported: Vec<String>,
    /// Values of `acr` that can be requested.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub acr_values_supported: Vec<String>,
    /// Subject types.
    pub subject_types_supported: Vec<String>,
    /// Algorithms that sign ID tokens.
    pub id_token_signing_alg_values_supported: Vec<String>,
    /// How a client authenticates at the token endpoint.
    #[serde(default)]
    pub token_endpoint_auth_methods_supported: Vec<String>,
    /// Claims.
    #[serde(default)]
    pub claims_supported: Vec<String>,
    /// PKCE methods.
    #[serde(default)]
    pub code_challenge_methods_supported: Vec<String>,
    /// Whether answers carry `iss`.
    #[serde(default)]
    pub authorization_response_iss_parameter_supported: bool,
    /// Whether request objects are taken.
    #[serde(default)]
    pub request_parameter_supported: bool,
    /// Whether request objects are taken by reference; the default of the specification is true.
    #[serde(default = "yes")]
    pub request_uri_parameter_supported: bool,
}

impl ProviderMetadata {
    /// The metadata of this issuer (an origin without a path), with every endpoint at its path.
    pub fn new(issuer: &str) -> Self {
        Self {
            issuer: issuer.to_owned(),
            authorization_endpoint: format!("{issuer}{AUTHORIZATION_PATH}"),
            token_endpoint: format!("{issuer}{TOKEN_PATH}"),
            userinfo_endpoint: Some(format!("{issuer}{USERINFO_PATH}")),
            jwks_uri: format!("{issuer}{JWKS_PATH}"),
            end_session_endpoint: Some(format!("{issuer}{END_SESSION_PATH}")),
            scopes_supported: words(&["openid", "profile", "email"]),
            response_types_supported: words(&["code"]),
            response_modes_supported: words(&["query", "fragment", "form_post"]),
            grant_types_supported: words(&["authorization_code"]),
            acr_values_supported: Vec::new(),
            subject_types_supported: words(&["public"]),
            id_token_signing_alg_values_supported: words(&["RS256", "ES256"]),
            token_endpoint_auth_methods_supported: words(&["client_secret_basic", "client_secret_post"]),
            claims_supported: words(&[
                "iss",
                "sub",
                "aud",
                "exp",
                "iat",
                "auth_time",
                "nonce",
                "acr",
                "amr",
                "at_hash",
            ]),
            code_challenge_methods_supported: words(&["S256"]),
            authorization_response_iss_parameter_supported: true,
            request_parameter_supported: false,
            request_uri_parameter_supported: false,
        }
    }

    /// Reads metadata that was fetched for this issuer.
    ///
    /// # Errors
    /// If it is not metadata, or names another issuer (Discovery 4.3).
    pub fn parse(body: &[u8], issuer: &str) -> Result<Self, DiscoveryError> {
        let metadata: Self = serde_json::from_slice(body)?;
        if metadata.issuer == issuer {
            Ok(metadata)
        } else {
            Err(DiscoveryError::IssuerMismatch { expected: issuer.to_owned(), actual: metadata.issuer })
        }
    }
}

/// Why metadata cannot be used. Each text completes "failed to ...".
#[derive(Debug, thiserror::Error)]
pub enum DiscoveryError {
    /// Not JSON, or a required member is missing.
    #[error("read the OpenID Provider metadata: {0}")]
    Malformed(#[from] serde_json::Error),
    /// The metadata belongs to somebody else.
    #[error("use the OpenID Provider metadata: its issuer is `{actual}` and not `{expected}`")]
    IssuerMismatch {
        /// The issuer whose metadata was fetched.
        expected: String,
        /// The issuer that the metadata names.
        actual: String,
    },
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn yes() -> bool {
    true
}
