//! The identity provider over HTTP: presets, sign-in page, SAML and OIDC endpoints.
//!
//! ```text
//! AuthnRequest, authorization request  ->  sign-in (page or IdpSession)  ->  signals  ->  Response, code and ID token
//! ```
//!
//! One router serves one identity provider of one realm and holds its sessions, codes and access tokens.

pub mod presets;
mod routes;
mod signals;

pub use presets::PresetError;
pub use routes::router;
pub use signals::{SAML_UNSPECIFIED, emitted};
