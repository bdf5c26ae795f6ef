//! The only place where keys and certificates are made: test CA, TLS leaves, IdP signing keys.
//!
//! ```text
//! store ── authority   the test CA, and a foreign one that nobody trusts
//!       ├─ leaf        TLS certificates for any host, on demand, all with one key
//!       ├─ signing     IdP keys: valid, expired, rolled over, foreign
//!       ├─ key         a private key in OpenSSL, with which rcgen signs
//!       └─ cache       files of mode 0600, made under a lock, put in place by rename
//! ```
//!
//! Nothing here reads the clock: the caller that opens the store passes the time.
//!
//! OpenSSL, which XML signatures need anyway, does all cryptography: [`install_tls_provider`] gives it to rustls,
//! [`install_jose_provider`] to jsonwebtoken.

mod authority;
mod cache;
mod error;
mod jose;
mod key;
mod leaf;
mod signing;
mod store;
mod tls;
mod validity;

pub use cache::cache_folder;
pub use error::CertError;
pub use jose::install_jose_provider;
pub use signing::{SigningKey, jwk_set};
pub use store::CertStore;
pub use tls::{install_tls_provider, tls_provider};
pub use vestibule_model::{KeyAlgorithm, KeyState};
