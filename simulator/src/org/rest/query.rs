//! `GET /services/data/vNN.0/query?q=SELECT …`.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::{Method, StatusCode};
use serde_json::json;

use super::soql::parse;
use super::table::Table;
use super::{caller, error, is_served, login_history, two_factor_methods, verification_history};
use crate::http::RequestContext;
use crate::org::{Org, not_simulated};
use crate::realm::User;

pub(super) async fn query(
    State(org): State<Arc<Org>>,
    Path(version): Path<String>,
    request: RequestContext,
) -> Response {
    if !is_served(&version) {
        return error(StatusCode::NOT_FOUND, "NOT_FOUND", "The requested resource does not exist");
    }
    let user = match caller(&org, &request) {
        Ok((user, _)) => user,
        Err(response) => return *response,
    };
    let query = match parse(request.query.text("q")) {
        Ok(query) => query,
        Err(message) => return error(StatusCode::BAD_REQUEST, "MALFORMED_QUERY", &message),
    };
    let refused = |code: &str, message: &str| error(StatusCode::BAD_REQUEST, code, message);
    let table = match Queried::of(&org, &user, &query.object) {
        Queried::Table(table) => table,
        Queried::Hidden => {
            return refused("INVALID_TYPE", &format!("sObject type '{}' is not supported.", query.object));
        }
        Queried::NotSimulated => {
            not_simulated::record(&org, &request, &Method::GET, Some(format!("FROM {}", query.object)));
            let message =
                format!("sObject type '{}' is not supported: it is not simulated by Vestibule.", query.object);
            return refused("INVALID_TYPE", &message);
        }
    };
    match table.select(&version, &query) {
        Ok(records) => Json(json!({ "totalSize": records.len(), "done": true, "records": records })).into_response(),
        Err((code, message)) => refused(code, &message),
    }
}

/// An object that a query names.
enum Queried {
    Table(Table),
    /// The caller lacks the permission that the object needs.
    Hidden,
    NotSimulated,
}

impl Queried {
    fn of(org: &Org, caller: &User, object: &str) -> Self {
        let is = |name: &str| object.eq_ignore_ascii_case(name);
        if is(login_history::OBJECT) {
            Self::Table(login_history::table(org))
        } else if is(verification_history::OBJECT) {
            Self::Table(verification_history::table(org))
        } else if !is(two_factor_methods::OBJECT) {
            Self::NotSimulated
        } else if caller.spec.manages_mfa_in_api() {
            Self::Table(two_factor_methods::table(org))
        } else {
            Self::Hidden
        }
    }
}
