//! One row for each case, with everything that must be readable without a script.

use std::borrow::Cow;
use std::collections::BTreeSet;

use vestibule_model::OrgKind;
use vestibule_model::diagnostic::{Diagnostic, Place};

use super::{blob, wording};
use crate::outcome::{CaseOutcome, Finding, Owner, RunOutcome, Survival, Verdict};
use crate::report::survive::{self, Ending};

/// A case.
pub(super) struct CaseView<'a> {
    /// The fragment that links to it, `case=` and its id.
    pub(super) anchor: String,
    pub(super) title: Cow<'a, str>,
    /// As lists and the terminal call it: the name of its condition, or its title.
    pub(super) name: Cow<'a, str>,
    /// The file of its scenario, as the user gave it.
    pub(super) file: &'a str,
    pub(super) place: String,
    pub(super) tags: &'a [String],
    pub(super) verdict: Verdict,
    pub(super) flaky: bool,
    /// The verdict on a user's suite, as the matrix has it.
    pub(super) survival: Option<&'static str>,
    /// Whether the suite reports success while nobody is signed in.
    pub(super) false_green: bool,
    /// Name of the condition, and whether it applies.
    pub(super) condition: Option<(&'a str, bool)>,
    pub(super) since: Option<&'a str>,
    /// The kind of org whose date this is.
    pub(super) org: Option<OrgKind>,
    /// What of the user's own org the condition does not take: `gate=leavable`.
    pub(super) not_applied: &'a [String],
    pub(super) duration: String,
    /// Worker, start and end for the lanes: `0 120 1300`.
    pub(super) span: Option<String>,
    pub(super) pages: Option<String>,
    /// Empty if the overview would grow too large; the script then shows the failures.
    pub(super) failures: Vec<FailureView<'a>>,
    pub(super) finding: Option<&'a Finding>,
    pub(super) owner: Option<&'static str>,
    pub(super) remedy: Option<&'a str>,
    pub(super) cause: Option<&'a str>,
    /// Where the suite failed in its own code: `tests/login.spec.ts:9:14`.
    pub(super) failed_at: Option<String>,
    /// The line that runs this condition alone.
    pub(super) again: Option<String>,
    /// Everything else, packed.
    pub(super) blob: Option<String>,
}

impl CaseView<'_> {
    /// Cases that need attention come first.
    pub(super) fn rank(&self) -> usize {
        match (self.verdict, self.flaky) {
            (Verdict::Failed, _) => 0,
            (Verdict::Broken, _) => 1,
            (_, true) => 2,
            (Verdict::Skipped, false) => 3,
            (Verdict::Passed, false) => 4,
        }
    }

    /// The verdict as a word.
    pub(super) fn word(&self) -> &'static str {
        wording::verdict(self.verdict)
    }

    /// Whether the case did not finish.
    pub(super) fn is_skipped(&self) -> bool {
        self.verdict == Verdict::Skipped
    }

    /// Whether there is anything to read without a script.
    pub(super) fn has_body(&self) -> bool {
        let has_reason = !self.failures.is_empty() || self.finding.is_some() || self.failed_at.is_some();
        has_reason || self.since.is_some() || !self.not_applied.is_empty() || self.is_skipped()
    }
}

/// A failed expectation.
pub(super) struct FailureView<'a> {
    pub(super) failure: &'a Diagnostic,
    pub(super) source: Option<SourceView>,
}

/// The line of source that a failure points at.
pub(super) struct SourceView {
    pub(super) at: String,
    pub(super) number: u32,
    /// As wide as the number.
    pub(super) margin: String,
    pub(super) before: String,
    pub(super) marked: String,
    pub(super) after: String,
    /// As wide as the text before the mark; tabs stay tabs.
    pub(super) indent: String,
    pub(super) carets: String,
    pub(super) label: String,
}

/// Every case of the run, with an anchor of its own.
pub(super) fn cases(outcome: &RunOutcome) -> Vec<CaseView<'_>> {
    let mut taken = BTreeSet::new();
    let rows: usize = outcome.cases.iter().map(row_size).sum();
    let mut room = OVERVIEW_BYTES.saturating_sub(rows).max(LEAST_FAILURE_BYTES);
    let view = |case| {
        let wanted = anchor(case);
        let mut anchor = wanted.clone();
        let mut copy = 2;
        while !taken.insert(anchor.clone()) {
            anchor = format!("{wanted}-{copy}");
            copy += 1;
        }
        case_view(case, anchor, &mut room)
    };
    outcome.cases.iter().map(view).collect()
}

/// The distinct texts, sorted.
pub(super) fn distinct<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    texts.collect::<BTreeSet<_>>().into_iter().collect()
}

fn case_view<'a>(case: &'a CaseOutcome, anchor: String, room: &mut usize) -> CaseView<'a> {
    let result = case.result.as_ref();
    let condition = case.info.condition.as_ref();
    let finding = case.finding().filter(|_| case.shows_fix());
    let suite = result.and_then(|result| result.suite.as_ref());
    let ending = survive::ending(case);
    let failures = result.map_or(&[][..], |result| &result.failures);
    let size = failures.iter().map(failure_size).sum::<usize>() + finding.map_or(0, finding_size);
    let fits = size <= *room;
    *room -= if fits { size } else { 0 };
    CaseView {
        anchor,
        title: case.info.title_of_run(),
        name: case.info.name_of_run(),
        file: &case.info.file,
        place: format!("{}:{}", case.info.file, case.info.line),
        tags: &case.info.tags,
        verdict: case.verdict(),
        flaky: case.is_flaky(),
        survival: suite.map(|suite| ending.map_or_else(|| survival(suite.survival), Ending::word)),
        false_green: suite.is_some_and(|suite| suite.survival == Survival::FalseGreen) && !case.is_for_vestibule(),
        condition: condition.map(|condition| (condition.name.as_str(), condition.applies)),
        since: condition.and_then(|condition| condition.since.as_deref()),
        org: condition.and_then(|condition| condition.org),
        pages: if fits {
            result.filter(|_| case.verdict() != Verdict::Passed).and_then(wording::path_of_pages)
        } else {
            None
        },
        not_applied: condition.map_or(&[][..], |condition| &condition.not_applied),
        duration: result.map_or_else(|| "-".to_owned(), |result| wording::duration(result.duration_ms)),
        span: case.spans.last().and_then(|span| Some(format!("{} {} {}", span.worker, span.from_ms, span.to_ms?))),
        failures: if fits { failures.iter().map(failure_view).collect() } else { Vec::new() },
        finding: finding.filter(|_| fits),
        owner: case.owner().filter(|_| case.shows_fix()).map(Owner::word),
        remedy: case.remedy().filter(|_| case.shows_fix()),
        cause: finding.map(|finding| finding.cause.as_str()),
        failed_at: case.failed_at().map(ToString::to_string),
        again: survive::again(case).filter(|_| case.shows_fix()),
        blob: blob::of(case, !fits),
    }
}

fn failure_view(failure: &Diagnostic) -> FailureView<'_> {
    FailureView { failure, source: failure.place.as_ref().map(source_view) }
}

fn source_view(place: &Place) -> SourceView {
    let start = usize::try_from(place.column).unwrap_or(1).saturating_sub(1);
    let width = usize::try_from(place.width).unwrap_or(1).max(1);
    let before: String = place.text.chars().take(start).collect();
    let indent: String = before.chars().map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
    let margin = " ".repeat(place.line.to_string().len());
    // Further lines of the label go below its first one.
    let next_line = format!("\n{margin} | {indent}{} ", " ".repeat(width));
    SourceView {
        at: format!("{}:{}:{}", place.file, place.line, place.column),
        number: place.line,
        margin,
        indent,
        before,
        marked: place.text.chars().skip(start).take(width).collect(),
        after: place.text.chars().skip(start + width).collect(),
        carets: "^".repeat(width),
        label: place.label.replace('\n', &next_line),
    }
}

fn survival(survival: Survival) -> &'static str {
    match survival {
        Survival::Survived => "survived",
        Survival::Stopped => "stopped",
        Survival::FalseGreen => "false green",
        Survival::FailedLater => "failed later",
    }
}

/// The fragment names the case in plain letters, so that a link can be read and typed.
fn anchor(case: &CaseOutcome) -> String {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':' | '/' | '[' | ']') { c } else { '-' }
    };
    format!("case={}", case.info.id.chars().map(plain).collect::<String>())
}

/// About how many bytes of HTML a row takes, closed.
fn row_size(case: &CaseOutcome) -> usize {
    let info = &case.info;
    let tags: usize = info.tags.iter().map(|tag| tag.len() + 1).sum();
    let finding = case.result.as_ref().and_then(|result| result.finding.as_ref());
    let cause = finding.map_or(0, |finding| 60 + 2 * finding.cause.len());
    300 + info.title.len() + info.id.len() + info.file.len() + tags + cause
}

/// About how many bytes of HTML a failure takes.
fn failure_size(failure: &Diagnostic) -> usize {
    let place =
        failure.place.as_ref().map_or(0, |place| 3 * place.text.len() + place.label.len() + place.file.len() + 400);
    let notes: usize = failure.notes.iter().map(|note| note.len() + 10).sum();
    200 + failure.title.len() + place + notes + failure.hint.as_ref().map_or(0, String::len)
}

fn finding_size(finding: &Finding) -> usize {
    let evidence: usize = finding.evidence.iter().map(|line| line.len() + 10).sum();
    400 + finding.sentence.len() + evidence + finding.remedy.len() + 2 * finding.fact.len()
}

/// Bytes that rows, failures and findings may take: with 500 cases the overview stays below 300 kB.
const OVERVIEW_BYTES: usize = 240_000;
/// Bytes that failures and findings may always take.
const LEAST_FAILURE_BYTES: usize = 40_000;
