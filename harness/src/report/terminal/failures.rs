//! What failed, with a pointer to the expectation in its file.

use std::io::{self, Write};

use textwrap::Options;
use vestibule_model::diagnostic;

use super::super::styles::{Styles, paint};
use super::super::wording;
use super::{TerminalOptions, finding};
use crate::outcome::{RunOutcome, Verdict};

/// Writes each case that failed or broke: its title, why the login stopped, each failure, and the pages it went
/// through.
pub(super) fn write(
    out: &mut impl Write,
    outcome: &RunOutcome,
    options: TerminalOptions,
    styles: &Styles,
) -> io::Result<()> {
    for case in &outcome.cases {
        let Some(result) = &case.result else { continue };
        if matches!(result.verdict, Verdict::Passed | Verdict::Skipped) {
            continue;
        }
        let verdict = wording::verdict(result.verdict);
        let title =
            textwrap::fill(&case.info.title_of_run(), Options::new(options.width.saturating_sub(verdict.len() + 2)));
        let title = title.replace('\n', &format!("\n{:1$}", "", verdict.len() + 2));
        writeln!(out, "\n{}: {}", paint(styles.verdict(result.verdict), verdict), paint(styles.strong, &title))?;
        writeln!(out, "{}", paint(styles.dim, &format!("case {}", case.info.id)))?;
        if let Some(finding) = &result.finding {
            finding::write(out, finding, options.width, styles)?;
        }
        for failure in &result.failures {
            writeln!(out, "\n{}", diagnostic::render(failure, options.color, options.width))?;
        }
        if let Some(pages) = wording::path_of_pages(result) {
            let wrapped = Options::new(options.width).subsequent_indent("       ");
            writeln!(out, "\n{}", textwrap::fill(&format!("pages: {pages}"), wrapped))?;
        }
    }
    Ok(())
}
