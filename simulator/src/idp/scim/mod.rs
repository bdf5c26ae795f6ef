//! SCIM 2.0: the users and groups of the identity provider, read and written by whoever has its token.
//!
//! Users are those of the realm. One that is created here can sign in; one that is not active, or is deleted, cannot sign in
//! at this identity provider any more, while the org still knows them.
//!
//! Source: RFC 7643, RFC 7644.

mod endpoints;
mod error;
mod filter;
mod patch;
mod resource;
mod schema;

pub(super) use endpoints::router;
