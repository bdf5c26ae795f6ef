//! How long a session at the org lives without being used.

use jiff::SignedDuration;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

/// "Timeout Value" of the org's Session Settings. The names are those of `SessionTimeout` in the Metadata API.
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
#[serde(rename = "session timeout", rename_all = "kebab-case")]
#[schemars(rename = "SessionTimeout")]
#[strum(serialize_all = "kebab-case")]
pub enum SessionTimeout {
    /// 15 minutes.
    FifteenMinutes,
    /// 30 minutes.
    ThirtyMinutes,
    /// An hour.
    SixtyMinutes,
    /// Two hours.
    #[default]
    TwoHours,
    /// Four hours.
    FourHours,
    /// Eight hours.
    EightHours,
    /// Twelve hours.
    TwelveHours,
    /// A day.
    TwentyFourHours,
}

impl SessionTimeout {
    /// As a duration.
    pub fn duration(self) -> SignedDuration {
        SignedDuration::from_mins(match self {
            Self::FifteenMinutes => 15,
            Self::ThirtyMinutes => 30,
            Self::SixtyMinutes => 60,
            Self::TwoHours => 2 * 60,
            Self::FourHours => 4 * 60,
            Self::EightHours => 8 * 60,
            Self::TwelveHours => 12 * 60,
            Self::TwentyFourHours => 24 * 60,
        })
    }
}
