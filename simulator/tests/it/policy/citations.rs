//! Every sentence that states a rule is cited by a row, and every cited sentence exists.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::row::tables;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sentences {
    help: BTreeMap<String, Sentence>,
    others: BTreeMap<String, Sentence>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sentence {
    begins: String,
    says: String,
}

#[test]
fn every_sentence_of_the_article_is_cited_by_a_row() {
    let cited = cited();

    let uncited: Vec<_> = sentences().help.into_keys().filter(|id| !cited.contains(id)).collect();

    assert_eq!(uncited, Vec::<String>::new());
}

#[test]
fn every_cited_sentence_exists() {
    let sentences = sentences();

    let unknown: Vec<_> = cited()
        .into_iter()
        .filter(|id| !sentences.help.contains_key(id) && !sentences.others.contains_key(id))
        .collect();

    assert_eq!(unknown, Vec::<String>::new());
}

#[test]
fn every_row_cites_a_sentence() {
    let silent: Vec<_> = tables()
        .into_iter()
        .flat_map(|(_, table)| table.rows)
        .filter(|row| row.cites.is_empty())
        .map(|row| row.title)
        .collect();

    assert_eq!(silent, Vec::<String>::new());
}

#[test]
fn every_sentence_says_how_it_begins_and_what_it_says() {
    let Sentences { help, others } = sentences();

    for (id, sentence) in help.into_iter().chain(others) {
        assert!(sentence.begins.len() > 10 && sentence.says.len() > 3, "{id}");
    }
}

fn sentences() -> Sentences {
    serde_saphyr::from_str(include_str!("../../tables/sentences.yaml")).unwrap()
}

fn cited() -> BTreeSet<String> {
    tables().into_iter().flat_map(|(_, table)| table.rows).flat_map(|row| row.cites).collect()
}
