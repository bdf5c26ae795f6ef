//! `vestibule survive --list`.

use jiff::civil::Date;
use serde::Serialize;
use textwrap::{Options, WordSplitter};
use vestibule_model::{Confidence, OrgKind};

use super::applies::Application;
use super::conditions::{Conditions, info};
use crate::cli::output::console::Console;
use crate::cli::output::error::CliError;
use crate::outcome::{ExitCode, GoodEnd, Owner};
use crate::report::Styles;

/// Writes each condition with its dates, owner, confidence and title to stdout: as a table if that fits.
pub(super) fn write(
    conditions: &Conditions,
    date: Date,
    json: bool,
    console: &mut Console<'_>,
) -> Result<ExitCode, CliError> {
    let rows: Vec<Row> = conditions.all.iter().map(|selected| row(selected, date)).collect();
    if json {
        for row in &rows {
            console.out.json_line(row)?;
        }
        return Ok(ExitCode::Passed);
    }
    let kinds = rows.iter().map(|row| row.org.to_string().len()).max().unwrap_or(0);
    let names = rows.iter().map(|row| row.condition.len()).max().unwrap_or(0);
    let width = console.terminal.width;
    let Styles { strong, path, .. } = Styles::new(console.terminal.color_out);
    let table = names + kinds + COLUMNS <= width;
    if table {
        let [condition, org, when, good, owner] = ["condition", "org", "applies", "good suite", "owner"];
        let heading = format!("{condition:<names$}  {org:<kinds$}  {when:<16}  {good:<10}  {owner:<9} confidence");
        writeln!(console.out, "{strong}{heading}{strong:#}")?;
    }
    for row in &rows {
        let org: &'static str = row.org.into();
        let good = if row.good == GoodEnd::Home { "gets home" } else { "stops" };
        let Row { condition, when, owner, confidence, .. } = row;
        let (owner, confidence) = (owner.word(), confidence.to_string());
        if table {
            writeln!(
                console.out,
                "{path}{condition:<names$}{path:#}  {org:<kinds$}  {when:<16}  {good:<10}  {owner:<9} {confidence}"
            )?;
        } else {
            let facts = format!("{org}; applies: {when}; a good suite {good}; owner: {owner}; {confidence}");
            writeln!(console.out, "{path}{condition}{path:#}\n{}", indented(&facts, width))?;
        }
        writeln!(console.out, "{}", indented(&row.title, width))?;
    }
    Ok(ExitCode::Passed)
}

fn indented(text: &str, width: usize) -> String {
    let options = Options::new(width).initial_indent(INDENT).subsequent_indent(INDENT);
    textwrap::fill(text, options.word_splitter(WordSplitter::NoHyphenation))
}

/// What the columns beside the name of a condition and the kind of org take.
const COLUMNS: usize = 2 + 2 + 16 + 2 + 10 + 2 + 9 + 1 + 10;
const INDENT: &str = "    ";

#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Row {
    condition: String,
    title: String,
    /// The kind of org of which the dates are.
    org: OrgKind,
    when: String,
    applies: bool,
    begins: Option<Date>,
    good: GoodEnd,
    owner: Owner,
    confidence: Confidence,
    fact: String,
    remedy: String,
    /// What of `--org-kind` and `--set` was not applied, because the condition is about it: `gate=leavable`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    not_applied: Vec<String>,
}

fn row(selected: &super::conditions::Selected, date: Date) -> Row {
    let info = info(selected);
    Row {
        condition: info.name,
        title: selected.case.title.clone(),
        org: selected.case.scenario.org.kind,
        when: when(selected.application, date),
        applies: info.applies,
        begins: selected.application.begins,
        good: info.good,
        owner: info.owner,
        confidence: info.confidence,
        fact: info.fact,
        remedy: info.remedy,
        not_applied: info.not_applied,
    }
}

/// `always`, `since 2026-07-06`, `from 2026-07-20`, `never`.
fn when(application: Application, date: Date) -> String {
    match application.begins {
        _ if application.never => "never".to_owned(),
        None => "always".to_owned(),
        Some(day) if day <= date => format!("since {day}"),
        Some(day) => format!("from {day}"),
    }
}
