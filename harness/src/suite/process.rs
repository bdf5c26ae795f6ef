//! The process of a suite: started in its own process group, with a limit on the kept output, and ended together with
//! everything that it started.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

use nix::sys::signal::Signal;
use parking_lot::Mutex;
use tokio::io::AsyncReadExt as _;
use tokio::net::unix::pipe::Receiver;
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::environment::Variables;
use crate::orphan_guard::OrphanGuard;
use crate::outcome::Exit;

mod error;
mod foreground;
mod output_tail;
mod process_tree;
mod program_search;
mod start_failure;

#[cfg(test)]
mod tests;

pub(crate) use error::ProcessError;
pub(crate) use foreground::ForegroundProcess;
pub(crate) use output_tail::OutputLimit;
pub(crate) use program_search::ProgramSearch;

use output_tail::OutputTail;
use process_tree::ProcessTree;

/// The command of a suite.
#[derive(Debug, Clone)]
pub(crate) struct Launch {
    /// Program and arguments; no shell.
    pub command: Vec<String>,
    /// Added to the environment of this process.
    pub variables: Variables,
    /// Working folder; `None` is that of this process.
    pub folder: Option<PathBuf>,
    /// How much output is kept.
    pub output: OutputLimit,
}

/// A running suite. Dropping it kills it and everything that it started. If this program is killed, the process group
/// is killed too.
#[derive(Debug)]
pub(crate) struct SuiteProcess {
    child: Child,
    tree: ProcessTree,
    _orphan_guard: OrphanGuard,
    tail: Arc<Mutex<OutputTail>>,
    reader: JoinHandle<()>,
    exit: Option<Exit>,
}

/// How a suite ended, and its output.
#[derive(Debug, Clone)]
pub(crate) struct Ended {
    /// How its process ended.
    pub exit: Exit,
    /// The kept part of stdout and stderr, in the order in which it was written; a line marks where bytes were left
    /// out.
    pub output: String,
    /// Bytes of output in total.
    pub output_bytes: u64,
    /// How many of them were kept, from the start and from the end.
    pub kept_bytes: u64,
}

impl SuiteProcess {
    /// Starts the suite in its own process group, with an empty stdin. Stdout and stderr share one pipe, to keep their
    /// order.
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
        let failed = |source| start_failure::explain(launch, program, source);
        let (output, writer) = io::pipe().map_err(failed)?;
        let marker = process_tree::marker();
        let mut command = command(launch, program, arguments, &marker);
        command
            .stdin(Stdio::null())
            .stdout(writer.try_clone().map_err(failed)?)
            .stderr(writer)
            .process_group(0)
            .kill_on_drop(true);
        let output = Receiver::from_owned_fd(OwnedFd::from(output)).map_err(failed)?;
        let child = command.spawn().map_err(failed)?;
        let tail = Arc::new(Mutex::new(OutputTail::new(launch.output)));
        let reader = tokio::spawn(read(output, Arc::clone(&tail)));
        let (tree, orphan_guard) = (ProcessTree::new(child.id(), marker), OrphanGuard::over(child.id()));
        Ok(Self { tree, _orphan_guard: orphan_guard, child, tail, reader, exit: None })
    }

    /// Waits until the process has ended. Cancel-safe.
    pub(crate) async fn wait(&mut self) -> Exit {
        if let Some(exit) = self.exit {
            return exit;
        }
        let status = self.child.wait().await.expect("invariant: a child of ours that nobody else reaps is waited for");
        *self.exit.insert(exit_of(status))
    }

    /// Ends the suite and everything it started: SIGTERM, then SIGKILL after `grace`. The exit is the suite's own if it
    /// had already ended, otherwise `reason`.
    pub(crate) async fn end(mut self, reason: Exit, grace: Duration) -> Ended {
        let by_itself = self.exit.or_else(|| self.child.try_wait().ok().flatten().map(exit_of));
        self.tree.signal(Signal::SIGTERM);
        let asked = timeout(grace, async {
            self.wait().await;
            self.tree.gone().await;
        });
        if asked.await.is_err() {
            let killed = timeout(KILL_TIMEOUT, async {
                self.tree.kill().await;
                self.wait().await;
            });
            // A process that the kernel does not end must not block the run.
            let _unkillable = killed.await;
        }
        // The pipe ends when its last writer is gone; what is still in it belongs to the output.
        if timeout(DRAIN_TIMEOUT, &mut self.reader).await.is_err() {
            self.reader.abort();
        }
        let tail = self.tail.lock();
        Ended {
            exit: by_itself.unwrap_or(reason),
            output: tail.text(),
            output_bytes: tail.total(),
            kept_bytes: tail.kept(),
        }
    }
}

impl Drop for SuiteProcess {
    fn drop(&mut self) {
        self.tree.signal(Signal::SIGKILL);
        self.reader.abort();
    }
}

/// The command with its environment and its folder. The marker names its processes.
fn command(launch: &Launch, program: &str, arguments: &[String], marker: &str) -> Command {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env("PYTHONUNBUFFERED", "1")
        .envs(launch.variables.iter().map(|(name, value)| (name, value.reveal())))
        .env(process_tree::VARIABLE, marker);
    for name in launch.variables.removed() {
        command.env_remove(name);
    }
    if let Some(folder) = &launch.folder {
        command.current_dir(folder);
    }
    command
}

/// Reads to the end of the pipe, so that a suite never blocks on a full one.
async fn read(mut output: Receiver, tail: Arc<Mutex<OutputTail>>) {
    let mut chunk = vec![0; READ_BUFFER_BYTES];
    while let Ok(count @ 1..) = output.read(&mut chunk).await {
        tail.lock().push(&chunk[..count]);
    }
}

fn exit_of(status: ExitStatus) -> Exit {
    let signal = || Exit::Signal(status.signal().unwrap_or_default());
    status.code().map_or_else(signal, Exit::Code)
}

const READ_BUFFER_BYTES: usize = 64 << 10;
const KILL_TIMEOUT: Duration = Duration::from_secs(2);
const DRAIN_TIMEOUT: Duration = Duration::from_secs(1);
