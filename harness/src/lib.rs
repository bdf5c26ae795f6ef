//! Scenario files to verdicts: the library behind the `vestibule` program.
//!
//! `scenario -> runner (actor, browser, authenticator) -> outcome (events) -> report`; `tests/layering.rs` holds the table
//! of allowed imports. [`run`] runs scenarios from a test of your own.

pub mod actor;
pub mod authenticator;
pub mod browser;
pub mod cli;
pub mod diagnosis;
mod entry;
mod orphan_guard;
pub mod outcome;
pub mod report;
pub mod runner;
pub mod scenario;
pub mod snapshot;
pub mod stopwatch;
pub mod suite;
pub mod trace;

pub use entry::{Run, ScenarioError, Scenarios, run, vocabulary};
