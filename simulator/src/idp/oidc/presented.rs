//! Tokens that somebody presents.

use std::sync::Arc;

use crate::idp::provider::{AccessToken, Grant};
use crate::idp::state::Idp;

/// A valid access token and its grant.
pub(super) fn access_token(idp: &Idp, token: &str) -> Option<(AccessToken, Arc<Grant>)> {
    let token = idp.provider.access_tokens.get(token, idp.now())?;
    let grant = grant(idp, &token.grant)?;
    Some((token, grant))
}

/// A valid refresh token and its grant.
pub(super) fn refresh_token(idp: &Idp, token: &str) -> Option<(AccessToken, Arc<Grant>)> {
    let token = idp.provider.refresh_tokens.get(token, idp.now()).filter(|token| !token.used)?.token;
    let grant = grant(idp, &token.grant)?;
    Some((token, grant))
}

/// What was granted, unless its user may not sign in any more.
fn grant(idp: &Idp, id: &str) -> Option<Arc<Grant>> {
    let grant = idp.provider.grants.get(id, idp.now())?;
    grant.user.as_deref().is_none_or(|user| idp.directory.admits(user)).then_some(grant)
}
