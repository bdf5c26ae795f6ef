//! Memory of processes, as Linux counts it (proc_pid_status(5)).

use std::fs;

use super::figures::{Failure, failed_to};

/// Resident memory of a process, in MB of 1024 kB.
pub(crate) fn resident_mb(pid: u32) -> Result<f64, Failure> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).map_err(failed_to("read the server's memory"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kb = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<f64>().ok());
    kb.map(|kb| kb / 1024.0).ok_or_else(|| "failed to read the server's memory".into())
}
