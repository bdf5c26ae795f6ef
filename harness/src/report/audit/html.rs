//! The forecast as one self-contained HTML file without script, in the look of the report of a run.

use askama::Template;

use super::super::html::hash;
use super::super::wording;
use super::table::change;
use super::{AuditOutcome, headline, sources, when, who};
use crate::outcome::{Forecast, ForecastRow, Verdict};

/// The page.
pub(super) fn html(outcome: &AuditOutcome) -> Result<String, askama::Error> {
    let of = |forecast: Forecast| {
        let rows = outcome.rows.iter().filter(|row| row.forecast == forecast);
        rows.map(|row| Row::of(outcome, row)).collect::<Vec<_>>()
    };
    let counts = outcome.counts();
    let counts = [
        (Verdict::Failed, counts.stop, "stop"),
        (Verdict::Broken, counts.later, "stop later"),
        (Verdict::Skipped, counts.unknown, "not known"),
        (Verdict::Passed, counts.go_on, "go on"),
    ];
    let sections = [
        ("Logins that stop", Forecast::Stops),
        ("Logins of which it is not known", Forecast::Unknown),
        ("Logins that go on", Forecast::GoesOn),
    ];
    Page {
        title: headline(outcome),
        bad: outcome.counts().stop > 0,
        lead: Some(&outcome.source),
        facts: [
            outcome.org.name.clone().unwrap_or_default(),
            outcome.org.kind.with_article().to_owned(),
            outcome.date.to_string(),
            outcome.rulebook.clone(),
        ]
        .into_iter()
        .filter(|fact| !fact.is_empty())
        .collect::<Vec<_>>()
        .join(" · "),
        counts: counts
            .into_iter()
            .filter(|(_, count, _)| *count > 0)
            .map(|(verdict, count, word)| (wording::verdict(verdict), count, word))
            .collect(),
        sections: sections
            .into_iter()
            .map(|(title, forecast)| (title, of(forecast)))
            .filter(|(_, rows)| !rows.is_empty())
            .collect(),
        notes: outcome.notes.iter().map(|note| (note.name, note.text.as_str(), note.source.as_deref())).collect(),
        unknown: outcome
            .unknown
            .iter()
            .map(|gap| (gap.what.as_str(), gap.why.as_str(), gap.unknown.as_str()))
            .collect(),
        changes: outcome.changes.iter().flat_map(|changes| &changes.logins).map(change).collect(),
        since: outcome.changes.as_ref().and_then(|changes| changes.since).map(|day| day.to_string()),
        version: &outcome.vestibule,
        style: STYLE,
        style_hash: hash(STYLE),
    }
    .render()
}

#[derive(Template)]
#[template(path = "audit/audit.html")]
struct Page<'a> {
    title: String,
    bad: bool,
    lead: Option<&'a str>,
    facts: String,
    /// Class, count and word of each forecast that occurs.
    counts: Vec<(&'static str, usize, &'static str)>,
    sections: Vec<(&'static str, Vec<Row<'a>>)>,
    /// Name, text and source.
    notes: Vec<(&'static str, &'a str, Option<&'a str>)>,
    /// What, why, and what is unknown.
    unknown: Vec<(&'a str, &'a str, &'a str)>,
    changes: Vec<String>,
    since: Option<String>,
    version: &'a str,
    style: &'static str,
    style_hash: String,
}

/// A login.
struct Row<'a> {
    class: &'static str,
    word: &'static str,
    who: String,
    login: String,
    when: Option<String>,
    open: bool,
    rule: &'a str,
    why: &'a str,
    sources: String,
    question: Option<&'a str>,
    fix: Option<(&'static str, &'a str)>,
}

impl<'a> Row<'a> {
    fn of(outcome: &'a AuditOutcome, row: &'a ForecastRow) -> Self {
        let fails = outcome.fails(row);
        let verdict = match row.forecast {
            Forecast::Stops if fails => Verdict::Failed,
            Forecast::Stops => Verdict::Broken,
            Forecast::Unknown => Verdict::Skipped,
            Forecast::GoesOn => Verdict::Passed,
        };
        Self {
            class: wording::verdict(verdict),
            word: row.forecast.word(),
            who: who(row),
            login: row.login_word(),
            when: (row.forecast != Forecast::GoesOn).then(|| when(outcome, row)),
            open: fails,
            rule: &row.rule,
            why: &row.why,
            sources: sources(row),
            question: row.open.as_deref(),
            fix: row.fix.as_ref().map(|fix| (fix.owner.word(), fix.text.as_str())),
        }
    }
}

const STYLE: &str = concat!(
    include_str!("../../../templates/report.css"),
    include_str!("../../../templates/attack/attack.css"),
    include_str!("../../../templates/audit/audit.css")
);
