//! `GET /services/data/vNN.0/sobjects/User/<id>`: whom a token belongs to, as `sf` asks (contract K1.3).

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::json;

use super::{caller, error, is_served};
use crate::http::RequestContext;
use crate::org::Org;
use vestibule_model::UserState;

pub(super) async fn user(
    State(org): State<Arc<Org>>,
    Path((version, id)): Path<(String, String)>,
    request: RequestContext,
) -> Response {
    if let Err(response) = caller(&org, &request) {
        return *response;
    }
    let users = org.realm.users.all();
    // An id has 15 characters, or 18 with the check characters.
    let user = users.iter().find(|user| user.id == id || (id.len() == 15 && user.id.starts_with(&id)));
    let Some(user) = user.filter(|_| is_served(&version)) else {
        return error(StatusCode::NOT_FOUND, "NOT_FOUND", "The requested resource does not exist");
    };
    Json(json!({
        "attributes": { "type": "User", "url": format!("/services/data/{version}/sobjects/User/{}", user.id) },
        "Id": user.id,
        "Username": user.username,
        "LastName": user.key,
        "Name": user.key,
        "Email": user.email,
        "FederationIdentifier": user.federation_id,
        "IsActive": user.spec.state != UserState::Inactive,
    }))
    .into_response()
}
