//! What kind of org a login meets, and which pages it shows.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The kind of org. Each has a calendar of its own.
///
/// Source: help 005321561 ("When Does This Change Take Effect?", "Trial Org Transition"); for scratch orgs and Developer
/// Edition, which it does not name, a report of salesforcebreak.com.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OrgKind {
    /// A paid production org.
    Production,
    /// A sandbox of a production org.
    Sandbox,
    /// A trial org.
    Trial,
    /// A trial org that became a subscription.
    ConvertedTrial,
    /// A scratch org.
    Scratch,
    /// A Developer Edition org.
    DeveloperEdition,
}

/// Which login page the org shows.
///
/// Source: public login suites (classic); help 005321561 (two-step).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LoginPage {
    /// Username and password on one page.
    Classic,
    /// Username first, then the password; both pages reuse `#Login`.
    TwoStep,
    /// Username first, then a passkey, with the password as the other way.
    PasskeyFirst,
}

/// Whether the passkey enrolment page can be left without enrolling.
///
/// Source: public reports, which conflict (svierk pull request 148 names no way out), so it is a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EnrolmentGate {
    /// Every page of the org leads back to the gate until a verifier is enrolled.
    Hard,
    /// Navigating straight to `retURL`, `#cancelURL` or Lightning home leaves it.
    Leavable,
}
