//! Integration tests of the simulator.

// Also tells clippy that the helpers here are tests, which may unwrap.
#![cfg(test)]

mod idp_saml;
mod idp_sign_in;
mod oidc;
mod policy;
mod org;
mod realm;
mod saml_fixture;
mod saml_forgeries;
mod saml_interop;
mod saml_properties;
mod saml_refusals;
mod saml_requests;
mod saml_snapshots;
mod sso_saml;
mod sso_world;
