//! The virtual authenticator: TOTP and WebAuthn, over HTTP and inside a browser.
//!
//! One credential store, two carriers: [`Authenticator`] answers a ceremony over plain HTTP, and [`to_webdriver`] and
//! [`from_webdriver`] carry a credential to a browser's authenticator and back, so that one made here works there.

mod backend;
mod credential;
mod relying_party;
mod totp;
mod vault;
mod webauthn;

pub(crate) use credential::{CredentialError, from_webdriver, to_webdriver};
pub use totp::TotpGenerator;
pub(crate) use totp::{CodePlan, TotpSecretError};
pub(crate) use vault::Vault;
pub(crate) use webauthn::{Authenticator, AuthenticatorError};

#[cfg(test)]
pub(crate) mod tests;
