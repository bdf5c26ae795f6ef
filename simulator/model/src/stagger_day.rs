//! An org's place in a staggered rollout.

use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// The day of a wave on which enforcement reaches an org, counted from 0. A shorter wave reaches it on its own last day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct StaggerDay(u16);

impl StaggerDay {
    /// The last day of the longest wave that was announced.
    // Contract I1.1, I1.3: 30 days.
    pub const LAST: Self = Self(29);

    /// The number of the day.
    pub fn get(self) -> u16 {
        self.0
    }
}

impl TryFrom<u16> for StaggerDay {
    type Error = String;

    fn try_from(day: u16) -> Result<Self, Self::Error> {
        let Self(last) = Self::LAST;
        if day <= last {
            return Ok(Self(day));
        }
        Err(format!("{day} is not a day of a wave: the longest has {} days, so write 0 to {last}", last + 1))
    }
}

impl From<StaggerDay> for u16 {
    fn from(day: StaggerDay) -> Self {
        day.0
    }
}

impl FromStr for StaggerDay {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let day: u16 =
            text.parse().map_err(|_| format!("`{text}` is not a day of a wave: write 0 to {}", Self::LAST))?;
        day.try_into()
    }
}

impl fmt::Display for StaggerDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl JsonSchema for StaggerDay {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "StaggerDay".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": 0, "maximum": Self::LAST.0 })
    }
}

#[cfg(test)]
mod tests {
    use super::StaggerDay;

    #[test]
    fn a_day_beyond_the_longest_wave_is_refused() {
        let longest = "30 is not a day of a wave: the longest has 30 days, so write 0 to 29";

        assert_eq!("29".parse().map(StaggerDay::get), Ok(29));
        assert_eq!("30".parse::<StaggerDay>(), Err(longest.to_owned()));
        assert!("-1".parse::<StaggerDay>().is_err());
        assert_eq!(serde_json::from_value::<StaggerDay>(30.into()).unwrap_err().to_string(), longest);
    }
}
