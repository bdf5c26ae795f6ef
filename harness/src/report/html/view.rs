//! What the template shows, as plain values.

use std::collections::BTreeSet;

use serde_json::Value;
use vestibule_simulator::diagnostic::{Diagnostic, Place};

use super::wording;
use crate::outcome::{Action, CaseOutcome, RunOutcome};

/// A case.
pub(super) struct CaseView<'a> {
    /// The fragment that links to it.
    pub(super) anchor: String,
    pub(super) id: &'a str,
    pub(super) title: &'a str,
    pub(super) file: &'a str,
    pub(super) line: u32,
    pub(super) tags: &'a [String],
    pub(super) verdict: &'static str,
    pub(super) duration: String,
    pub(super) pages: Option<String>,
    pub(super) failures: Vec<FailureView<'a>>,
    pub(super) actions: &'a [Action],
    pub(super) journal: Vec<EntryView>,
    pub(super) history: TableView,
    /// Base64, of a PNG.
    pub(super) screenshot: Option<&'a str>,
}

/// A failed expectation.
pub(super) struct FailureView<'a> {
    pub(super) failure: &'a Diagnostic,
    pub(super) source: Option<SourceView>,
}

/// The line of source that a failure points at.
pub(super) struct SourceView {
    pub(super) at: String,
    pub(super) number: u32,
    /// As wide as the number.
    pub(super) margin: String,
    pub(super) before: String,
    pub(super) marked: String,
    pub(super) after: String,
    /// As wide as the text before the mark; tabs stay tabs.
    pub(super) indent: String,
    pub(super) carets: String,
    pub(super) label: String,
}

/// An entry of the journal.
pub(super) struct EntryView {
    pub(super) at: String,
    pub(super) what: String,
    pub(super) details: String,
}

/// A table with a column per key.
#[derive(Default)]
pub(super) struct TableView {
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<Vec<String>>,
}

/// Every case of the run, with an anchor of its own.
pub(super) fn cases(outcome: &RunOutcome) -> Vec<CaseView<'_>> {
    let mut taken = BTreeSet::new();
    outcome
        .cases
        .iter()
        .map(|case| {
            let wanted = anchor(&case.info.id);
            let mut anchor = wanted.clone();
            let mut copy = 2;
            while !taken.insert(anchor.clone()) {
                anchor = format!("{wanted}-{copy}");
                copy += 1;
            }
            case_view(case, anchor)
        })
        .collect()
}

fn case_view(case: &CaseOutcome, anchor: String) -> CaseView<'_> {
    let result = case.result.as_ref();
    CaseView {
        anchor,
        id: &case.info.id,
        title: &case.info.title,
        file: &case.info.file,
        line: case.info.line,
        tags: &case.info.tags,
        verdict: wording::verdict(case.verdict()),
        duration: result.map_or_else(|| "-".to_owned(), |result| wording::duration(result.duration_ms)),
        pages: result.and_then(wording::path_of_pages),
        failures: result.map_or_else(Vec::new, |result| result.failures.iter().map(failure_view).collect()),
        actions: result.map_or(&[], |result| &result.actions),
        journal: result.map_or_else(Vec::new, |result| result.journal.iter().map(entry_view).collect()),
        history: result.map_or_else(TableView::default, |result| table_view(&result.login_history)),
        screenshot: result.and_then(|result| result.screenshot.as_deref()).filter(|text| is_base64(text)),
    }
}

fn failure_view(failure: &Diagnostic) -> FailureView<'_> {
    FailureView { failure, source: failure.place.as_ref().map(source_view) }
}

fn source_view(place: &Place) -> SourceView {
    let start = usize::try_from(place.column).unwrap_or(1).saturating_sub(1);
    let width = usize::try_from(place.width).unwrap_or(1).max(1);
    let before: String = place.text.chars().take(start).collect();
    SourceView {
        at: format!("{}:{}:{}", place.file, place.line, place.column),
        number: place.line,
        margin: " ".repeat(place.line.to_string().len()),
        indent: before.chars().map(|c| if c == '\t' { '\t' } else { ' ' }).collect(),
        before,
        marked: place.text.chars().skip(start).take(width).collect(),
        after: place.text.chars().skip(start + width).collect(),
        carets: "^".repeat(width),
        label: place.label.clone(),
    }
}

/// An entry is `{ seq, at, event }`; the event is a word, or an object with one key.
fn entry_view(entry: &Value) -> EntryView {
    let event = entry.get("event").unwrap_or(entry);
    let (what, details) = match event {
        Value::Object(fields) if fields.len() == 1 => {
            fields.iter().next().map(|(what, details)| (what.clone(), flat(details))).unwrap_or_default()
        }
        Value::String(what) => (what.clone(), String::new()),
        other => (String::new(), flat(other)),
    };
    EntryView { at: entry.get("at").map(flat).unwrap_or_default(), what, details }
}

fn table_view(rows: &[Value]) -> TableView {
    let mut columns: Vec<String> = Vec::new();
    for key in rows.iter().filter_map(Value::as_object).flat_map(serde_json::Map::keys) {
        if !columns.contains(key) {
            columns.push(key.clone());
        }
    }
    let rows = rows
        .iter()
        .map(|row| columns.iter().map(|column| row.get(column).map(flat).unwrap_or_default()).collect())
        .collect();
    TableView { columns, rows }
}

/// JSON as people would write it in one line: `user: admin, accepted: true`.
fn flat(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        Value::Object(fields) => {
            fields.iter().map(|(key, field)| format!("{key}: {}", nested(field))).collect::<Vec<_>>().join(", ")
        }
        Value::Array(items) => items.iter().map(nested).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

fn nested(value: &Value) -> String {
    match value {
        Value::Object(_) => format!("{{ {} }}", flat(value)),
        Value::Array(_) => format!("[{}]", flat(value)),
        other => flat(other),
    }
}

fn anchor(id: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':' | '/') { c } else { '-' };
    format!("case-{}", id.chars().map(plain).collect::<String>())
}

fn is_base64(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='))
}
