//! What of a SAML response is signed.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

/// Which parts of a SAML response are signed.
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
#[serde(rename = "signed part", rename_all = "kebab-case")]
#[schemars(rename = "SignedPart")]
#[strum(serialize_all = "kebab-case")]
pub enum SamlSigning {
    /// Only the `Response`.
    Response,
    /// Only the `Assertion`.
    #[default]
    Assertion,
    /// Both.
    Both,
}
