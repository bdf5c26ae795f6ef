//! The UserInfo endpoint. Source: OpenID Connect Core 5.3 and 5.3.2, RFC 6750 2.1 and 3.1, RFC 9449 7.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, WWW_AUTHENTICATE};
use http::{HeaderValue, Method, StatusCode};
use serde_json::{Map, Value, json};

use super::client::Client;
use super::{answer, certificate, dpop, issue, presented};
use crate::blocking;
use crate::http::{NOT_STORED, RequestContext};
use crate::idp::provider::{Binding, Grant};
use crate::idp::signals::misplaced_claims;
use crate::idp::state::Idp;
use crate::oidc::{ErrorCode, Plain, TokenError};
use vestibule_model::{Carrier, Secret};

/// The claims of the access token's user, and the signals that are sent here instead of in the ID token.
pub(in crate::idp) async fn get(State(idp): State<Arc<Idp>>, method: Method, context: RequestContext) -> Response {
    let grant = match granted(&idp, &method, &context).await {
        Ok(grant) => grant,
        Err(refusal) => return refuse(&idp, &refusal),
    };
    let user = grant.user.as_ref().and_then(|key| idp.realm.users.get(key));
    let (Some(user), Some(client)) = (user, Client::find_or_admit(&idp, &grant.client_id)) else {
        let why = "the access token is not about a user";
        return refuse(&idp, &Refusal { bound: false, error: Some((ErrorCode::InvalidToken, why.to_owned())) });
    };
    let mut claims = misplaced_claims(&grant.signals, &Carrier::UserInfo);
    claims.insert("sub".to_owned(), json!(client.subject_of(&idp, &user)));
    for (name, value) in issue::about(&user) {
        claims.entry(name).or_insert(value);
    }
    match protected(&idp, &client, claims.clone()).await {
        Ok(None) => answer::json(StatusCode::OK, &claims),
        Ok(Some(token)) => (StatusCode::OK, [(CONTENT_TYPE, "application/jwt")], NOT_STORED, token).into_response(),
        Err(why) => answer::refuse(&idp, &TokenError::new(ErrorCode::ServerError, why)),
    }
}

/// The claims as a token, signed, encrypted or both, if the client is registered for that (OpenID Connect Core 5.3.2).
///
/// # Errors
/// Why that cannot be done.
async fn protected(idp: &Arc<Idp>, client: &Client, mut claims: Map<String, Value>) -> Result<Option<String>, String> {
    let spec = &client.spec;
    let signing = spec.userinfo_signed_response_alg;
    let method = spec.userinfo_encrypted_response_alg.map(|alg| (alg, spec.userinfo_encrypted_response_enc));
    if signing.is_none() && method.is_none() {
        return Ok(None);
    }
    let keys = match method {
        Some(_) => Some(client.keys(idp).await.map_err(|why| format!("the client {why}"))?),
        None => None,
    };
    let (own, client_id) = (Arc::clone(idp), client.id.clone());
    let keys_at_hand = signing.is_none_or(|algorithm| idp.holds_key(algorithm.key()));
    let made = blocking::sign(keys_at_hand, move || {
        let signed = match signing {
            Some(algorithm) => {
                claims.insert("iss".to_owned(), Value::from(own.trust.issuer.as_str()));
                claims.insert("aud".to_owned(), Value::from(client_id));
                Some(issue::signed(&own, &claims, algorithm, "JWT")?)
            }
            None => None,
        };
        let (Some(method), Some(keys)) = (method, keys) else { return Ok(signed) };
        let json = Value::Object(claims).to_string();
        let plain = signed.as_deref().map_or(Plain::Claims(&json), Plain::Jwt);
        issue::encrypted(&own, plain, &keys, method).map(Some)
    });
    let made = made.await.unwrap_or_else(|| Err("sign the claims".to_owned()));
    made.map_err(|why| format!("the identity provider failed to {why}"))
}

/// Why the claims are not told.
struct Refusal {
    /// Whether the token is one that is bound to a key.
    bound: bool,
    /// The code and what is wrong; `None` if there is no token.
    error: Option<(ErrorCode, String)>,
}

async fn granted(idp: &Idp, method: &Method, context: &RequestContext) -> Result<Arc<Grant>, Refusal> {
    let (bearer, bound) = (context.bearer(), context.dpop_bound());
    let is_bound = bound.is_some();
    let invalid = |why: &str| Refusal { bound: is_bound, error: Some((ErrorCode::InvalidToken, why.to_owned())) };
    let token: Secret = bound.or(bearer).ok_or(Refusal { bound: false, error: None })?;
    let found = presented::access_token(idp, token.reveal());
    let (found, grant) = found.ok_or_else(|| invalid("the access token is unknown or expired"))?;
    match (&found.binding, is_bound) {
        (None, false) => Ok(grant),
        (Some(Binding::Certificate(hash)), false) => match &context.client_certificates {
            Some(sent) if certificate::hash(sent) == *hash => Ok(grant),
            _ => {
                Err(invalid("the access token is bound to the TLS certificate of the client, and this is another one"))
            }
        },
        (Some(Binding::Certificate(_)), true) => {
            Err(invalid("the access token is bound to a TLS certificate: send it as Bearer"))
        }
        (None, true) => Err(invalid("the access token is not bound to a key: send it as Bearer")),
        // RFC 9449 7.2: a bound token must not be downgraded.
        (Some(Binding::Dpop(_)), false) => {
            Err(Refusal { bound: true, ..invalid("the access token is bound to a key: send it as DPoP") })
        }
        (Some(Binding::Dpop(thumbprint)), true) => {
            let proven = dpop::proven_key(idp, context, method.as_str(), Some(token.reveal())).await;
            let refused = |error: TokenError| Refusal { bound: true, error: Some((error.code, error.description)) };
            match proven.map_err(refused)? {
                Some(proven) if proven == *thumbprint => Ok(grant),
                Some(_) => Err(invalid("the access token is bound to another key")),
                None => {
                    let why = "the DPoP proof is missing".to_owned();
                    Err(Refusal { bound: true, error: Some((ErrorCode::InvalidDpopProof, why)) })
                }
            }
        }
    }
}

fn refuse(idp: &Idp, refusal: &Refusal) -> Response {
    let scheme = if refusal.bound { "DPoP" } else { "Bearer" };
    let challenge = match &refusal.error {
        None => scheme.to_owned(),
        Some((code, why)) => {
            let why: String = why.chars().filter(|letter| letter.is_ascii_graphic() || *letter == ' ').collect();
            format!("{scheme} error=\"{code}\", error_description=\"{}\"", why.replace(['"', '\\'], "'"))
        }
    };
    let mut response = StatusCode::UNAUTHORIZED.into_response();
    if let Ok(challenge) = HeaderValue::from_str(&challenge) {
        response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
    }
    if matches!(refusal.error, Some((ErrorCode::UseDpopNonce, _))) {
        answer::add_nonce(idp, &mut response);
    }
    response
}
