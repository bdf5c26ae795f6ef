//! The callback of an OpenID Connect login: `/services/authcallback/<URL suffix>` on My Domain, or with the organization id
//! before the suffix on the shared host (contract E1.1).

use std::sync::Arc;

use axum::Extension;
use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;

use super::accept::{self, Answer, AnswerFault};
use super::browser;
use super::exchange::{self, exchange};
use super::oidc_start::provider;
use crate::http::{RequestContext, found, with_cookies};
use crate::oidc::{AuthorizationAnswer, ProviderMetadata};
use crate::org::attempt::login_type;
use crate::org::sso_state::SentAuthorization;
use crate::org::{Org, page};
use crate::realm::{ForeignIdp, HostRole, IdpProtocol, SsoTrust};
use vestibule_model::{LoginKind, LoginStatus, Weakness};

/// The callback on the shared host: My Domain, which set the cookie of the browser that asked, takes the answer.
pub(super) async fn shared(
    Extension(org): Extension<Arc<Org>>,
    Path((org_id, suffix)): Path<(String, String)>,
    request: RequestContext,
) -> Response {
    if !org.realm.has_org_id(&org_id) {
        return page::refuse(&org, &request, StatusCode::NOT_FOUND, "no organization has this id");
    }
    if request.host != HostRole::MyDomain {
        return found(&org.my_domain_url(&request.path_and_query()));
    }
    get(Extension(org), Path(suffix), request).await
}

/// Takes the code, fetches the ID token and hands the login to the dispatcher.
pub(super) async fn get(
    Extension(org): Extension<Arc<Org>>,
    Path(suffix): Path<String>,
    request: RequestContext,
) -> Response {
    let Some(trust) = provider(&org.realm, &suffix) else {
        return page::refuse(&org, &request, StatusCode::NOT_FOUND, "no Auth. Provider has this URL suffix");
    };
    let state = request.query.text("state");
    let sent = expected(&org, &request, trust, state);
    let used_up = sent.is_ok().then(|| browser::removal(IdpProtocol::Oidc, state));
    let answer = match sent {
        Ok(sent) => receive(&org, &request, trust, sent).await,
        Err(fault) => Err(fault),
    };
    let response = match answer {
        Ok(answer) => accept::accept(&org, &request, answer),
        Err(fault) => accept::refuse(&org, &request, Some(trust), login_type::THIRD_PARTY_SSO, fault),
    };
    with_cookies(response, used_up)
}

async fn receive<'a>(
    org: &Org,
    request: &RequestContext,
    trust: &'a SsoTrust,
    sent: SentAuthorization,
) -> Result<Answer<'a>, AnswerFault> {
    let mut op = ProviderMetadata::new(&trust.issuer);
    if let Some(ForeignIdp::Oidc(foreign)) = &trust.foreign {
        op.authorization_response_iss_parameter_supported = foreign.names_itself;
    }
    let mut query = request.raw_query.clone();
    if org.settings().weaknesses.contains(&Weakness::SkipIss) {
        op.authorization_response_iss_parameter_supported = false;
        query = query.split('&').filter(|one| !one.starts_with("iss=")).collect::<Vec<_>>().join("&");
    }
    let answer = AuthorizationAnswer::parse(&query, request.query.text("state"), &op);
    let answer = answer.map_err(exchange::answer_refused)?;
    let token = exchange(org, trust, &sent, &answer.code).await?;
    Ok(Answer {
        trust,
        kind: LoginKind::Oidc,
        login_type: login_type::THIRD_PARTY_SSO,
        subject: token.subject,
        attributes: Vec::new(),
        auth_method_reference: token.auth_method_reference,
        signals: token.signals,
        session_end: None,
        saml_login: None,
        return_url: sent.return_url,
    })
}

/// The request that this answer belongs to: sent to this provider by this browser, and not answered yet.
fn expected(
    org: &Org,
    request: &RequestContext,
    trust: &SsoTrust,
    state: &str,
) -> Result<SentAuthorization, AnswerFault> {
    let unknown = |why: &str| AnswerFault::new(LoginStatus::InResponseToInvalid, why);
    let sent = org.sso.authorizations.take(state, org.now());
    let sent = sent.filter(|sent| sent.idp == trust.idp);
    let sent = sent.ok_or_else(|| unknown("state names no authorization request that is waiting for an answer"))?;
    let whoever = org.settings().weaknesses.contains(&Weakness::SkipState);
    if !whoever && !browser::sent(request, state, &sent.browser) {
        return Err(unknown("the answer did not come to the browser that sent the request"));
    }
    Ok(sent)
}
