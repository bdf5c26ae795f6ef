//! Scenario files to verdicts: the library behind the `vestibule` program.
//!
//! `scenario -> runner (actor, browser, authenticator) -> outcome (events) -> report`; `tests/it/layering.rs` holds the
//! table of allowed imports. [`run`] runs scenarios from a test of your own.
//!
//! ```
//! use vestibule::Scenarios;
//! use vestibule::outcome::ExitCode;
//!
//! # #[tokio::main]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let scenarios = Scenarios::from_yaml(
//!     "login.yaml",
//!     "
//! title: A user with a TOTP app signs in
//! org: { kind: production, date: 2026-05-01 }
//! users:
//!   rep: { profile: Standard User, verifiers: [totp] }
//! steps:
//!   - sign-in: { user: rep, via: password, actor: adaptive }
//! expect: { page: home, signed-in: true }
//! ",
//! )?;
//!
//! let outcome = vestibule::run(scenarios).await?;
//!
//! assert_eq!(outcome.exit_code(), ExitCode::Passed, "{outcome:#?}");
//! # Ok(())
//! # }
//! ```

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
