//! A command in the foreground: it has the streams and the process group of this program, so a terminal is its own.

use std::process::Stdio;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::process::Child;

use super::{Launch, ProcessError, command, exit_of, process_tree, start_failure};
use crate::outcome::Exit;

/// A running command. Nobody reads its output, and nothing that it started is ended with it. Dropping it kills it.
#[derive(Debug)]
pub(crate) struct ForegroundProcess {
    child: Child,
}

impl ForegroundProcess {
    /// Starts the command.
    ///
    /// # Errors
    ///
    /// If the program does not exist or cannot be started.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime.
    pub(crate) fn start(launch: &Launch) -> Result<Self, ProcessError> {
        let (program, arguments) = launch.command.split_first().ok_or(ProcessError::NoCommand)?;
        let mut command = command(launch, program, arguments, &process_tree::marker());
        command.stdin(Stdio::inherit()).stdout(Stdio::inherit()).stderr(Stdio::inherit()).kill_on_drop(true);
        let child = command.spawn().map_err(|source| start_failure::explain(launch, program, source))?;
        Ok(Self { child })
    }

    /// Waits until it has ended. Cancel-safe.
    pub(crate) async fn wait(&mut self) -> Exit {
        let status = self.child.wait().await.expect("invariant: a child of ours that nobody else reaps is waited for");
        exit_of(status)
    }

    /// Asks it to end, as SIGTERM asks this program.
    pub(crate) fn ask_to_end(&self) {
        let id = self.child.id().and_then(|id| i32::try_from(id).ok());
        if let Some(id) = id {
            let _gone = kill(Pid::from_raw(id), Signal::SIGTERM);
        }
    }
}
