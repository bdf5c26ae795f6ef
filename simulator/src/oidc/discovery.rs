//! OpenID Provider metadata.
//!
//! Source: OpenID Connect Discovery 1.0 sections 3 and 4; RFC 8414 for `code_challenge_methods_supported`; RFC 9207.

use serde::Serialize;

/// Where the metadata of an issuer without a path is served (Discovery 4).
pub(crate) const DISCOVERY_PATH: &str = "/.well-known/openid-configuration";
/// Path of the authorization endpoint.
pub(crate) const AUTHORIZATION_PATH: &str = "/oidc/authorize";
/// Path of the token endpoint.
pub(crate) const TOKEN_PATH: &str = "/oidc/token";
/// Path of the UserInfo endpoint.
pub(crate) const USERINFO_PATH: &str = "/oidc/userinfo";
/// Path of the JWK set.
pub(crate) const JWKS_PATH: &str = "/oidc/jwks";
/// Path of the end session endpoint (RP-Initiated Logout 1.0).
pub(crate) const END_SESSION_PATH: &str = "/oidc/end-session";

/// Path of the registration endpoint (RFC 7591).
pub(crate) const REGISTRATION_PATH: &str = "/oidc/register";

/// OpenID Provider metadata.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct ProviderMetadata {
    /// Issuer identifier.
    pub(crate) issuer: String,
    /// Authorization endpoint.
    pub(crate) authorization_endpoint: String,
    /// Token endpoint.
    pub(crate) token_endpoint: String,
    /// UserInfo endpoint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) userinfo_endpoint: Option<String>,
    /// The JWK set.
    pub(crate) jwks_uri: String,
    /// End session endpoint.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) end_session_endpoint: Option<String>,
    /// Registration endpoint (RFC 7591).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) registration_endpoint: Option<String>,
    /// Scopes.
    pub(crate) scopes_supported: Vec<String>,
    /// Response types.
    pub(crate) response_types_supported: Vec<String>,
    /// Response modes.
    pub(crate) response_modes_supported: Vec<String>,
    /// Grant types.
    pub(crate) grant_types_supported: Vec<String>,
    /// Values of `acr` that can be requested.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) acr_values_supported: Vec<String>,
    /// Subject types.
    pub(crate) subject_types_supported: Vec<String>,
    /// Algorithms that sign ID tokens.
    pub(crate) id_token_signing_alg_values_supported: Vec<String>,
    /// How a client authenticates at the token endpoint.
    pub(crate) token_endpoint_auth_methods_supported: Vec<String>,
    /// Claims.
    pub(crate) claims_supported: Vec<String>,
    /// PKCE methods.
    pub(crate) code_challenge_methods_supported: Vec<String>,
    /// Whether answers carry `iss`.
    pub(crate) authorization_response_iss_parameter_supported: bool,
    /// Whether request objects are accepted.
    pub(crate) request_parameter_supported: bool,
    /// Whether request objects are accepted by reference; the default of the specification is true.
    pub(crate) request_uri_parameter_supported: bool,
}

impl ProviderMetadata {
    /// The metadata of this issuer (an origin without a path), with every endpoint at its path.
    pub(crate) fn new(issuer: &str) -> Self {
        Self {
            issuer: issuer.to_owned(),
            authorization_endpoint: format!("{issuer}{AUTHORIZATION_PATH}"),
            token_endpoint: format!("{issuer}{TOKEN_PATH}"),
            userinfo_endpoint: Some(format!("{issuer}{USERINFO_PATH}")),
            jwks_uri: format!("{issuer}{JWKS_PATH}"),
            end_session_endpoint: Some(format!("{issuer}{END_SESSION_PATH}")),
            registration_endpoint: None,
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
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}
