//! A process that is always ended and waited for.

use std::process::Child;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// Ended by SIGTERM and waited for when it is dropped.
#[derive(Debug)]
pub(crate) struct Reaped(pub(crate) Child);

impl Drop for Reaped {
    fn drop(&mut self) {
        if let Ok(pid) = i32::try_from(self.0.id()) {
            // A process that has already ended cannot be signalled, which is fine.
            let _told = kill(Pid::from_raw(pid), Signal::SIGTERM);
        }
        let _ended = self.0.wait();
    }
}
