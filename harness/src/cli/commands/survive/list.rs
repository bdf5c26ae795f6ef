//! `vestibule survive --list`.

use jiff::civil::Date;
use serde::Serialize;
use vestibule_model::{Confidence, OrgKind};

use super::applies::Application;
use super::conditions::{Conditions, info};
use crate::cli::output::console::Console;
use crate::cli::output::error::CliError;
use crate::outcome::{ExitCode, GoodEnd, Owner};

/// Writes each condition with its dates, owner and confidence to stdout.
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
    let longest = rows.iter().map(|row| row.condition.len()).max().unwrap_or(0);
    writeln!(
        console.out,
        "{:<longest$}  {:<kinds$}  {:<16}  {:<10}  {:<9}  confidence",
        "condition", "org", "applies", "good suite", "owner"
    )?;
    for row in &rows {
        let org: &'static str = row.org.into();
        let good = if row.good == GoodEnd::Home { "gets home" } else { "stops" };
        writeln!(
            console.out,
            "{:<longest$}  {org:<kinds$}  {:<16}  {good:<10}  {:<9}  {}",
            row.condition,
            row.when,
            row.owner.word(),
            row.confidence
        )?;
    }
    Ok(ExitCode::Passed)
}

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
