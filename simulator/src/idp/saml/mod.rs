//! SAML 2.0 at the identity provider: Web Browser SSO, started by the SP or by the IdP, and metadata.

mod metadata;
mod respond;
mod sso;

pub(super) use metadata::get as metadata;
pub(super) use respond::{answer, refuse_passive};
pub(super) use sso::{SamlRequest, get as sso_by_redirect, idp_initiated, post as sso_by_post};
