use std::sync::{Arc, Mutex};

use indicatif::{ProgressDrawTarget, TermLike};
use unicode_width::UnicodeWidthStr;

use super::*;
use crate::report::sample;

fn rendered(outcome: &RunOutcome, events: &[RunEvent], options: TerminalOptions) -> String {
    let mut out = Vec::new();
    let mut terminal = Terminal::new(&mut out, options, ProgressDrawTarget::hidden());
    for event in events {
        terminal.event(event).unwrap();
    }
    let files = ReportFiles {
        files: vec![
            ("HTML".to_owned(), PathBuf::from("vestibule-report/report.html")),
            ("JUnit".to_owned(), PathBuf::from("vestibule-report/junit.xml")),
        ],
    };
    terminal.finish(outcome, &files).unwrap();
    drop(terminal);
    String::from_utf8(out).unwrap()
}

fn sample_at(width: usize, color: bool, progress: Progress) -> String {
    rendered(&sample::outcome(), &sample::events(), TerminalOptions { width, color, progress })
}

#[test]
fn a_log_has_one_line_for_each_finished_case_then_table_failures_and_summary() {
    let _settings = vestibule_snapshots::settings("reports").bind_to_scope();

    insta::assert_snapshot!("terminal-lines-120", sample_at(120, false, Progress::Lines));
}

#[test]
fn a_narrow_terminal_wraps_titles_and_notes() {
    let _settings = vestibule_snapshots::settings("reports").bind_to_scope();
    let text = sample_at(60, false, Progress::Quiet);

    // A source line with its caret is never wrapped: the caret would point elsewhere.
    let (before_failures, _) = text.split_once("failed: ").unwrap();
    for line in before_failures.lines() {
        assert!(line.width() <= 60, "{} columns: {line}", line.width());
    }
    insta::assert_snapshot!("terminal-60", text);
}

#[test]
fn colour_only_repeats_what_the_words_say() {
    let plain = sample_at(120, false, Progress::Lines);
    let colored = sample_at(120, true, Progress::Lines);

    assert!(!plain.contains('\u{1b}'));
    assert!(colored.contains('\u{1b}'));
    assert_eq!(anstream::adapter::strip_str(&colored).to_string(), plain);
}

#[test]
fn a_bar_keeps_passed_cases_out_of_the_scrollback() {
    let text = sample_at(120, false, Progress::Bar);
    let (progress, _) = text.split_once("\nenforcement/admin.yaml\n").unwrap();

    assert!(!progress.contains("passed"), "{progress}");
    assert_eq!(progress.matches("failed").count(), 2, "{progress}");
    assert_eq!(progress.matches("broken").count(), 1, "{progress}");
}

#[test]
fn a_verbose_log_says_where_cases_run_and_which_pages_they_meet() {
    let (lines, verbose) = (sample_at(120, false, Progress::Lines), sample_at(120, false, Progress::Verbose));

    assert!(!lines.contains(" begins "), "{lines}");
    let (progress, _) = verbose.split_once("\nenforcement/admin.yaml\n").unwrap();
    assert!(progress.contains("worker 1 begins An admin with a passkey signs in (enforcement/admin.yaml:3)\n"));
    assert!(progress.contains("worker 2 begins "), "{progress}");
    assert!(progress.contains("\n      pages: username -> password -> home\n"), "{progress}");
}

#[test]
fn the_bar_is_drawn_below_the_first_line_and_in_one_style() {
    let screen = Screen::default();
    let options = TerminalOptions { width: 100, color: false, progress: Progress::Bar };
    let target = ProgressDrawTarget::term_like(Box::new(screen.clone()));
    let mut terminal = Terminal::new(screen.clone(), options, target);

    terminal.event(&sample::events()[0]).unwrap();

    let shown = screen.0.lock().unwrap().clone();
    assert!(shown.starts_with("running 5 cases on 2 workers"), "{shown}");
    assert!(shown.contains("0/5") && !shown.contains('░'), "{shown}");
}

/// What a terminal was told to show, one after the other.
#[derive(Debug, Clone, Default)]
struct Screen(Arc<Mutex<String>>);

impl Screen {
    fn show(&self, text: &str) -> io::Result<()> {
        self.0.lock().unwrap().push_str(text);
        Ok(())
    }
}

impl io::Write for Screen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.show(&String::from_utf8_lossy(bytes)).map(|()| bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl TermLike for Screen {
    fn width(&self) -> u16 {
        100
    }
    fn move_cursor_up(&self, _: usize) -> io::Result<()> {
        Ok(())
    }
    fn move_cursor_down(&self, _: usize) -> io::Result<()> {
        Ok(())
    }
    fn move_cursor_right(&self, _: usize) -> io::Result<()> {
        Ok(())
    }
    fn move_cursor_left(&self, _: usize) -> io::Result<()> {
        Ok(())
    }
    fn write_line(&self, text: &str) -> io::Result<()> {
        self.show(&format!("{text}\n"))
    }
    fn write_str(&self, text: &str) -> io::Result<()> {
        self.show(text)
    }
    fn clear_line(&self) -> io::Result<()> {
        Ok(())
    }
    fn flush(&self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn each_exit_code_says_what_to_do_next() {
    let options = TerminalOptions { width: 100, color: false, progress: Progress::Quiet };
    let all = sample::outcome();
    let only = |verdict: Verdict| {
        let mut outcome = all.clone();
        outcome.cases.retain(|case| case.verdict() == verdict);
        outcome
    };

    for (outcome, last) in [
        (RunOutcome::default(), "hint: `vestibule list` shows the cases that paths, --grep and --tag select"),
        (
            RunOutcome { interrupted: true, ..all.clone() },
            "hint: the reports hold the cases that finished before the interruption",
        ),
        (
            RunOutcome { finished: false, ..only(Verdict::Passed) },
            "hint: the run did not finish; the report shows everything up to that point",
        ),
        (only(Verdict::Passed), "JUnit: vestibule-report/junit.xml"),
    ] {
        let text = rendered(&outcome, &[], options);
        assert_eq!(text.lines().last(), Some(last), "{text}");
    }
    assert!(rendered(&only(Verdict::Failed), &[], options).contains("--pause-on-failure"));
    assert!(rendered(&only(Verdict::Broken), &[], options).contains("fix the tooling"));
}

#[test]
fn retried_cases_are_listed_with_the_result_of_their_first_attempt() {
    let options = TerminalOptions { width: 100, color: false, progress: Progress::Quiet };
    let text = rendered(&sample::retried(), &[], options);

    assert!(text.contains("  flaky    An admin with a passkey signs in"), "{text}");
    assert!(
        text.contains("\nflaky: An admin with a passkey signs in: passed on attempt 2; the first attempt: the"),
        "{text}"
    );
    assert!(text.contains("\nrecovered: Okta push reaches"), "{text}");
}

#[test]
fn progress_counts_a_case_once_however_often_it_is_tried() {
    let id = "enforcement/admin.yaml:3".to_owned();
    let finished = |attempt, again, verdict| RunEvent::CaseFinished {
        case: id.clone(),
        attempt,
        again,
        at_ms: 10,
        result: Box::new(CaseResult::new(verdict, 100, Vec::new())),
    };
    let events = [sample::events()[0].clone(), finished(1, true, Verdict::Failed), finished(2, false, Verdict::Passed)];
    let options = TerminalOptions { width: 100, color: false, progress: Progress::Lines };

    let text = rendered(&sample::outcome(), &events, options);

    let lines: Vec<&str> = text.lines().skip(1).take(2).collect();
    let total = sample::outcome().cases.len();
    assert!(lines[0].starts_with(&format!("[0/{total}] failed ")) && lines[0].ends_with(", retrying"), "{text}");
    assert!(
        lines[1].starts_with(&format!("[1/{total}] passed ")) && lines[1].ends_with(", the last attempt"),
        "{text}"
    );
}
