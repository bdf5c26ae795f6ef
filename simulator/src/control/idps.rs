//! `/realms/{realm}/idps/{idp}`: what an identity provider says next, and what it was asked.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, RawQuery, State};
use schemars::JsonSchema;
use serde::Serialize;

use super::asked::{body, found_within, query, wait};
use super::error::ControlError;
use super::operation::{Answer, Operation, Parameter, Verb, schema};
use super::state::{Control, user};
use crate::http::routing::on;
use crate::realm::{Realm, SignOnRequest};
use vestibule_model::AnswerSpec;

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        verb: Verb::Get,
        path: "/realms/{realm}/idps/{idp}/answers",
        id: "list-planned-answers",
        summary: "What the identity provider will say in its next answers, the next one first.",
        query: &[],
        body: None,
        answer: Answer::Json(schema::<Vec<AnswerSpec>>),
        conflicts: false,
        serve: |verb| on(verb, list),
    },
    Operation {
        verb: Verb::Post,
        path: "/realms/{realm}/idps/{idp}/answers",
        id: "plan-answer",
        summary: "Plans what the identity provider says in its next answer, after those that are planned: signals, method, faults. Each is given once.",
        query: &[],
        body: Some(schema::<AnswerSpec>),
        answer: Answer::Json(schema::<Vec<AnswerSpec>>),
        conflicts: true,
        serve: |verb| on(verb, plan),
    },
    Operation {
        verb: Verb::Delete,
        path: "/realms/{realm}/idps/{idp}/answers",
        id: "forget-planned-answers",
        summary: "Forgets the answers that were planned and not given.",
        query: &[],
        body: None,
        answer: Answer::Json(schema::<Forgotten>),
        conflicts: false,
        serve: |verb| on(verb, forget),
    },
    Operation {
        verb: Verb::Post,
        path: "/realms/{realm}/idps/{idp}/requests/take",
        id: "take-sign-on-request",
        summary: "The oldest request for a sign-on that reached the identity provider and was not taken; `wait` waits for one.",
        query: &[Parameter {
            name: "wait",
            about: "How many seconds to wait for one, at most 60.",
            holds: schema::<u64>,
        }],
        body: None,
        answer: Answer::Json(schema::<Taken>),
        conflicts: false,
        serve: |verb| on(verb, take),
    },
];

/// Planned answers that are forgotten.
#[derive(Serialize, JsonSchema)]
struct Forgotten {
    /// How many there were.
    forgotten: usize,
}

/// A request for a sign-on.
#[derive(Serialize, JsonSchema)]
struct Taken {
    /// The request; null if none came.
    request: Option<SignOnRequest>,
}

async fn list(
    State(control): State<Arc<Control>>,
    Path((realm, idp)): Path<(String, String)>,
) -> Result<Json<Vec<AnswerSpec>>, ControlError> {
    let realm = with_idp(&control, &realm, &idp)?;
    Ok(Json(realm.answers.waiting(&idp)))
}

async fn plan(
    State(control): State<Arc<Control>>,
    Path((realm, idp)): Path<(String, String)>,
    bytes: Bytes,
) -> Result<Json<Vec<AnswerSpec>>, ControlError> {
    let realm = with_idp(&control, &realm, &idp)?;
    let answer: AnswerSpec = body(&bytes)?;
    if let Some(meant) = &answer.user {
        user(&realm, meant).map_err(|_| ControlError::bad(format!("there is no user `{meant}`")))?;
    }
    let protocol = realm.trust(&idp).map(|trust| trust.spec.protocol);
    if let Some(misplaced) = protocol.and_then(|protocol| answer.misplaced_key(protocol)) {
        return Err(ControlError::bad(misplaced.why));
    }
    realm.answers.plan(&idp, answer).map_err(|error| ControlError::conflict(format!("failed to {error}")))?;
    Ok(Json(realm.answers.waiting(&idp)))
}

async fn forget(
    State(control): State<Arc<Control>>,
    Path((realm, idp)): Path<(String, String)>,
) -> Result<Json<Forgotten>, ControlError> {
    let realm = with_idp(&control, &realm, &idp)?;
    Ok(Json(Forgotten { forgotten: realm.answers.forget(&idp) }))
}

async fn take(
    State(control): State<Arc<Control>>,
    Path((realm, idp)): Path<(String, String)>,
    RawQuery(raw): RawQuery,
) -> Result<Json<Taken>, ControlError> {
    let realm = with_idp(&control, &realm, &idp)?;
    let wait = wait(&query(raw))?;
    let look = || Taken { request: realm.sign_on_requests.take(&idp) };
    Ok(Json(found_within(&realm, wait, look, |taken| taken.request.is_some()).await))
}

/// The realm, which has this identity provider.
fn with_idp(control: &Control, realm: &str, idp: &str) -> Result<Arc<Realm>, ControlError> {
    let realm = control.realm(realm)?;
    let known = realm.trust(idp).is_some_and(|trust| trust.foreign.is_none());
    if known {
        Ok(realm)
    } else {
        Err(ControlError::not_found(format!("there is no simulated identity provider `{idp}`")))
    }
}
