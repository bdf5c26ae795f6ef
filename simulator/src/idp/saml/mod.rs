//! SAML 2.0 at the identity provider: Web Browser SSO, started by the SP or by the IdP, artifact resolution, single logout and
//! metadata.

mod artifact;
mod logout;
mod metadata;
mod name_id;
mod parties;
mod respond;
mod sso;

pub(super) use artifact::resolve;
pub(super) use logout::{by_post as logout_by_post, by_redirect as logout_by_redirect, start as start_logout};
pub(super) use metadata::get as metadata;
pub(super) use respond::{answer, refuse_passive};
pub(super) use sso::{idp_initiated, received_by_post, received_by_redirect};
