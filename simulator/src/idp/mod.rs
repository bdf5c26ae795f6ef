//! The identity provider over HTTP: presets, sign-in page, SAML and OIDC endpoints.
//!
//! ```text
//! AuthnRequest, authorization request  ->  sign-in (page or IdpSession)  ->  signals  ->  Response, code and ID token
//! ```
//!
//! One router serves one identity provider of one realm and holds its sessions, codes and access tokens.

mod chosen;
mod directory;
mod faults;
mod guard;
mod lies;
mod oidc;
mod page;
pub mod presets;
mod provider;
mod registration;
mod requested;
mod routes;
mod saml;
mod scim;
mod sign_in;
mod signals;
mod state;

pub use registration::{MetadataError, service_providers_in, signed_service_providers_in};
pub use routes::sign_out_path;
pub(crate) use routes::{cross_origin, router};
pub use signals::emitted;
