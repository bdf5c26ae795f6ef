//! Merges the events of the shards of one run into the events of the whole run.

use jiff::Timestamp;

use super::event::{CaseInfo, Copies, RunEvent, SCHEMA, Shard};

/// The events of one shard, oldest first.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Part {
    /// The file that it was read from, as the user gave it.
    pub name: String,
    /// Its events.
    pub events: Vec<RunEvent>,
}

/// The merged run.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Merged {
    /// Its events, oldest first. The final event is present only if every shard is present and finished.
    pub events: Vec<RunEvent>,
    /// What is missing, one sentence per item.
    pub missing: Vec<String>,
}

/// Why runs cannot be merged. Completes "failed to ...".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum MergeError {
    /// The first line is missing or damaged.
    #[error("merge {name}: its first line, which names the suite and the cases, cannot be read")]
    NoStart {
        /// The file.
        name: String,
    },
    /// It is not a part of a split run.
    #[error("merge {name}: it is not a part of a split run")]
    NoShard {
        /// The file.
        name: String,
    },
    /// Two files say different things about what was run.
    #[error("merge {first} and {second}: they are of different {what} ({of_first}, {of_second})")]
    Different {
        /// What differs: `suites`, `versions of vestibule`.
        what: &'static str,
        /// One file.
        first: String,
        /// What it says.
        of_first: String,
        /// The other file.
        second: String,
        /// What it says.
        of_second: String,
    },
    /// Two files are the same shard.
    #[error("merge {first} and {second}: both are shard {number} of {of}")]
    Overlap {
        /// One file.
        first: String,
        /// The other file.
        second: String,
        /// The number of the shard.
        number: u32,
        /// Of how many.
        of: u32,
    },
}

impl MergeError {
    /// What to do, in one sentence.
    pub(crate) fn remedy(&self) -> &'static str {
        match self {
            Self::NoStart { .. } => "`vestibule report FILE` shows what can still be read",
            Self::NoShard { .. } => {
                "run each part with `--shard m/n`; `vestibule report FILE` makes the reports of one run"
            }
            Self::Different { .. } => {
                "run every shard with the same vestibule, on the same commit, with the same paths and filters"
            }
            Self::Overlap { .. } => "name each shard once; if a shard was run again, name only its last run",
        }
    }
}

/// Merges the shards of one run, given in any order.
///
/// # Errors
/// If they are not shards of one run. The error names the files.
pub(crate) fn merge(parts: Vec<Part>) -> Result<Merged, MergeError> {
    let mut shards = parts.into_iter().map(Started::read).collect::<Result<Vec<_>, _>>()?;
    shards.sort_by_key(|started| started.shard);
    for pair in shards.windows(2) {
        if let [first, second] = pair {
            first.must_belong_to(second)?;
        }
    }
    let missing = missing(&shards);
    let Some(first) = shards.iter().map(|shard| shard.at).min() else {
        return Ok(Merged { events: Vec::new(), missing });
    };

    let workers = shards.iter().map(|shard| shard.workers).sum();
    let mut browsers: Vec<&str> = shards.iter().filter_map(|shard| shard.browser.as_deref()).collect();
    browsers.dedup();
    let started = RunEvent::RunStarted {
        schema: SCHEMA,
        version: shards[0].version.clone(),
        started_at: format!("{first:.0}"),
        browser: (!browsers.is_empty()).then(|| browsers.join(", ")),
        workers,
        cases: shards.iter().flat_map(|shard| shard.cases.clone()).collect(),
        suite: shards[0].suite.clone(),
        shard: None,
        copies: shards.iter().find_map(|shard| shard.copies.clone()),
    };

    let (mut timed, mut at_end, mut any_interrupted, mut workers_before) = (Vec::new(), 0, false, 0);
    for shard in shards {
        let later = u64::try_from(shard.at.duration_since(first).as_millis()).unwrap_or(0);
        for event in shard.rest {
            let event = shifted(event, later, workers_before);
            match event {
                RunEvent::RunStarted { .. } => {}
                RunEvent::RunFinished { at_ms, interrupted } => {
                    at_end = at_end.max(at_ms);
                    any_interrupted |= interrupted;
                }
                RunEvent::CaseStarted { at_ms, .. } | RunEvent::CaseFinished { at_ms, .. } => {
                    timed.push((at_ms, event));
                }
            }
        }
        workers_before += shard.workers;
    }
    timed.sort_by_key(|(at_ms, _)| *at_ms);
    let mut events = vec![started];
    events.extend(timed.into_iter().map(|(_, event)| event));
    if missing.is_empty() {
        events.push(RunEvent::RunFinished { at_ms: at_end, interrupted: any_interrupted });
    }
    Ok(Merged { events, missing })
}

/// A shard whose first line was read.
struct Started {
    name: String,
    version: String,
    at: Timestamp,
    browser: Option<String>,
    workers: usize,
    cases: Vec<CaseInfo>,
    suite: String,
    shard: Shard,
    copies: Option<Copies>,
    finished: bool,
    rest: Vec<RunEvent>,
}

impl Started {
    fn read(part: Part) -> Result<Self, MergeError> {
        let Part { name, events } = part;
        let finished = matches!(events.last(), Some(RunEvent::RunFinished { .. }));
        let mut rest = events.into_iter();
        let Some(RunEvent::RunStarted { version, started_at, browser, workers, cases, suite, shard, copies, .. }) =
            rest.next()
        else {
            return Err(MergeError::NoStart { name });
        };
        let Ok(at) = started_at.parse() else { return Err(MergeError::NoStart { name }) };
        let Some(shard) = shard else { return Err(MergeError::NoShard { name }) };
        let rest = rest.collect();
        Ok(Self { name, version, at, browser, workers, cases, suite, shard, copies, finished, rest })
    }

    fn must_belong_to(&self, other: &Self) -> Result<(), MergeError> {
        let parts = |shard: Shard| format!("{} shards", shard.of);
        let differing = [
            ("versions of vestibule", self.version.clone(), other.version.clone()),
            ("suites", self.suite.clone(), other.suite.clone()),
            ("splits", parts(self.shard), parts(other.shard)),
        ];
        if let Some((what, of_first, of_second)) = differing.into_iter().find(|(_, mine, theirs)| mine != theirs) {
            let (first, second) = (self.name.clone(), other.name.clone());
            return Err(MergeError::Different { what, first, of_first, second, of_second });
        }
        if self.shard == other.shard {
            let Shard { number, of } = self.shard;
            return Err(MergeError::Overlap { first: self.name.clone(), second: other.name.clone(), number, of });
        }
        Ok(())
    }
}

fn missing(shards: &[Started]) -> Vec<String> {
    let of = shards.first().map_or(0, |started| started.shard.of);
    let absent = (1..=of).filter(|number| shards.iter().all(|started| started.shard.number != *number));
    let absent = absent.map(|number| format!("shard {number} of {of} is missing: its cases are not in the reports"));
    let cut = shards.iter().filter(|started| !started.finished).map(|started| {
        let Shard { number, of } = started.shard;
        format!("shard {number} of {of} ({}) did not finish: its other cases are listed as skipped", started.name)
    });
    absent.chain(cut).collect()
}

fn shifted(event: RunEvent, later: u64, workers_before: usize) -> RunEvent {
    match event {
        RunEvent::CaseStarted { case, worker, at_ms } => {
            RunEvent::CaseStarted { case, worker: worker + workers_before, at_ms: at_ms + later }
        }
        RunEvent::CaseFinished { case, attempt, again, at_ms, result } => {
            RunEvent::CaseFinished { case, attempt, again, at_ms: at_ms + later, result }
        }
        RunEvent::RunFinished { at_ms, interrupted } => RunEvent::RunFinished { at_ms: at_ms + later, interrupted },
        started @ RunEvent::RunStarted { .. } => started,
    }
}

#[cfg(test)]
mod tests;
