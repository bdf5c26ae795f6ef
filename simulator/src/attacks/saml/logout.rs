//! Changes of a good `LogoutRequest`.

use std::sync::Arc;

use vestibule_certs::SigningKey;

use super::signature::{By, Shape};
use super::{Edit, NotApplicable, edit, signed};
use crate::attacks::keys::Keys;

/// A change of a good `LogoutRequest`.
#[derive(Debug, Clone, Copy)]
pub(crate) enum LogoutRequestMutation {
    /// It is edited before it is signed.
    Before(Edit),
    /// It is edited after it was signed.
    After(Edit),
    /// Nobody signs it.
    Unsigned,
    /// Somebody else signs it.
    SignedBy(By),
}

/// A `LogoutRequest` with a change, for either binding.
#[derive(Debug, Clone)]
pub(crate) struct WrongLogoutRequest {
    /// The text that is sent, without an XML signature.
    pub(crate) sent: String,
    /// The text that was signed, and by which key; `None` if nobody signs.
    pub(crate) signed: Option<(String, Arc<SigningKey>)>,
    /// The text that is sent in a form, with its XML signature.
    pub(crate) in_form: String,
}

/// Applies a change. `good` has no signature.
pub(in crate::attacks) fn logout_request(
    mutation: LogoutRequestMutation,
    good: &str,
    keys: &Keys,
) -> Result<WrongLogoutRequest, NotApplicable> {
    let (signer, text) = match mutation {
        LogoutRequestMutation::Unsigned => {
            return Ok(WrongLogoutRequest { sent: good.to_owned(), signed: None, in_form: good.to_owned() });
        }
        LogoutRequestMutation::Before(edit) => (By::Own, edit.apply(good)?),
        LogoutRequestMutation::SignedBy(signer) => (signer, good.to_owned()),
        LogoutRequestMutation::After(_) => (By::Own, good.to_owned()),
    };
    // Whoever reads a request without an ID has no reference to look for either.
    let has_id = edit::attribute(&text, REQUEST, "ID").is_some_and(|id| !id.is_empty());
    let in_form = if has_id { signed(&text, REQUEST, &Shape { signer, ..Shape::GOOD }, keys)? } else { text.clone() };
    let (sent, in_form) = match mutation {
        LogoutRequestMutation::After(edit) => (edit.apply(&text)?, edit.apply(&in_form)?),
        _ => (text.clone(), in_form),
    };
    Ok(WrongLogoutRequest { sent, signed: Some((text, Arc::clone(keys.of(signer)))), in_form })
}

const REQUEST: &str = "samlp:LogoutRequest";
