use std::path::Path;

use super::*;
use crate::cli::arguments::parse_one::parse;
use crate::cli::output::console::TerminalTraits;
use crate::outcome::{CaseInfo, CaseResult, SCHEMA, Verdict};

fn args(words: &[&str]) -> RunArgs {
    parse(words).unwrap()
}

/// Runs with these events; returns the exit code or the error, stdout and stderr.
fn run_with(args: &RunArgs, events: &[RunEvent]) -> (Result<ExitCode, CliError>, String, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let terminal =
        TerminalTraits { color_out: false, color_err: false, err_is_terminal: false, interactive: false, width: 100 };
    let mut console = Console::new(&mut out, &mut err, terminal);
    let result = run_by(args, &mut console, &args.options(None), None, |on_event| {
        events.iter().for_each(on_event);
        Ok(())
    });
    (result, String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap())
}

fn events(verdict: Verdict) -> Vec<RunEvent> {
    let info = CaseInfo {
        id: "a.yaml:1".to_owned(),
        title: "An admin signs in".to_owned(),
        file: "a.yaml".to_owned(),
        line: 1,
        tags: Vec::new(),
        condition: None,
        repeat: None,
    };
    let result = CaseResult::new(verdict, 900, Vec::new());
    vec![
        RunEvent::RunStarted {
            schema: SCHEMA,
            version: "0.1.0".to_owned(),
            started_at: "2026-08-03T09:30:00Z".to_owned(),
            browser: None,
            workers: 1,
            cases: vec![info],
            suite: String::new(),
            shard: None,
            copies: None,
        },
        RunEvent::CaseFinished {
            case: "a.yaml:1".to_owned(),
            attempt: 1,
            again: false,
            at_ms: 900,
            result: Box::new(result),
        },
        RunEvent::RunFinished { at_ms: 950, interrupted: false },
    ]
}

#[test]
fn scenarios_run_in_an_org_like_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let (file, like) = (folder.path().join("login.yaml"), folder.path().join("org.yaml"));
    let scenario = "title: x\norg: { kind: sandbox, date: 2026-09-01, gate: hard }\nusers: { rep: {} }\n\
                    steps: [sign-in: { user: rep }]\nexpect: { page: home }\n";
    std::fs::write(&file, scenario).unwrap();
    std::fs::write(&like, "gate: leavable\nlockout-after: 3\n").unwrap();
    let args = args(&[file.to_str().unwrap(), "--like", like.to_str().unwrap()]);
    let terminal =
        TerminalTraits { color_out: false, color_err: false, err_is_terminal: false, interactive: false, width: 100 };
    let (mut out, mut err) = (Vec::new(), Vec::new());

    let cases = args.cases(&mut Console::new(&mut out, &mut err, terminal)).unwrap();

    let org = &cases[0].scenario.org;
    assert_eq!((org.lockout_after, org.gate), (3, Some(vestibule_model::EnrolmentGate::Hard)));
}

fn report_dir(folder: &Path) -> String {
    format!("--report-dir={}", folder.display())
}

#[test]
fn every_option_reaches_the_runner() {
    let given = args(&[
        "suites/a.yaml",
        "-g",
        "gate",
        "--tag",
        "sso,slow",
        "--must-fail",
        "-x",
        "--workers=3",
        "--timeout=1m 30s",
        "--headed",
        "--slow-mo=250ms",
        "--pause-on-failure",
        "--webdriver=http://127.0.0.1:4444/",
        "--browser=/usr/bin/chrome",
        "--ci",
    ]);

    let options = given.options(None);

    let selection = given.select.selection();
    assert_eq!(selection.grep.as_deref(), Some("gate"));
    assert_eq!(selection.tags, ["sso", "slow"]);
    assert!(given.must_fail && options.fail_fast && given.pause_on_failure && options.browser.headed);
    assert_eq!(options.workers, NonZeroUsize::new(3));
    assert_eq!(options.timeout, Duration::from_secs(90));
    assert_eq!(options.browser.slow_mo, Duration::from_millis(250));
    assert_eq!(options.browser.webdriver.unwrap().as_str(), "http://127.0.0.1:4444/");
    assert_eq!(options.snapshots, SnapshotMode::Verify);
    assert_eq!(args(&["--ci=false"]).options(Some("true")).snapshots, SnapshotMode::Record);
    assert_eq!(args(&["-u"]).options(Some("true")).snapshots, SnapshotMode::Accept);
    assert_eq!(args(&[]).options(Some("1")).snapshots, SnapshotMode::Verify);
    assert_eq!(args(&[]).options(None), RunOptions::default());
}

#[test]
fn a_run_leaves_three_reports_and_the_exit_code_of_its_worst_case() {
    let folder = tempfile::tempdir().unwrap();
    let reports = folder.path().join("new/reports");

    for (verdict, expected) in
        [(Verdict::Passed, ExitCode::Passed), (Verdict::Failed, ExitCode::Failed), (Verdict::Broken, ExitCode::Broken)]
    {
        let (result, out, err) = run_with(&args(&[&report_dir(&reports)]), &events(verdict));

        assert_eq!(result.unwrap(), expected);
        assert!(out.contains("1 case: 1 "), "{out}");
        assert!(err.starts_with("running 1 case on 1 worker\n") && !err.contains("1 case: "), "{err}");
        assert!(std::fs::read_to_string(reports.join("report.html")).unwrap().contains("An admin signs in"));
        assert!(std::fs::read_to_string(reports.join("junit.xml")).unwrap().contains("An admin signs in"));
        let log = std::fs::read(reports.join("run.jsonl")).unwrap();
        assert_eq!(crate::report::read_events(&log).unwrap().events, events(verdict));
    }
}

#[test]
fn with_json_stdout_holds_the_events_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();

    let (_, out, err) = run_with(&args(&["--json", &report_dir(folder.path())]), &events(Verdict::Passed));

    assert_eq!(crate::report::read_events(out.as_bytes()).unwrap().events, events(Verdict::Passed));
    assert!(err.contains("1 passed"));
}

#[test]
fn a_report_folder_that_cannot_be_written_is_broken_before_anything_runs() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let mut ran = false;
    let given = args(&[&report_dir(&file)]);
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let terminal =
        TerminalTraits { color_out: false, color_err: false, err_is_terminal: false, interactive: false, width: 100 };
    let mut console = Console::new(&mut out, &mut err, terminal);

    let error = run_by(&given, &mut console, &given.options(None), None, |_| {
        ran = true;
        Ok(())
    })
    .unwrap_err();

    assert!(!ran);
    assert_eq!(error.code(), ExitCode::Broken);
    error.write(&mut console).unwrap();
    let said = String::from_utf8(err).unwrap();
    assert!(said.starts_with("error: failed to write the report "), "{said}");
    assert!(said.ends_with("\nhint: name a folder that you can write to with `--report-dir DIR`\n"), "{said}");
}

/// A stream whose reader went away.
struct Closed;

impl std::io::Write for Closed {
    fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
        Err(std::io::ErrorKind::BrokenPipe.into())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_reader_that_went_away_changes_neither_the_exit_code_nor_hides_what_is_wrong() {
    let terminal =
        TerminalTraits { color_out: false, color_err: false, err_is_terminal: false, interactive: false, width: 100 };
    for (verdict, loses_reports, expected) in [
        (Verdict::Passed, false, Ok(ExitCode::Passed)),
        (Verdict::Failed, false, Ok(ExitCode::Failed)),
        (Verdict::Passed, true, Err(ExitCode::Broken)),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let reports = folder.path().join("reports");
        let given = args(&["--json", &report_dir(&reports)]);
        let (mut out, mut err) = (Closed, Closed);
        let mut console = Console::new(&mut out, &mut err, terminal);

        let result = run_by(&given, &mut console, &given.options(None), None, |on_event| {
            events(verdict).iter().for_each(on_event);
            if loses_reports {
                std::fs::remove_dir_all(&reports).unwrap();
            }
            Ok(())
        });

        assert_eq!(result.map_err(|error| error.code()), expected, "{verdict:?}, reports lost: {loses_reports}");
    }
}
