//! The part of the cases that this run takes: repeated, then cut into slices.

use std::num::NonZeroU32;

use openssl::sha::Sha256;

use super::options::RunOptions;
use crate::outcome::{CaseInfo, ConditionInfo, Repeat, Shard};
use crate::scenario::Case;

/// What a run is about to do.
pub(super) struct Plan {
    /// Digest of all selected cases, the same for every shard.
    pub(super) suite: String,
    /// The cases of this run, in order.
    pub(super) cases: Vec<Planned>,
}

/// A case, and which run of it this is.
#[derive(Debug, Clone)]
pub(super) struct Planned {
    pub(super) case: Case,
    repeat: Option<Repeat>,
}

impl Plan {
    /// Repeats each case, and takes the shard's slice: neighbours stay together, and slices differ in length by at most
    /// one.
    pub(super) fn new(cases: Vec<Case>, times: NonZeroU32, shard: Option<Shard>) -> Self {
        let suite = digest(&cases, times);
        let all: Vec<Planned> = cases.iter().flat_map(|case| repeated(case, times)).collect();
        let cases = match shard {
            Some(shard) => slice(&all, shard).to_vec(),
            None => all,
        };
        Self { suite, cases }
    }
}

impl Planned {
    /// What the reports know about it before it runs.
    pub(super) fn info(&self, options: &RunOptions) -> CaseInfo {
        let case = &self.case;
        CaseInfo {
            id: case.id.clone(),
            title: case.title.clone(),
            file: case.file.clone(),
            line: case.line,
            tags: case.tags.clone(),
            condition: self.condition(options),
            repeat: self.repeat.clone(),
        }
    }

    /// The details of the condition, if the case is one; the same for every run of the case.
    fn condition(&self, options: &RunOptions) -> Option<ConditionInfo> {
        let id = self.repeat.as_ref().map_or(&self.case.id, |repeat| &repeat.case);
        options.conditions.get(id).cloned()
    }
}

fn repeated(case: &Case, times: NonZeroU32) -> impl Iterator<Item = Planned> + '_ {
    (1..=times.get()).map(move |number| {
        let repeat = (times.get() > 1).then(|| Repeat { case: case.id.clone(), number, of: times.get() });
        // The first run keeps the id of its case, so that the case keeps its history.
        let id = if number == 1 { case.id.clone() } else { format!("{}#{number}", case.id) };
        let mut case = case.clone();
        case.id = id;
        Planned { case, repeat }
    })
}

fn slice<T>(all: &[T], shard: Shard) -> &[T] {
    let index = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
    let (number, of) = (index(shard.number), index(shard.of).max(1));
    let end = |part: usize| all.len().saturating_mul(part.min(of)) / of;
    &all[end(number.saturating_sub(1))..end(number)]
}

/// A digest of the ids, titles and texts of the cases: it differs between suites, and when a suite changes.
fn digest(cases: &[Case], times: NonZeroU32) -> String {
    let mut hash = Sha256::new();
    hash.update(&times.get().to_be_bytes());
    for case in cases {
        for text in [case.id.as_str(), case.title.as_str(), case.text()] {
            hash.update(text.as_bytes());
            hash.update(&[0]);
        }
    }
    hash.finish().iter().take(DIGEST_BYTES).map(|byte| format!("{byte:02x}")).collect()
}

/// Enough to tell suites apart.
const DIGEST_BYTES: usize = 8;

#[cfg(test)]
mod tests;
