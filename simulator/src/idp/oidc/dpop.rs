//! DPoP proofs as the endpoints accept them: for this request, with a nonce where one is demanded, and once.
//!
//! Source: RFC 9449 4.3, 8 and 11.1.

use jiff::SignedDuration;

use crate::blocking;
use crate::http::RequestContext;
use crate::idp::state::Idp;
use crate::oidc::{DpopFault, DpopProof, ErrorCode, TokenError};

/// The thumbprint of the key that a request to this path proves to hold; `None` if it has no proof. `access_token` is the
/// one that comes with it, if one does.
///
/// # Errors
/// `invalid_dpop_proof`, or `use_dpop_nonce`.
pub(super) async fn proven_key(
    idp: &Idp,
    context: &RequestContext,
    method: &str,
    access_token: Option<&str>,
) -> Result<Option<String>, TokenError> {
    let refused = |fault: DpopFault| TokenError::new(ErrorCode::InvalidDpopProof, format!("the DPoP proof {fault}"));
    let proof = match context.dpop_proofs.as_slice() {
        [] => return Ok(None),
        [proof] => proof.clone(),
        _ => return Err(refused(DpopFault::Repeated)),
    };
    let read = blocking::run(move || DpopProof::read(&proof)).await;
    let read = read.ok_or_else(|| TokenError::new(ErrorCode::ServerError, "the DPoP proof was not verified"))?;
    let proof = read.map_err(refused)?;
    let now = idp.now();
    proof.check(method, &idp.url(&context.path), access_token, now).map_err(refused)?;
    let known = |nonce: &String| idp.provider.nonces.get(nonce, now).is_some();
    if idp.trust.spec.demand_dpop_nonce && !proof.nonce.as_ref().is_some_and(known) {
        return Err(TokenError::new(ErrorCode::UseDpopNonce, "the DPoP proof has no nonce that this server made"));
    }
    let id = format!("proof\n{}\n{}", proof.thumbprint, proof.id);
    if !idp.provider.used_ids.put_new(&id, (), proof.end(), now) {
        return Err(refused(DpopFault::Replayed));
    }
    Ok(Some(proof.thumbprint))
}

/// A nonce for the next proof.
pub(super) fn new_nonce(idp: &Idp) -> String {
    let nonce = idp.realm.entropy.nonce();
    idp.provider.nonces.put(&nonce, (), idp.after(NONCE_LIFETIME), idp.now());
    nonce
}

const NONCE_LIFETIME: SignedDuration = SignedDuration::from_mins(5);
