//! An ID token that comes back: `id_token_hint`, and the subject of a token exchange.
//!
//! Source: OpenID Connect Core 3.1.2.1, RP-Initiated Logout 2.

use std::sync::Arc;

use jsonwebtoken::jwk::JwkSet;
use serde_json::Value;

use super::client::Client;
use super::discovery;
use crate::blocking;
use crate::idp::state::Idp;
use crate::oidc::CompactJws;

/// An ID token of this provider, maybe an old one.
pub(super) struct Hint {
    /// The client that it was issued to.
    pub(super) client: Client,
    /// Its name of the user.
    pub(super) subject: String,
    /// When it ends, or ended, in seconds since 1970.
    pub(super) expires_at: i64,
}

/// Reads an ID token of this provider. Whoever asked for it may ask whether it still is that user, so it may have ended.
///
/// # Errors
/// Why it is none; completes "the ID token ...". One that is encrypted cannot be read: only its client has the key.
pub(super) async fn read(idp: &Arc<Idp>, token: &str) -> Result<Hint, String> {
    let jws = CompactJws::read(token).map_err(|fault| fault.to_string())?;
    let own = Arc::clone(idp);
    let verified = blocking::run(move || {
        let keys: JwkSet = discovery::published(&own).map_err(|error| error.to_string())?;
        jws.verify(&keys).map_err(|fault| fault.to_string()).map(|()| jws)
    });
    let jws = verified.await.unwrap_or_else(|| Err("was not verified".to_owned()))?;
    if jws.text("iss") != Some(idp.trust.issuer.as_str()) {
        return Err("is of another issuer".to_owned());
    }
    if jws.typ() != Some("JWT") || jws.claims.get("events").is_some_and(|events| *events != Value::Null) {
        return Err("is not an ID token".to_owned());
    }
    let client = jws.audiences().first().and_then(|client_id| Client::find_or_admit(idp, client_id));
    Ok(Hint {
        client: client.ok_or("is of a client that is not registered")?,
        subject: jws.text("sub").ok_or("names no user")?.to_owned(),
        expires_at: jws.seconds("exp").unwrap_or(i64::MIN),
    })
}
