//! OpenID Provider metadata.
//!
//! Source: OpenID Connect Discovery 1.0 sections 3 and 4; RFC 8414; RFC 8628 4; RFC 9126 5; RFC 9207; RFC 9449 5.1;
//! RP-Initiated Logout 2.1; Front-Channel and Back-Channel Logout 2.1; JWT Secured Authorization Response Mode 4.

use serde::Serialize;
use strum::IntoEnumIterator as _;
use vestibule_model::{
    GrantType, JweAlgorithm, JweEncryption, JwsAlgorithm, RelyingPartyAuth, ResponseType, SubjectType,
};

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
/// Path of the endpoint of pushed authorization requests (RFC 9126).
pub(crate) const PUSHED_REQUEST_PATH: &str = "/oidc/par";
/// Path of the device authorization endpoint (RFC 8628).
pub(crate) const DEVICE_AUTHORIZATION_PATH: &str = "/oidc/device-authorization";
/// Path of the introspection endpoint (RFC 7662).
pub(crate) const INTROSPECTION_PATH: &str = "/oidc/introspect";
/// Path of the revocation endpoint (RFC 7009).
pub(crate) const REVOCATION_PATH: &str = "/oidc/revoke";

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
    /// Endpoint of pushed authorization requests (RFC 9126).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) pushed_authorization_request_endpoint: Option<String>,
    /// Device authorization endpoint (RFC 8628).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) device_authorization_endpoint: Option<String>,
    /// Introspection endpoint (RFC 7662).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) introspection_endpoint: Option<String>,
    /// Revocation endpoint (RFC 7009).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) revocation_endpoint: Option<String>,
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
    /// How the keys of encrypted ID tokens are sent.
    pub(crate) id_token_encryption_alg_values_supported: Vec<String>,
    /// How ID tokens are encrypted.
    pub(crate) id_token_encryption_enc_values_supported: Vec<String>,
    /// Algorithms that sign answers of UserInfo.
    pub(crate) userinfo_signing_alg_values_supported: Vec<String>,
    /// How the keys of encrypted answers of UserInfo are sent.
    pub(crate) userinfo_encryption_alg_values_supported: Vec<String>,
    /// How answers of UserInfo are encrypted.
    pub(crate) userinfo_encryption_enc_values_supported: Vec<String>,
    /// Algorithms that sign answers of the authorization endpoint.
    pub(crate) authorization_signing_alg_values_supported: Vec<String>,
    /// Algorithms that sign request objects.
    pub(crate) request_object_signing_alg_values_supported: Vec<String>,
    /// Algorithms that sign DPoP proofs.
    pub(crate) dpop_signing_alg_values_supported: Vec<String>,
    /// How a client authenticates at the token endpoint.
    pub(crate) token_endpoint_auth_methods_supported: Vec<String>,
    /// Algorithms that sign client assertions.
    pub(crate) token_endpoint_auth_signing_alg_values_supported: Vec<String>,
    /// Values of `prompt`.
    pub(crate) prompt_values_supported: Vec<String>,
    /// Claims.
    pub(crate) claims_supported: Vec<String>,
    /// PKCE methods.
    pub(crate) code_challenge_methods_supported: Vec<String>,
    /// Whether answers carry `iss`.
    pub(crate) authorization_response_iss_parameter_supported: bool,
    /// Whether single claims can be asked for.
    pub(crate) claims_parameter_supported: bool,
    /// Whether a logout loads pages of the clients, and tells them `iss` and `sid`.
    pub(crate) frontchannel_logout_supported: bool,
    /// Whether the addresses of these pages carry `iss` and `sid`.
    pub(crate) frontchannel_logout_session_supported: bool,
    /// Whether a logout posts logout tokens to the clients.
    pub(crate) backchannel_logout_supported: bool,
    /// Whether logout tokens have a `sid`.
    pub(crate) backchannel_logout_session_supported: bool,
    /// Whether tokens can be bound to a TLS certificate (RFC 8705 3.3).
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) tls_client_certificate_bound_access_tokens: bool,
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
            pushed_authorization_request_endpoint: Some(format!("{issuer}{PUSHED_REQUEST_PATH}")),
            device_authorization_endpoint: Some(format!("{issuer}{DEVICE_AUTHORIZATION_PATH}")),
            introspection_endpoint: Some(format!("{issuer}{INTROSPECTION_PATH}")),
            revocation_endpoint: Some(format!("{issuer}{REVOCATION_PATH}")),
            scopes_supported: words(&["openid", "profile", "email", "offline_access"]),
            response_types_supported: names(ResponseType::iter()),
            response_modes_supported: words(&[
                "query",
                "fragment",
                "form_post",
                "jwt",
                "query.jwt",
                "fragment.jwt",
                "form_post.jwt",
            ]),
            grant_types_supported: names(GrantType::iter()),
            acr_values_supported: Vec::new(),
            subject_types_supported: names(SubjectType::iter()),
            id_token_signing_alg_values_supported: names(JwsAlgorithm::iter()),
            id_token_encryption_alg_values_supported: names(JweAlgorithm::iter()),
            id_token_encryption_enc_values_supported: names(JweEncryption::iter()),
            userinfo_signing_alg_values_supported: names(JwsAlgorithm::iter()),
            userinfo_encryption_alg_values_supported: names(JweAlgorithm::iter()),
            userinfo_encryption_enc_values_supported: names(JweEncryption::iter()),
            authorization_signing_alg_values_supported: words(&["RS256"]),
            request_object_signing_alg_values_supported: of_clients().chain(macs()).collect(),
            dpop_signing_alg_values_supported: of_clients().collect(),
            token_endpoint_auth_methods_supported: RelyingPartyAuth::iter()
                .filter(|method| !method.is_by_certificate())
                .map(|method| method.registered_name().to_owned())
                .collect(),
            token_endpoint_auth_signing_alg_values_supported: of_clients().chain(macs()).collect(),
            prompt_values_supported: words(&["none", "login", "consent", "select_account"]),
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
                "c_hash",
                "s_hash",
                "sid",
                "preferred_username",
                "email",
            ]),
            code_challenge_methods_supported: words(&["S256"]),
            authorization_response_iss_parameter_supported: true,
            claims_parameter_supported: true,
            frontchannel_logout_supported: true,
            frontchannel_logout_session_supported: true,
            backchannel_logout_supported: true,
            backchannel_logout_session_supported: true,
            tls_client_certificate_bound_access_tokens: false,
            request_parameter_supported: true,
            request_uri_parameter_supported: true,
        }
    }
}

fn names<T: Into<&'static str>>(values: impl Iterator<Item = T>) -> Vec<String> {
    values.map(|value| value.into().to_owned()).collect()
}

/// The algorithms of signatures with the private key of a client, which may write that of Ed25519 under either name.
fn of_clients() -> impl Iterator<Item = String> {
    names(JwsAlgorithm::iter()).into_iter().chain(words(&["Ed25519"]))
}

/// The algorithms of signatures with the secret of a client.
fn macs() -> impl Iterator<Item = String> {
    words(&["HS256", "HS384", "HS512"]).into_iter()
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}
