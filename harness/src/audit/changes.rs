//! What is different from an earlier audit, by its JSON. Pure.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;

use crate::outcome::{AuditOutcome, Change, Changes, Forecast, ForecastRow};

/// An earlier audit, as far as it is compared.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct Former {
    schema: u32,
    date: Date,
    source: String,
    rows: Vec<FormerRow>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct FormerRow {
    user: String,
    #[serde(default)]
    app: Option<String>,
    login: String,
    forecast: String,
    from: Option<Date>,
    rule: String,
}

/// The JSON is not that of an audit. Completes "failed to ...".
#[derive(Debug, thiserror::Error)]
pub(crate) enum FormerError {
    /// It has another form.
    #[error("read the earlier audit: {0}")]
    NotOne(#[source] serde_json::Error),
    /// It comes from another version.
    #[error("read the earlier audit: its schema is {found}, and this version reads {}", AuditOutcome::SCHEMA)]
    OtherSchema {
        /// Its schema.
        found: u32,
    },
}

impl Former {
    /// Reads what `vestibule audit --json` printed.
    ///
    /// # Errors
    /// If it is not the JSON of an audit of this schema.
    pub(crate) fn read(text: &str) -> Result<Self, FormerError> {
        let former: Self = serde_json::from_str(text).map_err(FormerError::NotOne)?;
        if former.schema == AuditOutcome::SCHEMA {
            Ok(former)
        } else {
            Err(FormerError::OtherSchema { found: former.schema })
        }
    }

    /// Where its facts came from.
    pub(crate) fn source(&self) -> &str {
        &self.source
    }
}

/// User, app and route: what makes two rows of two audits the same login.
type Key = (String, Option<String>, String);

/// What is different now.
pub(crate) fn changes(former: &Former, rows: &[ForecastRow]) -> Changes {
    let before: BTreeMap<Key, String> = former
        .rows
        .iter()
        .map(|row| {
            let said = match row.forecast.as_str() {
                "stops" => said_of("stops", row.from, &row.rule),
                "unknown" => said_of("unknown", row.from, &row.rule),
                _ => "goes on".to_owned(),
            };
            ((row.user.clone(), row.app.clone(), row.login.clone()), said)
        })
        .collect();
    let now: BTreeMap<Key, String> =
        rows.iter().map(|row| ((row.user.clone(), row.app.clone(), row.login_word()), said(row))).collect();
    let keys: std::collections::BTreeSet<&Key> = before.keys().chain(now.keys()).collect();
    let changed = keys.into_iter().filter(|key| before.get(*key) != now.get(*key));
    let change = |key: &Key| Change {
        user: key.0.clone(),
        app: key.1.clone(),
        login: key.2.clone(),
        before: before.get(key).cloned(),
        now: now.get(key).cloned(),
    };
    Changes { since: Some(former.date), logins: changed.map(change).collect() }
}

fn said(row: &ForecastRow) -> String {
    match row.forecast {
        Forecast::GoesOn => row.forecast.word().to_owned(),
        Forecast::Stops | Forecast::Unknown => said_of(row.forecast.word(), row.from, &row.rule),
    }
}

fn said_of(word: &str, from: Option<Date>, rule: &str) -> String {
    match from {
        Some(from) => format!("{word} from {from} ({rule})"),
        None => format!("{word} ({rule})"),
    }
}

#[cfg(test)]
mod tests;
