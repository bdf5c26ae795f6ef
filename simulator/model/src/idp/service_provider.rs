//! A service provider that is registered with an identity provider.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

use super::attribute_format::AttributeNameFormat;
use super::endpoint_url::EndpointUrl;
use super::saml_encryption::SamlEncryption;
use crate::text::instant;

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
    /// Whether it wants the assertion signed, whatever else is; default: `false`.
    pub want_assertions_signed: bool,
    /// The certificates of its keys that decrypt, PEM; the first one is used.
    pub encryption_certificates: Vec<String>,
    /// What is encrypted for it; default: nothing.
    pub encryption: Option<SamlEncryption>,
    /// Where it ends its sessions; without it, no logout reaches it.
    pub single_logout: Option<SingleLogoutService>,
    /// How its users are named if a request does not say it, as the URI of a format; default: by their Federation ID.
    pub name_id_format: Option<String>,
    /// The sets of attributes that it asks for. Without any, it gets all that is known about a user.
    pub attribute_services: Vec<AttributeConsumingService>,
    /// Whether an artifact comes in a form and not in a redirect; default: `false`.
    pub artifact_form: bool,
    /// Until when its metadata is valid: later, its requests are refused.
    #[serde(deserialize_with = "instant")]
    #[schemars(with = "Option<String>")]
    pub valid_until: Option<Timestamp>,
}

/// A single logout service (saml-metadata 2.4.2).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "SingleLogoutService")]
pub struct SingleLogoutService {
    /// Where requests go.
    pub url: EndpointUrl,
    /// Where answers go; default: to `url`.
    pub response_url: Option<EndpointUrl>,
    /// Its binding; default: `http-redirect`.
    #[serde(default)]
    pub binding: LogoutBinding,
}

impl SingleLogoutService {
    /// Where answers go.
    pub fn answers_at(&self) -> &EndpointUrl {
        self.response_url.as_ref().unwrap_or(&self.url)
    }
}

/// The binding of a single logout service.
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
#[serde(rename = "logout binding", rename_all = "kebab-case")]
#[schemars(rename = "LogoutBinding")]
#[strum(serialize_all = "kebab-case")]
pub enum LogoutBinding {
    /// HTTP-Redirect (saml-bindings 3.4).
    #[default]
    HttpRedirect,
    /// HTTP-POST (saml-bindings 3.5).
    HttpPost,
}

impl LogoutBinding {
    /// Its identifier in metadata.
    pub fn urn(self) -> &'static str {
        match self {
            Self::HttpRedirect => "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect",
            Self::HttpPost => "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST",
        }
    }
}

/// A set of attributes that a service provider asks for (saml-metadata 2.4.4.1).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "AttributeConsumingService")]
pub struct AttributeConsumingService {
    /// Its index; default: its place in the list, which starts with 0.
    pub index: Option<u16>,
    /// `isDefault`: whether it is meant where a request names none; default: the first that does not say `false`.
    pub default: Option<bool>,
    /// The attributes, by `Name`.
    pub attributes: Vec<RequestedAttribute>,
}

/// An attribute that a service provider asks for (saml-metadata 2.4.4.2).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "RequestedAttribute")]
pub struct RequestedAttribute {
    /// Its `Name`.
    pub name: String,
    /// Its `NameFormat`; default: that of the identity provider.
    pub name_format: Option<AttributeNameFormat>,
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

impl ServiceProviderSpec {
    /// The set of attributes that a request means which names this index, or none; `None` if there is no such set.
    pub fn attribute_service(&self, index: Option<u16>) -> Option<&AttributeConsumingService> {
        let mut indexed = (0..=u16::MAX).zip(&self.attribute_services);
        if let Some(index) = index {
            return indexed.find(|(place, one)| one.index.unwrap_or(*place) == index).map(|(_, one)| one);
        }
        let with = |default: Option<bool>| self.attribute_services.iter().find(|one| one.default == default);
        with(Some(true)).or_else(|| with(None)).or_else(|| self.attribute_services.first())
    }
}

impl AssertionConsumerService {
    /// An address that takes the HTTP-POST binding.
    pub fn post(url: EndpointUrl) -> Self {
        Self { url, index: None, binding: AcsBinding::default(), default: None }
    }
}

/// The binding of an assertion consumer service. The identity provider answers by HTTP-POST and HTTP-Artifact; it knows
/// the others because metadata names them.
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
