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

pub use credential::{CredentialError, from_webdriver, id_base64url, to_webdriver};
pub use relying_party::{RelyingPartyError, check_relying_party};
pub use totp::{CodePlan, TotpGenerator, TotpSecretError};
pub use vault::Vault;
pub use webauthn::{Authenticator, AuthenticatorError};

#[cfg(test)]
pub(crate) mod tests;
