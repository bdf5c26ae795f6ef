//! One timeline per case: actions of the actor with the page after each.

mod redact;
mod timeline;

pub use redact::redact_url;
pub use timeline::Trace;
