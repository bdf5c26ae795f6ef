//! The hosts of a realm.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

/// What a host name serves.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum HostRole {
    /// The My Domain host: login page, ACS, OAuth, REST.
    MyDomain,
    /// The Lightning host.
    Lightning,
    /// The Setup host.
    Setup,
    /// The shared login host (`login.` or `test.`).
    Login,
    /// An identity provider, by its key.
    Idp(String),
    /// A product beside the org, by its key.
    Product(String),
}

/// A host of the realm.
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
#[serde(rename = "host", rename_all = "kebab-case")]
#[schemars(rename = "Host")]
#[strum(serialize_all = "kebab-case")]
pub enum HostKind {
    /// The My Domain host.
    #[default]
    MyDomain,
    /// The Lightning host.
    Lightning,
    /// The Setup host.
    Setup,
    /// The shared login host.
    Login,
    /// The only identity provider.
    Idp,
    /// The only product beside the org.
    Product,
}

impl HostKind {
    /// The role of this host; `key` gives the key of the identity provider or of the product.
    pub fn role(self, key: impl FnOnce() -> String) -> HostRole {
        match self {
            Self::MyDomain => HostRole::MyDomain,
            Self::Lightning => HostRole::Lightning,
            Self::Setup => HostRole::Setup,
            Self::Login => HostRole::Login,
            Self::Idp => HostRole::Idp(key()),
            Self::Product => HostRole::Product(key()),
        }
    }
}

/// The host names that a realm answers to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum HostNaming {
    /// Names below `.localhost`, which every browser resolves to the loopback address. Each URL has the listener's
    /// port.
    #[default]
    Localhost,
    /// The vendor's own names, without a port, for suites that compare host names. They are reachable only from a
    /// process whose resolver or proxy maps them to the listener; nothing binds port 443.
    Real,
}
