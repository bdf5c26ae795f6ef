//! Scenario files to verdicts: the library behind the `vestibule` program.
//!
//! `scenario -> runner (actor, browser, authenticator) -> outcome (events) -> report`; `tests/layering.rs` holds the table
//! of allowed imports.

pub mod actor;
pub mod authenticator;
pub mod browser;
pub mod cli;
pub mod diagnosis;
pub mod external;
pub mod outcome;
pub mod report;
pub mod runner;
pub mod scenario;
pub mod snapshot;
pub mod stopwatch;
pub mod trace;
mod warden;
