//! The virtual authenticator: TOTP and WebAuthn, over HTTP and inside a browser.
//!
//! Both use one credential store: [`Authenticator`] answers a ceremony over plain HTTP; [`browser_commands`] moves
//! a credential to a browser's authenticator and back, so that it works in both. Both can do what an authenticator does
//! wrong: [`vestibule_model::AuthenticatorFault`].

mod algorithm;
mod backend;
pub(crate) mod browser_commands;
mod client_data;
mod credential_store;
mod in_page;
pub(crate) mod json;
mod key;
mod relying_party;
mod settings;
mod totp;
mod webauthn;

pub(crate) use algorithm::PasskeyAlgorithm;
pub(crate) use browser_commands::CredentialError;
pub(crate) use credential_store::CredentialStore;
pub(crate) use in_page::answer_ceremony;
pub(crate) use key::public_key;
pub(crate) use settings::{Attestation, AuthenticatorSettings};
pub use totp::TotpGenerator;
pub(crate) use totp::{CodePlan, TotpSecretError, otpauth_uri};
pub(crate) use webauthn::{Authenticator, AuthenticatorError};

#[cfg(test)]
pub(crate) mod tests;
