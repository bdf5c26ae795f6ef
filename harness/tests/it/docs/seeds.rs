//! `docs/seeds.md`: every statement of the source documents names what proves it, and that is there.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use regex::Regex;

use super::{read, root};

#[test]
fn every_statement_names_proofs_that_are_there() {
    let cited = cited_sentences();
    let mut wrong = Vec::new();
    for Statement { id, proofs, .. } in statements() {
        if proofs.is_empty() {
            wrong.push(format!("{id}: nothing proves it"));
        }
        let missing = proofs.iter().filter(|proof| !proof.is_there(&cited));
        wrong.extend(missing.map(|proof| format!("{id}: {} has no `{}`", proof.file, proof.name)));
    }

    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_of_the_five_documents_has_statements_with_ids_in_order() {
    let mut by_document: BTreeMap<char, Vec<String>> = BTreeMap::new();
    for Statement { id, says, .. } in statements() {
        assert!(!says.is_empty(), "{id} says nothing");
        by_document.entry(id.chars().next().unwrap()).or_default().push(id);
    }

    assert_eq!(by_document.keys().copied().collect::<String>(), "01234");
    for (document, ids) in by_document {
        let expected: Vec<String> = (1..=ids.len()).map(|number| format!("{document}.{number}")).collect();
        assert_eq!(ids, expected);
    }
}

#[test]
fn every_scenario_of_a_product_proves_a_statement() {
    let named: BTreeSet<(String, String)> =
        statements().into_iter().flat_map(|one| one.proofs).map(|proof| (proof.file, proof.name)).collect();
    let mut forgotten = Vec::new();
    for entry in fs::read_dir(root().join("scenarios/products")).unwrap() {
        let path = entry.unwrap().path();
        let file = format!("scenarios/products/{}", path.file_name().unwrap().to_str().unwrap());
        let text = fs::read_to_string(path).unwrap();
        forgotten.extend(titles(&text).map(|title| (file.clone(), title)).filter(|title| !named.contains(title)));
    }

    assert!(forgotten.is_empty(), "{forgotten:?}");
}

#[test]
fn a_proof_that_is_not_there_is_found_missing() {
    let proof = |file: &str, name: &str| Proof { file: file.to_owned(), name: name.to_owned() };
    let cited = BTreeSet::from(["sandbox-dates".to_owned()]);
    let tests = "simulator/tests/it/products/crm.rs";
    let rows = "simulator/tests/tables/sentences.yaml";

    for there in [
        proof("scenarios/products/integration.yaml", "The connection of an integration breaks when MFA goes on"),
        proof(tests, "a_revoked_app_password_lets_nobody_in_and_the_others_stay"),
        proof(rows, "rows on sandbox-dates"),
    ] {
        assert!(there.is_there(&cited), "{}", there.name);
    }
    for missing in [
        proof("scenarios/products/integration.yaml", "The connection of an integration breaks"),
        proof("scenarios/products/nothing.yaml", "The connection of an integration breaks when MFA goes on"),
        proof(tests, "a_revoked_app_password"),
        proof(tests, "signed_in"),
        proof(rows, "rows on dates"),
        proof("docs/seeds.md", "What the source documents say, and what proves it"),
    ] {
        assert!(!missing.is_there(&cited), "{}: {}", missing.file, missing.name);
    }
}

/// A row of the page.
struct Statement {
    id: String,
    says: String,
    proofs: Vec<Proof>,
}

/// A link of the last column: its text names something in its file.
struct Proof {
    /// Path below the repository.
    file: String,
    name: String,
}

impl Proof {
    /// Whether the file has the scenario, the test, or a row that cites the sentence.
    fn is_there(&self, cited: &BTreeSet<String>) -> bool {
        let Ok(text) = fs::read_to_string(root().join(&self.file)) else { return false };
        if self.file.starts_with("scenarios/") {
            titles(&text).any(|title| title == self.name)
        } else if self.file.ends_with(".rs") {
            let test = format!(r"#\[(?:tokio::)?test\]\s+(?:async )?fn {}\(", regex::escape(&self.name));
            Regex::new(&test).unwrap().is_match(&text)
        } else {
            self.file == SENTENCES && self.name.strip_prefix("rows on ").is_some_and(|key| cited.contains(key))
        }
    }
}

/// The titles of scenarios and of their rows.
fn titles(text: &str) -> impl Iterator<Item = String> {
    let titles = text.lines().filter_map(|line| line.trim_start().trim_start_matches("- ").strip_prefix("title: "));
    titles.map(str::to_owned).collect::<Vec<_>>().into_iter()
}

fn statements() -> Vec<Statement> {
    let id = Regex::new(r"^\d\.\d+$").unwrap();
    let link = Regex::new(r"\[([^\]]+)\]\(\.\./([^)\s]+)\)").unwrap();
    let text = read("docs/seeds.md".into()).text;
    let rows = text.lines().filter_map(|line| {
        let cells: Vec<&str> = line.strip_prefix("| ")?.strip_suffix(" |")?.split(" | ").collect();
        let [own, says, proved] = cells.as_slice() else { return None };
        let proof = |found: regex::Captures<'_>| Proof { file: found[2].to_owned(), name: found[1].to_owned() };
        let proofs = link.captures_iter(proved).map(proof).collect();
        id.is_match(own).then(|| Statement { id: (*own).to_owned(), says: (*says).to_owned(), proofs })
    });
    rows.collect()
}

/// The sentences that the rows of the tables cite.
fn cited_sentences() -> BTreeSet<String> {
    let list = Regex::new(r"cites: \[([^\]]*)\]").unwrap();
    let mut cited = BTreeSet::new();
    for entry in fs::read_dir(root().join("simulator/tests/tables")).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        for found in list.captures_iter(&text) {
            cited.extend(found[1].split(',').map(|key| key.trim().to_owned()));
        }
    }
    cited
}

const SENTENCES: &str = "simulator/tests/tables/sentences.yaml";
