//! `/realms/{realm}/inbox`: the emails that the org sent.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use schemars::JsonSchema;
use serde::Serialize;

use super::asked::{found_within, number, query, wait};
use super::error::ControlError;
use super::operation::{Answer, Operation, Parameter, Verb, schema};
use super::state::Control;
use crate::http::routing::on;
use crate::realm::Email;

pub(super) const OPERATIONS: &[Operation] = &[Operation {
    verb: Verb::Get,
    path: "/realms/{realm}/inbox",
    id: "read-inbox",
    summary: "The emails that the org sent, oldest first; `wait` waits for the next one.",
    query: &[
        Parameter { name: "to", about: "Only those to this address.", holds: schema::<String> },
        Parameter {
            name: "from",
            about: "Only those from this position on: `next` of an earlier answer.",
            holds: schema::<u64>,
        },
        Parameter { name: "wait", about: "How many seconds to wait for one, at most 60.", holds: schema::<u64> },
    ],
    body: None,
    answer: Answer::Json(schema::<Emails>),
    conflicts: false,
    serve: |verb| on(verb, read),
}];

/// Emails.
#[derive(Serialize, JsonSchema)]
struct Emails {
    /// Oldest first.
    emails: Vec<Email>,
    /// The position of the next email.
    next: u64,
}

async fn read(
    State(control): State<Arc<Control>>,
    Path(realm): Path<String>,
    RawQuery(raw): RawQuery,
) -> Result<Json<Emails>, ControlError> {
    let realm = control.realm(&realm)?;
    let query = query(raw);
    let (from, wait) = (number(&query, "from")?, wait(&query)?);
    let is_meant = |email: &Email| query.get("to").is_none_or(|to| email.to.eq_ignore_ascii_case(to));
    let look = || {
        let (mut emails, next) = realm.inbox.since(from);
        emails.retain(is_meant);
        Emails { emails, next }
    };
    Ok(Json(found_within(&realm, wait, look, |found| !found.emails.is_empty()).await))
}
