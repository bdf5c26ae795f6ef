//! The commands of the program, one file each.
//!
//! Each command is a struct of arguments and a function from it to an exit code or a [`CliError`]; it writes to the
//! [`Console`] that it is given. Only this folder meets the process's own streams, arguments and environment.

mod args;
mod bench;
mod causes;
mod check;
mod chromedriver_shim;
mod completions;
mod console;
mod doctor;
mod env;
mod error;
mod event_log;
pub mod explain;
mod external;
mod github_job;
mod init;
mod last_failed;
mod list;
mod merge;
mod plan;
mod play;
mod program;
mod report;
mod reports;
mod rerun;
mod run;
mod schema;
mod select;
mod serve;
mod shots;
mod signals;
mod snapshots;
mod survive;
mod words;

pub use args::{Cli, ColorArg, Command};
pub use console::{Console, TerminalTraits};
pub use error::{CliError, with_causes};
pub use program::main;

#[cfg(test)]
mod tests;
