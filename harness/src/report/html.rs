//! The report as one self-contained HTML file: no network, no fonts, and no script for the essentials.
//!
//! The overview with every failure and finding is plain HTML. All other details of a case are compressed beside its row
//! (`blob`); the script shows them when the case is opened.

use std::sync::LazyLock;

use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::format::ReportFormat;
use super::wording;
use crate::outcome::{RunOutcome, Verdict};

mod blob;
mod compact;
mod files;
mod lanes;
mod overview;
mod rows;
#[cfg(test)]
mod tests;
mod trim;

use files::FileRows;
use lanes::Timing;
use overview::{Chip, Headline, OwnerGroup};

/// The run as one self-contained HTML file.
pub(super) const FORMAT: ReportFormat = ReportFormat {
    name: "HTML",
    file: "report.html",
    flag: "report-html",
    variable: "VESTIBULE_REPORT_HTML",
    render: |outcome, _| Ok(html(outcome)?),
};

fn html(outcome: &RunOutcome) -> Result<String, askama::Error> {
    let verdicts = [Verdict::Failed, Verdict::Broken, Verdict::Passed, Verdict::Skipped];
    let counts = outcome.counts();
    let count_of =
        |verdict| wording::counted(&counts).iter().find(|(v, _)| *v == verdict).map_or(0, |(_, count)| *count);
    let cases = rows::cases(outcome);
    let Headline { sentence, lead, false_greens } = overview::headline(outcome);
    let (groups, timing) = (overview::groups(outcome, &cases), Timing::of(outcome, &cases));
    Page {
        title: sentence,
        lead,
        bad: false_greens > 0,
        groups,
        total: cases.len(),
        chips: overview::chips(outcome),
        counts: verdicts.map(|verdict| (wording::verdict(verdict), count_of(verdict))).to_vec(),
        flaky: outcome.cases.iter().filter(|case| case.is_flaky()).count(),
        started_at: &outcome.started_at,
        duration: wording::duration(outcome.duration_ms),
        browser: outcome.browser.as_deref(),
        workers: wording::plural(outcome.workers, "worker"),
        version: &outcome.version,
        incomplete: incomplete(outcome),
        timing,
        tags: rows::distinct(cases.iter().flat_map(|case| case.tags.iter().map(String::as_str))),
        owners: rows::distinct(cases.iter().filter_map(|case| case.owner)),
        causes: rows::distinct(cases.iter().filter_map(|case| case.cause)),
        style: &STYLE,
        script: &SCRIPT,
        style_hash: hash(&STYLE),
        script_hash: hash(&SCRIPT),
        files: files::by_file(cases),
    }
    .render()
}

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    title: String,
    lead: Option<String>,
    bad: bool,
    groups: Vec<OwnerGroup<'a>>,
    total: usize,
    chips: Vec<Chip>,
    /// Word and count of each verdict, the ones that need a person first.
    counts: Vec<(&'static str, usize)>,
    flaky: usize,
    started_at: &'a str,
    duration: String,
    browser: Option<&'a str>,
    workers: String,
    version: &'a str,
    incomplete: Option<&'static str>,
    timing: Option<Timing<'a>>,
    tags: Vec<&'a str>,
    owners: Vec<&'a str>,
    causes: Vec<&'a str>,
    style: &'static str,
    script: &'static str,
    style_hash: String,
    script_hash: String,
    files: Vec<FileRows<'a>>,
}

fn incomplete(outcome: &RunOutcome) -> Option<&'static str> {
    if outcome.interrupted {
        Some("The run was interrupted. Cases that did not finish are listed as skipped.")
    } else if !outcome.finished {
        Some("The run did not finish. The report shows everything up to that point.")
    } else {
        None
    }
}

/// What the page's own policy allows is this text and nothing else (CSP Level 3, 2.3.1 `hash-source`).
pub(super) fn hash(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(openssl::sha::sha256(text.as_bytes())))
}

static STYLE: LazyLock<String> = LazyLock::new(|| compact::style(include_str!("../../templates/report.css")));
static SCRIPT: LazyLock<String> = LazyLock::new(|| {
    compact::script(concat!(
        "\"use strict\";\n",
        include_str!("../../templates/report/details.js"),
        include_str!("../../templates/report/trace.js"),
        include_str!("../../templates/report/overview.js"),
    ))
});
