//! Finds the processes that a suite started, so that they end with the case.
//!
//! A detached browser leaves the process group, and a daemon leaves its parent too; both keep their environment. So a
//! process belongs to the suite if it is in the suite's group, has the suite's marker in its environment, or descends
//! from such a process. Without `/proc` only the group is found. A process that left the group, lost its parent and
//! cleared its environment is not found.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;

/// The environment variable that marks the processes of a suite.
pub(super) const VARIABLE: &str = "VESTIBULE_CASE";

/// A marker that no other suite on this machine has: our process id and a number.
pub(super) fn marker() -> String {
    format!("{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// The processes of one suite.
#[derive(Debug, Clone)]
pub(super) struct ProcessTree {
    group: Option<Pid>,
    mark: String,
}

impl ProcessTree {
    /// The processes of the suite whose first process, the leader of the group, has this id.
    pub(super) fn new(leader: Option<u32>, marker: String) -> Self {
        let group = leader.and_then(|id| i32::try_from(id).ok()).map(Pid::from_raw);
        Self { group, mark: format!("{VARIABLE}={marker}") }
    }

    /// Sends a signal to each process once. A process that has already ended is not an error.
    pub(super) fn signal(&self, signal: Signal) {
        let members = self.members();
        if let Some(group) = self.group {
            let _gone = killpg(group, signal);
        }
        for member in members.into_iter().filter(|member| group_of(*member) != self.group) {
            let _gone = kill(member, signal);
        }
    }

    /// Waits until all have ended.
    pub(super) async fn gone(&self) {
        let mut pause = FIRST_POLL_INTERVAL;
        while !self.members().is_empty() {
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_POLL_INTERVAL);
        }
    }

    /// Kills until no process is left, because a process may start another in the meantime.
    pub(super) async fn kill(&self) {
        self.signal(Signal::SIGKILL);
        while !self.members().is_empty() {
            tokio::time::sleep(FIRST_POLL_INTERVAL).await;
            self.signal(Signal::SIGKILL);
        }
    }

    /// The running processes, without zombies.
    pub(super) fn members(&self) -> Vec<Pid> {
        let running = running();
        let group = self.group.map(Pid::as_raw);
        let in_group = |(pid, process): (&i32, &Process)| {
            (Some(process.group) == group || carries(*pid, &self.mark)).then_some(*pid)
        };
        let mut members: BTreeSet<i32> = running.iter().filter_map(in_group).collect();
        loop {
            let child = |(pid, process): (&i32, &Process)| members.contains(&process.parent).then_some(*pid);
            let children: BTreeSet<i32> = running.iter().filter_map(child).collect();
            if children.is_subset(&members) {
                return members.into_iter().map(Pid::from_raw).collect();
            }
            members.extend(children);
        }
    }
}

struct Process {
    parent: i32,
    group: i32,
}

fn running() -> BTreeMap<i32, Process> {
    let Ok(entries) = fs::read_dir("/proc") else { return BTreeMap::new() };
    let pids = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter_map(|pid: i32| Some((pid, process(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)?))).collect()
}

/// State, parent and group follow the name, which is in parentheses and may contain anything (proc(5)).
fn process(stat: &str) -> Option<Process> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_ascii_whitespace();
    let state = fields.next()?;
    let parent = fields.next()?.parse().ok()?;
    let group = fields.next()?.parse().ok()?;
    (!matches!(state, "Z" | "X")).then_some(Process { parent, group })
}

fn group_of(pid: Pid) -> Option<Pid> {
    nix::unistd::getpgid(Some(pid)).ok()
}

fn carries(pid: i32, mark: &str) -> bool {
    let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
    environment.split(|byte| *byte == 0).any(|variable| variable == mark.as_bytes())
}

static NEXT: AtomicU64 = AtomicU64::new(0);
const FIRST_POLL_INTERVAL: Duration = Duration::from_millis(5);
const LONGEST_POLL_INTERVAL: Duration = Duration::from_millis(50);
