//! The products beside the org over HTTP: each has a host, a sign-in and rules of its own.
//!
//! ```text
//! password  ->  the rules of the product  ->  code of the paired app  ->  session  ->  what the product does
//! ```
//!
//! One router serves one product of one realm and holds its sessions. `realm::ProductUsers` holds what each user has
//! registered.

mod connection;
mod crm;
mod integration;
mod page;
mod paths;
mod routes;
mod sign_in;
mod state;
mod vendor_management;

pub(crate) use routes::{cross_origin, router};
