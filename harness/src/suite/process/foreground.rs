//! A command in the foreground: it has the streams and the process group of this program, so a terminal is its own.

use std::process::Stdio;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::process::Child;
use tokio::time::timeout;

use super::process_tree::ProcessTree;
use super::{KILL_TIMEOUT, Launch, ProcessError, command, exit_of, process_tree, start_failure};
use crate::outcome::Exit;

/// A running command. Nobody reads its output, and what it started is ended with it only on request. Dropping it kills it.
#[derive(Debug)]
pub(crate) struct ForegroundProcess {
    child: Child,
    /// What it started, by the marker in its environment: its process group is that of this program.
    started: ProcessTree,
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
        let marker = process_tree::marker();
        let mut command = command(launch, program, arguments, &marker);
        command.stdin(Stdio::inherit()).stdout(Stdio::inherit()).stderr(Stdio::inherit()).kill_on_drop(true);
        let child = command.spawn().map_err(|source| start_failure::explain(launch, program, source))?;
        Ok(Self { child, started: ProcessTree::new(None, marker) })
    }

    /// Waits until it has ended. Cancel-safe.
    pub(crate) async fn wait(&mut self) -> Exit {
        let status = self.child.wait().await.expect("invariant: a child of ours that nobody else reaps is waited for");
        exit_of(status)
    }

    /// Ends what it left running when it ended: SIGTERM, then SIGKILL after this time.
    pub(crate) async fn end_rest(&self, grace: Duration) {
        self.started.signal(Signal::SIGTERM);
        if timeout(grace, self.started.gone()).await.is_err() {
            // A process that the kernel does not end must not block the end.
            let _unkillable = timeout(KILL_TIMEOUT, self.started.kill()).await;
        }
    }

    /// Asks it to end, as SIGTERM asks this program.
    pub(crate) fn ask_to_end(&self) {
        let id = self.child.id().and_then(|id| i32::try_from(id).ok());
        if let Some(id) = id {
            let _gone = kill(Pid::from_raw(id), Signal::SIGTERM);
        }
    }
}
