//! The token endpoint.
//!
//! Source: RFC 6749 4.1.2, 4.1.3, 4.4, 5.1, 5.2 and 6, RFC 7636 4.6, RFC 8628 3.4 and 3.5, RFC 8705 3, RFC 9449 5, RFC 9700 4.14.2,
//! OpenID Connect Core 3.1.3, 11 and 12.

use std::sync::Arc;

use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::response::Response;
use http::StatusCode;
use jiff::SignedDuration;

use super::client::{self, Client};
use super::issue::{Issue, issue, members};
use super::scope::{has_word, narrowed};
use super::{answer, certificate, dpop, exchange};
use crate::http::{Form, RequestContext};
use crate::idp::provider::{AuthorizationCode, Binding, CodeState, DeviceDecision, Grant};
use crate::idp::state::Idp;
use crate::oidc::{ErrorCode, TOKEN_PATH, TokenError, TokenGrant, TokenRequest, TokenResponse};

/// Exchanges a grant for tokens.
pub(in crate::idp) async fn post(
    State(idp): State<Arc<Idp>>,
    context: RequestContext,
    form: Result<Form, BytesRejection>,
) -> Response {
    match exchange(&idp, &context, form).await {
        Ok(response) => {
            let attack = *idp.last_attack.lock();
            match attack.and_then(|attack| attack.token_answer(members(&response))) {
                Some(wrong) => answer::wrong(wrong),
                None => answer::json(StatusCode::OK, &response),
            }
        }
        Err(error) => answer::refuse(&idp, &error),
    }
}

async fn exchange(
    idp: &Arc<Idp>,
    context: &RequestContext,
    form: Result<Form, BytesRejection>,
) -> Result<TokenResponse, TokenError> {
    let form = form.map_err(|_| TokenError::invalid_request("the request is too large"))?;
    let TokenRequest { client, grant } = TokenRequest::parse(context.authorization.as_deref(), &form.body)?;
    let client = client::authenticate(idp, context, &client, TOKEN_PATH).await?;
    client.may_use(grant.grant_type())?;
    let thumbprint = dpop::proven_key(idp, context, "POST", None).await?;
    if client.spec.dpop_bound_access_tokens && thumbprint.is_none() {
        let why = "the DPoP proof is missing, and the client is registered for bound tokens";
        return Err(TokenError::new(ErrorCode::InvalidDpopProof, why));
    }
    let binding = binding(&client, context, thumbprint.clone())?;
    match grant {
        TokenGrant::Code { code, redirect_uri, code_verifier } => {
            let redeemed = redeem(idp, &client, &code, &redirect_uri, code_verifier.as_deref(), thumbprint.as_deref())?;
            let issued = issue(idp, of_user(client, code.clone(), redeemed.grant, binding)).await?;
            settle(idp, &code)?;
            Ok(issued.into_response())
        }
        TokenGrant::Refresh { refresh_token, scope } => {
            refresh(idp, client, &refresh_token, scope.as_deref(), binding).await
        }
        TokenGrant::ClientCredentials { scope } => client_credentials(idp, client, scope, binding).await,
        TokenGrant::Device { device_code } => {
            let grant = device_grant(idp, &client, &device_code)?;
            Ok(issue(idp, of_user(client, device_code, grant, binding)).await?.into_response())
        }
        TokenGrant::Exchange(request) => exchange::exchange(idp, client, request, binding).await,
    }
}

/// What the tokens of a request are bound to: the key of its DPoP proof, or the TLS certificate of its client, if it is
/// registered for that.
///
/// # Errors
/// If it is, and sent none.
fn binding(
    client: &Client,
    context: &RequestContext,
    thumbprint: Option<String>,
) -> Result<Option<Binding>, TokenError> {
    let Some(thumbprint) = thumbprint else {
        if !client.spec.tls_client_certificate_bound_access_tokens {
            return Ok(None);
        }
        let why = "the client is registered for tokens that are bound to its TLS certificate, and sent none";
        let sent = context.client_certificates.as_ref().ok_or_else(|| TokenError::invalid_request(why))?;
        return Ok(Some(Binding::Certificate(certificate::hash(sent))));
    };
    Ok(Some(Binding::Dpop(thumbprint)))
}

/// What a user granted, in full.
fn of_user(client: Client, grant_id: String, grant: Arc<Grant>, binding: Option<Binding>) -> Issue {
    let openid = has_word(&grant.scope, "openid");
    Issue {
        client,
        grant_id: Some(grant_id),
        scope: grant.scope.clone(),
        grant,
        binding,
        renewed: false,
        access_token: true,
        id_token: openid,
        refresh_token: true,
        code: None,
        state: None,
    }
}

/// Redeems a code. A second use revokes the tokens made from it.
fn redeem(
    idp: &Idp,
    client: &Client,
    code: &str,
    redirect_uri: &str,
    code_verifier: Option<&str>,
    thumbprint: Option<&str>,
) -> Result<AuthorizationCode, TokenError> {
    let grant_error = |why: &str| TokenError::new(ErrorCode::InvalidGrant, why);
    let taken = idp.provider.codes.update(code, idp.now(), |grant| {
        // A client that presents the code of another must not use it up.
        if grant.request.client_id != client.id {
            return None;
        }
        let next = if grant.state == CodeState::Fresh { CodeState::Redeeming } else { CodeState::Void };
        let before = std::mem::replace(&mut grant.state, next);
        Some((grant.clone(), before))
    });
    let taken = taken.ok_or_else(|| grant_error("the code is unknown or expired"))?;
    let (grant, before) = taken.ok_or_else(|| grant_error("the code was issued to another client"))?;
    match before {
        CodeState::Fresh => {}
        CodeState::Used => {
            idp.provider.grants.take(code, idp.now());
            return Err(grant_error("the code was used before; its access token is revoked"));
        }
        CodeState::Redeeming | CodeState::Void => return Err(grant_error("the code was used before")),
    }
    if redirect_uri != grant.request.redirect_uri {
        return Err(grant_error("redirect_uri differs from the authorization request"));
    }
    match &grant.request.code_challenge {
        Some(challenge) => {
            challenge.verify(code_verifier).map_err(|error| grant_error(&error.to_string()))?;
        }
        // Otherwise an attacker could take the challenge out of a request (RFC 9700 2.1.1).
        None if code_verifier.is_some() => {
            return Err(grant_error("code_verifier is given, but the authorization request had no code_challenge"));
        }
        None => {}
    }
    match &grant.request.dpop_jkt {
        Some(bound) if Some(bound.as_str()) != thumbprint => {
            let why = "the code is bound to another DPoP key: see dpop_jkt of the authorization request";
            Err(TokenError::new(ErrorCode::InvalidDpopProof, why))
        }
        _ => Ok(grant),
    }
}

/// Notes that the tokens of a code are made. If the code was presented again meanwhile, they are revoked, as after any replay
/// (RFC 6749 4.1.2).
fn settle(idp: &Idp, code: &str) -> Result<(), TokenError> {
    let before = idp.provider.codes.update(code, idp.now(), |code| std::mem::replace(&mut code.state, CodeState::Used));
    match before {
        None | Some(CodeState::Redeeming) => Ok(()),
        Some(_) => {
            idp.provider.grants.take(code, idp.now());
            let why = "the code was used a second time while its tokens were made; they are revoked";
            Err(TokenError::new(ErrorCode::InvalidGrant, why))
        }
    }
}

/// Exchanges a refresh token, which is valid once. A second use revokes everything that was made from its grant, since
/// nobody knows whether the client or a thief was first.
async fn refresh(
    idp: &Arc<Idp>,
    client: Client,
    refresh_token: &str,
    scope: Option<&str>,
    binding: Option<Binding>,
) -> Result<TokenResponse, TokenError> {
    let (now, provider) = (idp.now(), &idp.provider);
    let grant_error = |why: &str| TokenError::new(ErrorCode::InvalidGrant, why);
    let unknown = || grant_error("the refresh token is unknown, expired or revoked");
    let known = provider.refresh_tokens.get(refresh_token, now).ok_or_else(unknown)?;
    let grant = provider.grants.get(&known.token.grant, now).ok_or_else(unknown)?;
    if grant.client_id != client.id {
        return Err(grant_error("the refresh token was issued to another client"));
    }
    if known.token.binding.is_some() && known.token.binding != binding {
        return Err(match &known.token.binding {
            Some(Binding::Certificate(_)) => grant_error("the refresh token is bound to another TLS certificate"),
            _ => TokenError::new(ErrorCode::InvalidDpopProof, "the refresh token is bound to another DPoP key"),
        });
    }
    let scope = narrowed(&known.token.scope, scope)?;
    let was_used = provider.refresh_tokens.update(refresh_token, now, |known| std::mem::replace(&mut known.used, true));
    if was_used != Some(false) {
        provider.grants.take(&known.token.grant, now);
        return Err(grant_error("the refresh token was used before; all tokens of its grant are revoked"));
    }
    // OpenID Connect Core 12.2: the new ID token has no nonce.
    let grant = Arc::new(Grant { nonce: None, ..Arc::unwrap_or_clone(grant) });
    let asked = Issue { scope, renewed: true, ..of_user(client, known.token.grant, grant, binding) };
    Ok(issue(idp, asked).await?.into_response())
}

/// A token of the client for itself (RFC 6749 4.4).
async fn client_credentials(
    idp: &Arc<Idp>,
    client: Client,
    scope: Option<String>,
    binding: Option<Binding>,
) -> Result<TokenResponse, TokenError> {
    if !client.is_confidential() {
        let why = "a client without a secret or a key has no credentials";
        return Err(TokenError::new(ErrorCode::UnauthorizedClient, why));
    }
    // Nobody signs in, so there is neither an ID token nor a refresh token.
    let of_users = ["openid", "offline_access"];
    let scope = scope.unwrap_or_default();
    let words: Vec<&str> = scope.split_ascii_whitespace().filter(|word| !of_users.contains(word)).collect();
    let scope = words.join(" ");
    let grant = Arc::new(Grant::of_client(&client.id, scope.clone()));
    let asked = Issue {
        client,
        grant_id: None,
        grant,
        scope,
        binding,
        renewed: false,
        access_token: true,
        id_token: false,
        refresh_token: false,
        code: None,
        state: None,
    };
    Ok(issue(idp, asked).await?.into_response())
}

/// What the user of a device granted, once.
fn device_grant(idp: &Idp, client: &Client, device_code: &str) -> Result<Arc<Grant>, TokenError> {
    let now = idp.now();
    let error = |code, why: &str| TokenError::new(code, why);
    let asked = idp.provider.devices.update(device_code, now, |device| {
        if device.client_id != client.id {
            return Err(error(ErrorCode::InvalidGrant, "the device code was issued to another client"));
        }
        if device.expires_at <= now {
            return Err(error(ErrorCode::ExpiredToken, "the device code has expired"));
        }
        let before = device.asked_at.replace(now);
        let interval = SignedDuration::from_secs(device.interval);
        if before.is_some_and(|before| now.duration_since(before) < interval) {
            device.interval = device.interval.saturating_add(SLOWER);
            return Err(error(ErrorCode::SlowDown, "the device asks more often than its interval allows"));
        }
        match &device.decision {
            DeviceDecision::Pending => Err(error(ErrorCode::AuthorizationPending, "the user has not decided yet")),
            DeviceDecision::Denied => Err(error(ErrorCode::AccessDenied, "the user refused")),
            DeviceDecision::Allowed(grant) => Ok(Arc::clone(grant)),
        }
    });
    let grant = asked.unwrap_or_else(|| Err(error(ErrorCode::InvalidGrant, "the device code is unknown or used")))?;
    idp.provider.devices.take(device_code, now);
    Ok(grant)
}

/// Seconds by which the interval of an impatient device grows (RFC 8628 3.5).
const SLOWER: i64 = 5;
