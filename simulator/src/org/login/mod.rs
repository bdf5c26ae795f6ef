//! The login page in its three shapes: classic, two-step, passkey-first (contract A1.1, B1.2, M1.1).

mod form;
mod lockout;
mod logout;
mod observe;
mod passkey;
mod submit;

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;

use super::{Fields, Org, Visit, gate, page, sso};
use crate::realm::HostRole;

/// The host root and logout.
pub(super) fn routes() -> Router<Arc<Org>> {
    Router::new().route("/", get(root).post(posted)).route(logout::PATH, get(logout::logout))
}

async fn root(State(org): State<Arc<Org>>, visit: Visit) -> Response {
    match visit.host {
        HostRole::Lightning => page::redirect("/lightning/page/home"),
        HostRole::Setup => page::redirect("/lightning/setup/SetupOneHome/home"),
        HostRole::MyDomain => {
            let entered = gate::enter_at_my_domain(&org, &visit);
            entered.unwrap_or_else(|| form::first(&org, &visit))
        }
        _ => form::first(&org, &visit),
    }
}

/// The login form and the SAML ACS share the host root; a `SAMLResponse` field tells them apart (contract D1.8).
async fn posted(State(org): State<Arc<Org>>, visit: Visit, body: Bytes) -> Response {
    let fields = Fields::parse(&body);
    if fields.has("SAMLResponse") { sso::acs(org, visit, fields).await } else { submit::submit(&org, &visit, &fields) }
}
