//! SP-initiated SAML: `/saml/authn-request.jsp` (contract D1.4).

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY};

use crate::org::{Org, Visit, page};
use crate::realm::{Component, Event, Federation, IdpProtocol, Realm};
use crate::saml::{
    AuthnRequest, Comparison, NameIdPolicy, RequestedAuthnContext, SigningError, name_id_format, post_form,
    redirect_url,
};
use vestibule_model::PageName;

/// Sends the browser to the identity provider with an `AuthnRequest`, by POST unless `saml_binding_type` says
/// `HttpRedirect`.
pub(super) async fn get(State(org): State<Arc<Org>>, visit: Visit) -> Response {
    let Some(trust) = chosen(&org.realm, &visit) else {
        return page::refuse(&org, &visit, StatusCode::BAD_REQUEST, "no SAML single sign-on setting has this id");
    };
    let request = request(&org.realm, trust);
    let relay_state = visit.query.get("RelayState").filter(|state| !state.is_empty());
    let by_redirect = visit.query.text("saml_binding_type").eq_ignore_ascii_case("HttpRedirect");
    let answer = if by_redirect { redirect(trust, &request, relay_state) } else { post(trust, &request, relay_state) };
    match answer {
        Ok(answer) => {
            org.sso.sent(&org.realm, &request.id, &trust.idp);
            org.realm.record(Event::SsoStarted { idp: trust.idp.clone() });
            answer
        }
        Err(error) => page::refuse(&org, &visit, StatusCode::BAD_REQUEST, &format!("failed to {error}")),
    }
}

/// The script that sends the form on.
pub(super) async fn script() -> Response {
    ([(CONTENT_TYPE, "text/javascript; charset=utf-8"), (CACHE_CONTROL, "max-age=3600")], SCRIPT).into_response()
}

/// The setting that the link names, or the only one.
fn chosen<'a>(realm: &'a Realm, visit: &Visit) -> Option<&'a Federation> {
    let mut known = realm.federations.iter().filter(|trust| trust.spec.protocol == IdpProtocol::Saml);
    match visit.query.get("samlSsoConfig") {
        Some(id) => known.find(|trust| trust.config_id == id),
        None => known.next().filter(|_| known.next().is_none()),
    }
}

fn request(realm: &Realm, trust: &Federation) -> AuthnRequest {
    let class_refs = trust.spec.requested_context.clone();
    let requested_authn_context =
        (!class_refs.is_empty()).then_some(RequestedAuthnContext { comparison: Comparison::Exact, class_refs });
    AuthnRequest {
        id: realm.entropy.xml_id(),
        issue_instant: realm.clock.now(Component::Org),
        destination: Some(trust.sso_url.clone()),
        acs_url: Some(trust.acs_url.clone()),
        issuer: trust.sp_entity_id.clone(),
        force_authn: false,
        is_passive: false,
        name_id_policy: Some(NameIdPolicy { format: Some(name_id_format::UNSPECIFIED.to_owned()), allow_create: true }),
        requested_authn_context,
    }
}

fn redirect(trust: &Federation, request: &AuthnRequest, relay_state: Option<&str>) -> Result<Response, SigningError> {
    Ok(page::redirect(&redirect_url(&trust.sso_url, request, relay_state, None)?))
}

fn post(trust: &Federation, request: &AuthnRequest, relay_state: Option<&str>) -> Result<Response, SigningError> {
    let form = post_form(request, relay_state, None)?;
    let template = PostTemplate {
        page: PageName::Unknown,
        action: &trust.sso_url,
        saml_request: &form.saml_request,
        relay_state: form.relay_state.as_deref(),
    };
    // The browser leaves this page by itself, so it is no stop on the way and not in the journal.
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CACHE_CONTROL, "no-store"),
        (REFERRER_POLICY, "same-origin"),
        (CONTENT_SECURITY_POLICY, "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:"),
    ];
    Ok((StatusCode::OK, headers, template.render().unwrap_or_default()).into_response())
}

#[derive(Template)]
#[template(path = "org/sso_post.html")]
struct PostTemplate<'a> {
    page: PageName,
    action: &'a str,
    saml_request: &'a str,
    relay_state: Option<&'a str>,
}

/// Starts SP-initiated SAML (contract D1.4).
pub(super) const PATH: &str = "/saml/authn-request.jsp";
pub(super) const SCRIPT_PATH: &str = "/vestibule/sso-submit.js";
const SCRIPT: &str = include_str!("../../../templates/org/sso_submit.js");
