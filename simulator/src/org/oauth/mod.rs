//! The OAuth 2.0 server of the org (contract F1.1 to F3.5).
//!
//! ```text
//! authorize  ->  login, under every rule for UI logins  ->  approval  ->  a code | tokens
//! token      ->  code, refresh, password, jwt_bearer, saml_bearer, client_credentials, device  ->  issue
//! ```
//!
//! An access token is the id of an API session, so it opens whatever such a session opens; what it stands for beyond that is in
//! the grants of the realm. A refusal is a value, in the words of the vendor.

mod admission;
mod approval;
mod authorize;
mod client;
mod client_credentials;
mod code;
mod device;
mod discovery;
mod error;
mod identity;
mod introspect;
mod issue;
mod issuer;
mod jwt_bearer;
mod on_behalf;
mod parameters;
mod password;
mod recipients;
mod redirect;
mod refresh;
mod revoke;
mod saml_bearer;
mod scopes;
mod token;
mod userinfo;

use axum::Router;

use super::paths;
use crate::http::routing::{get, post};

/// The endpoints, and the pages of a user who approves.
pub(super) fn routes() -> Router {
    Router::new()
        .route(paths::OPENID_CONFIGURATION, get(discovery::openid_configuration))
        .route(paths::AUTH_CONFIGURATION, get(discovery::auth_configuration))
        .route(paths::IDENTITY_KEYS, get(discovery::keys))
        .route("/id/{organization}/{user}", get(identity::identity))
        .route(paths::AUTHORIZE, get(authorize::authorize).merge(post(authorize::authorize)))
        .route(paths::APPROVAL, get(approval::show).merge(post(approval::answer)))
        .route(paths::CONNECT_DEVICE, get(device::show).merge(post(device::connect)))
        .route(paths::TOKEN, get(token::token).merge(post(token::token)))
        .route(paths::REVOKE, get(revoke::revoke).merge(post(revoke::revoke)))
        .route(paths::USERINFO, get(userinfo::userinfo).merge(post(userinfo::userinfo)))
        .route(paths::INTROSPECT, post(introspect::introspect))
}
