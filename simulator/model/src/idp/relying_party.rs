//! A relying party that is registered with an identity provider.

use schemars::JsonSchema;
use serde::Deserialize;

use super::client_auth::ClientAuth;
use super::endpoint_url::EndpointUrl;
use crate::Secret;

/// `idp.relying-parties.<client id>`: a relying party of OpenID Connect besides the org.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "RelyingParty")]
pub struct RelyingPartySpec {
    /// Its secret; without one, it is a public client and must use PKCE.
    pub client_secret: Option<Secret>,
    /// How it sends its secret to the token endpoint; default: as it likes.
    pub client_auth: Option<ClientAuth>,
    /// Its redirect URIs, compared character by character.
    pub redirect_uris: Vec<EndpointUrl>,
}

impl RelyingPartySpec {
    /// Whether it has no secret (RFC 6749 2.1).
    pub fn is_public(&self) -> bool {
        self.client_secret.is_none()
    }
}
