//! The kinds of value that a rulebook can state.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// How a signal is compared with the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Matching {
    /// The whole value, with case.
    Exact,
    /// The whole value, without case.
    IgnoreCase,
    /// Of a URI with a known prefix what follows the last `/` or `:`, of others the whole value; without case.
    LastSegment,
}

/// Which signal counts if several arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Winner {
    /// The strongest.
    Strongest,
    /// The weakest.
    Weakest,
}

/// Whether the org reads a carrier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Carriage {
    /// It does.
    Read,
    /// It does not.
    Ignored,
}

/// The calendar that a kind of org follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Calendar {
    /// The calendar of production orgs.
    Production,
    /// The calendar of sandboxes.
    Sandbox,
    /// None: the org is out of scope.
    None,
}

/// The first day on which something applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Start {
    /// It never applies.
    Never,
    /// From this day on.
    On(Date),
}

impl Start {
    /// The day, unless never.
    pub fn date(self) -> Option<Date> {
        match self {
            Self::Never => None,
            Self::On(date) => Some(date),
        }
    }

    /// Whether it applies on this day.
    pub fn reached(self, date: Date) -> bool {
        self.date().is_some_and(|start| date >= start)
    }
}

impl TryFrom<String> for Start {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if text == "never" {
            return Ok(Self::Never);
        }
        let date = text.parse().map_err(|_| format!("`{text}` is not a day: write `2026-07-20` or `never`"))?;
        Ok(Self::On(date))
    }
}

impl fmt::Display for Start {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Never => f.write_str("never"),
            Self::On(date) => date.fmt(f),
        }
    }
}

impl From<Start> for String {
    fn from(start: Start) -> Self {
        start.to_string()
    }
}

/// Which logins something stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Stops {
    /// Every login.
    EveryLogin,
    /// Logins with Salesforce credentials; an identity provider's answer and an API session are none.
    Credentials,
}

/// From which addresses a login through the API is asked for more than the password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum AskedFrom {
    /// From those in no trusted range.
    UntrustedAddresses,
    /// From all.
    EveryAddress,
}

/// What becomes of a security token where none is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum UnneededToken {
    /// A right one is accepted.
    Accepted,
    /// It makes the password wrong.
    Refused,
}

/// What the waiver permission does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum WaiverEffect {
    /// It exempts its holder.
    Exempts,
    /// It does nothing.
    Inert,
}

/// Whether a route is subject to the rules for UI logins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Scope {
    /// It is.
    InScope,
    /// It is not.
    OutOfScope,
}

/// What happens to a UI session that is opened from an API session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum FrontdoorRule {
    /// A user without a sufficient verifier must enrol; others pass without verification.
    Gated,
    /// The same for a session id in the URL; a one-time code of `singleaccess` passes without verification.
    OpenByCode,
    /// Everybody passes without verification.
    Open,
}

/// What a front door asks of a user whose sufficient verifiers are an authenticator app or Salesforce Authenticator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum FrontdoorApp {
    /// Nothing.
    NotAsked,
    /// A verification.
    Verify,
}

/// Whose waiver makes the banner appear.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum WaiverBanner {
    /// That of any user of the org; every user sees it.
    AnyUser,
    /// The viewer's own.
    Viewer,
}

/// Which passkey methods an org must have disabled for the banner to appear.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum PasskeyBanner {
    /// Security keys and built-in authenticators.
    Both,
    /// One of them.
    Either,
}

/// How MFA reaches Experience Cloud users.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ExperienceCloudMfa {
    /// It applies to users who have the permission.
    Optional,
}

/// How a user with a Chatter licence counts in a UI login.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ChatterUsers {
    /// Excluded from MFA.
    Excluded,
    /// An employee like any other.
    Employee,
}

/// How an integration user counts in a UI login.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum IntegrationUsers {
    /// An employee like any other.
    Employee,
    /// Restricted to the API: a UI login is refused.
    ApiOnly,
}

/// What follows a weak SSO login if the user has a sufficient verifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum VerifiedSso {
    /// The user must verify with it.
    Verify,
    /// The user must enrol another one.
    Enrol,
}

/// What follows a weak SSO login if the user has no sufficient verifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum UnverifiedSso {
    /// The user must enrol one.
    Enrol,
    /// The login is refused.
    Block,
}
