//! Date literals: `TODAY`, `LAST_N_DAYS:30`.
//!
//! Source: SOQL and SOSL Reference, "Date Formats and Date Literals". Days are those of UTC, the time zone of the org.

use jiff::Timestamp;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan};

use super::query::{Period, Unit};

/// The literal with this text.
pub(crate) fn period(text: &str) -> Option<Period> {
    let text = text.to_ascii_uppercase();
    let (name, number) = match text.split_once(':') {
        Some((name, number)) => (name, Some(number.parse::<i64>().ok().filter(|number| *number <= MOST_UNITS)?)),
        None => (text.as_str(), None),
    };
    match number {
        None => Some(match name {
            "TODAY" => Period::One(Unit::Day, 0),
            "YESTERDAY" => Period::One(Unit::Day, -1),
            "TOMORROW" => Period::One(Unit::Day, 1),
            "LAST_90_DAYS" => Period::Last(Unit::Day, 90),
            "NEXT_90_DAYS" => Period::Next(Unit::Day, 90),
            _ => {
                let (which, unit) = name.split_once('_')?;
                let away = match which {
                    "LAST" => -1,
                    "THIS" => 0,
                    "NEXT" => 1,
                    _ => return None,
                };
                Period::One(unit_of(unit).filter(|unit| *unit != Unit::Day)?, away)
            }
        }),
        Some(number) => {
            if let Some(unit) = name.strip_prefix("LAST_N_") {
                return Some(Period::Last(plural(unit)?, number));
            }
            if let Some(unit) = name.strip_prefix("NEXT_N_") {
                return Some(Period::Next(plural(unit)?, number));
            }
            let unit = plural(name.strip_prefix("N_")?.strip_suffix("_AGO")?)?;
            Some(Period::One(unit, number.saturating_neg()))
        }
    }
}

/// The first instant of a period, and the first after it. `None` where the calendar ends before.
pub(crate) fn bounds(period: Period, today: Date) -> Option<(Timestamp, Timestamp)> {
    let (unit, from, until) = match period {
        Period::One(unit, away) => (unit, away, away.saturating_add(1)),
        // "Starts 12:00:00 n days before the current day … continues up to the current second": today counts.
        Period::Last(Unit::Day, number) => (Unit::Day, number.saturating_neg(), 1),
        Period::Last(unit, number) => (unit, number.saturating_neg(), 0),
        Period::Next(unit, number) => (unit, 1, number.saturating_add(1)),
    };
    let begin = begin(unit, today)?;
    Some((midnight(away(begin, unit, from)?)?, midnight(away(begin, unit, until)?)?))
}

/// The first day of the unit in which this day is.
fn begin(unit: Unit, day: Date) -> Option<Date> {
    match unit {
        Unit::Day => Some(day),
        Unit::Week => day.checked_sub(i64::from(day.weekday().since(Weekday::Sunday)).days()).ok(),
        Unit::Month => Some(day.first_of_month()),
        Unit::Quarter => {
            let into = (i64::from(day.month()) - 1) % 3;
            day.first_of_month().checked_sub(into.months()).ok()
        }
        Unit::Year => Some(day.first_of_year()),
    }
}

/// The day that is so many units away.
fn away(day: Date, unit: Unit, number: i64) -> Option<Date> {
    let span: Span = match unit {
        Unit::Day => number.days(),
        Unit::Week => number.weeks(),
        Unit::Month => number.months(),
        Unit::Quarter => number.saturating_mul(3).months(),
        Unit::Year => number.years(),
    };
    day.checked_add(span).ok()
}

fn midnight(day: Date) -> Option<Timestamp> {
    day.to_zoned(TimeZone::UTC).ok().map(|midnight| midnight.timestamp())
}

fn plural(units: &str) -> Option<Unit> {
    unit_of(units.strip_suffix('S')?)
}

fn unit_of(name: &str) -> Option<Unit> {
    Some(match name {
        "DAY" => Unit::Day,
        "WEEK" => Unit::Week,
        "MONTH" => Unit::Month,
        "QUARTER" => Unit::Quarter,
        "YEAR" => Unit::Year,
        _ => return None,
    })
}

/// A span of more units would be refused; no year has four digits then.
const MOST_UNITS: i64 = 10_000;
