use vestibule_model::{Confidence, OrgKind};

use super::*;
use crate::outcome::{ConditionInfo, Exit, GoodEnd, SuiteLocation, SuiteResult, Survival};
use crate::report::sample;

fn everywhere(file: &str) -> Option<String> {
    Some(format!("suites/{file}"))
}

#[test]
fn annotations_stand_at_the_line_of_the_failed_expectation() {
    let _settings = vestibule_snapshots::settings("reports").bind_to_scope();

    insta::assert_snapshot!("github-annotations", annotations(&sample::outcome(), &everywhere));
    insta::assert_snapshot!("github-annotations-retried", annotations(&sample::retried(), &everywhere));
}

#[test]
fn the_summary_is_as_recorded() {
    let _settings = vestibule_snapshots::settings("reports").bind_to_scope();

    insta::assert_snapshot!("github-summary", summary(&sample::outcome()));
    insta::assert_snapshot!("github-summary-retried", summary(&sample::retried()));
}

#[test]
fn a_title_cannot_end_its_annotation_nor_begin_another() {
    let mut outcome = sample::outcome();
    outcome.cases.truncate(2);
    outcome.cases[1].info.title = "50 %, a:b\n::error::forged\r::".to_owned();

    let text = annotations(&outcome, &everywhere);

    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(text.contains("title=failed%3A 50 %25%2C a%3Ab%0A%3A%3Aerror%3A%3Aforged%0D%3A%3A::"), "{text}");
}

#[test]
fn a_file_outside_the_repository_is_not_named() {
    let text = annotations(&sample::outcome(), &|_| None);

    assert!(text.contains("::error title=failed"), "{text}");
    assert!(!text.contains("file="), "{text}");
}

#[test]
fn a_title_stays_in_its_cell() {
    let mut outcome = sample::outcome();
    outcome.cases[1].info.title = "a | b <img src=x> [l](http://x) `c`\n| d".to_owned();

    let text = summary(&outcome);

    let row = text.lines().find(|line| line.contains("img")).unwrap();
    assert!(row.contains(r"a \| b &lt;img src=x&gt; \[l\](http://x) \`c\` \| d"), "{row}");
    assert_eq!(row.replace(r"\|", "").matches('|').count(), 6, "{row}");
}

#[test]
fn the_summary_of_conditions_has_the_names_and_the_words_of_the_matrix() {
    let outcome = conditions();

    let text = summary(&outcome);

    let headline = survive::headline(&outcome).unwrap().sentence();
    assert!(headline.starts_with("1 false green; 1 of 2 applicable conditions stops your suite"), "{headline}");
    let top = format!("## Vestibule: {headline}\n\n2 conditions: 1 false green, 1 stopped (ok); ");
    assert!(text.starts_with(&top), "{text}");
    let row = text.lines().find(|line| line.starts_with("| **false green** | `remembered-username` ")).unwrap();
    assert!(row.contains("if `#idcard` is shown, click `#clear_link` (\"Log In\")") && !row.contains("\\`"), "{row}");
    assert!(text.contains("\n    vestibule survive -c remembered-username -- pytest -x\n"), "{text}");
    // What an admin has to do where stopping is right.
    let of_the_admin = "**org admin**\n\n- `gate-not-handled` (`passkey-gate-hard`): Let an admin do it.\n";
    assert!(text.contains(of_the_admin), "{text}");
}

#[test]
fn the_annotation_of_a_condition_has_its_name_and_its_verdict() {
    let text = annotations(&conditions(), &everywhere);

    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(text.contains("title=false green%3A remembered-username::"), "{text}");
}

#[test]
fn an_annotation_stands_at_the_line_of_the_suite_that_failed() {
    let mut outcome = conditions();
    let suite = outcome.cases[1].result.as_mut().unwrap().suite.as_mut().unwrap();
    suite.failed_at = Some(SuiteLocation { file: "tests/login.spec.ts".to_owned(), line: 9, column: Some(14) });

    let text = annotations(&outcome, &everywhere);
    assert!(text.starts_with("::error file=suites/tests/login.spec.ts,line=9,col=14,title=false green"), "{text}");
    // The report is made elsewhere: the line of the scenario is what is left.
    let elsewhere = |file: &str| (file != "tests/login.spec.ts").then(|| file.to_owned());
    let text = annotations(&outcome, &elsewhere);
    assert!(text.starts_with("::error file=") && !text.contains("login.spec.ts,"), "{text}");
}

/// A condition in which the suite stopped rightly, and a false green.
fn conditions() -> RunOutcome {
    let mut outcome = sample::outcome();
    let found = outcome.cases[1].result.as_ref().unwrap().finding.clone();
    outcome.cases.truncate(2);
    let rows = [
        ("passkey-gate-hard", GoodEnd::Stop, Owner::OrgAdmin, Survival::Stopped),
        ("remembered-username", GoodEnd::Home, Owner::Suite, Survival::FalseGreen),
    ];
    for (case, (name, good, owner, survival)) in outcome.cases.iter_mut().zip(rows) {
        case.info.condition = Some(ConditionInfo {
            name: name.to_owned(),
            good,
            owner,
            applies: true,
            since: None,
            confidence: Confidence::Official,
            fact: String::new(),
            remedy: "Let an admin do it.".to_owned(),
            causes: vec!["gate-not-handled".to_owned()],
            org: Some(OrgKind::Production),
            not_applied: Vec::new(),
            options: Vec::new(),
        });
        let result = case.result.as_mut().unwrap();
        result.finding.clone_from(&found);
        let finding = result.finding.as_mut().unwrap();
        finding.remedy = "if `#idcard` is shown, click `#clear_link` (\"Log In\")".to_owned();
        result.suite = Some(SuiteResult {
            survival,
            command: vec!["pytest".to_owned(), "-x".to_owned()],
            exit: Exit::Code(0),
            output: String::new(),
            output_bytes: 0,
            kept_bytes: None,
            failed_at: None,
            artefacts: Vec::new(),
        });
    }
    outcome
}
