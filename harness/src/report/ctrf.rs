//! CTRF, the Common Test Report Format (ctrf.io), for dashboards and reporters that read it: version 0.0.0 of the
//! specification, the working draft of 2025-11-24.

use std::path::Path;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::case_facts;
use super::case_text::{description, headline, transcript};
use super::format::ReportFormat;
use super::survive::{self, Ending};
use super::wording;
use crate::outcome::{CaseOutcome, CaseResult, RunOutcome, Span, Verdict};

#[cfg(test)]
mod tests;

/// The run as CTRF.
pub(super) const FORMAT: ReportFormat = ReportFormat {
    name: "CTRF",
    file: "ctrf-report.json",
    flag: "report-ctrf",
    variable: "VESTIBULE_REPORT_CTRF",
    render: |outcome, screenshots| Ok(ctrf(outcome, screenshots)?),
};

/// A test for each case. `attachment` is the path of a case's screenshot as the report shows it.
fn ctrf(outcome: &RunOutcome, attachment: &dyn Fn(&CaseOutcome) -> Option<String>) -> serde_json::Result<String> {
    let start = outcome.started_at.parse().map_or(0, Timestamp::as_millisecond);
    let tests: Vec<Test<'_>> = outcome.cases.iter().map(|case| test(case, outcome, start, attachment(case))).collect();
    let count = |status: Status| tests.iter().filter(|test| test.status == status).count();
    let duration = whole(outcome.duration_ms);
    let mut files: Vec<&str> = outcome.cases.iter().map(|case| case.info.file.as_str()).collect();
    files.sort_unstable();
    files.dedup();
    let summary = Summary {
        tests: tests.len(),
        passed: count(Status::Passed),
        failed: count(Status::Failed),
        skipped: count(Status::Skipped),
        pending: 0,
        other: count(Status::Other),
        flaky: outcome.flaky().count(),
        suites: files.len(),
        start,
        stop: start.saturating_add(duration),
        duration,
    };
    let tool = Tool { name: "vestibule", version: &outcome.version };
    let incomplete = outcome.interrupted || !outcome.finished;
    let extra = incomplete.then(|| json!({ OF_RUN: { "incomplete": true, "interrupted": outcome.interrupted } }));
    serde_json::to_string_pretty(&Report {
        report_format: "CTRF",
        spec_version: "0.0.0",
        generated_by: format!("vestibule {}", outcome.version),
        results: Results { tool, summary, tests, extra },
    })
}

fn test<'a>(case: &'a CaseOutcome, outcome: &'a RunOutcome, start: i64, attachment: Option<String>) -> Test<'a> {
    let result = case.result.as_ref();
    let ran = result.filter(|result| result.verdict != Verdict::Skipped);
    let passed = case.verdict() == Verdict::Passed;
    let span = case.spans.last();
    let (from, to) = times(span, start);
    let (owner, remedy) = (case.owner(), case.remedy());
    Test {
        name: case.info.name_of_run().into_owned(),
        status: status(case),
        duration: result.map_or(0, |result| whole(result.duration_ms)),
        start: from,
        stop: to,
        suite: [&case.info.file],
        message: result
            .filter(|_| !passed)
            .and_then(|result| headline(case, result))
            .map(|(text, _)| text.into_owned()),
        trace: ran.map(|result| description(result, owner, remedy)).filter(|text| !passed && !text.is_empty()),
        line: case.info.line,
        raw_status: survive::ending(case).map_or_else(|| wording::ending(case), Ending::word),
        tags: &case.info.tags,
        kind: "e2e",
        file_path: &case.info.file,
        retries: case.earlier.len(),
        retry_attempts: (1..)
            .zip(&case.earlier)
            .map(|(number, earlier)| attempt(number, earlier, case, start))
            .collect(),
        flaky: case.is_flaky(),
        stdout: result.map(lines).unwrap_or_default(),
        thread_id: span.map(|span| span.worker.to_string()),
        browser: outcome.browser.as_deref(),
        attachments: attachment.into_iter().map(Attachment::of).collect(),
        extra: json!({ OF_CASE: facts(case) }),
    }
}

/// An attempt that was not the last one.
fn attempt(number: usize, result: &CaseResult, case: &CaseOutcome, start: i64) -> Attempt {
    let (from, to) = times(case.spans.get(number.saturating_sub(1)), start);
    let finding = result.finding.as_ref();
    let (owner, remedy) = (finding.map(|finding| finding.owner), finding.map(|finding| finding.remedy.as_str()));
    let trace = description(result, owner, remedy);
    Attempt {
        attempt: number,
        status: Status::of(result.verdict),
        duration: whole(result.duration_ms),
        message: result.failures.first().map(|failure| failure.title.clone()),
        trace: (!trace.is_empty()).then_some(trace),
        stdout: lines(result),
        start: from,
        stop: to,
    }
}

/// What is known of the case besides what the format has a place for; a name with several values has a list.
fn facts(case: &CaseOutcome) -> Map<String, Value> {
    let mut facts = Map::new();
    let elsewhere = ["file", "line", "tag", "flaky"];
    for (name, value) in case_facts::of(case).into_iter().filter(|(name, _)| !elsewhere.contains(name)) {
        let value = Value::String(value);
        match facts.get_mut(name) {
            None => drop(facts.insert(name.to_owned(), value)),
            Some(Value::Array(values)) => values.push(value),
            Some(one) => *one = json!([one.take(), value]),
        }
    }
    facts
}

/// How a case ended, in the words of the format. What says nothing about the login is neither passed nor failed.
fn status(case: &CaseOutcome) -> Status {
    match survive::ending(case) {
        Some(Ending::NotSimulated) => Status::Other,
        _ => Status::of(case.verdict()),
    }
}

/// Start and end in milliseconds since the Unix epoch.
fn times(span: Option<&Span>, start: i64) -> (Option<i64>, Option<i64>) {
    let at = |ms: u64| start.saturating_add(whole(ms));
    (span.map(|span| at(span.from_ms)), span.and_then(|span| span.to_ms).map(at))
}

fn lines(result: &CaseResult) -> Vec<String> {
    transcript(result).lines().map(str::to_owned).collect()
}

fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report<'a> {
    report_format: &'static str,
    spec_version: &'static str,
    generated_by: String,
    results: Results<'a>,
}

#[derive(Serialize)]
struct Results<'a> {
    tool: Tool<'a>,
    summary: Summary,
    tests: Vec<Test<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    extra: Option<Value>,
}

#[derive(Serialize)]
struct Tool<'a> {
    name: &'static str,
    version: &'a str,
}

#[derive(Serialize)]
struct Summary {
    tests: usize,
    passed: usize,
    failed: usize,
    skipped: usize,
    pending: usize,
    other: usize,
    flaky: usize,
    suites: usize,
    start: i64,
    stop: i64,
    duration: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Test<'a> {
    name: String,
    status: Status,
    duration: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    start: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stop: Option<i64>,
    suite: [&'a str; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace: Option<String>,
    line: u32,
    raw_status: &'static str,
    tags: &'a [String],
    #[serde(rename = "type")]
    kind: &'static str,
    file_path: &'a str,
    retries: usize,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    retry_attempts: Vec<Attempt>,
    flaky: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    stdout: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thread_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    browser: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    attachments: Vec<Attachment>,
    extra: Value,
}

#[derive(Serialize)]
struct Attempt {
    /// From 1.
    attempt: usize,
    status: Status,
    duration: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    stdout: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stop: Option<i64>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Attachment {
    name: &'static str,
    content_type: &'static str,
    path: String,
}

impl Attachment {
    fn of(path: String) -> Self {
        let content_type = match Path::new(&path).extension().and_then(|extension| extension.to_str()) {
            Some("jpg") => "image/jpeg",
            Some("webp") => "image/webp",
            _ => "image/png",
        };
        Self { name: "screenshot", content_type, path }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Status {
    Passed,
    Failed,
    Skipped,
    Other,
}

impl Status {
    fn of(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Passed => Self::Passed,
            Verdict::Failed => Self::Failed,
            Verdict::Broken => Self::Other,
            Verdict::Skipped => Self::Skipped,
        }
    }
}

/// The keys of our own facts in `extra` objects (draft, 4.6.1: a prefix that names who extends, then a delimiter).
const OF_CASE: &str = "vestibule.case";
const OF_RUN: &str = "vestibule.run";
