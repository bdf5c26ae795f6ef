//! The router of one identity provider.

use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, State};
use axum::response::Response;
use http::header::{AUTHORIZATION, CONTENT_TYPE, WWW_AUTHENTICATE};
use http::request::Parts;
use http::{HeaderName, HeaderValue, Method, StatusCode};
use tower_http::cors::{AllowOrigin, CorsLayer};

use super::state::{Idp, SignOn};
use super::{oidc, page, saml, scim, sign_in};
use crate::http::routing::{delete, get, post, put};
use crate::http::{CrossOrigin, Form, RequestContext};
use crate::oidc::{
    AUTHORIZATION_PATH, DEVICE_AUTHORIZATION_PATH, DISCOVERY_PATH, DPOP_HEADER, DPOP_NONCE_HEADER, END_SESSION_PATH,
    INTROSPECTION_PATH, JWKS_PATH, PUSHED_REQUEST_PATH, REGISTRATION_PATH, REVOCATION_PATH, TOKEN_PATH, USERINFO_PATH,
};
use crate::realm::{Event, IdpProtocol, Realm, SsoTrust};

/// The routes of one identity provider of a realm, for the host `<key>.localhost`. Sessions and codes live as long as
/// the router, so make one per realm and key. A key that the realm does not know gets a router that serves nothing.
pub(crate) fn router(realm: Arc<Realm>, idp_key: String) -> Router {
    let Some(trust) = realm.trust(&idp_key).cloned() else { return Router::new() };
    let endpoints = match trust.spec.protocol {
        IdpProtocol::Saml => saml_endpoints(),
        IdpProtocol::Oidc => oidc_endpoints(&trust),
    };
    let provisioning = if trust.spec.scim_token.is_some() { scim::router() } else { Router::new() };
    endpoints
        .merge(provisioning)
        .route(sign_in::PATH, get(sign_in::get).merge(post(sign_in::post)))
        .merge(page::assets())
        .fallback(not_found)
        .method_not_allowed_fallback(wrong_method)
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .with_state(Idp::new(realm, trust))
}

fn saml_endpoints() -> Router<Arc<Idp>> {
    Router::new()
        .route(SAML_SSO_PATH, get(saml_by_redirect).merge(post(saml_by_post)))
        .route("/saml/metadata", get(saml::metadata))
        .route(SAML_SLO_PATH, get(saml::logout_by_redirect).merge(post(saml::logout_by_post)))
        .route(SAML_SIGN_OUT_PATH, get(saml::start_logout))
        .route("/saml/artifact", post(saml::resolve))
        .route("/saml/idp-initiated", get(idp_initiated))
}

fn oidc_endpoints(trust: &SsoTrust) -> Router<Arc<Idp>> {
    let registration = if trust.spec.accept_loopback {
        let managed = get(oidc::registration).merge(put(oidc::change_registration)).merge(delete(oidc::unregister));
        Router::new()
            .route(REGISTRATION_PATH, post(oidc::register))
            .route(&format!("{REGISTRATION_PATH}/{{client_id}}"), managed)
    } else {
        Router::new()
    };
    registration
        .route(DISCOVERY_PATH, get(oidc::configuration))
        .route(JWKS_PATH, get(oidc::jwks))
        .route(TOKEN_PATH, post(oidc::token))
        .route(USERINFO_PATH, get(oidc::userinfo).merge(post(oidc::userinfo)))
        .route(PUSHED_REQUEST_PATH, post(oidc::push))
        .route(DEVICE_AUTHORIZATION_PATH, post(oidc::device_authorization))
        .route(INTROSPECTION_PATH, post(oidc::introspect))
        .route(REVOCATION_PATH, post(oidc::revoke))
        // Must be set before the layer: it would replace the layer's answer to OPTIONS.
        .method_not_allowed_fallback(wrong_method)
        .layer(cors(trust))
        .route(AUTHORIZATION_PATH, get(oidc_by_query).merge(post(oidc_by_form)))
        .route(END_SESSION_PATH, get(oidc::end_session).merge(post(oidc::end_session_by_form)))
        .route(oidc::CONSENT_PATH, post(oidc::decide))
        .route(oidc::DEVICE_PATH, get(oidc::device_page).merge(post(device_by_code)))
}

/// Where a browser ends its session at an identity provider, which then ends those at the other parties.
pub fn sign_out_path(protocol: IdpProtocol) -> &'static str {
    match protocol {
        IdpProtocol::Saml => SAML_SIGN_OUT_PATH,
        IdpProtocol::Oidc => END_SESSION_PATH,
    }
}

/// What a page of another origin may do with a path of an identity provider.
pub(crate) fn cross_origin(path: &str) -> CrossOrigin {
    match path {
        SAML_SSO_PATH | SAML_SLO_PATH | AUTHORIZATION_PATH | END_SESSION_PATH => CrossOrigin::FrontChannel,
        DISCOVERY_PATH
        | JWKS_PATH
        | TOKEN_PATH
        | USERINFO_PATH
        | PUSHED_REQUEST_PATH
        | DEVICE_AUTHORIZATION_PATH
        | INTROSPECTION_PATH
        | REVOCATION_PATH => CrossOrigin::RegisteredClient,
        registration if registration.starts_with(REGISTRATION_PATH) => CrossOrigin::RegisteredClient,
        _ => CrossOrigin::Refused,
    }
}

/// Lets pages of the clients read the answers.
fn cors(trust: &SsoTrust) -> CorsLayer {
    let trust = trust.clone();
    let of_client =
        move |origin: &HeaderValue, _: &Parts| origin.to_str().is_ok_and(|origin| trust.has_client_at(origin));
    CorsLayer::new()
        .allow_origin(AllowOrigin::predicate(of_client))
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::DELETE])
        .allow_headers([AUTHORIZATION, CONTENT_TYPE, HeaderName::from_static(DPOP_HEADER)])
        .expose_headers([WWW_AUTHENTICATE, HeaderName::from_static(DPOP_NONCE_HEADER)])
}

async fn saml_by_redirect(State(idp): State<Arc<Idp>>, context: RequestContext) -> Response {
    let received = saml::received_by_redirect(&idp, &context).await;
    begin(&idp, &context, received).await
}

async fn saml_by_post(
    State(idp): State<Arc<Idp>>,
    context: RequestContext,
    form: Result<Form, BytesRejection>,
) -> Response {
    let received = saml::received_by_post(&idp, &context, form).await;
    begin(&idp, &context, received).await
}

async fn idp_initiated(State(idp): State<Arc<Idp>>, context: RequestContext) -> Response {
    let received = saml::idp_initiated(&idp, &context);
    begin(&idp, &context, received).await
}

async fn oidc_by_query(State(idp): State<Arc<Idp>>, context: RequestContext) -> Response {
    let received = oidc::received_in_query(&idp, &context).await;
    begin(&idp, &context, received).await
}

async fn oidc_by_form(
    State(idp): State<Arc<Idp>>,
    context: RequestContext,
    form: Result<Form, BytesRejection>,
) -> Response {
    let received = oidc::received_in_form(&idp, &context, form).await;
    begin(&idp, &context, received).await
}

async fn device_by_code(
    State(idp): State<Arc<Idp>>,
    context: RequestContext,
    form: Result<Form, BytesRejection>,
) -> Response {
    let received = oidc::device_sign_on(&idp, form);
    begin(&idp, &context, received).await
}

/// Begins the sign-on, or returns the answer that refuses it.
async fn begin(idp: &Arc<Idp>, context: &RequestContext, received: Result<SignOn, Response>) -> Response {
    match received {
        Ok(sign_on) => {
            idp.keep_request(&sign_on);
            sign_in::begin(idp, context, sign_on).await
        }
        Err(answer) => answer,
    }
}

async fn not_found(State(idp): State<Arc<Idp>>, context: RequestContext) -> Response {
    refuse(&idp, &context, StatusCode::NOT_FOUND, "There is no such page at this identity provider.")
}

async fn wrong_method(State(idp): State<Arc<Idp>>, context: RequestContext) -> Response {
    refuse(&idp, &context, StatusCode::METHOD_NOT_ALLOWED, "This endpoint does not support this HTTP method.")
}

fn refuse(idp: &Idp, context: &RequestContext, status: StatusCode, why: &str) -> Response {
    idp.realm.record(Event::RequestRefused {
        host: idp.role(),
        path: context.path.clone(),
        status: status.as_u16(),
        why: why.to_owned(),
    });
    let mut response = page::error(idp, &context.path, status.canonical_reason().unwrap_or_default(), why);
    *response.status_mut() = status;
    response
}

const SAML_SSO_PATH: &str = "/saml/sso";
const SAML_SLO_PATH: &str = "/saml/slo";
const SAML_SIGN_OUT_PATH: &str = "/saml/logout";
/// Larger than any message that the endpoints read.
const LARGEST_BODY: usize = 512 * 1024;
