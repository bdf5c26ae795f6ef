//! Tokens that somebody presents.

use crate::idp::provider::{AccessToken, Grant};
use crate::idp::state::Idp;

/// A valid access token and its grant.
pub(super) fn access_token(idp: &Idp, token: &str) -> Option<(AccessToken, Grant)> {
    let token = idp.provider.access_tokens.get(token, idp.now())?;
    let grant = idp.provider.grants.get(&token.grant, idp.now())?;
    Some((token, grant))
}

/// A valid refresh token and its grant.
pub(super) fn refresh_token(idp: &Idp, token: &str) -> Option<(AccessToken, Grant)> {
    let token = idp.provider.refresh_tokens.get(token, idp.now()).filter(|token| !token.used)?.token;
    let grant = idp.provider.grants.get(&token.grant, idp.now())?;
    Some((token, grant))
}
