//! The ID token: claims, signature, verification, and the signals that it carries.
//!
//! Source: OpenID Connect Core 2, 3.1.3.6 and 3.1.3.7; RFC 7515; RFC 7519; RFC 8176.

mod careless;
mod claims;
mod header;
mod parts;
mod readable;
mod rejection;
mod sign;
mod signals;
mod verify;

pub(crate) use claims::IdTokenClaims;
pub(crate) use parts::{ClaimParts, parts_of, parts_of_token};
pub(crate) use readable::readable;
pub(crate) use rejection::IdTokenRejection;
pub(crate) use sign::{half_hash, half_hash_by, published_for, sign, sign_by, sign_json};
pub(crate) use signals::signals;
pub(crate) use verify::{Expected, check_form, check_signature_only, verify, verify_without};
