//! A service provider that is registered with an identity provider.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

use super::endpoint_url::EndpointUrl;

/// `idp.service-providers.<entity id>`: a service provider of SAML besides the org.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "ServiceProvider")]
pub struct ServiceProviderSpec {
    /// Its assertion consumer services.
    pub acs: Vec<AssertionConsumerService>,
    /// Its signing certificates, PEM; without one, a signed request is refused.
    pub certificates: Vec<String>,
    /// Whether it signs its requests, so that one without a signature is refused; default: `false`.
    pub authn_requests_signed: bool,
}

/// An assertion consumer service (saml-metadata 2.4.4 and 2.2.3).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "AssertionConsumerService")]
pub struct AssertionConsumerService {
    /// Its address.
    pub url: EndpointUrl,
    /// Its index; default: its place in the list, which starts with 0.
    pub index: Option<u16>,
    /// Its binding; default: `http-post`.
    #[serde(default)]
    pub binding: AcsBinding,
    /// `isDefault`: whether it is meant where a request names none; default: the first that does not say `false`.
    pub default: Option<bool>,
}

impl AssertionConsumerService {
    /// An address that takes the HTTP-POST binding.
    pub fn post(url: EndpointUrl) -> Self {
        Self { url, index: None, binding: AcsBinding::default(), default: None }
    }
}

/// The binding of an assertion consumer service. The identity provider answers by HTTP-POST only; it knows the others
/// because metadata names them.
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
#[serde(rename = "binding", rename_all = "kebab-case")]
#[schemars(rename = "AcsBinding")]
#[strum(serialize_all = "kebab-case")]
pub enum AcsBinding {
    /// HTTP-POST (saml-bindings 3.5).
    #[default]
    HttpPost,
    /// `HTTP-POST-SimpleSign`.
    HttpPostSimpleSign,
    /// HTTP-Artifact (saml-bindings 3.6).
    HttpArtifact,
    /// PAOS (saml-bindings 3.3).
    Paos,
}

impl AcsBinding {
    /// Its identifier in messages and metadata.
    pub fn urn(self) -> &'static str {
        match self {
            Self::HttpPost => "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST",
            Self::HttpPostSimpleSign => "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST-SimpleSign",
            Self::HttpArtifact => "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact",
            Self::Paos => "urn:oasis:names:tc:SAML:2.0:bindings:PAOS",
        }
    }
}
