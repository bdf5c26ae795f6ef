//! The program: its command line, its commands and what they write.
//!
//! `program` knows every command. A command is a file or folder of `commands`. It may use `execute_run`, `event_loop`,
//! `hold_case`, `watch`, `foreground`, `interrupt`, `arguments`, `message_answer`, `sso_login`, `rated_signals`, `runtime` and `output`, but no other command; each may use only those
//! named after it. Only this folder uses the process's own streams, arguments and environment.

mod arguments;
mod commands;
mod event_loop;
mod execute_run;
mod foreground;
mod hold_case;
mod interrupt;
mod message_answer;
mod output;
mod program;
mod rated_signals;
mod runtime;
mod sso_login;
mod watch;

pub use program::main;

#[cfg(test)]
mod tests;
