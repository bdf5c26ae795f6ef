//! Listeners, TLS and host routing.
//!
//! A listener is bound before its realms are made, because their URLs contain its port. Behind one listener the `Host`
//! header chooses the realm, and inside it the org or an identity provider.

mod admission;
mod error;
mod limits;
mod listener;
mod sites;
mod tls_only;

pub use error::ServeError;
pub(crate) use listener::{Listener, Server};

#[cfg(test)]
mod tests;
