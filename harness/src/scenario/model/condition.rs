//! The section that makes a scenario a condition: what a suite must survive, and what `survive` says about it.

use std::fmt;

use jiff::civil::Date;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use serde::de::{Deserializer, EnumAccess, Error, VariantAccess, Visitor};
use strum::VariantNames;
use vestibule_model::text::date;
use vestibule_model::yaml::Spanned;
use vestibule_model::{Confidence, GoodEnd, LoginPage, Owner};

use super::words::OneOf;

/// What a good suite does in this condition, who owns the fix, and when the condition applies.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Condition {
    /// Stable name, kebab-case: `passkey-gate-hard`.
    pub name: Spanned<String>,
    /// What a good suite does: it reaches home, or it stops and says so.
    pub good: Spanned<GoodEnd>,
    /// Who owns the fix if a suite stops here.
    #[serde(deserialize_with = "somebody")]
    #[schemars(schema_with = "owners")]
    pub owner: Spanned<Owner>,
    /// When it applies to a user of an org.
    pub applies: Applies,
    /// How certain the facts behind it are.
    pub confidence: Confidence,
    /// The fact behind it: a text, or a URL.
    pub fact: Spanned<String>,
    /// What to change, one sentence.
    pub remedy: Spanned<String>,
    /// The causes of a stop at this condition, as opposed to an earlier stop; default: any cause.
    #[serde(default)]
    pub causes: Vec<Spanned<String>>,
}

/// When a condition applies; the rulebook knows the dates.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(rename = "time of a condition", rename_all = "kebab-case")]
#[schemars(rename = "Applies")]
pub(crate) enum Applies {
    /// On every day.
    Always,
    /// While the org shows this login page.
    LoginPage(LoginPage),
    /// Once MFA is enforced for these users.
    Enforcement(Enforced),
    /// While one of these users is spared enforcement: it has not come, the org is outside it, or Support has approved a
    /// waiver.
    Unenforced,
    /// From the given day on: `from: 2026-02-09`.
    From(Day),
}

/// For whom MFA is enforced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename = "audience", rename_all = "kebab-case")]
#[schemars(rename = "Enforced")]
pub(crate) enum Enforced {
    /// For all users of the condition.
    Anyone,
    /// Only if they are not privileged.
    Employee,
    /// Only if they are privileged.
    Privileged,
}

/// A day of the calendar: `2026-02-09`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(with = "String")]
pub(crate) struct Day(#[serde(deserialize_with = "date")] pub Date);

/// An owner that a condition can name. Only a finding has the owner `unknown`.
fn somebody<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Spanned<Owner>, D::Error> {
    let owner = Spanned::<Somebody>::deserialize(deserializer)?;
    Ok(Spanned::new(owner.value.0, owner.span))
}

struct Somebody(Owner);

impl<'de> Deserialize<'de> for Somebody {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_enum("owner", known_owners(), SomebodyVisitor)
    }
}

struct SomebodyVisitor;

impl<'de> Visitor<'de> for SomebodyVisitor {
    type Value = Somebody;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an owner")
    }

    fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<Somebody, A::Error> {
        let (word, variant) = access.variant_seed(OneOf(known_owners()))?;
        variant.unit_variant()?;
        word.parse().map(Somebody).map_err(A::Error::custom)
    }
}

fn known_owners() -> &'static [&'static str] {
    // A condition is something that its owner can change: never the simulation, never nobody.
    Owner::VARIANTS.split_last_chunk::<2>().map_or(&[], |(known, _vestibule_and_unknown)| known)
}

fn owners(generator: &mut SchemaGenerator) -> Schema {
    let mut schema = Owner::json_schema(generator);
    if let Some(serde_json::Value::Array(words)) = schema.get_mut("oneOf") {
        words.retain(|word| word["const"].as_str().is_some_and(|word| known_owners().contains(&word)));
    }
    schema
}
