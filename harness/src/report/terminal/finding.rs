//! Why a login stopped, who owns the fix, and what the fix is: the part that people read first.

use std::io::{self, Write};

use anstyle::Style;
use textwrap::Options;

use super::super::styles::{Styles, paint};
use crate::outcome::Finding;

/// Writes a finding as a short list with its labels in a column.
pub(super) fn write(out: &mut impl Write, finding: &Finding, width: usize, styles: &Styles) -> io::Result<()> {
    let rows = [("why", finding.sentence.as_str()), ("owner", finding.owner.word()), ("fix", &finding.remedy)];
    let seen = finding.evidence.iter().enumerate().map(|(at, text)| (if at == 0 { "seen" } else { "" }, text.as_str()));
    writeln!(out)?;
    for (label, text) in rows.into_iter().chain(seen) {
        let style = if matches!(label, "why" | "owner") { styles.strong } else { Style::new() };
        line(out, label, text, style, width, styles)?;
    }
    let more = format!("vestibule causes {}", finding.cause);
    line(out, "more", &more, styles.path, width, styles)
}

fn line(out: &mut impl Write, label: &str, text: &str, style: Style, width: usize, styles: &Styles) -> io::Result<()> {
    let colon = if label.is_empty() { ' ' } else { ':' };
    let column = width.saturating_sub(LABELS + 2).max(NARROWEST);
    for (at, row) in textwrap::wrap(text, Options::new(column)).iter().enumerate() {
        let label = if at == 0 { format!("{label:>LABELS$}{colon}") } else { format!("{:1$}", "", LABELS + 1) };
        writeln!(out, "{} {}", paint(styles.dim, &label), paint(style, row))?;
    }
    Ok(())
}

/// Width of the longest label, `owner`.
const LABELS: usize = 5;
const NARROWEST: usize = 20;
