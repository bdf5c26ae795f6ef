use serde_json::{Value, json};

use super::*;
use crate::outcome::{Exit, Owner, RunEvent, Survival};
use crate::report::{Progress, TerminalOptions, sample};

/// What happened to the first case, and whether that counts.
fn change(before: &RunOutcome, after: &RunOutcome) -> (Change, bool) {
    let comparison = Comparison::of(before, after);
    let compared = &comparison.cases[0];
    (compared.change(), compared.got_worse())
}

/// A run of one case, with this end.
fn one(verdict: Verdict) -> RunOutcome {
    let mut outcome = sample::outcome();
    outcome.cases.truncate(1);
    match verdict {
        Verdict::Skipped => outcome.cases[0].result = None,
        _ => outcome.cases[0].result.as_mut().unwrap().verdict = verdict,
    }
    outcome
}

/// A run of one condition, with this end.
fn condition(verdict: Verdict, survival: Survival, applies: bool) -> RunOutcome {
    let mut outcome = one(verdict);
    let mut condition = sample::condition("two-step");
    condition.applies = applies;
    outcome.cases[0].info.condition = Some(condition);
    outcome.cases[0].result.as_mut().unwrap().suite = Some(sample::suite(survival, Exit::Code(1)));
    outcome
}

fn decided(strength: &str) -> RunOutcome {
    let mut outcome = one(Verdict::Passed);
    outcome.cases[0].result.as_mut().unwrap().journal =
        vec![json!({ "event": { "decided": { "user": "admin", "decision": { "strength": strength, "rules": [] } } } })];
    outcome
}

#[test]
fn a_case_is_worse_if_it_ends_worse_or_its_end_is_no_longer_known() {
    use Verdict::{Broken, Failed, Passed, Skipped};

    for (before, after, expected) in [
        (Passed, Passed, (Change::Same, false)),
        (Passed, Failed, (Change::Worse, true)),
        (Passed, Broken, (Change::Worse, true)),
        (Passed, Skipped, (Change::Worse, true)),
        (Failed, Passed, (Change::Better, false)),
        (Broken, Passed, (Change::Better, false)),
        (Skipped, Passed, (Change::Better, false)),
        // What is not known any more is not better.
        (Failed, Broken, (Change::Changed, false)),
        (Failed, Skipped, (Change::Changed, false)),
        (Broken, Failed, (Change::Worse, true)),
    ] {
        assert_eq!(change(&one(before), &one(after)), expected, "{before:?}, then {after:?}");
    }
}

#[test]
fn a_suite_is_worse_by_how_it_ends_where_the_condition_applies() {
    use Survival::{FailedLater, FalseGreen, Stopped, Survived};
    use Verdict::{Failed, Passed};

    let survived = (Passed, Survived, true);
    for (before, after, expected) in [
        (survived, (Failed, Stopped, true), (Change::Worse, true)),
        (survived, (Failed, FailedLater, true), (Change::Worse, true)),
        (survived, (Failed, Stopped, false), (Change::Changed, false)),
        ((Failed, Stopped, true), (Failed, FalseGreen, true), (Change::Worse, true)),
        ((Failed, FalseGreen, true), (Failed, Stopped, true), (Change::Better, false)),
        ((Failed, Stopped, true), (Failed, FailedLater, true), (Change::Better, false)),
        ((Failed, Stopped, true), survived, (Change::Better, false)),
    ] {
        let made = |(verdict, survival, applies)| condition(verdict, survival, applies);
        assert_eq!(change(&made(before), &made(after)), expected, "{before:?}, then {after:?}");
    }
    let mut not_simulated = condition(Failed, Stopped, true);
    let mut finding = sample::outcome().cases[1].finding().unwrap().clone();
    finding.owner = Owner::Vestibule;
    not_simulated.cases[0].result.as_mut().unwrap().finding = Some(finding);
    assert_eq!(change(&condition(Failed, Stopped, true), &not_simulated), (Change::Changed, false));
}

#[test]
fn a_login_that_proves_less_is_worse() {
    for (before, after, expected) in [
        ("phishing-resistant", "standard", (Change::Worse, true)),
        ("standard", "weak", (Change::Worse, true)),
        ("weak", "phishing-resistant", (Change::Better, false)),
        ("weak", "weak", (Change::Same, false)),
    ] {
        assert_eq!(change(&decided(before), &decided(after)), expected, "{before}, then {after}");
    }
}

#[test]
fn other_pages_and_another_cause_are_a_change_and_not_worse() {
    let (before, mut after) = (sample::outcome(), sample::outcome());
    after.cases[0].result.as_mut().unwrap().actions.pop();
    after.cases[1].result.as_mut().unwrap().finding.as_mut().unwrap().cause = "click-lost".to_owned();

    let comparison = Comparison::of(&before, &after);

    let changes: Vec<Change> = comparison.cases.iter().map(Compared::change).collect();
    assert_eq!(changes, [Change::Changed, Change::Changed, Change::Same, Change::Same, Change::Same]);
    let difference = |what, before: &'static str, after: &'static str| Difference {
        what,
        before: Some(before.into()),
        after: Some(after.into()),
    };
    let pages = difference("pages", "username -> password -> home", "username -> password");
    assert_eq!(comparison.cases[0].differences(), [pages]);
    assert_eq!(comparison.cases[1].differences(), [difference("cause", "gate-not-handled", "click-lost")]);
    assert!(!comparison.got_worse());
}

#[test]
fn a_case_keeps_its_place_when_its_line_or_its_folder_moves_and_else_is_new_or_gone() {
    let (before, mut after) = (sample::outcome(), sample::outcome());
    after.cases[0].info.id = "enforcement/admin.yaml:30".to_owned();
    (after.cases[1].info.id, after.cases[1].info.file) = ("./x/admin.yaml:9".to_owned(), "./x/admin.yaml".to_owned());
    after.cases[2].info.title = "Another title".to_owned();
    after.cases[3].info.title = "A third title".to_owned();
    after.cases[3].info.id = "sso/okta.yaml:99".to_owned();
    after.cases[3].result = after.cases[0].result.clone();

    let comparison = Comparison::of(&before, &after);

    let changes: Vec<(Change, bool)> =
        comparison.cases.iter().map(|compared| (compared.change(), compared.got_worse())).collect();
    let (same, gone) = ((Change::Same, false), (Change::Gone, false));
    // A new case counts if it does not end well.
    assert_eq!(changes, [same, same, (Change::New, true), (Change::New, false), same, gone, gone]);
    assert!(comparison.got_worse());
}

#[test]
fn cases_of_the_same_name_are_paired_in_their_order() {
    let made = |run: &str| {
        let mut outcome = sample::outcome();
        for (case, number) in outcome.cases.iter_mut().zip(0..) {
            (case.info.title, case.info.file) = ("Title".to_owned(), "a.yaml".to_owned());
            case.info.id = format!("{run}:{number}");
        }
        outcome
    };
    let (before, after) = (made("before"), made("after"));

    assert!(Comparison::of(&before, &after).cases.iter().all(|compared| compared.change() == Change::Same));
}

#[test]
fn a_run_that_was_killed_is_compared_as_far_as_it_went() {
    let whole = sample::outcome();
    let events = sample::events();
    let cut = RunOutcome::fold(&events[..3]);
    assert!(matches!(events[2], RunEvent::CaseFinished { .. }));

    let comparison = Comparison::of(&whole, &cut);

    assert_eq!((comparison.count(Change::Same), comparison.count(Change::Changed)), (2, 3));
    assert!(!comparison.got_worse());
}

#[test]
fn the_terminal_tells_each_change_and_the_json_has_the_same() {
    let (before, mut after) = (sample::outcome(), sample::outcome());
    after.cases[0].result = after.cases[1].result.clone();
    let comparison = Comparison::of(&before, &after);
    let (mut text, mut line) = (Vec::new(), Vec::new());

    write_diff(&mut text, &comparison, TerminalOptions { width: 200, color: false, progress: Progress::Quiet })
        .unwrap();
    let runs = [ComparedRun::new("a".to_owned(), &before), ComparedRun::new("b".to_owned(), &after)];
    write_diff_json(&mut line, &comparison, &runs[0], &runs[1]).unwrap();

    assert_eq!(
        String::from_utf8(text).unwrap(),
        "worse: An admin with a passkey signs in enforcement/admin.yaml:3\n  verdict: passed, now failed\n  \
         cause: none, now gate-not-handled\n\n5 cases in both runs: 1 worse, 0 better, 0 changed, 4 the same; 0 new, \
         0 gone\n1 case is worse than before\n"
    );
    let document: Value = serde_json::from_slice(&line).unwrap();
    assert_eq!(line.iter().filter(|byte| **byte == b'\n').count(), 1);
    assert_eq!((&document["got-worse"], &document["counts"]["worse"]), (&json!(true), &json!(1)));
    assert_eq!(document["after"]["path"], "b");
    let case = &document["cases"][0];
    assert_eq!((&case["change"], &case["id"]), (&json!("worse"), &json!("enforcement/admin.yaml:3")));
    let cause = json!({ "before": null, "after": "gate-not-handled" });
    assert_eq!((&case["differences"]["cause"], case["differences"].get("pages")), (&cause, None));
}
