//! The section that makes a scenario a condition: what automation must live through, and what `survive` says about it.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;
use vestibule_model::{Confidence, GoodEnd, LoginPage};

use super::org::DateText;
use crate::scenario::spanned::Spanned;

/// What a good suite does in this condition, who owns the fix, and when the condition applies.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Condition {
    /// Stable name, kebab-case: `passkey-gate-hard`.
    pub name: Spanned<String>,
    /// What a good suite does: it reaches home, or it stops and says so.
    pub good: Spanned<GoodEnd>,
    /// Who owns the fix if a suite stops here.
    pub owner: Spanned<OwnerName>,
    /// When it applies to a user of an org.
    pub applies: Applies,
    /// How sure the facts are that it stands on.
    pub confidence: Confidence,
    /// The fact it stands on: a text, or a URL.
    pub fact: Spanned<String>,
    /// What to change, one sentence.
    pub remedy: Spanned<String>,
    /// The causes by which a suite stops at this condition and not before it; left out, whatever stops it counts.
    #[serde(default)]
    pub causes: Vec<Spanned<String>>,
}

/// Who owns the fix of a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename = "owner", rename_all = "kebab-case")]
#[schemars(rename = "OwnerName")]
pub enum OwnerName {
    /// Whoever maintains the suite.
    Suite,
    /// The administrator of the org.
    OrgAdmin,
    /// The administrator of the identity provider.
    IdpAdmin,
}

/// When a condition applies; the rulebook knows the dates.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Applies {
    /// On every day.
    Always,
    /// While the org shows this login page.
    LoginPage(LoginPage),
    /// Once MFA is enforced for these users.
    Enforcement(Enforced),
    /// From a day on, that of the fact: `from: 2026-02-09`.
    From(Day),
}

/// For whom MFA is enforced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Enforced {
    /// For the users of the condition, whoever they are.
    Anyone,
    /// Only where they are without privileges.
    Employee,
    /// Only where they are privileged.
    Privileged,
}

/// A day of the calendar: `2026-02-09`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "DateText")]
#[schemars(with = "String")]
pub struct Day(pub Date);

impl TryFrom<DateText> for Day {
    type Error = String;

    fn try_from(text: DateText) -> Result<Self, String> {
        Ok(Self(text.0))
    }
}
