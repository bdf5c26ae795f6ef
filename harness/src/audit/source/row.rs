//! The fields of a row as the REST API writes them. Pure.

use jiff::civil::Date;
use serde_json::Value;

/// The text in a field of a row.
pub(super) fn text<'a>(row: &'a Value, field: &str) -> Option<&'a str> {
    row.get(field).and_then(Value::as_str)
}

/// The day of an instant: `2026-11-02T12:00:00.000+0000`.
pub(super) fn day(row: &Value, field: &str) -> Option<Date> {
    text(row, field)?.get(..10)?.parse().ok()
}

/// A name of the org as it may stand in a report: on one line, and without what a terminal takes for a command.
pub(super) fn shown(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect()
}

/// Far above the longest username, 80 characters.
const LONGEST_NAME: usize = 255;
