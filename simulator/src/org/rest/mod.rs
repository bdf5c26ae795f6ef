//! The REST calls that login tooling makes: versions and resources, objects and their rows, and queries
//! (contract H1.1, H2.1, H4.6, H6.1 to H6.6, K1.3, K1.8).

mod answer;
mod objects;
mod query;
mod select;
mod sobjects;
mod soql;
mod tooling;
mod version;

use std::sync::Arc;

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json, Router};
use http::{Method, StatusCode};
use serde_json::json;

use super::Org;
use crate::http::RequestContext;
use crate::http::routing::get;

pub(crate) use soql::parse as parse_soql;

/// The REST endpoints.
pub(super) fn routes() -> Router {
    let under = |path: &str| format!("/services/data/{{version}}{path}");
    let mut router = Router::new()
        .route("/services/data", get(version::list))
        .route("/services/data/", get(version::list))
        .route(&under(""), get(resources))
        .route(&under("/"), get(resources))
        .route(&under("/sobjects"), get(sobjects::list))
        .route(&under("/sobjects/"), get(sobjects::list))
        .route(&under("/sobjects/{object}"), get(sobjects::object).fallback(sobjects::change))
        .route(&under("/sobjects/{object}/"), get(sobjects::object).fallback(sobjects::change))
        .route(&under("/sobjects/{object}/describe"), get(sobjects::describe))
        .route(&under("/sobjects/{object}/describe/"), get(sobjects::describe))
        .route(&under("/sobjects/{object}/{id}"), get(sobjects::row).fallback(sobjects::change));
    for path in ["/tooling/query", "/tooling/query/"] {
        router = router.route(&under(path), get(tooling::query));
    }
    for name in ["query", "queryAll"] {
        router = router
            .route(&under(&format!("/{name}")), get(query::query))
            .route(&under(&format!("/{name}/")), get(query::query))
            .route(&under(&format!("/{name}/{{locator}}")), get(query::more));
    }
    router.method_not_allowed_fallback(other_method)
}

/// The answer to a method that a resource does not take: they are only read (background: the message).
async fn other_method(method: Method, request: RequestContext) -> Response {
    retired(&request.path).unwrap_or_else(|| {
        let message = format!("HTTP Method '{method}' not allowed. Allowed are HEAD,GET");
        answer::error(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", &message)
    })
}

/// The answer to any path of a retired version (contract H6.5).
pub(super) fn retired(path: &str) -> Option<Response> {
    version::retired(path.strip_prefix("/services/data/")?.split('/').next()?)
}

/// The resources of a version. jsforce takes the identity URL from here.
async fn resources(
    Extension(org): Extension<Arc<Org>>,
    Path(version): Path<String>,
    request: RequestContext,
) -> Response {
    let user = match version::caller(&org, &request, &version) {
        Ok((user, _)) => user,
        Err(response) => return *response,
    };
    let resource = |name: &str| format!("/services/data/{version}/{name}");
    Json(json!({
        "sobjects": resource("sobjects"),
        "query": resource("query"),
        "queryAll": resource("queryAll"),
        "identity": org.my_domain_url(&format!("/id/{}/{}", org.realm.org_id, user.id)),
    }))
    .into_response()
}
