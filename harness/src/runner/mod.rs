//! Runs cases: set up, perform, observe, judge.
//!
//! ```text
//! run (workers) -> case: CaseEnv (realm) -> perform (our actors | a suite) -> Observation -> judge -> verdict -> RunEvent
//! ```

mod access;
mod attempts;
mod case;
mod case_context;
mod case_env;
mod case_queue;
mod case_turns;
mod details;
mod driver_supervisor;
mod error;
mod held_case;
mod judge;
mod launch;
mod observation;
mod options;
mod perform;
mod performer;
mod pooled_browser;
mod run;
mod run_context;
mod shard;
mod shots;
mod suite_turns;
mod twin;

pub(crate) use access::Access;
pub(crate) use case_env::prepare_users;
pub(crate) use error::Broken;
pub(crate) use held_case::HeldCase;
pub use options::{BrowserOptions, RunOptions};
pub(crate) use run::run;
pub(crate) use run_context::PauseHook;
pub use shots::Shots;
pub(crate) use vestibule_certs::cache_folder;
