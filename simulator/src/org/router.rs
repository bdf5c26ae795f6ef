//! The routes of the org.

use std::sync::Arc;

use axum::Router;
use axum::extract::{FromRequestParts as _, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use http::{Method, StatusCode};

use super::api::Api;
use super::{
    Org, activation, assets, choose, dispatcher, forgot_password, frontdoor, history, identity_verification, inbox,
    interstitial, lightning, login, methods, not_simulated, oauth, page, page_behaviour, paths, reset_token, rest,
    soap, sso, user_detail,
};
use crate::http::{CrossOrigin, Form, RequestContext, inflated, is_text};
use crate::realm::Realm;

/// The pages and endpoints of an org: My Domain, Lightning, Setup and the shared login host.
///
/// The server puts the role of the host into the extensions of each request; a request without one counts as a request
/// to the My Domain host.
pub(crate) fn router(realm: Arc<Realm>) -> Router {
    let org = Org::new(realm, interstitial::in_order());
    Router::new()
        .merge(assets::routes())
        .merge(page_behaviour::routes())
        .merge(dispatcher::routes())
        .merge(login::routes())
        .merge(methods::routes())
        .merge(choose::routes())
        .merge(activation::routes())
        .merge(interstitial::routes())
        .merge(forgot_password::routes())
        .merge(frontdoor::routes())
        .merge(lightning::routes())
        .merge(history::routes())
        .merge(identity_verification::routes())
        .merge(not_simulated::routes())
        .merge(inbox::routes())
        .merge(reset_token::routes())
        .merge(user_detail::routes())
        .merge(rest::routes())
        .merge(soap::routes())
        .merge(oauth::routes())
        .merge(sso::routes())
        .fallback(unknown_path)
        .method_not_allowed_fallback(other_method)
        .layer(from_fn_with_state(Arc::clone(&org), page_behaviour::in_due_time))
        .layer(from_fn_with_state(Arc::clone(&org), in_time))
        .layer(from_fn_with_state(Arc::clone(&org), readable))
        .with_state(org)
}

/// No request meets a session whose end has come.
async fn in_time(State(org): State<Arc<Org>>, request: Request, next: Next) -> Response {
    org.realm.close_ended_sessions();
    next.run(request).await
}

/// No handler meets a path or a body that it could not read.
async fn readable(State(org): State<Arc<Org>>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let body = if is_text(parts.uri.path()) {
        inflated(&mut parts, body).await
    } else {
        Err((StatusCode::BAD_REQUEST, "the path of the request is not UTF-8"))
    };
    match body {
        Ok(body) => next.run(Request::from_parts(parts, body)).await,
        Err((status, why)) => {
            let Ok(request) = RequestContext::from_request_parts(&mut parts, &()).await;
            refuse(&org, &request, status, why)
        }
    }
}

async fn other_method(State(org): State<Arc<Org>>, method: Method, request: RequestContext) -> Response {
    refuse(&org, &request, StatusCode::METHOD_NOT_ALLOWED, &format!("this address does not take the method {method}"))
}

/// Refuses a request before its handler, in the form of the protocol that its path belongs to.
fn refuse(org: &Org, request: &RequestContext, status: StatusCode, why: &str) -> Response {
    let Some(api) = Api::of_path(&request.path) else { return page::refuse(org, request, status, why) };
    page::record_refused_request(org, request, status, why);
    api.refusal(status, why)
}

async fn unknown_path(
    State(org): State<Arc<Org>>,
    method: Method,
    request: RequestContext,
    Form { fields, .. }: Form,
) -> Response {
    if let Some(subject) = user_detail::subject(&org, &request.path) {
        return user_detail::answer(&org, &request, &method, &fields, &subject);
    }
    if paths::is_behind_the_login(&request.path) {
        return lightning::shell(&org, &request, &fields);
    }
    let retired = rest::retired(&request.path);
    let api = retired.or_else(|| not_simulated::answer(&org, &request, &method, &fields));
    api.unwrap_or_else(|| {
        page::refuse(&org, &request, StatusCode::NOT_FOUND, "there is no such page in the simulated org")
    })
}

/// What a page of another origin may do with a path of the org. The login form shares its address with the ACS, so
/// the handler itself refuses it. An app may send its request for an approval as a form.
pub(crate) fn cross_origin(path: &str) -> CrossOrigin {
    let front_channel = ["/", paths::LOGIN, paths::SITE_LOGIN, paths::LOGOUT, paths::AUTHORIZE].contains(&path)
        || path.starts_with(paths::AUTH_CALLBACK);
    if front_channel { CrossOrigin::FrontChannel } else { CrossOrigin::Refused }
}
