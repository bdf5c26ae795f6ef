//! `/realms/{realm}/clock`: the protocol clock.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use jiff::{SignedDuration, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::asked::body;
use super::error::ControlError;
use super::operation::{Answer, Operation, Verb, schema};
use super::state::Control;
use crate::http::routing::on;
use crate::realm::{Component, Realm};

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        verb: Verb::Get,
        path: "/realms/{realm}/clock",
        id: "read-clock",
        summary: "The protocol clock: assertion lifetimes, TOTP steps, timeouts of sessions.",
        query: &[],
        body: None,
        answer: Answer::Json(schema::<ClockState>),
        conflicts: false,
        serve: |verb| on(verb, read),
    },
    Operation {
        verb: Verb::Post,
        path: "/realms/{realm}/clock",
        id: "advance-clock",
        summary: "Moves the protocol clock forward.",
        query: &[],
        body: Some(schema::<Advance>),
        answer: Answer::Json(schema::<ClockState>),
        conflicts: false,
        serve: |verb| on(verb, advance),
    },
];

/// The protocol clock.
#[derive(Serialize, JsonSchema)]
struct ClockState {
    /// As the org sees it.
    #[schemars(with = "String", extend("format" = "date-time"))]
    org: Timestamp,
    /// As the identity providers see it.
    #[schemars(with = "String", extend("format" = "date-time"))]
    idp: Timestamp,
    /// As the authenticators of the users see it.
    #[schemars(with = "String", extend("format" = "date-time"))]
    authenticator: Timestamp,
}

/// How far the clock moves forward.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Advance {
    /// In seconds.
    advance_seconds: u32,
}

async fn read(
    State(control): State<Arc<Control>>,
    Path(realm): Path<String>,
) -> Result<Json<ClockState>, ControlError> {
    let realm = control.realm(&realm)?;
    Ok(Json(state(&realm)))
}

async fn advance(
    State(control): State<Arc<Control>>,
    Path(realm): Path<String>,
    bytes: Bytes,
) -> Result<Json<ClockState>, ControlError> {
    let realm = control.realm(&realm)?;
    let Advance { advance_seconds } = body(&bytes)?;
    realm.clock.advance(SignedDuration::from_secs(advance_seconds.into()));
    Ok(Json(state(&realm)))
}

fn state(realm: &Realm) -> ClockState {
    ClockState {
        org: realm.clock.now(Component::Org),
        idp: realm.clock.now(Component::Idp),
        authenticator: realm.clock.now(Component::Authenticator),
    }
}
