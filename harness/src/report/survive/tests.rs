use vestibule_model::OrgKind;

use super::*;
use crate::outcome::{CaseInfo, CaseResult, Exit, ExitCode, GoodEnd, RunEvent, SCHEMA, SuiteLocation, SuiteResult};
use crate::report::{Progress, ReportFiles, TerminalOptions};

#[test]
fn the_matrix_fits_narrow_and_wide_terminals_and_needs_no_colour() {
    let outcome = outcome(&[
        good("classic", Owner::Suite, Survival::Survived),
        good("two-step", Owner::Suite, Survival::Stopped).found("password-before-field", Owner::Suite),
        good("two-step-slow", Owner::Suite, Survival::Stopped).found("password-before-field", Owner::Suite),
        good("passkey-gate-hard", Owner::Suite, Survival::FalseGreen).found("gate-not-handled", Owner::Suite),
        stop("sso-weak", Owner::IdpAdmin, Survival::Stopped).found("by-sso-weak", Owner::IdpAdmin),
        stop("device-activation", Owner::OrgAdmin, Survival::Stopped).found("by-device-activation", Owner::Suite),
        stop("lockout", Owner::OrgAdmin, Survival::Stopped).found("password-before-field", Owner::Suite),
        good("totp-required", Owner::Suite, Survival::FailedLater).later(),
    ]);

    let _settings = vestibule_snapshots::settings("reports").bind_to_scope();
    for (width, name) in [(80, "survive-matrix-80"), (120, "survive-matrix-120")] {
        let looks = TerminalOptions { width, color: false, progress: Progress::Quiet };
        let mut text = Vec::new();
        write_matrix(&mut text, &outcome, "2026-07-20", &looks, &ReportFiles::default()).unwrap();
        let text = String::from_utf8(text).unwrap();
        assert!(text.lines().all(|line| line.chars().count() <= width), "wider than {width}:\n{text}");
        insta::assert_snapshot!(name, text);
    }
}

#[test]
fn the_line_of_which_a_fix_speaks_is_quoted_beside_it_in_every_row() {
    let quoting = |name: &str, line: &str| {
        let mut row = good(name, Owner::Suite, Survival::Stopped).found("suite-broke-before-login", Owner::Suite);
        row.finding.as_mut().unwrap().quoted = Some(line.to_owned());
        row
    };
    let outcome = outcome(&[
        quoting("two-step", "KeyError: 'SALESFORCE_URL'"),
        quoting("classic", "Error: Cannot find module 'playwright'"),
        good("totp-required", Owner::Suite, Survival::Survived),
    ]);
    for width in [60, 160] {
        let looks = TerminalOptions { width, color: false, progress: Progress::Quiet };
        let mut matrix = Vec::new();

        write_matrix(&mut matrix, &outcome, "2026-07-20", &looks, &ReportFiles::default()).unwrap();

        let matrix = String::from_utf8(matrix).unwrap();
        let quoted: Vec<_> = matrix.lines().filter_map(|line| line.trim().strip_prefix("the suite said: ")).collect();
        assert_eq!(quoted, ["KeyError: 'SALESFORCE_URL'", "Error: Cannot find module 'playwright'"], "{matrix}");
    }
}

#[test]
fn the_line_of_the_suite_that_failed_is_in_the_matrix_and_in_the_json_lines() {
    let mut outcome = outcome(&[
        good("two-step", Owner::Suite, Survival::Stopped).found("password-before-field", Owner::Suite),
        good("totp-required", Owner::Suite, Survival::FailedLater),
        good("classic", Owner::Suite, Survival::Survived),
    ]);
    for (case, line) in outcome.cases.iter_mut().zip([9, 30]) {
        let suite = case.result.as_mut().unwrap().suite.as_mut().unwrap();
        suite.failed_at = Some(SuiteLocation { file: "tests/login.spec.ts".to_owned(), line, column: Some(14) });
    }
    for width in [60, 160] {
        let looks = TerminalOptions { width, color: false, progress: Progress::Quiet };
        let mut matrix = Vec::new();

        write_matrix(&mut matrix, &outcome, "2026-07-20", &looks, &ReportFiles::default()).unwrap();

        let matrix = String::from_utf8(matrix).unwrap();
        let told: Vec<_> =
            matrix.lines().map(str::trim).filter(|line| line.starts_with("the suite failed at")).collect();
        let told_of = |line| format!("the suite failed at tests/login.spec.ts:{line}:14");
        assert_eq!(told, [told_of(9), told_of(30)], "{matrix}");
    }
    let mut lines = Vec::new();
    write_condition_lines(&mut lines, &outcome).unwrap();
    let lines = String::from_utf8(lines).unwrap();
    let told = r#""failed-at":{"file":"tests/login.spec.ts","line":9,"column":14}"#;
    assert!(lines.contains(told) && lines.matches("failed-at").count() == 2, "{lines}");
}

#[test]
fn a_condition_that_a_suite_survives_only_on_a_retry_is_listed_as_flaky() {
    let mut outcome = outcome(&[
        good("two-step", Owner::Suite, Survival::Survived),
        good("classic", Owner::Suite, Survival::Survived),
    ]);
    let failure = vestibule_model::diagnostic::Diagnostic::new("signed-in", "nobody is signed in");
    outcome.cases[0].earlier = vec![CaseResult::new(Verdict::Failed, 900, vec![failure])];
    let looks = TerminalOptions { width: 160, color: false, progress: Progress::Quiet };
    let mut matrix = Vec::new();

    write_matrix(&mut matrix, &outcome, "2026-07-20", &looks, &ReportFiles::default()).unwrap();

    let matrix = String::from_utf8(matrix).unwrap();
    let flaky: Vec<_> = matrix.lines().filter(|line| line.starts_with("flaky: ")).collect();
    assert_eq!(flaky, ["flaky: two-step: passed on attempt 2; the first attempt: nobody is signed in"], "{matrix}");
}

#[test]
fn every_date_says_of_which_kind_of_org_it_is() {
    let outcome = outcome(&[
        good("two-step", Owner::Suite, Survival::Stopped).of(OrgKind::Production),
        good("passkey-gate-hard", Owner::Suite, Survival::Stopped).of(OrgKind::Sandbox).since("2026-06-22"),
        good("totp-required", Owner::Suite, Survival::Survived).of(OrgKind::Production),
        good("sso-weak", Owner::Suite, Survival::Survived).of(OrgKind::DeveloperEdition).later(),
    ]);
    let looks = TerminalOptions { width: 160, color: false, progress: Progress::Quiet };
    let (mut matrix, mut lines) = (Vec::new(), Vec::new());

    write_matrix(&mut matrix, &outcome, "2026-07-20", &looks, &ReportFiles::default()).unwrap();
    write_condition_lines(&mut lines, &outcome).unwrap();

    let matrix = String::from_utf8(matrix).unwrap();
    let heads: Vec<_> = matrix.lines().filter(|line| line.contains("in force on")).collect();
    assert_eq!(
        heads,
        [
            "in force on 2026-07-20, in a production org",
            "in force on 2026-07-20, in a sandbox",
            "not in force on 2026-07-20 for these users, in a Developer Edition org",
        ]
    );
    assert!(matrix.contains("stop your suite; in force since 2026-06-22 (sandbox)"), "{matrix}");
    let lines = String::from_utf8(lines).unwrap();
    assert_eq!(lines.matches(r#""org":"production""#).count(), 2, "{lines}");
}

#[test]
fn a_headline_without_a_date_says_in_which_kinds_of_org() {
    let survived = |org| good("classic", Owner::Suite, Survival::Survived).of(org);
    let mut always = good("two-step", Owner::Suite, Survival::Stopped).of(OrgKind::Trial);
    always.info.since = None;
    for (rows, said) in [
        (
            vec![survived(OrgKind::Trial), survived(OrgKind::Trial)],
            "your suite survives all 2 applicable conditions in an org of the kind trial",
        ),
        (
            vec![survived(OrgKind::Sandbox), survived(OrgKind::Production), survived(OrgKind::Production)],
            "your suite survives all 3 applicable conditions in orgs of the kinds production (2), sandbox (1)",
        ),
        (
            vec![survived(OrgKind::Trial), survived(OrgKind::Trial).broken()],
            "your suite survives 1 of 2 applicable conditions in an org of the kind trial; 1 was not judged",
        ),
        (vec![always], "the 1 applicable condition stops your suite in an org of the kind trial"),
    ] {
        assert_eq!(headline(&outcome(&rows)).unwrap().sentence(), said);
    }
}

#[test]
fn what_was_not_applied_to_a_condition_is_in_its_json_line() {
    let mut row = good("passkey-gate-hard", Owner::Suite, Survival::Survived);
    row.info.not_applied = vec!["gate=leavable".to_owned()];
    let mut lines = Vec::new();

    write_condition_lines(&mut lines, &outcome(&[row])).unwrap();

    let line: serde_json::Value = serde_json::from_slice(&lines).unwrap();
    assert_eq!(line["not-applied"], serde_json::json!(["gate=leavable"]));
}

#[test]
fn one_json_line_says_everything_about_a_condition() {
    let outcome = outcome(&[
        good("two-step", Owner::Suite, Survival::Stopped).found("password-before-field", Owner::Suite),
        good("classic", Owner::Suite, Survival::Survived),
    ]);

    let mut text = Vec::new();
    write_condition_lines(&mut text, &outcome).unwrap();

    let _settings = vestibule_snapshots::settings("reports").bind_to_scope();
    insta::assert_snapshot!("survive-lines", String::from_utf8(text).unwrap());
}

#[test]
fn a_suite_that_failed_after_its_login_gets_no_fix_for_the_login() {
    let outcome = outcome(&[good("two-step", Owner::Suite, Survival::FailedLater)]);
    let looks = TerminalOptions { width: 120, color: false, progress: Progress::Quiet };
    let (mut matrix, mut lines) = (Vec::new(), Vec::new());

    write_matrix(&mut matrix, &outcome, "2026-07-20", &looks, &ReportFiles::default()).unwrap();
    write_condition_lines(&mut lines, &outcome).unwrap();

    let matrix = String::from_utf8(matrix).unwrap();
    let line: serde_json::Value = serde_json::from_slice(&lines).unwrap();
    assert!(matrix.contains("failed later") && !matrix.contains("Do what two-step") && !matrix.contains("owner:"));
    assert_eq!((&line["owner"], &line["remedy"]), (&serde_json::Value::Null, &serde_json::Value::Null));
}

#[test]
fn suites_that_vestibule_ended_and_copies_that_it_parted_are_told() {
    let ended = |exit| good("two-step", Owner::Suite, Survival::Survived).ended(exit);
    let rows =
        [ended(Exit::EndedAfterVerdict), ended(Exit::EndedAfterVerdict), ended(Exit::OutOfTime), ended(Exit::Code(0))];
    let mut outcome = outcome(&rows);
    outcome.copies = Some(crate::outcome::Copies::OneAtATime("only root can mount an overlay".to_owned()));
    let looks = TerminalOptions { width: 200, color: false, progress: Progress::Quiet };
    let mut matrix = Vec::new();

    write_matrix(&mut matrix, &outcome, "2026-07-20", &looks, &ReportFiles::default()).unwrap();

    let (matrix, summary) = (String::from_utf8(matrix).unwrap(), crate::report::github_summary(&outcome));
    let limit =
        "in 2 conditions Vestibule ended the suite once its users were home; `--full` lets it go on to its end.";
    assert!(summary.contains(limit), "{summary}");
    for told in [
        "in 2 conditions Vestibule ended the suite once its users were home; `--full` lets it go on to its end\n",
        "in 1 condition Vestibule ended the suite when its time was over; `--timeout` gives it more\n",
        "suites ran one at a time, because only root can mount an overlay: copies would share their files\n",
    ] {
        assert!(matrix.contains(told), "{matrix}");
    }
}

#[test]
fn conditions_that_did_not_finish_are_one_line() {
    let names = ["classic", "two-step", "totp-required"];
    let mut outcome = outcome(&names.map(|name| good(name, Owner::Suite, Survival::Survived)));
    for case in &mut outcome.cases[1..] {
        case.result = None;
    }
    let looks = TerminalOptions { width: 100, color: false, progress: Progress::Quiet };
    let mut matrix = Vec::new();

    write_matrix(&mut matrix, &outcome, "2026-07-20", &looks, &ReportFiles::default()).unwrap();

    let matrix = String::from_utf8(matrix).unwrap();
    assert!(matrix.contains("\nskipped: 2 conditions that did not finish\n"), "{matrix}");
    assert!(matrix.contains("  classic  survived\n") && !matrix.contains("two-step"), "{matrix}");
}

#[test]
fn only_applicable_conditions_that_the_suite_owns_make_the_run_fail() {
    let rows = [
        (good("survived", Owner::Suite, Survival::Survived), ExitCode::Passed),
        (good("stopped", Owner::Suite, Survival::Stopped), ExitCode::Failed),
        (good("later", Owner::Suite, Survival::Stopped).later(), ExitCode::Passed),
        (good("failed-later", Owner::Suite, Survival::FailedLater), ExitCode::Passed),
        (good("of-the-admin", Owner::OrgAdmin, Survival::Stopped), ExitCode::Passed),
        (stop("rightly", Owner::OrgAdmin, Survival::Stopped), ExitCode::Passed),
        (stop("false-green", Owner::OrgAdmin, Survival::FalseGreen), ExitCode::Failed),
        (stop("false-green-to-come", Owner::OrgAdmin, Survival::FalseGreen).later(), ExitCode::Passed),
        (good("broken", Owner::Suite, Survival::Stopped).broken(), ExitCode::Broken),
        (good("not-simulated", Owner::Suite, Survival::Stopped).found("x", Owner::Vestibule), ExitCode::Broken),
        (
            good("green-not-simulated", Owner::Suite, Survival::FalseGreen).found("x", Owner::Vestibule),
            ExitCode::Broken,
        ),
    ];
    for (row, expected) in rows {
        let name = row.info.name.clone();
        assert_eq!(outcome(&[row]).survive_exit_code(), expected, "{name}");
    }
}

#[test]
fn the_headline_counts_applicable_conditions_and_says_since_when() {
    let stopped = || good("two-step", Owner::Suite, Survival::Stopped);
    let survived = || good("classic", Owner::Suite, Survival::Survived);
    let broken = || survived().broken();
    let failed_later = || good("two-step", Owner::Suite, Survival::FailedLater);
    let green = || good("passkey-gate-hard", Owner::Suite, Survival::FalseGreen);
    let not_simulated = |survival| good("sid-cookie", Owner::Suite, survival).found("x", Owner::Vestibule);
    let rows = [
        (vec![survived(), survived()], "your suite survives all 2 applicable conditions"),
        (vec![survived()], "your suite survives the 1 applicable condition"),
        (vec![stopped()], "the 1 applicable condition stops your suite; in force since 2026-07-06"),
        (vec![stopped(), survived()], "1 of 2 applicable conditions stops your suite; in force since 2026-07-06"),
        (vec![stopped(), stopped()], "2 of 2 applicable conditions stop your suite; in force since 2026-07-06"),
        (vec![broken()], "the 1 applicable condition was not judged"),
        (vec![broken(), broken()], "none of the 2 applicable conditions was judged"),
        (vec![broken(), survived()], "your suite survives 1 of 2 applicable conditions; 1 was not judged"),
        (
            vec![broken(), stopped(), broken()],
            "1 of 3 applicable conditions stops your suite; in force since 2026-07-06; 2 were not judged",
        ),
        (vec![stopped().later()], "no condition applies to these users on this day"),
        (vec![failed_later()], "your suite survives the 1 applicable condition; in 1 it failed after the login"),
        (
            vec![stopped(), failed_later(), failed_later()],
            "1 of 3 applicable conditions stops your suite; in force since 2026-07-06; in 2 it failed after the login",
        ),
        (vec![green()], "1 false green; the 1 applicable condition stops your suite; in force since 2026-07-06"),
        (
            vec![green(), stopped(), green(), survived()],
            "2 false greens; 3 of 4 applicable conditions stop your suite; in force since 2026-07-06",
        ),
        (vec![green().later(), survived()], "your suite survives the 1 applicable condition"),
        (
            vec![not_simulated(Survival::Stopped)],
            "the 1 applicable condition was not judged; in 1 the suite met what Vestibule does not simulate",
        ),
        (
            vec![not_simulated(Survival::FalseGreen), not_simulated(Survival::Stopped)],
            "none of the 2 applicable conditions was judged; in 2 the suite met what Vestibule does not simulate",
        ),
        (
            vec![not_simulated(Survival::FalseGreen), stopped(), survived()],
            "1 of 3 applicable conditions stops your suite; in force since 2026-07-06; 1 was not judged; \
             in 1 the suite met what Vestibule does not simulate",
        ),
    ];
    for (rows, expected) in rows {
        assert_eq!(headline(&outcome(&rows)).unwrap().sentence(), expected);
    }
    assert_eq!(headline(&RunOutcome::default()), None);
}

#[test]
fn what_vestibule_does_not_simulate_is_ours_in_every_line_of_the_matrix() {
    for survival in [Survival::Stopped, Survival::FalseGreen] {
        let outcome = outcome(&[
            good("two-step", Owner::Suite, survival).found("endpoint-not-simulated", Owner::Vestibule),
            good("classic", Owner::Suite, Survival::Survived),
        ]);
        let looks = TerminalOptions { width: 160, color: false, progress: Progress::Quiet };
        let mut matrix = Vec::new();

        write_matrix(&mut matrix, &outcome, "2026-07-20", &looks, &ReportFiles::default()).unwrap();

        let matrix = String::from_utf8(matrix).unwrap();
        for told in [
            "not simulated  endpoint-not-simulated  Vestibule",
            "survives 1 of 2 applicable conditions; 1 was not judged; in 1 the suite met what Vestibule does not simulate",
            "owner: Vestibule (1)\n",
            "what Vestibule does not simulate says nothing about your suite\n",
        ] {
            assert!(matrix.contains(told), "{told}\n{matrix}");
        }
        for lie in ["stop your suite", "stops your suite", "false green"] {
            assert!(!matrix.contains(lie), "{lie}\n{matrix}");
        }
    }
}

#[test]
fn a_run_of_the_example_says_so_in_its_headline() {
    let mut example = outcome(&[good("two-step", Owner::Suite, Survival::Stopped)]);
    for case in &mut example.cases {
        let suite = case.result.as_mut().and_then(|result| result.suite.as_mut()).unwrap();
        suite.command = ["python3", crate::outcome::EXAMPLE_SUITE].map(str::to_owned).to_vec();
    }

    let sentence = headline(&example).unwrap().sentence();

    assert_eq!(
        sentence,
        "EXAMPLE, not your suite: the 1 applicable condition stops the example; in force since 2026-07-06"
    );
    let mut matrix = Vec::new();
    let looks = TerminalOptions { width: 200, color: false, progress: Progress::Quiet };
    write_matrix(&mut matrix, &example, "2026-07-20", &looks, &ReportFiles::default()).unwrap();
    assert!(String::from_utf8(matrix).unwrap().contains(&sentence));
}

struct Given {
    info: ConditionInfo,
    verdict: Verdict,
    survival: Survival,
    finding: Option<Finding>,
    exit: Exit,
}

fn good(name: &str, owner: Owner, survival: Survival) -> Given {
    let verdict = if survival == Survival::Survived { Verdict::Passed } else { Verdict::Failed };
    given(name, owner, survival, GoodEnd::Home, verdict)
}

fn stop(name: &str, owner: Owner, survival: Survival) -> Given {
    let fine = matches!(survival, Survival::Survived | Survival::Stopped);
    given(name, owner, survival, GoodEnd::Stop, if fine { Verdict::Passed } else { Verdict::Failed })
}

fn given(name: &str, owner: Owner, survival: Survival, good: GoodEnd, verdict: Verdict) -> Given {
    let info = ConditionInfo {
        name: name.to_owned(),
        good,
        owner,
        applies: true,
        since: Some("2026-07-06".to_owned()),
        confidence: vestibule_model::Confidence::Official,
        causes: vec![format!("by-{name}")],
        org: None,
        not_applied: Vec::new(),
        options: Vec::new(),
        fact: "help 005321561".to_owned(),
        remedy: format!("Do what {name} asks for, and not something else that takes a whole line to say."),
    };
    Given { info, verdict, survival, finding: None, exit: Exit::Code(1) }
}

impl Given {
    fn found(mut self, cause: &str, owner: Owner) -> Self {
        self.finding = Some(Finding {
            cause: cause.to_owned(),
            sentence: format!("the login stopped by {cause}"),
            evidence: vec!["the page was seen".to_owned()],
            quoted: None,
            owner,
            remedy: format!(
                "Mend {cause} where it stands, which is a longer sentence than a narrow terminal has room for."
            ),
            fact: "contract B1.2".to_owned(),
        });
        self
    }

    fn ended(mut self, exit: Exit) -> Self {
        self.exit = exit;
        self
    }

    fn of(mut self, org: OrgKind) -> Self {
        self.info.org = Some(org);
        self
    }

    fn since(mut self, day: &str) -> Self {
        self.info.since = Some(day.to_owned());
        self
    }

    fn later(mut self) -> Self {
        self.info.applies = false;
        self.info.since = None;
        self
    }

    fn broken(mut self) -> Self {
        self.verdict = Verdict::Broken;
        self
    }
}

fn outcome(rows: &[Given]) -> RunOutcome {
    let id = |number: usize| format!("conditions/x.yaml:{number}");
    let case = |(number, row): (usize, &Given)| CaseInfo {
        id: id(number),
        title: row.info.name.clone(),
        file: "scenarios/conditions/x.yaml".to_owned(),
        line: 1,
        tags: Vec::new(),
        condition: Some(row.info.clone()),
        repeat: None,
    };
    let mut outcome = RunOutcome::default();
    outcome.apply(&RunEvent::RunStarted {
        schema: SCHEMA,
        version: "0.1.0".to_owned(),
        started_at: "2026-07-20T09:30:00Z".to_owned(),
        browser: None,
        workers: 1,
        cases: rows.iter().enumerate().map(case).collect(),
        suite: String::new(),
        shard: None,
        copies: None,
    });
    for (case, row) in outcome.cases.iter_mut().zip(rows) {
        let mut result = CaseResult::new(row.verdict, 1500, Vec::new());
        result.finding = row.finding.clone();
        result.suite = Some(SuiteResult {
            survival: row.survival,
            command: vec!["pytest".to_owned()],
            exit: row.exit,
            output: String::new(),
            output_bytes: 0,
            kept_bytes: None,
            failed_at: None,
            artefacts: Vec::new(),
        });
        case.result = Some(result);
    }
    outcome.apply(&RunEvent::RunFinished { at_ms: 4000, interrupted: false });
    outcome
}
