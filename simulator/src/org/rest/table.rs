//! An object as a query sees it: its fields, its rows, and the selection from them.

use std::cmp::{Ordering, Reverse};
use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::soql::{Condition, Operator, Query};

/// An object with its rows.
pub(super) struct Table {
    /// Its API name.
    pub(super) object: &'static str,
    /// Its fields.
    pub(super) fields: &'static [&'static str],
    /// Those that a condition may name.
    pub(super) filterable: &'static [&'static str],
    /// The field that is compared as an instant, if there is one.
    pub(super) time: Option<&'static str>,
    /// The field that names a row in its URL.
    pub(super) key: &'static str,
    /// The rows, oldest first.
    pub(super) rows: Vec<Row>,
}

/// A row.
pub(super) struct Row {
    /// The value of the field `time` of its table.
    pub(super) time: Timestamp,
    /// The values of the fields that have one; the others are null.
    pub(super) values: BTreeMap<&'static str, Value>,
}

/// Code and message of an error.
pub(super) type Refusal = (&'static str, String);

impl Table {
    /// The rows that a query selects, as the REST API writes them.
    ///
    /// # Errors
    ///
    /// If the query names a field that the object does not have, or that it cannot be filtered by.
    pub(super) fn select(&self, version: &str, query: &Query) -> Result<Vec<Value>, Refusal> {
        let fields = query.fields.iter().map(|field| self.known(field)).collect::<Result<Vec<_>, _>>()?;
        if let Some(twice) = fields.iter().enumerate().find(|(at, field)| fields[..*at].contains(field)) {
            return Err(("INVALID_FIELD", format!("duplicate field selected: {}", twice.1)));
        }
        for condition in &query.conditions {
            let field = self.known(&condition.field)?;
            if !self.filterable.contains(&field) {
                let message = format!("field '{}' can not be filtered in a query call", condition.field);
                return Err(("INVALID_FIELD", message));
            }
        }
        let order = match &query.order {
            Some((field, descending)) => Some((self.known(field)?, *descending)),
            None => None,
        };

        let mut rows: Vec<_> = self.rows.iter().collect();
        rows.retain(|row| query.conditions.iter().all(|condition| self.holds(row, condition)));
        if let Some((field, descending)) = order {
            match descending {
                true => rows.sort_by_cached_key(|row| Reverse(row.text(field))),
                false => rows.sort_by_cached_key(|row| row.text(field)),
            }
        }
        rows.truncate(query.limit.unwrap_or(usize::MAX));
        Ok(rows.into_iter().map(|row| self.json(row, version, &fields)).collect())
    }

    /// The field name as the object spells it.
    fn known(&self, field: &str) -> Result<&'static str, Refusal> {
        let found = self.fields.iter().copied().find(|known| known.eq_ignore_ascii_case(field));
        found.ok_or_else(|| ("INVALID_FIELD", format!("No such column '{field}' on entity '{}'.", self.object)))
    }

    fn json(&self, row: &Row, version: &str, fields: &[&'static str]) -> Value {
        let mut record = Map::new();
        let url = format!("/services/data/{version}/sobjects/{}/{}", self.object, row.text(self.key));
        record.insert("attributes".to_owned(), json!({ "type": self.object, "url": url }));
        for field in fields {
            record.insert((*field).to_owned(), row.values.get(field).cloned().unwrap_or(Value::Null));
        }
        Value::Object(record)
    }

    fn holds(&self, row: &Row, condition: &Condition) -> bool {
        let order = self.compare(row, condition);
        match condition.operator {
            Operator::Equal => order == Some(Ordering::Equal),
            Operator::NotEqual => order != Some(Ordering::Equal),
            Operator::Less => order == Some(Ordering::Less),
            Operator::LessOrEqual => matches!(order, Some(Ordering::Less | Ordering::Equal)),
            Operator::Greater => order == Some(Ordering::Greater),
            Operator::GreaterOrEqual => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
        }
    }

    fn compare(&self, row: &Row, condition: &Condition) -> Option<Ordering> {
        let field = self.known(&condition.field).ok()?;
        if self.time == Some(field) {
            let value: Timestamp = condition.value.parse().ok()?;
            return Some(row.time.cmp(&value));
        }
        Some(row.text(field).to_lowercase().cmp(&condition.value.to_lowercase()))
    }
}

impl Row {
    fn text(&self, field: &str) -> String {
        match self.values.get(field) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Bool(flag)) => flag.to_string(),
            _ => String::new(),
        }
    }
}

/// An instant as the REST API writes it.
pub(super) fn date_time(at: Timestamp) -> Value {
    json!(at.strftime("%Y-%m-%dT%H:%M:%S%.3f+0000").to_string())
}
