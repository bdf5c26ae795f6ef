//! CPU time of processes, as Linux counts it.

use std::collections::HashMap;
use std::fs;

/// CPU seconds of a process, its living descendants and those that they have waited for.
pub(super) fn of_tree(root: u32) -> f64 {
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
pub(super) fn of_this_process() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    Process::read(&stat, OWN_FIELDS).map_or(0.0, |process| process.seconds)
}

/// CPU time of all cores since the machine was started.
#[derive(Debug)]
pub(super) struct Machine {
    idle: f64,
    all: f64,
}

impl Machine {
    /// The part of the time until `later` in which a core had something to do, from 0 to 1. Waiting for a disk is idle.
    pub(super) fn busy_until(&self, later: &Self) -> f64 {
        let all = later.all - self.all;
        if all > 0.0 { 1.0 - (later.idle - self.idle) / all } else { 0.0 }
    }

    /// Reads the first line of `/proc/stat` (proc_stat(5)): user, nice, system, idle, iowait, irq, softirq, steal.
    fn read(stat: &str) -> Self {
        let words = stat.lines().next().unwrap_or_default().split_whitespace().skip(1).take(8);
        let ticks: Vec<f64> = words.filter_map(|word| word.parse().ok()).collect();
        Self { idle: ticks.iter().skip(3).take(2).sum(), all: ticks.iter().sum() }
    }
}

/// CPU time of all cores so far.
pub(super) fn of_the_machine() -> Machine {
    Machine::read(&fs::read_to_string("/proc/stat").unwrap_or_default())
}

struct Process {
    parent: u32,
    seconds: f64,
}

impl Process {
    /// Reads `/proc/<pid>/stat` (proc_pid_stat(5)); the name in parentheses may hold anything.
    fn read(stat: &str, fields: usize) -> Option<Self> {
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
        // A process that ended since the folder was listed is counted by who waited for it.
        let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
        Some((id, Process::read(&stat, TREE_FIELDS)?))
    })
}

/// `utime` is the 14th field, the twelfth after the name.
const TIMES: usize = 11;
/// `utime` and `stime`.
const OWN_FIELDS: usize = 2;
/// With `cutime` and `cstime`, of descendants that were waited for.
const TREE_FIELDS: usize = 4;
/// `USER_HZ`, which is 100 in every Linux ABI.
const TICKS: f64 = 100.0;

#[cfg(test)]
mod tests {
    use super::{Machine, OWN_FIELDS, Process, TREE_FIELDS, of_this_process, of_tree};

    #[test]
    fn a_name_with_parentheses_does_not_move_the_fields() {
        let stat = "42 (a) b (c) S 7 42 42 0 -1 4194560 100 0 0 0 150 50 30 20 20 0 1 0";
        let tree = Process::read(stat, TREE_FIELDS).unwrap();
        assert_eq!((tree.parent, tree.seconds), (7, 2.5));
        assert!((Process::read(stat, OWN_FIELDS).unwrap().seconds - 2.0).abs() < f64::EPSILON);
    }

    #[test]
    fn a_machine_is_busy_while_it_is_not_idle() {
        let before = Machine::read("cpu  100 0 50 800 50 0 0 0 0 0\ncpu0 9 9 9 9");
        let after = Machine::read("cpu  150 0 75 820 55 0 0 0 7 7\n");
        assert!((before.busy_until(&after) - 0.75).abs() < f64::EPSILON);
        assert!(after.busy_until(&after).abs() < f64::EPSILON);
    }

    #[test]
    fn this_process_is_part_of_its_tree() {
        assert!(of_tree(std::process::id()) + 0.05 >= of_this_process());
    }
}
