//! The forecast as CSV: one line for each login.

use std::error::Error;

use csv::WriterBuilder;

use super::{AuditOutcome, sources};
use crate::outcome::Change;

/// The table.
pub(super) fn table(outcome: &AuditOutcome) -> Result<String, Box<dyn Error + Send + Sync>> {
    let mut writer = WriterBuilder::new().from_writer(Vec::new());
    writer.write_record(HEAD)?;
    for row in &outcome.rows {
        let day = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string()).unwrap_or_default();
        let fix = row.fix.as_ref();
        writer.write_record([
            cell(&row.user),
            cell(row.app.as_deref().unwrap_or_default()),
            row.login_word(),
            row.forecast.word().to_owned(),
            day(row.from),
            day(row.until),
            row.rule.clone(),
            cell(&row.why),
            cell(&sources(row)),
            row.open.clone().unwrap_or_default(),
            fix.map(|fix| fix.owner.word().to_owned()).unwrap_or_default(),
            cell(fix.map(|fix| fix.text.as_str()).unwrap_or_default()),
        ])?;
    }
    let bytes = writer.into_inner().map_err(|error| error.to_string())?;
    Ok(String::from_utf8(bytes)?)
}

/// A change in one line.
pub(super) fn change(change: &Change) -> String {
    let app = change.app.as_ref().map(|app| format!(", {app}")).unwrap_or_default();
    let said = |said: &Option<String>, missing: &str| said.clone().unwrap_or_else(|| missing.to_owned());
    format!(
        "{}{app}  {}: {} -> {}",
        change.user,
        change.login,
        said(&change.before, "not there"),
        said(&change.now, "gone")
    )
}

/// A text that no spreadsheet takes for a formula.
fn cell(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

const HEAD: [&str; 12] =
    ["User", "App", "Login", "Forecast", "From", "Until", "Rule", "Why", "Source", "Open", "Owner", "Fix"];
