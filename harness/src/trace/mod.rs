//! One timeline per case: actions of the actor with the page after each.

mod redact;
mod stopwatch;
mod timeline;

pub use redact::redact_url;
pub use stopwatch::Stopwatch;
pub use timeline::Trace;
