//! Signed and encrypted tokens of either party, by OpenSSL: keys (RFC 7517), JWS (RFC 7515), JWE (RFC 7516).

mod algorithm;
mod jwe;
mod jwk;
mod jws;

pub(super) use algorithm::{digest, digest_of, has_pss_padding, p1363_bytes};
pub(crate) use jwe::{JweError, Plain, encrypt, encryption_key};
pub(crate) use jwk::thumbprint;
pub(crate) use jws::{CompactJws, JwsFault};
