//! The only place where keys and certificates are made: test CA, TLS leaves, signing keys.
//!
//! ```text
//! store ── authority   the test CA, and a foreign one that nobody trusts
//!       ├─ leaf        TLS certificates for any host, on demand, all with one key
//!       ├─ signing     keys of IdPs and of the org: valid, expired, rolled over, foreign
//!       ├─ key         a private key in OpenSSL; rcgen signs with it
//!       └─ cache       files of mode 0600, written under a lock and renamed into place
//! attestation   the key of an authenticator that attests its credentials
//! trust_store   certificates that other programs trust, read and written in their formats
//! ```
//!
//! Nothing here reads the clock: the caller that opens the store passes the time.
//!
//! OpenSSL does all cryptography, because XML signatures need it anyway: [`install_tls_provider`] installs it for
//! rustls, [`install_jose_provider`] for jsonwebtoken.

mod attestation;
mod authority;
mod cache;
mod error;
mod jose;
mod key;
mod leaf;
mod signing;
mod store;
mod tls;
mod trust_store;
mod validity;

pub use attestation::AttestationKey;
pub use cache::cache_folder;
pub use error::CertError;
pub use jose::install_jose_provider;
pub use signing::{SigningKey, jwk_set};
pub use store::CertStore;
pub use tls::{install_tls_provider, tls_provider};
pub use trust_store::TrustedCertificates;
pub use vestibule_model::{KeyAlgorithm, KeyState};
