//! Where the time went: the slowest cases, and a lane for each worker.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::rows::CaseView;
use super::wording;
use crate::outcome::RunOutcome;

/// Where the time went.
pub(super) struct Timing<'a> {
    /// Anchor, name and duration, the slowest first.
    pub(super) slowest: Vec<(String, Cow<'a, str>, String)>,
    pub(super) height: usize,
    /// Verdict and the path of its bars, in a box of [`WIDTH`] by `height`.
    pub(super) bars: Vec<(&'static str, String)>,
    /// Milliseconds from the left edge to the right one.
    pub(super) total_ms: u64,
    pub(super) total: String,
    /// How many of the workers' seconds were spent in cases, in percent.
    pub(super) busy: u64,
}

impl<'a> Timing<'a> {
    /// `None` if no case ran.
    pub(super) fn of(outcome: &RunOutcome, rows: &[CaseView<'a>]) -> Option<Self> {
        let spans = outcome.cases.iter().flat_map(|case| case.spans.iter().map(move |span| (case, span)));
        let spans: Vec<_> = spans.filter_map(|(case, span)| Some((case, span, span.to_ms?))).collect();
        let total_ms = outcome.duration_ms.max(1);
        let workers = spans.iter().map(|(_, span, _)| span.worker + 1).max()?;
        let mut bars: Vec<(&'static str, String)> = Vec::new();
        let mut busy_ms: u64 = 0;
        for (case, span, to_ms) in &spans {
            let took = to_ms.saturating_sub(span.from_ms);
            busy_ms = busy_ms.saturating_add(took);
            let (left, width) = (scaled(span.from_ms, total_ms), scaled(took, total_ms).max(1));
            let verdict = wording::verdict(case.verdict());
            let at = bars.iter().position(|(known, _)| *known == verdict).unwrap_or(bars.len());
            if at == bars.len() {
                bars.push((verdict, String::new()));
            }
            let _infallible = write!(bars[at].1, "M{left} {}h{width}v{BAR}h-{width}z", span.worker * LANE + GAP);
        }
        let available = total_ms.saturating_mul(u64::try_from(workers).unwrap_or(1));
        Some(Self {
            slowest: slowest(outcome, rows),
            height: workers * LANE + GAP,
            bars,
            total_ms,
            total: wording::duration(total_ms),
            busy: (busy_ms.saturating_mul(100) / available).min(100),
        })
    }
}

fn slowest<'a>(outcome: &RunOutcome, rows: &[CaseView<'a>]) -> Vec<(String, Cow<'a, str>, String)> {
    let ran = outcome.cases.iter().zip(rows).filter_map(|(case, row)| Some((case.result.as_ref()?.duration_ms, row)));
    let mut ran: Vec<_> = ran.collect();
    ran.sort_by_key(|(ms, _)| std::cmp::Reverse(*ms));
    ran.iter().take(SLOWEST).map(|(_, row)| (row.anchor.clone(), row.name.clone(), row.duration.clone())).collect()
}

fn scaled(ms: u64, total_ms: u64) -> u64 {
    ms.saturating_mul(WIDTH) / total_ms
}

/// Width of the drawing, in its own units.
pub(super) const WIDTH: u64 = 1000;
const LANE: usize = 14;
const BAR: usize = 10;
const GAP: usize = 2;
const SLOWEST: usize = 5;
