//! SARIF 2.1.0, which code hosts show beside the code: each cause is a rule, each login that stopped a result at the
//! line of the suite that failed, or else at that of the scenario.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::case_text::headline;
use super::format::ReportFormat;
use super::survive::{self, Ending};
use super::wording;
use crate::outcome::{CaseOutcome, Owner, RunOutcome, Verdict};

pub(super) mod log;
#[cfg(test)]
pub(super) mod schema;
#[cfg(test)]
mod tests;

use log::{At, Found, Level, Log, Rule, file_uri};

/// The run as SARIF.
pub(super) const FORMAT: ReportFormat = ReportFormat {
    name: "SARIF",
    file: "vestibule.sarif",
    flag: "report-sarif",
    variable: "VESTIBULE_REPORT_SARIF",
    render: |outcome, _| Ok(sarif(outcome)?),
};

fn sarif(outcome: &RunOutcome) -> serde_json::Result<String> {
    let (mut rules, mut results) = (Vec::<Rule>::new(), Vec::new());
    for stop in outcome.cases.iter().filter_map(Stop::of) {
        if rules.iter().all(|rule| rule.id != stop.cause) {
            rules.push(stop.rule());
        }
        results.push(stop.found());
    }
    let counts = outcome.counts();
    Log {
        tool: "vestibule",
        version: &outcome.version,
        started_at: &outcome.started_at,
        successful: counts.broken == 0 && outcome.finished && !outcome.interrupted,
        trouble: trouble(outcome),
        rules,
        results,
        properties: Value::Null,
    }
    .to_text()
}

/// Why the run says nothing about some of its cases.
fn trouble(outcome: &RunOutcome) -> Vec<String> {
    let broken = outcome.cases.iter().filter(|case| case.verdict() == Verdict::Broken);
    let broken = broken.map(|case| {
        let why = case.result.as_ref().and_then(|result| result.failures.first());
        format!("{}: broken: {}", case.info.name_of_run(), why.map_or("", |why| why.title.as_str()))
    });
    let skipped = outcome.counts().skipped;
    let cut = (outcome.interrupted || !outcome.finished)
        .then(|| format!("The run did not finish: {} did not end.", wording::plural(skipped, "case")));
    broken.chain(cut).collect()
}

/// A case that has something to fix, and why.
struct Stop<'a> {
    case: &'a CaseOutcome,
    cause: &'a str,
    message: String,
    level: Level,
    /// Where nobody is known, nobody is named.
    owner: Option<Owner>,
    fix: Option<&'a str>,
}

impl<'a> Stop<'a> {
    fn of(case: &'a CaseOutcome) -> Option<Self> {
        let result = case.result.as_ref()?;
        let level = level(case)?;
        let (message, cause) = match (headline(case, result), case.finding()) {
            // A stop that is right in its condition has no failure.
            (_, Some(finding)) if result.verdict == Verdict::Passed => {
                (Cow::from(finding.sentence.as_str()), finding.cause.as_str())
            }
            // Outside of a condition the cause says more than the expectation that failed.
            (Some((message, _)), Some(finding)) => (message, finding.cause.as_str()),
            (Some(headline), None) => headline,
            (None, _) => return None,
        };
        let hint = result.failures.first().and_then(|failure| failure.hint.as_deref());
        let owner = case.owner().filter(|owner| *owner != Owner::Unknown);
        Some(Self { case, cause, message: message.into_owned(), level, owner, fix: case.remedy().or(hint) })
    }

    fn rule(&self) -> Rule {
        let about = self.case.finding().map_or(self.message.as_str(), |finding| finding.sentence.as_str());
        let fact = self.case.finding().map(|finding| finding.fact.as_str()).filter(|fact| !fact.is_empty());
        let help = [self.what_to_do(), fact.map(|fact| format!("Source: {fact}"))];
        let help = help.into_iter().flatten().collect::<Vec<_>>().join("\n");
        let owner = self.owner.map(|owner| owner.word().replace(' ', "-"));
        let tags: Vec<&str> = ["login"].into_iter().chain(owner.as_deref()).collect();
        Rule {
            id: self.cause.to_owned(),
            about: about.to_owned(),
            help: if help.is_empty() { NO_FIX.to_owned() } else { help },
            level: Level::Error,
            properties: json!({ "tags": tags }),
        }
    }

    fn found(&self) -> Found {
        let Self { case, cause, message, level, .. } = self;
        let name = case.info.name_of_run();
        let parts = [Some(format!("{name}: {message}")), self.what_to_do()];
        let ending = survive::ending(case).map_or_else(|| wording::ending(case), Ending::word);
        Found {
            rule: (*cause).to_owned(),
            level: *level,
            message: parts.into_iter().flatten().collect::<Vec<_>>().join("\n"),
            place: place(case),
            fingerprint: format!("{}:{cause}", case.info.condition.as_ref().map_or(&case.info.id, |one| &one.name)),
            properties: json!({
                "case": case.info.id,
                "ending": ending,
                "scenario": format!("{}:{}", case.info.file, case.info.line),
            }),
        }
    }

    /// `Owner: suite. Fix: …`.
    fn what_to_do(&self) -> Option<String> {
        let owner = self.owner.map(|owner| format!("Owner: {}.", owner.word()));
        let fix = self.fix.map(|fix| format!("Fix: {fix}"));
        let parts: Vec<String> = owner.into_iter().chain(fix).collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    }
}

/// How much a case matters; `None` if nothing in its login is to be fixed.
fn level(case: &CaseOutcome) -> Option<Level> {
    if !case.needs_fix() {
        return None;
    }
    let applies = case.info.condition.as_ref().is_none_or(|condition| condition.applies);
    Some(match survive::ending(case) {
        Some(Ending::NotSimulated) => Level::Note,
        // Nobody's suite gets home there: the org or its identity provider has to change.
        Some(Ending::StoppedRightly) if applies => Level::Warning,
        _ if applies => Level::Error,
        _ => Level::Note,
    })
}

fn place(case: &CaseOutcome) -> At {
    match case.failed_at() {
        Some(at) => At { uri: file_uri(&at.file), line: Some(at.line.max(1)), column: at.column.filter(|at| *at > 0) },
        None => At { uri: file_uri(&case.info.file), line: Some(case.info.line.max(1)), column: None },
    }
}

const NO_FIX: &str = "No fix is known. The HTML report shows what was seen.";
