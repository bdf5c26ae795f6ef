//! The virtual authenticator: TOTP and WebAuthn, over HTTP and inside a browser.
//!
//! Both use one credential store: [`Authenticator`] answers a ceremony over plain HTTP; [`browser_commands`] moves
//! a credential to a browser's authenticator and back, so that it works in both.

mod backend;
pub(crate) mod browser_commands;
mod credential_store;
mod key;
mod relying_party;
mod totp;
mod webauthn;

pub(crate) use browser_commands::CredentialError;
pub(crate) use credential_store::CredentialStore;
pub(crate) use key::public_key;
pub use totp::TotpGenerator;
pub(crate) use totp::{CodePlan, TotpSecretError, otpauth_uri};
pub(crate) use webauthn::{Authenticator, AuthenticatorError};

#[cfg(test)]
pub(crate) mod tests;
