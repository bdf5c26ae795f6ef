//! The protocol clock of a realm, and the components that have one.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

use crate::text::instant;

/// `clock`: the protocol clock (assertion lifetimes, TOTP steps). The calendar date is `org.date`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[schemars(rename = "Clock")]
pub struct ClockSpec {
    /// Stop the clock at this instant: `2026-08-03T10:00:00Z`.
    #[serde(default, deserialize_with = "instant")]
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    pub frozen_at: Option<Timestamp>,
    /// Offset of a component from the realm's clock, in seconds.
    #[serde(default, deserialize_with = "offsets")]
    #[schemars(with = "BTreeMap<Component, i64>")]
    pub skew: BTreeMap<Component, SignedDuration>,
}

/// A component whose clock can be wrong.
#[derive(
    Debug,
    Clone,
    Copy,
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
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Component {
    /// The simulated org.
    Org,
    /// The identity providers.
    Idp,
    /// The virtual authenticator.
    Authenticator,
}

fn offsets<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<Component, SignedDuration>, D::Error> {
    let seconds = BTreeMap::<Component, i64>::deserialize(deserializer)?;
    Ok(seconds.into_iter().map(|(component, seconds)| (component, SignedDuration::from_secs(seconds))).collect())
}
