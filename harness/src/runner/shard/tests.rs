use std::collections::BTreeSet;

use super::*;
use crate::scenario::{SourceFile, Vocabulary, load};

fn cases(count: usize, last_title: &str) -> Vec<Case> {
    let scenario = |number: usize| {
        let title = if number + 1 == count { last_title.to_owned() } else { format!("case {number}") };
        format!(
            "title: {title}\norg: {{ kind: production, date: 2026-01-01 }}\nusers: {{ rep: {{}} }}\nsteps: [sign-in: {{ user: rep }}]\nexpect: {{ page: home }}\n"
        )
    };
    let text = (0..count).map(scenario).collect::<Vec<_>>().join("---\n");
    let file = SourceFile { name: "a.yaml".to_owned(), id: "a.yaml".to_owned(), bytes: text.into_bytes() };
    load(vec![file], &Vocabulary::default()).unwrap()
}

fn ids(plan: &Plan) -> Vec<&str> {
    plan.cases.iter().map(|planned| planned.case.id.as_str()).collect()
}

fn times(count: u32) -> NonZeroU32 {
    NonZeroU32::new(count).unwrap()
}

#[test]
fn the_shards_of_a_suite_hold_every_case_once_and_differ_by_one_at_most() {
    for count in [1, 2, 7, 10] {
        let cases = cases(count, "last");
        let whole = Plan::new(cases.clone(), times(1), None);
        for of in 1..=12 {
            let shards: Vec<Plan> =
                (1..=of).map(|number| Plan::new(cases.clone(), times(1), Some(Shard { number, of }))).collect();

            let joined: Vec<&str> = shards.iter().flat_map(ids).collect();
            let sizes: Vec<usize> = shards.iter().map(|shard| shard.cases.len()).collect();

            assert_eq!(joined, ids(&whole), "{count} cases in {of} shards");
            assert!(sizes.iter().max().unwrap() - sizes.iter().min().unwrap() <= 1, "{sizes:?}");
            assert!(shards.iter().all(|shard| shard.suite == whole.suite));
        }
    }
}

#[test]
fn a_repeated_case_has_ids_of_its_own_and_says_which_run_it_is() {
    let plan = Plan::new(cases(2, "last"), times(3), None);

    assert_eq!(ids(&plan), ["a.yaml:1", "a.yaml:1#2", "a.yaml:1#3", "a.yaml:7", "a.yaml:7#2", "a.yaml:7#3"]);
    let infos: Vec<CaseInfo> = plan.cases.iter().map(|planned| planned.info(&RunOptions::default())).collect();
    assert_eq!((infos[1].title.as_str(), &*infos[1].title_of_run()), ("case 0", "case 0 (run 2 of 3)"));
    assert_eq!(infos[4].repeat, Some(Repeat { case: "a.yaml:7".to_owned(), number: 2, of: 3 }));
    assert_eq!(Plan::new(cases(2, "last"), times(1), None).cases[0].info(&RunOptions::default()).repeat, None);
}

#[test]
fn suites_that_differ_in_cases_text_or_repetition_have_digests_of_their_own() {
    let digest = |cases, count| Plan::new(cases, times(count), None).suite;

    let digests =
        [digest(cases(3, "a"), 1), digest(cases(4, "a"), 1), digest(cases(3, "b"), 1), digest(cases(3, "a"), 2)];

    assert_eq!(digests.iter().collect::<BTreeSet<_>>().len(), digests.len());
    assert_eq!(digest(cases(3, "a"), 1), digests[0]);
    assert_eq!(digests[0].len(), 16);
}
