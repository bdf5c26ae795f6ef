//! Token exchange: another token for the same user, for somebody who acts for them.
//!
//! Source: RFC 8693 2.1, 2.2 and 4.1.

use std::sync::Arc;

use serde_json::{Value, json};
use url::Url;
use vestibule_model::GrantType;

use super::client::Client;
use super::issue::{Issue, issue};
use super::scope::narrowed;
use super::{hint, presented};
use crate::idp::provider::{Binding, Grant};
use crate::idp::state::Idp;
use crate::oidc::{ErrorCode, TokenError, TokenExchange, TokenResponse};

/// Exchanges a token.
pub(super) async fn exchange(
    idp: &Arc<Idp>,
    client: Client,
    request: TokenExchange,
    binding: Option<Binding>,
) -> Result<TokenResponse, TokenError> {
    if !client.is_confidential() {
        let why = format!("a client that cannot authenticate may not use `{}`", GrantType::TokenExchange);
        return Err(TokenError::new(ErrorCode::UnauthorizedClient, why));
    }
    match request.requested_token_type.as_deref() {
        None | Some(ACCESS_TOKEN) => {}
        Some(other) => {
            let why = format!("requested_token_type `{other}` is not supported: write `{ACCESS_TOKEN}`");
            return Err(TokenError::invalid_request(why));
        }
    }
    let subject = read(idp, &client, "subject", &request.subject_token, &request.subject_token_type).await?;
    let actor = match &request.actor {
        None => subject.actor.clone(),
        Some((token, kind)) => {
            if subject.actor.as_ref().is_some_and(|before| actors(before) >= MOST_ACTORS) {
                return Err(TokenError::invalid_request(format!("the subject_token has {MOST_ACTORS} actors already")));
            }
            let actor = read(idp, &client, "actor", token, kind).await?;
            let mut act = json!({ "sub": name_of(idp, &client, &actor) });
            if let Some(before) = &subject.actor {
                act["act"] = before.clone();
            }
            Some(act)
        }
    };
    let scope = narrowed(&subject.scope, request.scope.as_deref())?;
    let audience = audience(&request)?;
    let subject = Arc::unwrap_or_clone(subject);
    let grant = Grant { client_id: client.id.clone(), scope: scope.clone(), actor, audience, nonce: None, ..subject };
    let asked = Issue {
        client,
        grant_id: None,
        grant: Arc::new(grant),
        scope,
        binding,
        renewed: false,
        access_token: true,
        id_token: false,
        refresh_token: false,
        code: None,
        state: None,
    };
    let response = issue(idp, asked).await?.into_response();
    Ok(TokenResponse { issued_token_type: Some(ACCESS_TOKEN.to_owned()), ..response })
}

/// What a token of this provider stands for.
async fn read(idp: &Arc<Idp>, client: &Client, whose: &str, token: &str, kind: &str) -> Result<Arc<Grant>, TokenError> {
    let invalid = || TokenError::invalid_request(format!("the {whose}_token is unknown, expired or revoked"));
    match kind {
        ACCESS_TOKEN => {
            let (token, grant) = presented::access_token(idp, token).ok_or_else(invalid)?;
            Ok(Arc::new(Grant { scope: token.scope, ..Arc::unwrap_or_clone(grant) }))
        }
        REFRESH_TOKEN => {
            let (_, grant) = presented::refresh_token(idp, token).ok_or_else(invalid)?;
            if grant.client_id == client.id { Ok(grant) } else { Err(invalid()) }
        }
        ID_TOKEN | JWT => {
            let hint = hint::read(idp, token).await.map_err(|_| invalid())?;
            if hint.expires_at <= idp.now().as_second() {
                return Err(invalid());
            }
            let user = hint.client.user_of(idp, &hint.subject).ok_or_else(invalid)?;
            // An ID token says who somebody is, and grants nothing else.
            let nothing = Grant::of_client(&hint.client.id, "openid".to_owned());
            Ok(Arc::new(Grant { user: Some(user.key), ..nothing }))
        }
        other => {
            let why = format!("{whose}_token_type `{other}` is not supported: write `{ACCESS_TOKEN}` or `{ID_TOKEN}`");
            Err(TokenError::invalid_request(why))
        }
    }
}

fn name_of(idp: &Idp, client: &Client, grant: &Grant) -> String {
    let user = grant.user.as_ref().and_then(|key| idp.realm.users.get(key));
    user.map_or_else(|| grant.client_id.clone(), |user| client.subject_of(idp, &user))
}

/// How many act for one another.
fn actors(act: &Value) -> usize {
    std::iter::successors(Some(act), |one| one.get("act")).count()
}

fn audience(request: &TokenExchange) -> Result<Vec<String>, TokenError> {
    if let Some(resource) = &request.resource
        && Url::parse(resource).map_or(true, |url| url.fragment().is_some())
    {
        let why = format!("resource `{resource}` is not an address without a fragment");
        return Err(TokenError::new(ErrorCode::InvalidTarget, why));
    }
    Ok([&request.resource, &request.audience].into_iter().flatten().cloned().collect())
}

const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
const REFRESH_TOKEN: &str = "urn:ietf:params:oauth:token-type:refresh_token";
const ID_TOKEN: &str = "urn:ietf:params:oauth:token-type:id_token";
const JWT: &str = "urn:ietf:params:oauth:token-type:jwt";
/// More than any chain of services has. Each token keeps the whole chain.
const MOST_ACTORS: usize = 20;
