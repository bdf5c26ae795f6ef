//! The program: its command line, its commands and what they write.
//!
//! `program` knows every command; `commands` have a file or folder each and know `arguments`, `execute_run` and `output`,
//! in this order, never one another. Only this folder meets the process's own streams, arguments and environment.

mod arguments;
mod commands;
mod execute_run;
mod interrupt;
mod output;
mod program;

pub use output::console::{ColorArg, Console, TerminalTraits};
pub use output::error::{CliError, with_causes};
pub use program::{Cli, Command, main};

#[cfg(test)]
mod tests;
