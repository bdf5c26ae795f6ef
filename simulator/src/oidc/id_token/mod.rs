//! The ID token: claims, signature, verification, and the signals that it carries.
//!
//! Source: OpenID Connect Core 2, 3.1.3.6 and 3.1.3.7; RFC 7515; RFC 7519; RFC 8176.

mod claims;
mod header;
mod rejection;
mod shown;
mod sign;
mod signals;
mod verify;

pub use claims::IdTokenClaims;
pub use rejection::IdTokenRejection;
pub use shown::{ShownToken, shown};
pub use sign::{SignError, half_hash, sign, sign_json};
pub use signals::signals;
pub use verify::{Expected, verify};
