//! Listeners, TLS and host routing.
//!
//! A listener is bound before its realms are made, because their URLs contain its port. Behind one listener the `Host`
//! header chooses the realm, and inside it the org, an identity provider or a product. The host `localhost` belongs to the
//! person who started the listener.

mod admission;
mod connection;
mod console;
mod error;
mod limits;
mod listener;
mod registry;
mod sites;
mod tls_only;

pub use error::ServeError;
pub(crate) use listener::{Listener, Server};

#[cfg(test)]
mod tests;
