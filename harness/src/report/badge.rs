//! A badge: one line about a run, as an SVG that loads nothing, for the page of a repository.

use askama::Template;

use super::format::ReportFormat;
use super::survive;
use crate::outcome::RunOutcome;

#[cfg(test)]
mod tests;

/// How a run went, as a badge.
pub(super) const FORMAT: ReportFormat = ReportFormat {
    name: "badge",
    file: "badge.svg",
    flag: "report-badge",
    variable: "VESTIBULE_REPORT_BADGE",
    render: |outcome, _| Ok(of_run(outcome).svg()?),
};

/// A badge of two fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Badge {
    /// What it is about, for those who hear the page or point at the badge.
    pub(super) title: String,
    /// The field on the left.
    pub(super) label: &'static str,
    /// The field on the right.
    pub(super) value: String,
    pub(super) tone: Tone,
}

/// The colour of the field on the right. The text says the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    /// As it should be.
    Good,
    /// Almost.
    Fair,
    /// Something should be looked at.
    Warning,
    /// Something must be fixed.
    Bad,
    /// Nothing is known.
    Unknown,
}

impl Badge {
    /// The badge as SVG.
    ///
    /// # Errors
    /// Never in practice: every value can be written.
    pub(super) fn svg(&self) -> Result<String, askama::Error> {
        let (left, right) = (width(self.label), width(&self.value));
        let colour = match self.tone {
            Tone::Good => "#1b6e37",
            Tone::Fair => "#4f6f10",
            Tone::Warning => "#8a5a00",
            Tone::Bad => "#b3202a",
            Tone::Unknown => "#5b6068",
        };
        let all = left.saturating_add(right);
        Picture { title: &self.title, label: self.label, value: &self.value, left, right, all, colour }.render()
    }
}

#[derive(Template)]
#[template(path = "badge.svg")]
struct Picture<'a> {
    title: &'a str,
    label: &'static str,
    value: &'a str,
    left: usize,
    right: usize,
    all: usize,
    colour: &'static str,
}

/// Pixels that a text takes at 11 pixels of height, with some space.
fn width(text: &str) -> usize {
    text.chars().count().saturating_mul(7).saturating_add(12)
}

/// In how many conditions a suite gets home, or how many cases pass where there are none.
fn of_run(outcome: &RunOutcome) -> Badge {
    let incomplete = outcome.interrupted || !outcome.finished;
    let day = outcome.started_at.get(..10).unwrap_or(&outcome.started_at);
    let title = format!("vestibule {}, {day}", outcome.version);
    let Some(headline) = survive::headline(outcome) else {
        let (counts, all) = (outcome.counts(), outcome.cases.len());
        let tone = match (counts.failed, counts.broken + counts.skipped) {
            _ if incomplete || all == 0 => Tone::Unknown,
            (0, 0) if outcome.flaky().next().is_some() => Tone::Fair,
            (0, 0) => Tone::Good,
            (0, _) => Tone::Unknown,
            _ => Tone::Bad,
        };
        let value = if incomplete { "incomplete".to_owned() } else { format!("{} of {all} passed", counts.passed) };
        return Badge { title, label: "login cases", value, tone };
    };
    let survived = headline.applicable.saturating_sub(headline.stopped + headline.unjudged);
    let tone = match (headline.stopped, headline.unjudged) {
        _ if incomplete || headline.applicable == 0 => Tone::Unknown,
        (0, 0) if headline.failed_later > 0 => Tone::Fair,
        (0, 0) => Tone::Good,
        (0, _) => Tone::Unknown,
        _ => Tone::Bad,
    };
    let value = match headline.applicable {
        _ if incomplete => "incomplete".to_owned(),
        0 => "no condition applies".to_owned(),
        all => format!("survives {survived} of {all}"),
    };
    let label = if headline.example { "example logins" } else { "login conditions" };
    Badge { title, label, value, tone }
}
