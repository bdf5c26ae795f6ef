//! The comparison on a terminal: what got worse first, then a summary.

use std::io::{self, Write};

use strum::IntoEnumIterator as _;

use super::super::TerminalOptions;
use super::super::styles::{Styles, paint};
use super::super::wording;
use super::{Change, Compared, Comparison, Difference};

/// Writes what changed.
///
/// # Errors
/// If it cannot be written.
pub(crate) fn write_diff(
    out: &mut (impl Write + ?Sized),
    comparison: &Comparison<'_>,
    options: TerminalOptions,
) -> io::Result<()> {
    let styles = Styles::new(options.color);
    for change in Change::iter().filter(|change| *change != Change::Same) {
        let cases = comparison.cases.iter().filter(|compared| compared.change() == change);
        for compared in cases {
            case(out, compared, change, &styles)?;
        }
    }
    let both: usize = [Change::Worse, Change::Better, Change::Changed, Change::Same]
        .into_iter()
        .map(|change| comparison.count(change))
        .sum();
    let count = |change| comparison.count(change);
    let text = format!(
        "{} in both runs: {} worse, {} better, {} changed, {} the same; {} new, {} gone",
        wording::plural(both, "case"),
        count(Change::Worse),
        count(Change::Better),
        count(Change::Changed),
        count(Change::Same),
        count(Change::New),
        count(Change::Gone),
    );
    writeln!(out, "{}", textwrap::fill(&text, options.width))?;
    match comparison.cases.iter().filter(|compared| compared.got_worse()).count() {
        0 => writeln!(out, "{}", paint(styles.good, "nothing got worse")),
        count => {
            let verb = if count == 1 { "is" } else { "are" };
            let text = format!("{} {verb} worse than before", wording::plural(count, "case"));
            writeln!(out, "{}", paint(styles.bad, &text))
        }
    }
}

fn case(out: &mut (impl Write + ?Sized), compared: &Compared<'_>, change: Change, styles: &Styles) -> io::Result<()> {
    let info = &compared.case().info;
    let style = match change {
        _ if compared.got_worse() => styles.bad,
        Change::Better => styles.good,
        Change::Worse | Change::New | Change::Gone | Change::Changed | Change::Same => styles.warning,
    };
    let place = paint(styles.dim, &format!("{}:{}", info.file, info.line));
    writeln!(out, "{}: {} {place}", paint(style, &change.to_string()), info.name_of_run())?;
    for Difference { what, before, after } in compared.differences() {
        let (before, after) = (before.as_deref(), after.as_deref());
        match compared {
            Compared::New(_) => writeln!(out, "  {what}: {}", after.unwrap_or(NONE))?,
            Compared::Gone(_) => writeln!(out, "  {what}: {}", before.unwrap_or(NONE))?,
            // Each on a line of its own, so that they can be compared.
            Compared::Both(..) if what == "pages" => {
                writeln!(out, "  pages: {}\n    now: {}", before.unwrap_or(NONE), after.unwrap_or(NONE))?;
            }
            Compared::Both(..) => {
                writeln!(out, "  {what}: {}, now {}", before.unwrap_or(NONE), after.unwrap_or(NONE))?;
            }
        }
    }
    writeln!(out)
}

const NONE: &str = "none";
