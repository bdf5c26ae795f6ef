//! The start of an OpenID Connect login: `/services/auth/sso/<URL suffix>` (contract E1.2).

use std::sync::Arc;

use axum::Extension;
use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;

use super::browser;
use crate::http::{RequestContext, found, with_cookies};
use crate::oidc::{AUTHORIZATION_PATH, AuthorizationRequest, CodeChallenge, ResponseMode};
use crate::org::sso_state::SentAuthorization;
use crate::org::{Org, cookies, page};
use crate::realm::{Event, ForeignIdp, HostRole, IdpProtocol, Realm, SsoTrust};
use vestibule_model::Secret;

/// Sends the browser to the authorization endpoint with `state`, `nonce` and PKCE (RFC 7636, S256).
pub(super) async fn get(
    Extension(org): Extension<Arc<Org>>,
    Path(suffix): Path<String>,
    request: RequestContext,
) -> Response {
    let Some(trust) = provider(&org.realm, &suffix) else {
        return page::refuse(&org, &request, StatusCode::NOT_FOUND, "no Auth. Provider has this URL suffix");
    };
    if request.host != HostRole::MyDomain {
        // The answer comes to My Domain, and so must the cookie of the browser that asks.
        return found(&org.my_domain_url(&request.path_and_query()));
    }
    let entropy = &org.realm.entropy;
    let (state, nonce) = (entropy.token(), entropy.nonce());
    let code_verifier = Secret::new(entropy.token());
    let asking = Secret::new(entropy.token());
    let authorization = authorization_request(trust, &state, &nonce, &code_verifier);
    let url = authorization.to_url(&authorization_endpoint(trust));
    let sent = SentAuthorization {
        idp: trust.idp.clone(),
        nonce,
        code_verifier,
        browser: asking.clone(),
        return_url: org.return_url(request.query.text("startURL")),
    };
    org.sso.authorization_sent(&org.realm, &state, sent);
    org.realm.record(Event::SsoStarted { idp: trust.idp.clone() });
    let hint = cookies::idp_hint(org.settings(), &trust.idp);
    with_cookies(found(&url), hint.into_iter().chain([browser::cookie(IdpProtocol::Oidc, &state, &asking)]))
}

/// The Auth. Provider with this URL suffix.
pub(super) fn provider<'a>(realm: &'a Realm, suffix: &str) -> Option<&'a SsoTrust> {
    realm.trust(suffix).filter(|trust| trust.spec.protocol == IdpProtocol::Oidc)
}

fn authorization_endpoint(trust: &SsoTrust) -> String {
    match &trust.foreign {
        Some(ForeignIdp::Oidc(op)) => op.authorization_endpoint.to_string(),
        _ => format!("{}{AUTHORIZATION_PATH}", trust.issuer),
    }
}

fn authorization_request(trust: &SsoTrust, state: &str, nonce: &str, code_verifier: &Secret) -> AuthorizationRequest {
    AuthorizationRequest {
        client_id: trust.client_id.clone(),
        redirect_uri: trust.redirect_uri.clone(),
        scope: "openid profile email".to_owned(),
        state: Some(state.to_owned()),
        nonce: Some(nonce.to_owned()),
        code_challenge: Some(CodeChallenge::of(code_verifier.reveal())),
        response_mode: ResponseMode::Query,
        max_age: trust.spec.max_age,
        acr_values: trust.spec.requested_context.clone(),
        ..AuthorizationRequest::default()
    }
}
