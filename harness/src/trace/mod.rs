//! One timeline per case: actions of the actor with the page after each, and why it went no further.

mod action;
mod redact;
mod stop;
mod timeline;

pub(crate) use action::{ActionKind, Control, Destination, TypedText, WaitTarget};
pub(crate) use redact::redact_url;
pub(crate) use stop::{Obstacle, StopReason, WaitEnd};
pub use timeline::Trace;
