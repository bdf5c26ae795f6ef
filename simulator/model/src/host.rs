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
#[serde(rename_all = "kebab-case")]
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
}

impl HostKind {
    /// The role of such a host, with the key of the identity provider where that is meant.
    pub fn role(self, idp: impl FnOnce() -> String) -> HostRole {
        match self {
            Self::MyDomain => HostRole::MyDomain,
            Self::Lightning => HostRole::Lightning,
            Self::Setup => HostRole::Setup,
            Self::Login => HostRole::Login,
            Self::Idp => HostRole::Idp(idp()),
        }
    }
}

/// Which host names a realm answers as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum HostNaming {
    /// Names below `.localhost`, which every browser finds on the loopback, with the listener's port in each URL.
    #[default]
    Localhost,
    /// The vendor's own names, without a port, for suites that compare them. Only a process whose resolver or proxy maps
    /// them to the listener reaches them; nothing binds port 443.
    Real,
}
