//! `/realms/{realm}/journal`: what happened, as a list and as server-sent events.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use schemars::JsonSchema;
use serde::Serialize;

use super::asked::{found_within, number, query, wait};
use super::error::ControlError;
use super::operation::{Answer, Operation, Parameter, Verb, schema};
use super::state::Control;
use crate::http::routing::on;
use crate::realm::{Entry, Realm};

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        verb: Verb::Get,
        path: "/realms/{realm}/journal",
        id: "read-journal",
        summary: "What happened, oldest first; `wait` waits for the next entry. No entry contains a secret.",
        query: &[
            FROM,
            Parameter { name: "wait", about: "How many seconds to wait for one, at most 60.", holds: schema::<u64> },
        ],
        body: None,
        answer: Answer::Json(schema::<Entries>),
        conflicts: false,
        serve: |verb| on(verb, read),
    },
    Operation {
        verb: Verb::Get,
        path: "/realms/{realm}/journal/events",
        id: "follow-journal",
        summary: "The same as server-sent events, each with the position of its entry as `id`. It goes on where `Last-Event-ID` says, and ends with the realm.",
        query: &[FROM],
        body: None,
        answer: Answer::Events(schema::<Entry>),
        conflicts: false,
        serve: |verb| on(verb, follow),
    },
];

const FROM: Parameter = Parameter {
    name: "from",
    about: "Only what comes from this position on: `next` of an earlier answer.",
    holds: schema::<u64>,
};

/// Entries of the journal.
#[derive(Serialize, JsonSchema)]
struct Entries {
    /// Oldest first.
    entries: Vec<Entry>,
    /// The position of the next entry.
    next: u64,
}

async fn read(
    State(control): State<Arc<Control>>,
    Path(realm): Path<String>,
    RawQuery(raw): RawQuery,
) -> Result<Json<Entries>, ControlError> {
    let realm = control.realm(&realm)?;
    let query = query(raw);
    let (from, wait) = (number(&query, "from")?, wait(&query)?);
    let look = || {
        let entries = realm.journal.since(from);
        let next = entries.last().map_or(from, |last| last.seq.saturating_add(1));
        Entries { entries, next }
    };
    Ok(Json(found_within(&realm, wait, look, |found| !found.entries.is_empty()).await))
}

async fn follow(
    State(control): State<Arc<Control>>,
    Path(realm): Path<String>,
    RawQuery(raw): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ControlError> {
    let realm = control.realm(&realm)?;
    let from = number(&query(raw), "from")?;
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse::<u64>().ok());
    // An entry that this journal does not have is one of the realm before its reset.
    let last = last.filter(|last| *last < realm.journal.length());
    let follower = Follower { next: last.map_or(from, |last| last.saturating_add(1)), read: VecDeque::new(), realm };
    Ok(Sse::new(stream::unfold(follower, Follower::event)).keep_alive(KeepAlive::default()).into_response())
}

/// Reads a journal as it grows.
struct Follower {
    realm: Arc<Realm>,
    /// What was read and not sent yet.
    read: VecDeque<Entry>,
    /// The position of the next entry to read.
    next: u64,
}

impl Follower {
    /// The next event, once there is one; `None` once the realm has ended.
    async fn event(mut self) -> Option<(Result<Event, Infallible>, Self)> {
        let entry = loop {
            if let Some(entry) = self.read.pop_front() {
                break entry;
            }
            if !self.realm.journal.grows_beyond(self.next).await {
                return None;
            }
            self.read = self.realm.journal.since(self.next).into();
        };
        self.next = entry.seq.saturating_add(1);
        let event = Event::default().id(entry.seq.to_string());
        // An entry is plain data, so there is always JSON of it.
        let event = event.json_data(&entry).unwrap_or_default();
        Some((Ok(event), self))
    }
}
