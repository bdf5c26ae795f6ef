//! The control API of a running simulator, `/vestibule/api/v1`, and what the program around it adds: pages and passkeys.
//!
//! Handlers read and change a realm through its own methods, and decide nothing about logins. Every operation is a row of a
//! table, from which both its route and its part of the OpenAPI document come, so none is without a description. `server`
//! guards the host, and lets a request through only with the token.

mod administration;
mod asked;
mod clock;
mod console;
mod error;
mod form;
mod idps;
mod inbox;
mod journal;
mod openapi;
mod operation;
mod realms;
mod router;
mod state;
mod users;

pub use console::{Console, ConsolePage};
pub(crate) use error::refusal;
pub(crate) use form::{answer_to_form, asked_by_form};
pub(crate) use router::{PREFIX, router, serves};
pub(crate) use state::{HostTaken, Realms};
