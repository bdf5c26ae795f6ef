//! How an identity provider publishes its SAML metadata.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::text::left_empty;

/// `published-metadata`: how the identity provider publishes its metadata.
///
/// Source: saml-metadata 2.3.2 and 3.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "PublishedMetadata")]
pub struct PublishedMetadata {
    /// Whether it is signed, with the valid key; default: `false`.
    #[serde(deserialize_with = "left_empty")]
    pub sign: bool,
    /// How long it is valid from when it is fetched, in seconds: `validUntil`; default: no end.
    pub valid_for: Option<u32>,
    /// How long it may be kept, in seconds: `cacheDuration`; default: not stated.
    pub cache_for: Option<u32>,
    /// Whether it already has the certificate of the next key, before that key signs; default: `false`.
    #[serde(deserialize_with = "left_empty")]
    pub next_key: bool,
}
