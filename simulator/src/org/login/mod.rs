//! The login page: classic, also at a site, or in two steps, of which the second asks for a password or a passkey (contract
//! A1.1, B1.2, B1.7, B1.10, M1.1).

mod ceremony;
mod combined;
mod email;
mod form;
mod logout;
mod observe;
mod passkey;
mod posted;
mod submit;

use std::sync::Arc;

use axum::response::Response;
use axum::{Extension, Router};
use http::StatusCode;

use super::{Org, dispatcher, page, paths, sso};
use crate::http::routing::{get, post};
use crate::http::{Form, RequestContext, found};
use crate::realm::HostRole;

/// The host root and logout.
pub(super) fn routes() -> Router {
    Router::new()
        .route("/", get(root).merge(post(posted)))
        .route(paths::LOGIN, get(root).merge(post(posted)))
        .route(paths::SITE_LOGIN, get(site).merge(post(posted)))
        .route(paths::LOG_IN_WITH_EMAIL, get(email::show).merge(post(email::answer)))
        .route(paths::LOGOUT, get(logout::logout))
}

async fn root(Extension(org): Extension<Arc<Org>>, request: RequestContext) -> Response {
    match request.host {
        HostRole::Lightning => found(paths::LIGHTNING_HOME),
        HostRole::Setup => found(paths::SETUP_HOME),
        HostRole::MyDomain => {
            let entered = dispatcher::redirect_signed_in(&org, &request);
            entered.unwrap_or_else(|| form::first(&org, &request))
        }
        _ => form::first(&org, &request),
    }
}

/// The login page of a site. Sites have no host of their own here, so it is on that of the org (contract B1.10).
async fn site(Extension(org): Extension<Arc<Org>>, request: RequestContext) -> Response {
    let entered = dispatcher::redirect_signed_in(&org, &request);
    entered.unwrap_or_else(|| form::first(&org, &request))
}

/// The login form and the SAML ACS share the host root, and at a site the login page; a `SAMLResponse` field tells them apart
/// (contract D1.2, D1.8).
async fn posted(Extension(org): Extension<Arc<Org>>, request: RequestContext, Form { fields, .. }: Form) -> Response {
    if fields.has("SAMLResponse") {
        sso::acs(org, request, fields).await
    } else if request.from_other_origin {
        page::refuse(&org, &request, StatusCode::FORBIDDEN, "a page of another origin sent the login form")
    } else {
        submit::submit(&org, &request, &fields)
    }
}
