//! SP-initiated SAML: `/saml/authn-request.jsp` (contract D1.4).

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use vestibule_certs::CertError;

use super::browser;
use crate::blocking;
use crate::http::{ORG_POLICY, RequestContext, found, html, with_cookies};
use crate::org::sso_state::SentRequest;
use crate::org::{Org, cookies, page};
use crate::realm::{Component, Event, ForeignIdp, HostRole, IdpProtocol, Realm, SsoTrust};
use crate::saml::{
    AuthnRequest, Comparison, NameIdPolicy, PostForm, RequestedAuthnContext, SigningError, name_id_format, post_form,
    redirect_url,
};
use vestibule_model::{PageName, Secret};

/// Sends the browser to the identity provider with an `AuthnRequest`, by POST unless `saml_binding_type` says
/// `HttpRedirect`.
pub(super) async fn get(Extension(org): Extension<Arc<Org>>, request: RequestContext) -> Response {
    let Some(trust) = chosen(&org.realm, &request) else {
        return page::refuse(&org, &request, StatusCode::BAD_REQUEST, "no SAML single sign-on setting has this id");
    };
    if request.host != HostRole::MyDomain {
        // The answer comes to My Domain, and so must the cookie of the browser that asks.
        return found(&org.my_domain_url(&request.path_and_query()));
    }
    let by_redirect = request.query.text("saml_binding_type").eq_ignore_ascii_case("HttpRedirect");
    let (sso_url, by_redirect) = endpoint(trust, by_redirect);
    let authn_request = authn_request(&org.realm, trust, sso_url);
    let wanted = request.query.get("RelayState").filter(|state| !state.is_empty());
    // A longer one stays here, and the answer to this request finds it.
    let relay_state = wanted.filter(|state| state.len() <= LONGEST_RELAY_STATE);
    let return_url = wanted.filter(|_| relay_state.is_none()).map(|wanted| org.return_url(wanted));
    let id = authn_request.id.clone();
    match message(&org, trust, authn_request, relay_state, by_redirect).await {
        Ok(message) => {
            let asking = Secret::new(org.realm.entropy.token());
            let cookie = browser::cookie(IdpProtocol::Saml, &id, &asking);
            let sent = SentRequest { idp: trust.idp.clone(), browser: asking, return_url };
            org.sso.sent(&org.realm, &id, sent);
            org.realm.record(Event::SsoStarted { idp: trust.idp.clone() });
            let hint = cookies::idp_hint(org.settings(), &trust.idp);
            with_cookies(sending(sso_url, message), hint.into_iter().chain([cookie]))
        }
        Err(error) => page::refuse(&org, &request, StatusCode::BAD_REQUEST, &format!("failed to {error}")),
    }
}

/// The setting that the link names, or the only one.
pub(super) fn chosen<'a>(realm: &'a Realm, request: &RequestContext) -> Option<&'a SsoTrust> {
    let mut known = realm.trusts.iter().filter(|trust| trust.spec.protocol == IdpProtocol::Saml);
    match request.query.get("samlSsoConfig") {
        Some(id) => known.find(|trust| trust.config_id == id),
        None => known.next().filter(|_| known.next().is_none()),
    }
}

/// Where a request goes, and whether by HTTP-Redirect: as it is wanted, if the identity provider takes it so.
fn endpoint(trust: &SsoTrust, by_redirect: bool) -> (&str, bool) {
    match &trust.foreign {
        Some(ForeignIdp::Saml(idp)) => idp.endpoint(by_redirect),
        _ => (trust.sso_url.as_str(), by_redirect),
    }
}

fn authn_request(realm: &Realm, trust: &SsoTrust, sso_url: &str) -> AuthnRequest {
    let class_refs = trust.spec.requested_context.clone();
    let requested_authn_context =
        (!class_refs.is_empty()).then_some(RequestedAuthnContext { comparison: Comparison::Exact, class_refs });
    AuthnRequest {
        id: realm.entropy.xml_id(),
        issue_instant: realm.clock.now(Component::Org),
        destination: Some(sso_url.to_owned()),
        acs_url: Some(trust.acs_url.clone()),
        issuer: trust.sp_entity_id.clone(),
        // SAML has no max_age: a request asks for a new sign-in, or for any.
        force_authn: trust.spec.max_age == Some(0),
        is_passive: false,
        name_id_policy: Some(NameIdPolicy {
            format: Some(name_id_format::UNSPECIFIED.to_owned()),
            allow_create: Some(true),
            sp_name_qualifier: None,
        }),
        requested_authn_context,
    }
}

/// The request as a browser carries it to the identity provider.
enum Message {
    /// A URL, for HTTP-Redirect.
    Redirect(String),
    /// A form, for HTTP-POST.
    Post(PostForm),
}

/// Why there is no message. Each text completes "failed to ...".
#[derive(Debug, thiserror::Error)]
enum NotWritten {
    /// There is no key to sign it with.
    #[error(transparent)]
    Key(#[from] CertError),
    /// It could not be written or signed.
    #[error(transparent)]
    Signing(#[from] SigningError),
    /// The work ended early.
    #[error("write the request")]
    EndedEarly,
}

/// Writes a request, and signs it if the setting has a "Request Signing Certificate" (contract D1.9). Runs on a thread
/// that may block.
async fn message(
    org: &Arc<Org>,
    trust: &SsoTrust,
    request: AuthnRequest,
    relay_state: Option<&str>,
    by_redirect: bool,
) -> Result<Message, NotWritten> {
    let (org, relay_state) = (Arc::clone(org), relay_state.map(str::to_owned));
    let sso_url = request.destination.clone().unwrap_or_default();
    let signing = trust.spec.request_signing_certificate;
    let written = blocking::run(move || -> Result<Message, NotWritten> {
        let key = signing.map(|state| org.realm.certs.request_signing_key(state)).transpose()?;
        let (key, relay_state) = (key.as_deref(), relay_state.as_deref());
        Ok(if by_redirect {
            Message::Redirect(redirect_url(&sso_url, &request, relay_state, key)?)
        } else {
            Message::Post(post_form(&request, relay_state, key)?)
        })
    });
    written.await.unwrap_or(Err(NotWritten::EndedEarly))
}

/// The answer that makes the browser carry the message.
fn sending(sso_url: &str, message: Message) -> Response {
    let form = match message {
        Message::Redirect(url) => return found(&url),
        Message::Post(form) => form,
    };
    let template = PostTemplate {
        page: PageName::Unknown,
        action: sso_url,
        saml_request: &form.saml_request,
        relay_state: form.relay_state.as_deref(),
    };
    // The browser leaves this page by itself, so it is not recorded in the journal.
    html(StatusCode::OK, ORG_POLICY, &template).unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

/// Bytes, by either binding (saml-bindings 3.4.3 and 3.5.3).
const LONGEST_RELAY_STATE: usize = 80;

#[derive(Template)]
#[template(path = "org/sso_post.html")]
struct PostTemplate<'a> {
    page: PageName,
    action: &'a str,
    saml_request: &'a str,
    relay_state: Option<&'a str>,
}
