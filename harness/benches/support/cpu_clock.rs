//! The CPU clock of a process (clock_getcpuclockid(3)), which does not round as proc_pid_stat(5) does.

use std::time::Duration;

use nix::time::{clock_getcpuclockid, clock_gettime};
use nix::unistd::Pid;

use super::figures::{Failure, failed_to};

/// CPU seconds of all threads of a process, also of those that have ended.
pub(crate) fn seconds(pid: u32) -> Result<f64, Failure> {
    let read = || {
        let pid = i32::try_from(pid).map_err(|_| nix::Error::ESRCH)?;
        clock_getcpuclockid(Pid::from_raw(pid)).and_then(clock_gettime)
    };
    Ok(Duration::from(read().map_err(failed_to("read a CPU clock"))?).as_secs_f64())
}
