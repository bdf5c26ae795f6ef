//! `/services/oauth2/userinfo` (contract K1.3, M1.14).

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::json;

use crate::http::RequestContext;
use crate::org::{Org, dispatcher};
use crate::realm::HostRole;

pub(super) async fn userinfo(State(org): State<Arc<Org>>, request: RequestContext) -> Response {
    let Ok((user, _)) = dispatcher::api_user(&org, &request) else {
        return (StatusCode::FORBIDDEN, "Bad_OAuth_Token").into_response();
    };
    let origin = org.realm.hosts.origin(&HostRole::MyDomain);
    Json(json!({
        "sub": format!("{origin}/id/{}/{}", org.realm.org_id, user.id),
        "user_id": user.id,
        "organization_id": org.realm.org_id,
        "preferred_username": user.username,
        "nickname": user.key,
        "name": user.key,
        "email": user.email,
        "email_verified": true,
        "active": true,
        "user_type": "STANDARD",
        "urls": {
            "rest": format!("{origin}/services/data/v{{version}}/"),
            "query": format!("{origin}/services/data/v{{version}}/query/"),
            "custom_domain": origin,
        },
    }))
    .into_response()
}
