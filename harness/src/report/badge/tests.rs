use quick_xml::Reader;
use quick_xml::events::Event;

use super::*;
use crate::outcome::{Exit, Survival, Verdict};
use crate::report::sample;

#[test]
fn a_badge_is_well_formed_loads_nothing_and_can_be_heard() {
    let badge = Badge { title: "a & b <c>".to_owned(), label: "left", value: "1 of 2".to_owned(), tone: Tone::Bad };

    let svg = badge.svg().unwrap();

    let mut reader = Reader::from_str(&svg);
    while reader.read_event().unwrap() != Event::Eof {}
    assert!(svg.contains("role=\"img\"") && svg.contains("<title>") && svg.contains("1 of 2"), "{svg}");
    let links = svg.matches("://").count();
    assert_eq!(links, svg.matches("http://www.w3.org/2000/svg").count(), "{svg}");
    assert!(!svg.contains("<c>"), "{svg}");
}

#[test]
fn the_badge_of_scenarios_counts_those_that_passed() {
    let all = sample::outcome();
    let (mut cut, mut passed) = (all.clone(), all.clone());
    cut.finished = false;
    passed.cases.truncate(1);
    let mut broken = all.clone();
    broken.cases.drain(1..3);
    let mut flaky = sample::retried();
    flaky.cases.truncate(1);

    for (outcome, value, tone) in [
        (all, "1 of 5 passed", Tone::Bad),
        (cut, "incomplete", Tone::Unknown),
        (passed, "1 of 1 passed", Tone::Good),
        (broken, "1 of 3 passed", Tone::Unknown),
        (flaky, "1 of 1 passed", Tone::Fair),
    ] {
        let badge = of_run(&outcome);
        assert_eq!((badge.label, &*badge.value, badge.tone), ("login cases", value, tone));
    }
}

#[test]
fn the_badge_of_a_suite_counts_the_conditions_that_apply_and_that_it_survives() {
    let outcome = |ends: &[(Verdict, Survival, bool)]| {
        let mut outcome = sample::outcome();
        outcome.cases.truncate(ends.len());
        for (case, (verdict, survival, applies)) in outcome.cases.iter_mut().zip(ends) {
            let mut condition = sample::condition("two-step");
            condition.applies = *applies;
            case.info.condition = Some(condition);
            let result = case.result.as_mut().unwrap();
            result.verdict = *verdict;
            result.suite = Some(sample::suite(*survival, Exit::Code(1)));
        }
        outcome
    };
    let survived = (Verdict::Passed, Survival::Survived, true);
    let stopped = (Verdict::Failed, Survival::Stopped, true);

    for (ends, value, tone) in [
        (vec![survived, survived], "survives 2 of 2", Tone::Good),
        (vec![survived, stopped], "survives 1 of 2", Tone::Bad),
        (vec![survived, (Verdict::Broken, Survival::Stopped, true)], "survives 1 of 2", Tone::Unknown),
        (vec![survived, (Verdict::Failed, Survival::FailedLater, true)], "survives 2 of 2", Tone::Fair),
        (vec![survived, (Verdict::Failed, Survival::Stopped, false)], "survives 1 of 1", Tone::Good),
        (vec![(Verdict::Failed, Survival::Stopped, false)], "no condition applies", Tone::Unknown),
    ] {
        let badge = of_run(&outcome(&ends));
        assert_eq!((badge.label, &*badge.value, badge.tone), ("login conditions", value, tone), "{ends:?}");
    }
}
