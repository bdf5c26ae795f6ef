//! What the reports in files say of one case, as text: what stopped it, who fixes that and how, and what was done.

use std::borrow::Cow;

use vestibule_model::diagnostic;

use super::survive::{self, Ending};
use super::wording;
use crate::outcome::{Action, CaseOutcome, CaseResult, Owner, Verdict};

/// The message of a case that did not pass, and its type: why the login stopped in a condition, or which expectation failed.
pub(super) fn headline<'a>(case: &'a CaseOutcome, result: &'a CaseResult) -> Option<(Cow<'a, str>, &'a str)> {
    let why = case.finding().filter(|_| result.verdict == Verdict::Failed);
    if let Some((ending, finding)) = survive::ending(case).zip(why) {
        let sentence = finding.sentence.as_str();
        let message: Cow<'_, str> = match ending {
            Ending::FalseGreen | Ending::NotSimulated => format!("{}: {sentence}", ending.word()).into(),
            _ => sentence.into(),
        };
        return Some((message, finding.cause.as_str()));
    }
    result.failures.first().map(|failure| (failure.title.as_str().into(), failure.code.as_str()))
}

/// Why the login stopped, who fixes it and how, then what failed.
pub(super) fn description(result: &CaseResult, owner: Option<Owner>, remedy: Option<&str>) -> String {
    let failures = result.failures.iter().map(|failure| diagnostic::render(failure, false, WIDTH));
    let finding = result.finding.iter().map(|finding| {
        let owner = owner.map(|owner| format!("owner: {}", owner.word()));
        let lines = [Some(format!("cause: {}", finding.sentence)), owner, remedy.map(|fix| format!("fix: {fix}"))];
        lines.into_iter().flatten().collect::<Vec<_>>().join("\n")
    });
    finding.chain(failures).collect::<Vec<_>>().join("\n\n")
}

/// What the actor did, one line per action, and the output of the user's own suite; empty if there is
/// neither.
pub(super) fn transcript(result: &CaseResult) -> String {
    let line = |action: &Action| format!("{:>6} ms  {} -> {} {}", action.at_ms, action.what, action.page, action.url);
    let mut lines: Vec<String> = result.actions.iter().map(line).collect();
    lines.extend(wording::path_of_pages(result).map(|pages| format!("pages: {pages}")));
    if let Some(suite) = result.suite.as_ref().filter(|suite| !suite.output.is_empty()) {
        let cut = suite.kept_of_more().map(|kept| format!(", of which the start and the end are kept, {kept} bytes"));
        lines.push(format!("output of the command ({} bytes{}):", suite.output_bytes, cut.unwrap_or_default()));
        lines.push(suite.output.clone());
    }
    lines.join("\n")
}

/// CI services show the text in a narrow pane.
const WIDTH: usize = 100;
