//! "Require periodic step-up authentication" for reports and dashboards.

use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// The org's settings for step-up.
///
/// Source: help 005321566, 005321567 (contract C7.1 to C7.4).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct StepUpSettings {
    /// Whether the policy is on; `None` leaves that to the rules.
    pub required: Option<bool>,
    /// "Step-Up Authentication Period"; `None` leaves it to the rules.
    pub period: Option<StepUpPeriod>,
    /// Whether every export counts as unusual.
    pub unusual_exports: bool,
}

/// "Step-Up Authentication Period (Minutes)".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct StepUpPeriod(u16);

impl StepUpPeriod {
    /// In minutes.
    pub fn minutes(self) -> u16 {
        self.0
    }
}

/// Contract C7.2.
const SHORTEST: u16 = 2;
const LONGEST: u16 = 120;

impl TryFrom<u16> for StepUpPeriod {
    type Error = String;

    fn try_from(minutes: u16) -> Result<Self, Self::Error> {
        if (SHORTEST..=LONGEST).contains(&minutes) {
            return Ok(Self(minutes));
        }
        Err(format!("{minutes} minutes are no step-up period: write {SHORTEST} to {LONGEST}"))
    }
}

impl From<StepUpPeriod> for u16 {
    fn from(period: StepUpPeriod) -> Self {
        period.0
    }
}

impl fmt::Display for StepUpPeriod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl JsonSchema for StepUpPeriod {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "StepUpPeriod".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": SHORTEST, "maximum": LONGEST })
    }
}

#[cfg(test)]
mod tests {
    use super::StepUpPeriod;

    /// Contract C7.2.
    #[test]
    fn a_period_has_2_to_120_minutes() {
        let read = |minutes: u32| serde_json::from_value::<StepUpPeriod>(minutes.into());

        assert_eq!((read(2).unwrap().minutes(), read(120).unwrap().minutes()), (2, 120));
        assert_eq!(read(1).unwrap_err().to_string(), "1 minutes are no step-up period: write 2 to 120");
        assert!(read(0).is_err() && read(121).is_err() && read(70_000).is_err());
        assert!(serde_json::from_value::<StepUpPeriod>((-5).into()).is_err());
    }
}
