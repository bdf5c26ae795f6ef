//! What GitHub Actions shows of a run: annotations at lines of files, and the summary of a step.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::survive::{self, Ending};
use super::wording;
use crate::outcome::{CaseOutcome, Owner, RunOutcome, Verdict};

#[cfg(test)]
mod tests;

/// An error for each case that failed or broke, and a warning or notice for each case that was retried. It stands at the line
/// of the suite that failed, if the repository has it, or else at that of the scenario. `locate` turns a file into its path from
/// the root of the repository, if the file is inside.
pub(crate) fn annotations(outcome: &RunOutcome, locate: &dyn Fn(&str) -> Option<String>) -> String {
    let mut text = String::new();
    for case in &outcome.cases {
        let Some((level, title, message)) = annotation(case) else { continue };
        let failure = case.result.iter().flat_map(|result| &result.failures).find_map(|failure| failure.place.as_ref());
        let of_suite = case.failed_at().map(|at| (at.file.as_str(), at.line, at.column));
        let of_failure = failure.map(|place| (place.file.as_str(), place.line, Some(place.column)));
        let places = [of_suite, of_failure.or(Some((case.info.file.as_str(), case.info.line, None)))];
        let mut properties = Vec::new();
        let mut found =
            places.into_iter().flatten().filter_map(|(file, line, column)| Some((locate(file)?, line, column)));
        if let Some((file, line, column)) = found.next() {
            properties.push(format!("file={}", property(&file)));
            properties.push(format!("line={line}"));
            properties.extend(column.map(|column| format!("col={column}")));
        }
        properties.push(format!("title={}", property(&title)));
        let _infallible = writeln!(text, "::{level} {}::{}", properties.join(","), data(&message));
    }
    text
}

/// The summary of the step, as Markdown.
pub(crate) fn summary(outcome: &RunOutcome) -> String {
    let mut text = String::new();
    let mut line = |written: String| {
        text.push_str(&written);
        text.push('\n');
    };
    let bad: Vec<&CaseOutcome> =
        outcome.cases.iter().filter(|case| matches!(case.verdict(), Verdict::Failed | Verdict::Broken)).collect();
    head(outcome, &mut line);
    table(&bad, &mut line);
    let again = |case: &&CaseOutcome| if case.verdict() == Verdict::Failed { survive::again(case) } else { None };
    if let Some(again) = bad.iter().find_map(again) {
        let again = again.replace(['\n', '\r'], " ");
        line(format!("One condition again:\n\n    {again}\n"));
    }
    for ended in survive::ended_by_vestibule(outcome) {
        line(format!("{}.\n", rich(&ended)));
    }
    by_owner(outcome, &mut line);
    section("Flaky: passed only on a retry", outcome.flaky(), &mut line);
    section("Recovered: passed after trouble with the browser, driver or machine", outcome.recovered(), &mut line);
    unsteady(outcome, &mut line);
    text
}

/// How the run went as a whole.
fn head(outcome: &RunOutcome, line: &mut impl FnMut(String)) {
    let duration = wording::duration(outcome.duration_ms);
    let workers = wording::plural(outcome.workers, "worker");
    if let Some(headline) = survive::headline(outcome) {
        let total = wording::plural(outcome.cases.len(), "condition");
        line(format!("## Vestibule: {}\n", markdown(&headline.sentence())));
        line(format!("{total}: {}; {duration} on {workers}.\n", survive::tally_text(outcome)));
    } else {
        let total = wording::plural(outcome.cases.len(), "case");
        let counts = wording::counted(&outcome.counts());
        let counts: Vec<String> =
            counts.iter().map(|(verdict, count)| format!("{count} {}", wording::verdict(*verdict))).collect();
        line(format!("## Vestibule: {total}, {}\n", counts.join(", ")));
        line(format!("{duration} on {workers}.\n"));
    }
    if outcome.interrupted {
        line("**The run was interrupted:** cases that did not finish are listed as skipped.\n".to_owned());
    } else if !outcome.finished {
        line("**The run did not finish:** the report shows everything up to that point.\n".to_owned());
    }
}

/// The cases that failed or broke, with owner and fix.
fn table(bad: &[&CaseOutcome], line: &mut impl FnMut(String)) {
    if bad.is_empty() {
        return;
    }
    line("| | Case | Why | Owner | Fix |\n|---|---|---|---|---|".to_owned());
    for case in bad.iter().take(MOST_ROWS) {
        let (why, owner, remedy) = reason(case);
        let verdict = word(case);
        let worst = survive::ending(case) == Some(Ending::FalseGreen);
        let verdict = if worst { format!("**{verdict}**") } else { verdict.to_owned() };
        let place = format!("`{}:{}`", case.info.file.replace(['`', '|'], ""), case.info.line);
        let title = markdown(&case.info.title_of_run());
        let name = case.info.condition.as_ref().map(|condition| format!("{} ", code(&condition.name)));
        let name = name.unwrap_or_default();
        line(format!("| {verdict} | {name}{title} {place} | {} | {owner} | {} |", rich(&why), rich(&remedy)));
    }
    if bad.len() > MOST_ROWS {
        line(format!("\n{} more are in the HTML report.", bad.len() - MOST_ROWS));
    }
    line(String::new());
}

/// The cases that were run several times and passed only sometimes.
fn unsteady(outcome: &RunOutcome, line: &mut impl FnMut(String)) {
    let unsteady: Vec<_> = outcome.repeated().into_iter().filter(|one| one.passed != one.of).collect();
    if unsteady.is_empty() {
        return;
    }
    line("### Repeated cases that did not always pass\n".to_owned());
    for one in unsteady {
        line(format!("- {} of {}: {}", one.passed, one.of, markdown(&one.case.info.title)));
    }
    line(String::new());
}

/// Level, title and text of the annotation of a case, if it has one.
fn annotation(case: &CaseOutcome) -> Option<(&'static str, String, String)> {
    let title = case.info.name_of_run();
    match case.verdict() {
        Verdict::Failed | Verdict::Broken => {
            let (why, owner, remedy) = reason(case);
            let mut message = why;
            if !owner.is_empty() {
                message.push_str(&format!("\nowner: {owner}"));
            }
            if !remedy.is_empty() {
                message.push_str(&format!("\nfix: {remedy}"));
            }
            Some(("error", format!("{}: {title}", word(case)), message))
        }
        Verdict::Passed if case.is_flaky() => Some(("warning", format!("flaky: {title}"), first_trouble(case))),
        Verdict::Passed if case.is_recovered() => Some(("notice", format!("recovered: {title}"), first_trouble(case))),
        Verdict::Passed | Verdict::Skipped => None,
    }
}

/// Why a case did not pass, the owner and the fix.
fn reason(case: &CaseOutcome) -> (String, &'static str, String) {
    let headline = case.result.as_ref().and_then(|result| result.failures.first());
    let title = || headline.map(|failure| failure.title.clone()).unwrap_or_default();
    let why = case.finding().map_or_else(title, |finding| finding.sentence.clone());
    let remedy = case.remedy().or(headline.and_then(|failure| failure.hint.as_deref()));
    (why, case.owner().map_or("", Owner::word), remedy.unwrap_or_default().to_owned())
}

/// The verdict as every report has it: in a condition that on the suite, otherwise that on the case.
fn word(case: &CaseOutcome) -> &'static str {
    survive::ending(case).map_or_else(|| wording::verdict(case.verdict()), Ending::word)
}

/// How the first attempt ended.
fn first_trouble(case: &CaseOutcome) -> String {
    let headline = case.earlier.first().and_then(|attempt| attempt.failures.first());
    let why = headline.map_or("it did not pass", |failure| failure.title.as_str());
    format!("passed on attempt {}; the first attempt: {why}", case.attempts())
}

/// What each owner has to do, also where a suite stopped because nobody can get home.
fn by_owner(outcome: &RunOutcome, line: &mut impl FnMut(String)) {
    let mut owners: BTreeMap<Owner, BTreeMap<&str, ToFix<'_>>> = BTreeMap::new();
    let applies = |case: &&CaseOutcome| case.info.condition.as_ref().is_none_or(|condition| condition.applies);
    for case in outcome.cases.iter().filter(|case| case.shows_fix()).filter(applies) {
        let Some((owner, finding)) = case.owner().zip(case.finding()) else { continue };
        let to_fix = owners.entry(owner).or_default().entry(&finding.cause).or_default();
        to_fix.cases += 1;
        to_fix.remedy = case.remedy().unwrap_or_default();
        to_fix.conditions.extend(case.info.condition.as_ref().map(|condition| code(&condition.name)));
    }
    if owners.is_empty() {
        return;
    }
    line("### Findings by owner\n".to_owned());
    for (owner, causes) in owners {
        line(format!("**{}**\n", owner.word()));
        for (cause, ToFix { cases, conditions, remedy }) in causes {
            let cases = if conditions.is_empty() { wording::plural(cases, "case") } else { conditions.join(", ") };
            line(format!("- `{cause}` ({cases}): {}", rich(remedy)));
        }
        line(String::new());
    }
}

/// One cause of one owner.
#[derive(Default)]
struct ToFix<'a> {
    cases: usize,
    conditions: Vec<String>,
    remedy: &'a str,
}

fn section<'a>(heading: &str, cases: impl Iterator<Item = &'a CaseOutcome>, line: &mut impl FnMut(String)) {
    let mut cases = cases.peekable();
    if cases.peek().is_none() {
        return;
    }
    line(format!("### {heading}\n"));
    for case in cases {
        line(format!("- {}: {}", markdown(&case.info.title_of_run()), markdown(&first_trouble(case))));
    }
    line(String::new());
}

/// The text of a workflow command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property of a workflow command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// Text of ours, in which code stands between backticks, inside a table too.
fn rich(text: &str) -> String {
    let parts = wording::marked(text).into_iter();
    parts.map(|(part, is_code)| if is_code { code(part) } else { markdown(part) }).collect()
}

/// Code, which Markdown shows as it is but for what ends it or its cell.
fn code(text: &str) -> String {
    format!("`{}`", text.replace(['\n', '\r', '`'], " ").replace('|', "\\|"))
}

/// Text that Markdown shows as it is, inside a table too.
fn markdown(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\r' => plain.push(' '),
            '<' => plain.push_str("&lt;"),
            '>' => plain.push_str("&gt;"),
            '&' => plain.push_str("&amp;"),
            '|' | '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '@' => {
                plain.push('\\');
                plain.push(c);
            }
            other => plain.push(other),
        }
    }
    plain
}

/// GitHub limits a summary to one mebibyte.
const MOST_ROWS: usize = 200;
