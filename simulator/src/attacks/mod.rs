//! The catalogue of wrong answers of an identity provider or an authenticator: what a correct party does with each, and
//! what is wrong with one that does otherwise.
//!
//! ```text
//! good answer --apply--> the same with exactly one mutation
//! ```
//!
//! `rows` has the cases, one file per family; `saml`, `oidc`, `totp` and `webauthn` have what a case can change. Applying a case is pure: keys
//! and names come in as arguments.

mod apply;
mod case;
mod catalogue;
mod keys;
mod mutation;
mod oidc;
mod row;
mod rows;
mod saml;
mod totp;
mod webauthn;

pub use case::{Case, Delivery, Expected, Family, Protocol, Reason, Severity};
pub use catalogue::{case, catalogue};
pub(crate) use keys::Keys;
pub(crate) use oidc::{GoodToken, HttpAnswer};
pub(crate) use saml::{GoodResponse, WrongLogoutRequest};
pub use vestibule_model::{CaseId, Weakness};
pub use webauthn::{Authenticator, Ceremony, CeremonyKind};

#[cfg(test)]
mod tests;
