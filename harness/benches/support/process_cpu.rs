//! CPU time of processes, as Linux counts it (proc_pid_stat(5)).

use std::collections::HashMap;
use std::fs;

/// CPU seconds of a process, its living descendants and those that they have waited for.
pub(crate) fn of_tree(root: u32) -> f64 {
    let processes: HashMap<u32, Process> = running().collect();
    let mut seconds = 0.0;
    let mut todo = vec![root];
    while let Some(id) = todo.pop() {
        seconds += processes.get(&id).map_or(0.0, |process| process.seconds);
        todo.extend(processes.iter().filter(|(_, process)| process.parent == id).map(|(id, _)| *id));
    }
    seconds
}

/// CPU seconds of this process alone.
pub(crate) fn of_this_process() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    Process::read(&stat, OWN_FIELDS).map_or(0.0, |process| process.seconds)
}

/// The CPU time of one process.
pub(crate) struct Process {
    pub(crate) parent: u32,
    pub(crate) seconds: f64,
}

impl Process {
    /// Reads `/proc/<pid>/stat`; the name in parentheses may contain anything.
    pub(crate) fn read(stat: &str, fields: usize) -> Option<Self> {
        let (_, rest) = stat.rsplit_once(')')?;
        let words: Vec<&str> = rest.split_whitespace().collect();
        let ticks = words.iter().skip(TIMES).take(fields).filter_map(|word| word.parse::<f64>().ok()).sum::<f64>();
        Some(Self { parent: words.get(1)?.parse().ok()?, seconds: ticks / TICKS })
    }
}

fn running() -> impl Iterator<Item = (u32, Process)> {
    let entries = fs::read_dir("/proc").into_iter().flatten().filter_map(Result::ok);
    entries.filter_map(|entry| {
        let id = entry.file_name().to_str()?.parse().ok()?;
        // A process that has ended since the folder was listed counts in the process that waited for it.
        let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
        Some((id, Process::read(&stat, TREE_FIELDS)?))
    })
}

/// `utime` is the 14th field, the twelfth after the name.
const TIMES: usize = 11;
/// `utime` and `stime`.
pub(crate) const OWN_FIELDS: usize = 2;
/// With `cutime` and `cstime`, of descendants that were waited for.
pub(crate) const TREE_FIELDS: usize = 4;
/// `USER_HZ`, which is 100 in every Linux ABI.
const TICKS: f64 = 100.0;
