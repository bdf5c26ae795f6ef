//! The report on a terminal: progress while the run goes on, then a table, the failures, and a summary.
//!
//! It writes to the writers that it gets; the command line passes stderr for the progress and stdout for the rest.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::path::PathBuf;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use textwrap::Options;

use super::styles::{Styles, paint};
use super::wording;
use crate::outcome::{CaseInfo, CaseResult, RunEvent, RunOutcome, Verdict};

mod failures;
mod finding;
mod summary;
mod table;
#[cfg(test)]
mod tests;

pub(super) use summary::tried_again;

/// How the terminal report looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TerminalOptions {
    /// Width in columns.
    pub width: usize,
    /// Whether to write colours.
    pub color: bool,
    /// What is shown while the run goes on.
    pub progress: Progress,
}

/// What is shown while the run goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    /// A bar with the counts and the current cases; cases that did not pass are printed above it.
    Bar,
    /// One line for each finished case, for logs. Skipped cases have none.
    Lines,
    /// The same, one line when a case begins, and the pages that it went through.
    Verbose,
    /// Nothing.
    Quiet,
}

/// Where the other reports were written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ReportFiles {
    /// Name and path of each, in the order in which they are shown.
    pub files: Vec<(String, PathBuf)>,
}

/// Follows a run on a terminal.
#[derive(Debug)]
pub(crate) struct Terminal<W> {
    out: W,
    options: TerminalOptions,
    styles: Styles,
    bar: Option<ProgressBar>,
    cases: BTreeMap<String, CaseInfo>,
    running: Vec<String>,
    done: usize,
    verdicts: BTreeMap<Verdict, usize>,
    /// Cases with an attempt that did not pass.
    retried: BTreeSet<String>,
}

impl<W: Write> Terminal<W> {
    /// Writes to `out`; draws a bar, if asked for, on `target`.
    pub(crate) fn new(out: W, options: TerminalOptions, target: ProgressDrawTarget) -> Self {
        let bar = (options.progress == Progress::Bar).then(|| ProgressBar::with_draw_target(None, target));
        Self {
            out,
            options,
            styles: Styles::new(options.color),
            bar,
            cases: BTreeMap::new(),
            running: Vec::new(),
            done: 0,
            verdicts: BTreeMap::new(),
            retried: BTreeSet::new(),
        }
    }

    /// Shows one event.
    ///
    /// # Errors
    /// If the terminal cannot be written to.
    pub(crate) fn event(&mut self, event: &RunEvent) -> io::Result<()> {
        match event {
            RunEvent::RunStarted { browser, workers, cases, .. } => self.started(browser.as_deref(), *workers, cases),
            RunEvent::CaseStarted { case, worker, .. } => self.case_started(case, *worker),
            RunEvent::CaseFinished { case, result, again, .. } => self.finished(case, result, *again),
            RunEvent::RunFinished { .. } => {
                self.clear();
                Ok(())
            }
        }
    }

    /// Writes the table, the failures and the summary.
    ///
    /// # Errors
    /// If the terminal cannot be written to.
    pub(crate) fn finish(&mut self, outcome: &RunOutcome, files: &ReportFiles) -> io::Result<()> {
        self.clear();
        table::write(&mut self.out, outcome, self.options.width, &self.styles)?;
        failures::write(&mut self.out, outcome, self.options, &self.styles)?;
        summary::write(&mut self.out, outcome, files, self.options.width, &self.styles)?;
        self.out.flush()
    }

    fn started(&mut self, browser: Option<&str>, workers: usize, cases: &[CaseInfo]) -> io::Result<()> {
        self.cases = cases.iter().map(|case| (case.id.clone(), case.clone())).collect();
        if self.options.progress != Progress::Quiet {
            let browser = browser.map(|browser| format!(" in {browser}")).unwrap_or_default();
            let cases = wording::plural(cases.len(), "case");
            writeln!(self.out, "running {cases} on {}{browser}", wording::plural(workers, "worker"))?;
        }
        // The length draws the bar, so it comes after the line above and after the style.
        if let Some(bar) = &self.bar {
            bar.set_style(
                ProgressStyle::with_template("{bar:20} {pos}/{len} {wide_msg}")
                    .unwrap_or_else(|_| ProgressStyle::default_bar())
                    .progress_chars("=> "),
            );
            bar.set_length(u64::try_from(cases.len()).unwrap_or(u64::MAX));
        }
        self.draw();
        Ok(())
    }

    fn case_started(&mut self, id: &str, worker: usize) -> io::Result<()> {
        if self.options.progress == Progress::Verbose {
            let (title, place) = self.title_and_place(id);
            let line = format!("worker {} begins {title}{place}", worker.saturating_add(1));
            writeln!(self.out, "{line}")?;
        }
        self.running.push(id.to_owned());
        self.draw();
        Ok(())
    }

    fn finished(&mut self, id: &str, result: &CaseResult, again: bool) -> io::Result<()> {
        self.running.retain(|case| case != id);
        let first = if again { self.retried.insert(id.to_owned()) } else { !self.retried.contains(id) };
        if !again {
            self.done += 1;
            *self.verdicts.entry(result.verdict).or_default() += 1;
        }
        let shown = match self.options.progress {
            Progress::Bar => !first || !matches!(result.verdict, Verdict::Passed | Verdict::Skipped),
            Progress::Lines | Progress::Verbose => result.verdict != Verdict::Skipped,
            Progress::Quiet => false,
        };
        if shown {
            let note = match (again, first) {
                (true, _) => ", retrying",
                (false, true) => "",
                (false, false) => ", the last attempt",
            };
            let line = format!("{}{}", self.line(id, result), paint(self.styles.dim, note));
            match self.bar.clone() {
                Some(bar) => bar.suspend(|| writeln!(self.out, "{line}"))?,
                None => writeln!(self.out, "{line}")?,
            }
            if let (Progress::Verbose, Some(pages)) = (self.options.progress, wording::path_of_pages(result)) {
                let wrapped = Options::new(self.options.width).initial_indent(INDENT).subsequent_indent(INDENT);
                let pages = textwrap::fill(&format!("pages: {pages}"), wrapped);
                writeln!(self.out, "{}", paint(self.styles.dim, &pages))?;
            }
            self.out.flush()?;
        }
        self.draw();
        Ok(())
    }

    /// `[ 3/43] failed     0.8 s  An admin is stopped (admin.yaml:3)`.
    fn line(&self, id: &str, result: &CaseResult) -> String {
        let total = self.cases.len().to_string();
        let verdict = paint(self.styles.verdict(result.verdict), &format!("{:<7}", wording::verdict(result.verdict)));
        let (title, place) = self.title_and_place(id);
        let time = wording::duration(result.duration_ms);
        format!("[{:>width$}/{total}] {verdict} {time:>10}  {title}{place}", self.done, width = total.len())
    }

    /// The title of a case, and its place in parentheses.
    fn title_and_place(&self, id: &str) -> (Cow<'_, str>, String) {
        let Some(case) = self.cases.get(id) else { return (Cow::Owned(id.to_owned()), String::new()) };
        (case.title_of_run(), paint(self.styles.dim, &format!(" ({}:{})", case.file, case.line)))
    }

    fn draw(&self) {
        let Some(bar) = &self.bar else { return };
        let counts = self.verdicts.iter().map(|(verdict, count)| {
            paint(self.styles.verdict(*verdict), &format!("{count} {}", wording::verdict(*verdict)))
        });
        let running = self.running.iter().map(|id| self.cases.get(id).map_or(id.into(), CaseInfo::title_of_run));
        let parts = [counts.collect::<Vec<_>>().join(", "), running.collect::<Vec<_>>().join(" | ")];
        bar.set_message(parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("  "));
        bar.set_position(u64::try_from(self.done).unwrap_or(u64::MAX));
    }

    fn clear(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// Of what belongs to the line above.
const INDENT: &str = "      ";
