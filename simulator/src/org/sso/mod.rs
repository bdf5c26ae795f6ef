//! Single sign-on at the org: starting it, and taking its answers.
//!
//! ```text
//! saml_start -> AuthnRequest -> IdP -> Response -> acs ----------------------.
//! oidc_start -> authorization request -> IdP -> code -> callback -> ID token -+-> dispatcher, or a refusal
//! ```

mod accept;
mod acs;
mod browser;
mod callback;
mod decryption;
mod exchange;
mod logout;
mod oidc_start;
mod received;
mod saml_start;
mod sp_metadata;
mod validator;

use axum::Router;

pub(crate) use acs::acs;
pub(crate) use logout::logout_url;

use super::paths;
use crate::http::routing::{get, post};

/// The routes of single sign-on, except the ACS, which shares the host root with the login form.
pub(crate) fn routes() -> Router {
    Router::new()
        .route(paths::SAML_START, get(saml_start::get))
        .route(paths::SP_METADATA, get(sp_metadata::get))
        .route(paths::SAML_LOGOUT, get(logout::get))
        .route(paths::SAML_VALIDATOR, get(validator::get).merge(post(validator::post)))
        .route("/services/auth/sso/{idp}", get(oidc_start::get))
        .route("/services/authcallback/{idp}", get(callback::get))
        .route("/services/authcallback/{organization}/{idp}", get(callback::shared))
}
