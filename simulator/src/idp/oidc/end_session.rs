//! RP-initiated logout. Source: OpenID Connect RP-Initiated Logout 1.0.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use url::Url;

use crate::http::{RequestContext, see_other, with_cookies};
use crate::idp::page;
use crate::idp::state::Idp;
use vestibule_model::PageName;

/// Ends the `IdpSession` of this browser. Redirects the browser only to an address of a client.
pub(in crate::idp) async fn get(State(idp): State<Arc<Idp>>, context: RequestContext) -> Response {
    let cookie = idp.close_session(&context);
    let response = match return_address(&idp, &context) {
        Some(address) => see_other(address.as_str()),
        None => {
            let template = SignedOutTemplate { page: PageName::LoggedOut, idp: &idp.trust.idp };
            page::show(&idp, &context.path, PageName::LoggedOut, StatusCode::OK, &template)
        }
    };
    with_cookies(response, [cookie])
}

/// `post_logout_redirect_uri`, if it has the origin of a client.
fn return_address(idp: &Idp, context: &RequestContext) -> Option<Url> {
    let mut address = Url::parse(context.query.get("post_logout_redirect_uri")?).ok()?;
    if !idp.trust.has_client_at(&address.origin().ascii_serialization()) {
        return None;
    }
    if let Some(state) = context.query.get("state") {
        address.query_pairs_mut().append_pair("state", state);
    }
    Some(address)
}

#[derive(Template)]
#[template(path = "idp/signed_out.html")]
struct SignedOutTemplate<'a> {
    page: PageName,
    idp: &'a str,
}
