//! SAML 2.0 at the identity provider: Web Browser SSO, started by the SP or by the IdP, and metadata.

mod metadata;
mod name_id;
mod respond;
mod sso;

pub(super) use metadata::get as metadata;
pub(super) use respond::{answer, refuse_passive};
pub(super) use sso::{idp_initiated, received_by_post, received_by_redirect};
