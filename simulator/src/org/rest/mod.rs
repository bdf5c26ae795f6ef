//! The REST calls that login tooling makes: versions and resources, `userinfo`, the row of a user, and queries of what logins
//! left (contract H1.1, H2.1, K1.3, K1.8).

mod login_history;
mod query;
mod soql;
mod table;
mod two_factor_methods;
mod user;
mod userinfo;
mod verification_history;

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::StatusCode;
use serde_json::json;

use super::{Org, dispatcher, paths};
use crate::http::RequestContext;
use crate::realm::{OrgSession, User};

/// The REST endpoints.
pub(super) fn routes() -> Router<Arc<Org>> {
    Router::new()
        .route("/services/data", get(versions))
        .route("/services/data/", get(versions))
        .route("/services/data/{version}", get(resources))
        .route("/services/data/{version}/", get(resources))
        .route("/services/data/{version}/sobjects/User/{id}", get(user::user))
        .route("/services/data/{version}/query", get(query::query))
        .route("/services/data/{version}/query/", get(query::query))
        .route(paths::USERINFO, get(userinfo::userinfo).post(userinfo::userinfo))
}

async fn versions() -> Json<serde_json::Value> {
    let version = |number: u32| json!({ "label": format!("API {number}.0"), "url": format!("/services/data/v{number}.0"), "version": format!("{number}.0") });
    Json((FIRST_VERSION..=LAST_VERSION).map(version).collect())
}

/// The resources of a version. jsforce takes the identity URL from here.
async fn resources(State(org): State<Arc<Org>>, Path(version): Path<String>, request: RequestContext) -> Response {
    if !is_served(&version) {
        return error(StatusCode::NOT_FOUND, "NOT_FOUND", "The requested resource does not exist");
    }
    let (user, _) = match caller(&org, &request) {
        Ok(caller) => caller,
        Err(response) => return *response,
    };
    let resource = |name: &str| format!("/services/data/{version}/{name}");
    Json(json!({
        "sobjects": resource("sobjects"),
        "query": resource("query"),
        "identity": org.my_domain_url(&format!("/id/{}/{}", org.realm.org_id, user.id)),
    }))
    .into_response()
}

/// Whether this path segment names a served version: `v66.0`.
fn is_served(version: &str) -> bool {
    (FIRST_VERSION..=LAST_VERSION).any(|number| version == format!("v{number}.0"))
}

/// The caller, or the answer to a call without a valid session.
fn caller(org: &Org, request: &RequestContext) -> Result<(User, OrgSession), Box<Response>> {
    dispatcher::api_user(org, request)
        .map_err(|status| Box::new(error(status, "INVALID_SESSION_ID", "Session expired or invalid")))
}

/// An error as the REST API writes it.
fn error(status: StatusCode, code: &str, message: &str) -> Response {
    (status, Json(json!([{ "message": message, "errorCode": code }]))).into_response()
}

const FIRST_VERSION: u32 = 50;
const LAST_VERSION: u32 = 66;
