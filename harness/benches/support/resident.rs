//! Resident memory of a process, as Linux counts it (proc_pid_status(5)).

use std::fs;

use super::figures::{Failure, failed_to};

/// `VmRSS` of `/proc/<pid>/status`, in kB.
pub(crate) fn resident_kb(pid: u32) -> Result<f64, Failure> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).map_err(failed_to("read the server's memory"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kb = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<f64>().ok());
    kb.ok_or_else(|| "failed to read the server's memory".into())
}
