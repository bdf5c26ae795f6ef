//! The comparison as one JSON document.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Map, Value};
use strum::IntoEnumIterator as _;

use super::{Change, Compared, Comparison};
use crate::outcome::RunOutcome;

/// One of the runs.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct ComparedRun<'a> {
    /// Its file, as the user gave it.
    path: String,
    started_at: &'a str,
    /// Version of the program that ran.
    version: &'a str,
    /// Whether it came to its end.
    finished: bool,
}

impl<'a> ComparedRun<'a> {
    /// The run that was read from this file.
    pub(crate) fn new(path: String, outcome: &'a RunOutcome) -> Self {
        let finished = outcome.finished && !outcome.interrupted;
        Self { path, started_at: &outcome.started_at, version: &outcome.version, finished }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Document<'a> {
    schema: u32,
    before: &'a ComparedRun<'a>,
    after: &'a ComparedRun<'a>,
    got_worse: bool,
    /// How many cases each change happened to.
    counts: Map<String, Value>,
    /// Those that are not the same.
    cases: Vec<Case<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Case<'a> {
    name: String,
    id: &'a str,
    file: &'a str,
    line: u32,
    change: String,
    got_worse: bool,
    /// By name: `verdict`, `cause`, `pages`, `strength`.
    differences: Map<String, Value>,
}

/// Writes the comparison in one line.
///
/// # Errors
/// If it cannot be written.
pub(crate) fn write_diff_json(
    out: &mut (impl Write + ?Sized),
    comparison: &Comparison<'_>,
    before: &ComparedRun<'_>,
    after: &ComparedRun<'_>,
) -> io::Result<()> {
    let counts = Change::iter().map(|change| (change.to_string(), comparison.count(change).into()));
    let changed = comparison.cases.iter().filter(|compared| compared.change() != Change::Same);
    let document = Document {
        schema: SCHEMA,
        before,
        after,
        got_worse: comparison.got_worse(),
        counts: counts.collect(),
        cases: changed.map(case).collect(),
    };
    serde_json::to_writer(&mut *out, &document)?;
    writeln!(out)
}

fn case<'a>(compared: &Compared<'a>) -> Case<'a> {
    let info = &compared.case().info;
    let differences = compared.differences().into_iter().map(|one| {
        let sides = serde_json::json!({ "before": one.before, "after": one.after });
        (one.what.to_owned(), sides)
    });
    Case {
        name: info.name_of_run().into_owned(),
        id: &info.id,
        file: &info.file,
        line: info.line,
        change: compared.change().to_string(),
        got_worse: compared.got_worse(),
        differences: differences.collect(),
    }
}

/// The form of the document.
const SCHEMA: u32 = 1;
