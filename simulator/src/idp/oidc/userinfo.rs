//! The UserInfo endpoint. Source: OpenID Connect Core 5.3, RFC 6750 2.1 and 3.1.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{CACHE_CONTROL, WWW_AUTHENTICATE};
use serde_json::json;

use crate::http::RequestContext;
use crate::idp::signals::misplaced_claims;
use crate::idp::state::Idp;
use vestibule_model::Carrier;

/// The claims of the access token's user, and the signals that are sent here instead of in the ID token.
pub(in crate::idp) async fn get(State(idp): State<Arc<Idp>>, context: RequestContext) -> Response {
    let token = context.bearer();
    let issued = token.as_ref().and_then(|token| idp.access_tokens.get(token.reveal(), idp.now()));
    let found = issued.and_then(|issued| idp.realm.users.get(&issued.user).map(|user| (issued, user)));
    let Some((issued, user)) = found else {
        let challenge = match token {
            Some(_) => "Bearer error=\"invalid_token\", error_description=\"the access token is unknown or expired\"",
            None => "Bearer",
        };
        return (StatusCode::UNAUTHORIZED, [(WWW_AUTHENTICATE, challenge)]).into_response();
    };
    let mut claims = misplaced_claims(&issued.signals, &Carrier::UserInfo);
    claims.insert("sub".to_owned(), json!(user.federation_id));
    claims.insert("preferred_username".to_owned(), json!(user.username));
    claims.insert("email".to_owned(), json!(user.email));
    for (name, values) in &user.spec.attributes {
        let value = match values.as_slice() {
            [only] => json!(only),
            several => json!(several),
        };
        claims.entry(name.clone()).or_insert(value);
    }
    ([(CACHE_CONTROL, "no-store")], Json(claims)).into_response()
}
