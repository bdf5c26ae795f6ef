//! One timeline per case: the actor's actions with the page after each, and why the actor stopped.

mod action;
mod redact;
mod stop;
mod timeline;

pub(crate) use action::{ActionKind, Control, Destination, TypedText, WaitTarget};
pub(crate) use redact::redact_url;
pub(crate) use stop::{Obstacle, StopReason, WaitEnd};
pub use timeline::Trace;
