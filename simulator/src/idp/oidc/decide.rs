//! The answer of the user to the consent page, and what follows from it.

use std::sync::Arc;

use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::response::Response;

use super::{authorize, consent, device};
use crate::http::{Form, RequestContext};
use crate::idp::state::{Decision, Idp, Request};

/// Handles the answer of the user.
pub(in crate::idp) async fn post(
    State(idp): State<Arc<Idp>>,
    context: RequestContext,
    form: Result<Form, BytesRejection>,
) -> Response {
    let fields = form.map(|form| form.fields).unwrap_or_default();
    let (Decision { request, session }, allow) = match consent::decided(&idp, &context, &fields) {
        Ok(decided) => decided,
        Err(page) => return page,
    };
    match request {
        Request::Oidc(asked) if allow => authorize::allowed(&idp, &context, *asked, &session).await,
        Request::Oidc(asked) => authorize::refuse_consent(&idp, &asked).await,
        Request::Device(code) => device::decided(&idp, &context, &code, &session, allow),
        Request::Saml(_) => consent::expired(&idp, &context),
    }
}

/// The path of the answer.
pub(in crate::idp) const PATH: &str = "/oidc/consent";
