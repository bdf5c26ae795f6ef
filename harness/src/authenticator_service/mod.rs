//! The authenticator as a service: programs on this machine, in any language, ask it for the TOTP codes and passkeys of the
//! accounts of a vault.
//!
//! ```text
//! server: a listener on the loopback, its guard and token -> methods: the vault's accounts -> problem: why not, as JSON
//! ```

mod methods;
mod problem;
mod request;
mod server;

pub(crate) use methods::Methods;
pub(crate) use server::{AuthenticatorService, new_token};

#[cfg(test)]
mod tests;
