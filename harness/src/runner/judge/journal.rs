//! Expectations about the journal, Login History and the signals of the last sign-on.

use serde_json::Value;
use vestibule_model::LoginStatus;
use vestibule_model::yaml::Spanned;
use vestibule_simulator::realm::{Event, LoginRecord};

use super::Mismatch;
use crate::runner::observation::Observation;
use crate::scenario::model::{EventPattern, LoginRow};

pub(super) fn events(expected: &[Spanned<EventPattern>], seen: &Observation) -> Option<Mismatch> {
    let happened: Vec<(String, Value)> =
        seen.journal.iter().filter_map(|entry| named(serde_json::to_value(&entry.event).ok()?)).collect();
    let mut rest = happened.iter();
    let missing = expected.iter().find(|pattern| !rest.any(|(name, fields)| matches(&pattern.value, name, fields)))?;
    Some(Mismatch {
        title: format!("the journal has no `{}` at this point", missing.value.event),
        expected: expected.iter().map(|pattern| pattern.value.event.as_str()).collect::<Vec<_>>().join(", "),
        actual: happened.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", "),
        notes: Vec::new(),
    })
}

pub(super) fn login_history(expected: &[Spanned<LoginRow>], seen: &Observation) -> Option<Mismatch> {
    let rows = &seen.login_history;
    let same =
        rows.len() == expected.len() && expected.iter().zip(rows).all(|(wanted, row)| row_matches(&wanted.value, row));
    (!same).then(|| Mismatch {
        title: "Login History differs".to_owned(),
        expected: format!("{} rows: {}", expected.len(), list(expected.iter().map(|row| wanted(&row.value)))),
        actual: format!("{} rows: {}", rows.len(), list(rows.iter().map(shown))),
        notes: Vec::new(),
    })
}

pub(super) fn signals(expected: &[String], seen: &Observation) -> Option<Mismatch> {
    let received = seen.journal.iter().rev().find_map(|entry| match &entry.event {
        Event::SsoAnswerReceived { signals, .. } => Some(signals),
        _ => None,
    });
    let mut actual: Vec<_> = received.into_iter().flatten().map(|signal| signal.value.clone()).collect();
    let mut wanted = expected.to_vec();
    actual.sort();
    wanted.sort();
    (actual != wanted).then(|| Mismatch {
        title: "different signals reached the org".to_owned(),
        expected: list(wanted.into_iter()),
        actual: if received.is_some() {
            list(actual.into_iter())
        } else {
            "no answer from an identity provider".to_owned()
        },
        notes: Vec::new(),
    })
}

/// The name of an externally tagged event and its fields.
fn named(event: Value) -> Option<(String, Value)> {
    match event {
        Value::String(name) => Some((name, Value::Null)),
        Value::Object(fields) => fields.into_iter().next(),
        _ => None,
    }
}

fn matches(pattern: &EventPattern, name: &str, fields: &Value) -> bool {
    pattern.event == name && pattern.fields.iter().all(|(field, value)| fields.get(field) == Some(value))
}

fn row_matches(wanted: &LoginRow, row: &LoginRecord) -> bool {
    let amr = row.auth_method_reference.clone().unwrap_or_default();
    wanted.user.as_ref().is_none_or(|user| row.user.as_ref() == Some(user))
        && wanted.status.as_ref().is_none_or(|status| row.status == *status)
        && wanted.login_type.as_ref().is_none_or(|login_type| row.login_type == *login_type)
        && wanted.amr.as_ref().is_none_or(|wanted| amr == *wanted)
}

fn wanted(row: &LoginRow) -> String {
    let status = row.status.map(LoginStatus::text);
    let parts = [row.user.as_deref(), row.login_type.as_deref(), status, row.amr.as_deref()];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" / ")
}

fn shown(row: &LoginRecord) -> String {
    let user = row.user.as_deref().unwrap_or("unknown user");
    let amr = row.auth_method_reference.as_ref().map(|amr| format!(" / {amr}")).unwrap_or_default();
    format!("{user} / {} / {}{amr}", row.login_type, row.status)
}

fn list(items: impl Iterator<Item = String>) -> String {
    let items: Vec<_> = items.collect();
    if items.is_empty() { "none".to_owned() } else { items.join("; ") }
}
