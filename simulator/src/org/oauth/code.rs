//! Exchanges an authorization code: the web server flow and its hybrid form.

use std::sync::Arc;

use super::admission::{of_grant, record_row};
use super::client::Client;
use super::error::OauthError;
use super::issue::{Answer, Authorization, first};
use super::parameters::Parameters;
use crate::http::RequestContext;
use crate::oidc::CodeChallenge;
use crate::org::Org;
use vestibule_model::{LoginStatus, OauthFlow};

/// What comes for the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Tokens.
    WebServer,
    /// Tokens and UI sessions.
    Hybrid,
}

/// Exchanges a code. It can be used once, whether the exchange succeeds or not.
pub(super) async fn exchange(
    org: &Arc<Org>,
    request: &RequestContext,
    parameters: &Parameters<'_>,
    kind: Kind,
) -> Result<Answer, OauthError> {
    let client = Client::of(org, request, parameters)?;
    let app = client.app;
    client.check_secret(app.spec.secret_required)?;
    let code = parameters
        .get("code")
        .ok_or_else(|| OauthError::invalid_request("missing required code", "the call has no code").of_app(app))?;
    let now = org.now();
    let wrong = |why: &str| OauthError::invalid_grant("invalid authorization code", why).of_app(app);
    let issued = org.oauth.codes.take(code, now).ok_or_else(|| wrong("the code is unknown or was used before"))?;
    let of_user = |error: OauthError| error.of_app(app).of_user(&issued.user);
    if issued.app != app.name {
        return Err(of_user(wrong("the code was issued to another app")));
    }
    if issued.expires <= now {
        let why = "the code was used too late";
        return Err(of_user(OauthError::invalid_grant("expired authorization code", why)));
    }
    if parameters.text("redirect_uri") != issued.redirect_uri {
        let why = "redirect_uri is not that of the request for the code";
        return Err(of_user(OauthError::new("redirect_uri_mismatch", "redirect_uri must match configuration", why)));
    }
    // A verifier without a challenge is a sign that somebody took the challenge out of the request (RFC 9700 4.8.2).
    if parameters.get("code_verifier").map(CodeChallenge::of) != issued.challenge {
        let flow = Some(OauthFlow::WebServer);
        record_row(org, (request, app), Some(&issued.user), LoginStatus::InvalidCodeVerifier, flow);
        let why = "code_verifier is missing, not the one of the code challenge, or there was no code challenge";
        return Err(of_user(OauthError::invalid_grant("invalid code verifier", why)));
    }
    let user = of_grant(org, request, app, &issued.user)?;
    let authorization = Authorization {
        app,
        user: &user,
        flow: if kind == Kind::Hybrid { OauthFlow::Hybrid } else { OauthFlow::WebServer },
        scopes: &issued.scopes,
        level: issued.level,
        nonce: issued.nonce.clone(),
    };
    first(org, request, &authorization, true).await
}
