//! A mock identity provider (SAML 2.0 and OpenID Connect) and a simulated org that enforces dated MFA rules.
//!
//! Layers point one way; `tests/layering.rs` holds the table:
//!
//! ```text
//! vestibule_model  <-  policy  <-  realm  <-  idp, org  <-  server
//!                                saml, oidc  <-  idp, org
//! ```
//!
//! `idp` and `org` never import one another: they meet through the browser, as in life.

pub mod idp;
pub mod oidc;
pub mod org;
pub mod policy;
pub mod realm;
pub mod saml;
pub mod server;
