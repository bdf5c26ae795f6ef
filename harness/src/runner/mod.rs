//! Plan, schedule, execute, expect.

mod options;

pub use options::{BrowserOptions, DEFAULT_TIMEOUT, RunOptions};
