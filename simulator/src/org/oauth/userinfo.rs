//! `/services/oauth2/userinfo` (contract K1.3, M1.14).

use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use http::StatusCode;
use serde_json::json;

use super::{identity, issuer};
use crate::http::{NOT_STORED, RequestContext};
use crate::org::Org;
use crate::org::dispatcher::api_user;
use crate::org::token_use::{TokenUse, allows};
use crate::realm::{HostRole, OrgSession};

pub(super) async fn userinfo(Extension(org): Extension<Arc<Org>>, request: RequestContext) -> Response {
    let may_ask = |session: &OrgSession| allows(&org, &request, session, TokenUse::Identity, StatusCode::FORBIDDEN);
    let caller = api_user(&org, &request).ok().filter(|(_, session)| may_ask(session));
    let Some((user, _)) = caller else {
        return (StatusCode::FORBIDDEN, "Bad_OAuth_Token").into_response();
    };
    let claims = json!({
        // That of the ID token, or a client refuses the answer (OpenID Connect Core 1.0, 5.3.2).
        "sub": issuer::identity(&org, &request, &user.id),
        "user_id": user.id,
        "organization_id": org.realm.org_id,
        "preferred_username": user.username,
        "nickname": user.key,
        "name": user.key,
        "family_name": user.key,
        "email": user.email,
        "email_verified": true,
        "zoneinfo": "GMT",
        "profile": org.realm.hosts.url(&HostRole::MyDomain, &format!("/{}", user.id)),
        "urls": identity::urls(&org, &user),
        "active": true,
        "user_type": "STANDARD",
        "language": "en_US",
        "locale": "en_US",
        "utcOffset": 0,
    });
    (NOT_STORED, Json(claims)).into_response()
}
