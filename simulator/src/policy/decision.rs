//! The decision: what the org does with a login, and the rules that said so.

use jiff::civil::Date;
use serde::Serialize;

use super::evidence::{Evidence, OrgFacts, UserFacts};
use super::rulebook::{Confidence, Rulebook};
use super::terms::{EnrolmentGate, SessionLevel, Strength, VerificationMethod};

/// The outcome of one login with the rules that fired.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Decision {
    /// What the org does next.
    pub outcome: Outcome,
    /// Tier of the login as proved so far.
    pub strength: Strength,
    /// The rules that fired, in the order in which they were applied.
    pub rules: Vec<FiredRule>,
}

/// What the org does next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The login succeeds with this session security level.
    Allow {
        /// The level granted.
        session_level: SessionLevel,
    },
    /// The user must answer one of these registered methods.
    Verify {
        /// Methods offered, the preferred one first.
        methods: Vec<VerificationMethod>,
    },
    /// The user must register one of these methods.
    Enrol {
        /// Methods offered, the preferred one first.
        methods: Vec<VerificationMethod>,
        /// Whether the page can be left.
        gate: EnrolmentGate,
    },
    /// The login is refused.
    Block {
        /// Why.
        reason: BlockReason,
    },
}

/// Why a login is refused outright.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum BlockReason {
    /// The user must enrol and the org has enabled no method the user may use.
    NoMethodAvailable,
    /// The user may only log in through the API.
    ApiOnlyUser,
    /// The Mobile SDK's WebView cannot run the ceremony of the user's only method.
    WebViewCannotUsePasskey,
    /// Passwordless login is not allowed in this org.
    PasswordlessNotAllowed,
}

/// A rule that took part in a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FiredRule {
    /// Stable id, kebab-case: `sso-signal-phishing-resistant`.
    pub id: &'static str,
    /// One sentence: what it saw and what it concluded.
    pub why: String,
    /// Where the rule stands: `seeds 001, "Impact to MFA Exemptions"`.
    pub source: String,
    /// How sure the source is.
    pub confidence: Confidence,
}

/// Decides one login. Pure and total.
pub fn decide(_rulebook: &Rulebook, _org: &OrgFacts, _user: &UserFacts, _evidence: &Evidence, _date: Date) -> Decision {
    unimplemented!("the policy engine replaces this")
}
