//! A relying party that is registered with an identity provider.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

use super::endpoint_url::EndpointUrl;
use crate::text::left_empty;
use crate::{JweAlgorithm, JweEncryption, JwsAlgorithm, Secret};

/// `idp.relying-parties.<client id>`: a relying party of OpenID Connect besides the org.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "RelyingParty")]
pub struct RelyingPartySpec {
    /// Its secret; without one, and without `client-auth: private-key-jwt`, `tls-client` or `self-signed-tls-client`, it is a
    /// public client and must use PKCE.
    pub client_secret: Option<Secret>,
    /// How it authenticates; default: by any method.
    pub client_auth: Option<RelyingPartyAuth>,
    /// Its redirect URIs, compared character by character.
    pub redirect_uris: Vec<EndpointUrl>,
    /// The response types that it may ask for; default: any.
    pub response_types: Vec<ResponseType>,
    /// The grants that it may use; default: any.
    pub grant_types: Vec<GrantType>,
    /// Its public keys: a JWK set, as JSON. They verify its assertions and request objects, and encrypt its ID tokens.
    pub jwks: Option<ClientKeys>,
    /// Where its JWK set is, if it is not in `jwks`.
    pub jwks_uri: Option<EndpointUrl>,
    /// Where its request objects are, if it sends them by `request_uri`; default: anywhere on this machine.
    pub request_uris: Vec<EndpointUrl>,
    /// Where the browser may go after a logout, compared character by character; default: any address with the origin of a
    /// redirect URI.
    pub post_logout_redirect_uris: Vec<EndpointUrl>,
    /// The page of it that a logout loads.
    pub frontchannel_logout_uri: Option<EndpointUrl>,
    /// The address to which a logout posts a logout token.
    pub backchannel_logout_uri: Option<EndpointUrl>,
    /// What signs its ID tokens; default: what `key` says.
    pub id_token_signed_response_alg: Option<JwsAlgorithm>,
    /// How the key of its encrypted ID tokens is sent; default: they are not encrypted.
    pub id_token_encrypted_response_alg: Option<JweAlgorithm>,
    /// How its ID tokens are encrypted, if they are; default: `A128CBC-HS256`.
    pub id_token_encrypted_response_enc: Option<JweEncryption>,
    /// What signs its answers of UserInfo; default: they are plain JSON.
    pub userinfo_signed_response_alg: Option<JwsAlgorithm>,
    /// How the key of its encrypted answers of UserInfo is sent; default: they are not encrypted.
    pub userinfo_encrypted_response_alg: Option<JweAlgorithm>,
    /// How its answers of UserInfo are encrypted, if they are; default: `A128CBC-HS256`.
    pub userinfo_encrypted_response_enc: Option<JweEncryption>,
    /// What names its users; default: `public`.
    #[serde(deserialize_with = "left_empty")]
    pub subject_type: SubjectType,
    /// The host that it shares pairwise subjects with; default: that of `sector-identifier-uri`, or of its redirect URIs.
    pub sector_identifier: Option<String>,
    /// The document that names the redirect URIs of its sector. It is read when a client registers itself; whom an admin
    /// registers, it only gives the host.
    pub sector_identifier_uri: Option<EndpointUrl>,
    /// Whether its authorization requests must be pushed first; default: `false`.
    #[serde(deserialize_with = "left_empty")]
    pub require_pushed_authorization_requests: bool,
    /// Whether its authorization requests must be signed request objects; default: `false`.
    #[serde(deserialize_with = "left_empty")]
    pub require_signed_request_object: bool,
    /// Whether its token requests must have a DPoP proof; default: `false`.
    #[serde(deserialize_with = "left_empty")]
    pub dpop_bound_access_tokens: bool,
    /// The subject of its TLS certificate, as RFC 4514 writes it: `CN=my-app,O=Acme`. For `client-auth: tls-client`.
    pub tls_client_auth_subject_dn: Option<String>,
    /// A DNS name in its TLS certificate, in place of a subject. For `client-auth: tls-client`.
    pub tls_client_auth_san_dns: Option<String>,
    /// The authorities that vouch for its TLS certificate, PEM; default: the test CA.
    pub tls_client_auth_authority: Option<String>,
    /// Whether its tokens are bound to its TLS certificate; default: `false`.
    #[serde(deserialize_with = "left_empty")]
    pub tls_client_certificate_bound_access_tokens: bool,
}

impl RelyingPartySpec {
    /// Whether it cannot authenticate (RFC 6749 2.1).
    pub fn is_public(&self) -> bool {
        self.client_secret.is_none() && !self.client_auth.is_some_and(RelyingPartyAuth::is_by_key)
    }

    /// Whether it sends a TLS certificate, to be known by it or to bind its tokens to it (RFC 8705).
    pub fn sends_certificate(&self) -> bool {
        self.tls_client_certificate_bound_access_tokens
            || self.client_auth.is_some_and(RelyingPartyAuth::is_by_certificate)
    }

    /// The host that its pairwise subjects belong to (OpenID Connect Core 8.1).
    pub fn sector(&self) -> String {
        let of_sector = || self.sector_identifier_uri.as_ref().map(EndpointUrl::host);
        let own = || self.redirect_uris.first().map(EndpointUrl::host);
        self.sector_identifier.clone().or_else(of_sector).or_else(own).unwrap_or_default()
    }
}

/// How a relying party authenticates at the endpoints of its provider (OpenID Connect Core 9).
#[derive(
    Debug,
    Clone,
    Copy,
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
#[serde(rename = "client authentication", rename_all = "kebab-case")]
#[schemars(rename = "RelyingPartyAuth")]
#[strum(serialize_all = "kebab-case")]
pub enum RelyingPartyAuth {
    /// `client_secret_basic`.
    Basic,
    /// `client_secret_post`.
    Post,
    /// `client_secret_jwt`.
    SecretJwt,
    /// `private_key_jwt`.
    PrivateKeyJwt,
    /// `tls_client_auth`: by a TLS certificate that an authority vouches for (RFC 8705 2.1).
    TlsClient,
    /// `self_signed_tls_client_auth`: by a TLS certificate that is in `jwks`, as `x5c` of a key (RFC 8705 2.2).
    SelfSignedTlsClient,
}

impl RelyingPartyAuth {
    /// Its name in metadata.
    pub fn registered_name(self) -> &'static str {
        match self {
            Self::Basic => "client_secret_basic",
            Self::Post => "client_secret_post",
            Self::SecretJwt => "client_secret_jwt",
            Self::PrivateKeyJwt => "private_key_jwt",
            Self::TlsClient => "tls_client_auth",
            Self::SelfSignedTlsClient => "self_signed_tls_client_auth",
        }
    }

    /// Whether it proves that the client holds a private key.
    pub fn is_by_key(self) -> bool {
        self == Self::PrivateKeyJwt || self.is_by_certificate()
    }

    /// Whether it is by a TLS certificate.
    pub fn is_by_certificate(self) -> bool {
        matches!(self, Self::TlsClient | Self::SelfSignedTlsClient)
    }
}

/// What an authorization request asks for (OAuth 2.0 Multiple Response Types 3 and 5).
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
#[serde(rename = "response type")]
#[schemars(rename = "ResponseType")]
pub enum ResponseType {
    /// The code flow.
    #[default]
    #[serde(rename = "code")]
    #[strum(serialize = "code")]
    Code,
    /// The implicit flow of OAuth 2.0.
    #[serde(rename = "token")]
    #[strum(serialize = "token")]
    Token,
    /// The implicit flow, without an access token.
    #[serde(rename = "id_token")]
    #[strum(serialize = "id_token")]
    IdToken,
    /// The implicit flow.
    #[serde(rename = "id_token token")]
    #[strum(serialize = "id_token token")]
    IdTokenToken,
    /// The hybrid flow with an ID token.
    #[serde(rename = "code id_token")]
    #[strum(serialize = "code id_token")]
    CodeIdToken,
    /// The hybrid flow with an access token.
    #[serde(rename = "code token")]
    #[strum(serialize = "code token")]
    CodeToken,
    /// The hybrid flow with both.
    #[serde(rename = "code id_token token")]
    #[strum(serialize = "code id_token token")]
    CodeIdTokenToken,
}

impl ResponseType {
    /// Whether the answer has a code.
    pub fn has_code(self) -> bool {
        matches!(self, Self::Code | Self::CodeIdToken | Self::CodeToken | Self::CodeIdTokenToken)
    }

    /// Whether the answer has an ID token.
    pub fn has_id_token(self) -> bool {
        matches!(self, Self::IdToken | Self::IdTokenToken | Self::CodeIdToken | Self::CodeIdTokenToken)
    }

    /// Whether the answer has an access token.
    pub fn has_token(self) -> bool {
        matches!(self, Self::Token | Self::IdTokenToken | Self::CodeToken | Self::CodeIdTokenToken)
    }
}

/// What a client exchanges for a token (RFC 6749, RFC 8628, RFC 8693).
#[derive(
    Debug,
    Clone,
    Copy,
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
#[serde(rename = "grant type")]
#[schemars(rename = "GrantType")]
pub enum GrantType {
    /// A code of the authorization endpoint.
    #[serde(rename = "authorization_code")]
    #[strum(serialize = "authorization_code")]
    AuthorizationCode,
    /// Nothing: the tokens come from the authorization endpoint.
    #[serde(rename = "implicit")]
    #[strum(serialize = "implicit")]
    Implicit,
    /// A refresh token.
    #[serde(rename = "refresh_token")]
    #[strum(serialize = "refresh_token")]
    RefreshToken,
    /// Its own authentication.
    #[serde(rename = "client_credentials")]
    #[strum(serialize = "client_credentials")]
    ClientCredentials,
    /// A device code (RFC 8628).
    #[serde(rename = "urn:ietf:params:oauth:grant-type:device_code")]
    #[strum(serialize = "urn:ietf:params:oauth:grant-type:device_code")]
    DeviceCode,
    /// Another token (RFC 8693).
    #[serde(rename = "urn:ietf:params:oauth:grant-type:token-exchange")]
    #[strum(serialize = "urn:ietf:params:oauth:grant-type:token-exchange")]
    TokenExchange,
}

/// What names the users of a relying party (OpenID Connect Core 8).
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
#[serde(rename = "subject type", rename_all = "kebab-case")]
#[schemars(rename = "SubjectType")]
#[strum(serialize_all = "kebab-case")]
pub enum SubjectType {
    /// The same `sub` for everyone: the Federation ID.
    #[default]
    Public,
    /// Another `sub` for each sector.
    Pairwise,
}

/// The public keys of a relying party: a JWK set (RFC 7517 5), as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String")]
pub struct ClientKeys(String);

impl ClientKeys {
    /// The JSON.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for ClientKeys {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let read: serde_json::Value =
            serde_json::from_str(&text).map_err(|error| format!("`jwks` is not a JWK set in JSON: {error}"))?;
        match read.get("keys") {
            Some(serde_json::Value::Array(_)) => Ok(Self(text)),
            _ => Err("`jwks` is not a JWK set: write `{\"keys\": [...]}`".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator as _;

    use super::{ClientKeys, RelyingPartyAuth, RelyingPartySpec, ResponseType};
    use crate::Secret;

    #[test]
    fn a_client_without_a_way_to_authenticate_is_public() {
        let with = |secret: Option<&str>, client_auth| RelyingPartySpec {
            client_secret: secret.map(Secret::new),
            client_auth,
            ..RelyingPartySpec::default()
        };
        assert!(with(None, None).is_public());
        assert!(!with(Some("s"), None).is_public());
        for auth in RelyingPartyAuth::iter().filter(|auth| auth.is_by_key()) {
            assert!(!with(None, Some(auth)).is_public(), "{auth}");
            assert_eq!(with(None, Some(auth)).sends_certificate(), auth.is_by_certificate(), "{auth}");
        }
    }

    #[test]
    fn a_sector_is_named_or_that_of_its_document_or_of_the_redirect_uris() {
        let own = RelyingPartySpec {
            redirect_uris: vec!["https://app.example/cb".parse().unwrap()],
            ..RelyingPartySpec::default()
        };
        let of_document = RelyingPartySpec {
            sector_identifier_uri: Some("https://sector.example/uris.json".parse().unwrap()),
            ..own.clone()
        };
        let named = RelyingPartySpec { sector_identifier: Some("named.example".to_owned()), ..of_document.clone() };

        assert_eq!(
            [own, of_document, named].map(|spec| spec.sector()),
            ["app.example", "sector.example", "named.example"]
        );
    }

    #[test]
    fn a_response_type_has_what_its_name_says() {
        for response_type in ResponseType::iter() {
            let name = response_type.to_string();
            let words: Vec<&str> = name.split(' ').collect();
            let found = [response_type.has_code(), response_type.has_id_token(), response_type.has_token()];
            assert_eq!(found, ["code", "id_token", "token"].map(|word| words.contains(&word)), "{name}");
        }
    }

    #[test]
    fn keys_are_a_jwk_set() {
        assert!(ClientKeys::try_from("{\"keys\": []}".to_owned()).is_ok());
        for text in ["", "{}", "[]", "{\"keys\": {}}"] {
            assert!(ClientKeys::try_from(text.to_owned()).unwrap_err().contains("JWK set"), "{text}");
        }
    }
}
