//! How busy the whole machine is, as Linux counts it (proc_stat(5)).

use std::fs;

/// CPU time of all cores since the machine was started.
#[derive(Debug)]
pub(crate) struct MachineCpu {
    idle: f64,
    all: f64,
}

impl MachineCpu {
    /// CPU time so far.
    pub(crate) fn now() -> Self {
        Self::read(&fs::read_to_string("/proc/stat").unwrap_or_default())
    }

    /// The share of the time until `later` in which the cores were busy, from 0 to 1. Waiting for a disk counts as
    /// idle.
    pub(crate) fn busy_until(&self, later: &Self) -> f64 {
        let all = later.all - self.all;
        if all > 0.0 { 1.0 - (later.idle - self.idle) / all } else { 0.0 }
    }

    /// Reads the first line of `/proc/stat`: user, nice, system, idle, iowait, irq, softirq, steal.
    pub(crate) fn read(stat: &str) -> Self {
        let words = stat.lines().next().unwrap_or_default().split_whitespace().skip(1).take(8);
        let ticks: Vec<f64> = words.filter_map(|word| word.parse().ok()).collect();
        Self { idle: ticks.iter().skip(3).take(2).sum(), all: ticks.iter().sum() }
    }
}
