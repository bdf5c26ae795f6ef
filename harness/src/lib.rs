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

mod actor;
mod attack;
mod audit;
mod authenticator;
mod authenticator_service;
mod browser;
mod cli;
mod diagnosis;
mod entry;
mod idp_documents;
mod journal_vocabulary;
mod org_file;
mod orphan_guard;
pub mod outcome;
mod preset_file;
mod probe;
mod report;
mod rulebook_file;
mod runner;
mod scenario;
mod snapshot;
mod stopwatch;
mod suite;
mod trace;
mod vault;

pub use browser::{BrowserKind, Isolation};
#[doc(hidden)]
pub use cli::main;
pub use entry::{Run, RunError, ScenarioError, Scenarios, run, vocabulary};
pub use runner::{BrowserOptions, RunOptions, Shots};
pub use scenario::{Case, DiscoverError, FieldWords, Vocabulary};
pub use snapshot::SnapshotMode;
pub use suite::{Mapping, MappingError, SuiteOptions};

/// What fuzzers read, beside `vestibule_simulator::fuzzing`.
#[doc(hidden)]
pub mod fuzzing {
    use crate::entry::load_text;
    use crate::scenario::SourceFile;

    /// A file of scenarios. Says whether it has no mistake.
    pub fn scenario(bytes: &[u8]) -> bool {
        let name = "fuzzed.yaml".to_owned();
        load_text(SourceFile { id: name.clone(), name, bytes: bytes.to_vec() }).is_ok()
    }
}

/// What the benchmarks measure. They are separate crates, so they can use only public items.
#[doc(hidden)]
pub mod bench_internals {
    pub use crate::actor::{AuthenticatorState, LoginRoute, Persona, sign_in};
    pub use crate::authenticator::TotpGenerator;
    pub use crate::browser::{
        Binaries, BrowserError, Driver, Search, SessionOptions, WebDriverSession, browser_arguments, locate,
    };
    pub use crate::stopwatch::{Stopwatch, now};
    pub use crate::suite::{Connection, ConnectionOptions, Limits, Reach, RealmReach, Recording, Variables};
    pub use crate::trace::Trace;
}
