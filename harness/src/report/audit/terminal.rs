//! The forecast for a person at a terminal.

use std::io::{self, Write};

use super::super::styles::Styles;
use super::super::terminal::TerminalOptions;
use super::{headline, sources, when, who};
use crate::outcome::{AuditOutcome, Forecast, ForecastRow};

/// Writes what stops, what is not known and why, and what is different from an earlier audit.
///
/// # Errors
/// If the stream cannot be written to.
pub(crate) fn write_audit(out: &mut dyn Write, outcome: &AuditOutcome, looks: TerminalOptions) -> io::Result<()> {
    let styles = Styles::new(looks.color);
    let org = outcome.org.name.as_ref().map(|name| format!("{name}, ")).unwrap_or_default();
    writeln!(out, "{}{}{:#}", styles.strong, outcome.source, styles.strong)?;
    writeln!(
        out,
        "{}{org}{}, on {}, by the rulebook {}{:#}",
        styles.dim,
        outcome.org.kind.with_article(),
        outcome.date,
        outcome.rulebook,
        styles.dim
    )?;
    for (forecast, title) in [(Forecast::Stops, "Stop"), (Forecast::Unknown, "Not known")] {
        let rows: Vec<&ForecastRow> = outcome.rows.iter().filter(|row| row.forecast == forecast).collect();
        if rows.is_empty() {
            continue;
        }
        writeln!(out, "\n{}{title}{:#}", styles.strong, styles.strong)?;
        for row in rows {
            let style = if forecast == Forecast::Stops && outcome.fails(row) { styles.bad } else { styles.warning };
            writeln!(out, "  {style}{}{style:#}  {}  {}", who(row), row.login_word(), when(outcome, row))?;
            writeln!(out, "    {}: {}", row.rule, row.why)?;
            writeln!(out, "    {}{}{:#}", styles.dim, sources(row), styles.dim)?;
            if let Some(open) = &row.open {
                writeln!(out, "    open: {open}")?;
            }
            if let Some(fix) = &row.fix {
                writeln!(out, "    fix ({}): {}", fix.owner.word(), fix.text)?;
            }
        }
    }
    let named: [(&str, Vec<String>); 3] = [
        ("The org", outcome.notes.iter().map(|note| format!("{}: {}", note.name, note.text)).collect()),
        (
            "Not readable",
            outcome
                .unknown
                .iter()
                .map(|gap| format!("{}: {}, so unknown: {}", gap.what, gap.why, gap.unknown))
                .collect(),
        ),
        ("Changed", outcome.changes.iter().flat_map(|changes| &changes.logins).map(super::table::change).collect()),
    ];
    for (title, lines) in named {
        if !lines.is_empty() {
            writeln!(out, "\n{}{title}{:#}", styles.strong, styles.strong)?;
            lines.iter().try_for_each(|line| writeln!(out, "  {line}"))?;
        }
    }
    if let Some(changes) = outcome.changes.as_ref().filter(|changes| changes.logins.is_empty()) {
        let since = changes.since.map(|day| format!(" since {day}")).unwrap_or_default();
        writeln!(out, "\nnothing has changed{since}")?;
    }
    let style = if outcome.counts().stop > 0 { styles.bad } else { styles.good };
    writeln!(out, "\n{style}{}{style:#}", headline(outcome))
}
