//! How a user signs in at an identity provider.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

/// How the user signs in at the identity provider.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
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
#[serde(rename = "method", rename_all = "kebab-case")]
#[schemars(rename = "MethodUsed")]
#[strum(serialize_all = "kebab-case")]
pub enum MethodUsed {
    /// Password only.
    #[default]
    Password,
    /// Password and a push to the IdP's app.
    Push,
    /// Password and a TOTP code.
    Totp,
    /// A passkey, security key or Windows Hello.
    Passkey,
    /// A client certificate or smart card.
    Certificate,
    /// Password and a code by SMS.
    Sms,
    /// Password and a code by email.
    Email,
    /// Integrated Windows authentication.
    WindowsIntegrated,
}
