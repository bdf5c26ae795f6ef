//! The only place where keys and certificates are made: test CA, TLS leaves, IdP signing keys.
//!
//! ```text
//! store ── authority   the test CA, and a foreign one that nobody trusts
//!       ├─ leaf        TLS certificates for any host, on demand, all with one key
//!       ├─ signing     IdP keys: valid, expired, rolled over, foreign
//!       ├─ export      PEM, DER, JWK, trust bundle
//!       └─ cache       files of mode 0600, made under a lock, put in place by rename
//! ```
//!
//! Nothing here reads the clock: the caller that opens the store passes the time.

mod authority;
mod cache;
mod error;
mod export;
mod leaf;
mod signing;
mod store;
mod validity;

pub use cache::cache_folder;
pub use error::CertError;
pub use export::jwk_set;
pub use signing::SigningKey;
pub use store::CertStore;
pub use vestibule_model::{KeyAlgorithm, KeyState};
