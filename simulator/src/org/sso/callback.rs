//! The callback of an OpenID Connect login: `/services/authcallback/<URL suffix>` (contract E1.1).

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;

use super::accept::{self, Answer};
use super::exchange::{self, Refused, exchange};
use super::oidc_start::{BROWSER_COOKIE, provider};
use crate::http::RequestContext;
use crate::oidc::AuthorizationAnswer;
use crate::org::attempt::login_type;
use crate::org::sso_state::SentAuthorization;
use crate::org::{Org, page};
use crate::realm::Federation;
use vestibule_model::LoginKind;

/// Takes the code, fetches the ID token and hands the login to the dispatcher.
pub(super) async fn get(State(org): State<Arc<Org>>, Path(suffix): Path<String>, request: RequestContext) -> Response {
    let Some(trust) = provider(&org.realm, &suffix) else {
        return page::refuse(&org, &request, StatusCode::NOT_FOUND, "no Auth. Provider has this URL suffix");
    };
    match receive(&org, &request, trust).await {
        Ok(answer) => accept::accept(&org, &request, answer),
        Err(refused) => {
            let why = format!("The single sign-on is refused: {}.", refused.why);
            accept::refuse(&org, &request, Some(trust), None, login_type::THIRD_PARTY_SSO, refused.status, &why)
        }
    }
}

async fn receive<'a>(org: &Arc<Org>, request: &RequestContext, trust: &'a Federation) -> Result<Answer<'a>, Refused> {
    let state = request.query.text("state");
    let sent = expected(org, request, trust, state)?;
    let answer =
        AuthorizationAnswer::parse(&request.raw_query, state, &trust.issuer).map_err(exchange::answer_refused)?;
    let token = exchange(org, trust, &sent, &answer.code).await?;
    Ok(Answer {
        trust,
        kind: LoginKind::Oidc,
        login_type: login_type::THIRD_PARTY_SSO,
        federation_id: token.subject,
        auth_method_reference: token.auth_method_reference,
        signals: token.signals,
        return_url: sent.return_url,
    })
}

/// The request that this answer belongs to: sent to this provider by this browser, and not answered yet.
fn expected(
    org: &Org,
    request: &RequestContext,
    trust: &Federation,
    state: &str,
) -> Result<SentAuthorization, Refused> {
    let unknown = |why: &str| Refused::new("Failed: InResponseTo Invalid", why);
    let sent = org.sso.authorizations.take(state, org.now());
    let sent = sent.filter(|sent| sent.idp == trust.idp);
    let sent = sent.ok_or_else(|| unknown("state names no authorization request that is waiting for an answer"))?;
    if request.cookie(BROWSER_COOKIE) != Some(sent.browser.reveal()) {
        return Err(unknown("the answer did not come to the browser that sent the request"));
    }
    Ok(sent)
}
