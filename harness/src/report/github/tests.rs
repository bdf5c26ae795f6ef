use super::*;
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
