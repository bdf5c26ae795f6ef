//! A mock identity provider (SAML 2.0 and OpenID Connect) and a simulated org that enforces dated MFA rules.
//!
//! Start both in your own test with [`Simulator::builder`]; `examples/own_test.rs` then signs in over HTTP:
//!
//! ```
//! use vestibule_simulator::Simulator;
//! use vestibule_simulator::realm::{IdpProtocol, IdpSpec, OrgSpec, UserSpec};
//!
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let simulator = Simulator::builder()
//!     .org(OrgSpec::production("acme", "2026-09-01".parse()?))
//!     .user("admin", UserSpec::new("System Administrator").totp())
//!     .idp("okta", IdpSpec::new(IdpProtocol::Saml))
//!     .start()
//!     .await?;
//!
//! assert!(simulator.url("/").starts_with("https://acme.my.salesforce.localhost:"));
//! # Ok(())
//! # }
//! ```
//!
//! Layers depend in one direction; `harness/tests/it/layering.rs` checks this:
//!
//! ```text
//! vestibule_model  <-  policy  <-  realm  <-  idp, org, products  <-  control  <-  server  <-  simulator
//!                xml  <-  saml  <-  idp, org
//!                blocking, http, oidc  <-  idp, org
//!                attacks  <-  idp
//!                back_channel, http, qr, totp  <-  org, products
//!                realm, saml, oidc  <-  inspect
//!                org  <-  foreign_idp  <-  server, simulator
//!                realm  <-  served_idp  <-  simulator
//! ```
//!
//! `idp`, `org` and `products` never import one another: they communicate only through the browser, as real ones do.

pub mod attacks;
mod back_channel;
mod blocking;
mod control;
mod foreign_idp;
#[doc(hidden)]
pub mod fuzzing;
mod http;
pub mod idp;
pub mod inspect;
mod oidc;
pub mod org;
pub mod policy;
mod products;
mod qr;
pub mod realm;
mod saml;
mod served_idp;
mod server;
mod simulator;
mod totp;
mod xml;

pub use control::{Console, ConsolePage};
pub use foreign_idp::ForeignIdpError;
pub use served_idp::{NextLogin, ServedIdp};
pub use server::ServeError;
pub use simulator::{Simulator, SimulatorBuilder};
