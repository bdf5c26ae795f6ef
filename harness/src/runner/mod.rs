//! Plan, schedule, execute, expect.
//!
//! ```text
//! Case -> realm (spec, world) -> steps (actors in the browser) -> expectations -> verdict -> RunEvent
//! ```

mod attempts;
mod back_channel;
mod details;
mod diagnose;
mod error;
mod execute;
mod expect;
mod external;
mod garage;
mod lease;
mod options;
mod schedule;
mod shard;
mod spec;
mod steps;
mod twin;
mod workshop;
mod world;

pub use error::RunError;
pub use execute::PauseHook;
pub use options::{BrowserOptions, DEFAULT_GRACE, DEFAULT_TIMEOUT, ExternalOptions, RunOptions, Shots};
pub use schedule::run;
pub use vestibule_certs::cache_folder;
