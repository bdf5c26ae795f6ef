//! The identity URL `/id/<organization>/<user>` (contract F1.1): who a token's user is, for jsforce and the Mobile SDK.

use std::sync::Arc;

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use http::StatusCode;
use serde_json::{Value, json};

use super::issuer;
use crate::http::{NOT_STORED, RequestContext};
use crate::org::Org;
use crate::org::dispatcher::{api_user, user_of};
use crate::org::token_use::{TokenUse, allows};
use crate::realm::{HostRole, OrgSession, User};

/// The token comes in the header, or as `oauth_token` in the query, as jsforce sends it.
pub(super) async fn identity(
    Extension(org): Extension<Arc<Org>>,
    Path((organization, user_id)): Path<(String, String)>,
    request: RequestContext,
) -> Response {
    let caller = match request.query.get("oauth_token") {
        Some(token) => user_of(&org, token),
        None => api_user(&org, &request),
    };
    let may_ask = |session: &OrgSession| allows(&org, &request, session, TokenUse::Identity, StatusCode::FORBIDDEN);
    let Some((user, _)) = caller.ok().filter(|(_, session)| may_ask(session)) else {
        return (StatusCode::FORBIDDEN, "Bad_OAuth_Token").into_response();
    };
    if !is_id(&org.realm.org_id, &organization) {
        return (StatusCode::FORBIDDEN, "Wrong_Org").into_response();
    }
    // Whose identity another user may read is not public, so everybody reads the own one.
    if !is_id(&user.id, &user_id) {
        return (StatusCode::FORBIDDEN, "Bad_Id").into_response();
    }
    (NOT_STORED, Json(claims(&org, &request, &user))).into_response()
}

/// An id has 15 characters, or 18 with the check characters.
fn is_id(own: &str, given: &str) -> bool {
    own == given || (given.len() == 15 && own.starts_with(given))
}

fn claims(org: &Org, request: &RequestContext, user: &User) -> Value {
    json!({
        "id": issuer::identity(org, request, &user.id),
        "asserted_user": true,
        "user_id": user.id,
        "organization_id": org.realm.org_id,
        "username": user.username,
        "nick_name": user.key,
        "display_name": user.key,
        "first_name": null,
        "last_name": user.key,
        "email": user.email,
        "email_verified": true,
        "urls": urls(org, user),
        "active": true,
        "user_type": "STANDARD",
        "language": "en_US",
        "locale": "en_US",
        "utcOffset": 0,
        "is_app_installed": true,
    })
}

/// Where the APIs are; clients put the version in.
pub(super) fn urls(org: &Org, user: &User) -> Value {
    let origin = org.realm.hosts.origin(&HostRole::MyDomain);
    let rest = |path: &str| format!("{origin}/services/data/v{{version}}/{path}");
    let soap = |name: &str| format!("{origin}/services/Soap/{name}/{{version}}/{}", &org.realm.org_id[..15]);
    json!({
        "enterprise": soap("c"),
        "metadata": soap("m"),
        "partner": soap("u"),
        "rest": rest(""),
        "sobjects": rest("sobjects/"),
        "search": rest("search/"),
        "query": rest("query/"),
        "recent": rest("recent/"),
        "profile": format!("{origin}/{}", user.id),
        "custom_domain": origin,
    })
}
