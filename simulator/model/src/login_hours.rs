//! The hours in which the users of a profile may log in.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, Time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Login hours by day of the week. A day that is not listed has no limit (contract H5.4).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
#[schemars(inline)]
pub struct LoginHours(BTreeMap<Weekday, Hours>);

impl LoginHours {
    /// Whether a login on this day at this time is within the hours.
    pub fn allow(&self, date: Date, time: Time) -> bool {
        self.on(date).is_none_or(|hours| hours.contain(time))
    }

    /// The hours of a day, if it has a limit.
    pub fn on(&self, date: Date) -> Option<Hours> {
        self.0.get(&Weekday::of(date)).copied()
    }
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename = "day of the week", rename_all = "kebab-case")]
#[schemars(rename = "Weekday")]
pub enum Weekday {
    /// Monday.
    Monday,
    /// Tuesday.
    Tuesday,
    /// Wednesday.
    Wednesday,
    /// Thursday.
    Thursday,
    /// Friday.
    Friday,
    /// Saturday.
    Saturday,
    /// Sunday.
    Sunday,
}

impl Weekday {
    /// The day of the week of this date.
    pub fn of(date: Date) -> Self {
        match date.weekday() {
            jiff::civil::Weekday::Monday => Self::Monday,
            jiff::civil::Weekday::Tuesday => Self::Tuesday,
            jiff::civil::Weekday::Wednesday => Self::Wednesday,
            jiff::civil::Weekday::Thursday => Self::Thursday,
            jiff::civil::Weekday::Friday => Self::Friday,
            jiff::civil::Weekday::Saturday => Self::Saturday,
            jiff::civil::Weekday::Sunday => Self::Sunday,
        }
    }
}

/// From a time of day, UTC, to a later one, which is not included: `08:00-18:00`. Two equal times allow no login.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct Hours {
    from: Time,
    until: Time,
}

impl Hours {
    fn contain(self, time: Time) -> bool {
        self.from <= time && time < self.until
    }
}

impl FromStr for Hours {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || format!("`{text}` is not a time of day to another: write `08:00-18:00`, the earlier time first");
        let (from, until) = text.split_once('-').ok_or_else(wrong)?;
        let number = |digits: &str| {
            let two = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
            digits.parse::<i8>().ok().filter(|_| two)
        };
        let read = |time: &str| {
            let (hour, minute) = time.split_once(':')?;
            Time::new(number(hour)?, number(minute)?, 0, 0).ok()
        };
        let (from, until) = (read(from).ok_or_else(wrong)?, read(until).ok_or_else(wrong)?);
        if from <= until { Ok(Self { from, until }) } else { Err(wrong()) }
    }
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.from.strftime("%H:%M"), self.until.strftime("%H:%M"))
    }
}

impl TryFrom<String> for Hours {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Hours> for String {
    fn from(hours: Hours) -> Self {
        hours.to_string()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};

    use super::{Hours, LoginHours};

    #[test]
    fn a_day_that_is_listed_has_its_hours_and_another_none() {
        let hours: LoginHours =
            serde_json::from_value(serde_json::json!({ "monday": "08:00-18:00", "sunday": "00:00-00:00" })).unwrap();
        let (monday, tuesday, sunday) = (date(2026, 8, 3), date(2026, 8, 4), date(2026, 8, 9));
        for (day, at, allowed) in [
            (monday, time(7, 59, 59, 0), false),
            (monday, time(8, 0, 0, 0), true),
            (monday, time(17, 59, 59, 0), true),
            (monday, time(18, 0, 0, 0), false),
            (tuesday, time(3, 0, 0, 0), true),
            (sunday, time(0, 0, 0, 0), false),
            (sunday, time(12, 0, 0, 0), false),
        ] {
            assert_eq!(hours.allow(day, at), allowed, "{day} {at}");
        }
    }

    #[test]
    fn what_are_no_hours_is_refused() {
        for text in [
            "",
            "8-18",
            "8:00-18:00",
            "18:00-08:00",
            "08:00-25:00",
            "08:00",
            "08:00-18:0",
            "aa:bb-cc:dd",
            "+8:00-18:00",
        ] {
            assert!(text.parse::<Hours>().is_err(), "{text}");
        }
        assert_eq!("08:00-18:30".parse::<Hours>().unwrap().to_string(), "08:00-18:30");
    }
}
