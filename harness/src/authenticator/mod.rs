//! The virtual authenticator: TOTP and WebAuthn, over HTTP and inside a browser.
//!
//! One credential store, two carriers: [`Authenticator`] answers a ceremony over plain HTTP, and [`Credential`] turns
//! into the form of the W3C virtual-authenticator commands and back, so that a credential made in one works in the other.

mod backend;
mod relying_party;
mod totp;
mod vault;
mod webauthn;

pub use relying_party::{RelyingPartyError, check_relying_party};
pub use totp::{CodePlan, TotpGenerator, TotpSecretError};
pub use vault::{Credential, CredentialError, Vault};
pub use webauthn::{Authenticator, AuthenticatorError};

#[cfg(test)]
pub(crate) mod tests;
