//! Every official or seen row of the contract is proved by a test, or says why it is not simulated.
//!
//! A test proves the rows that its own comment cites, one by one: the doc comment of a test function, and the comment
//! before a scenario, before one of its cases, or before a group of rows in the tables of the policy. The comment of a
//! module or of a helper, and comments inside a body, prove nothing. `docs/contract-proofs.md` is written from these
//! comments.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;

use syn::visit::{self, Visit};
use syn::{Attribute, Expr, ExprLit, ItemFn, Lit, Meta};

use super::{CONTRACT, LIST, NOT_SIMULATED, Row, citations, read, root, sources};

#[test]
fn every_official_and_seen_row_is_proved_or_says_why_not() {
    let proofs = proofs();
    let known: BTreeSet<String> = rows().into_iter().map(|row| row.id).collect();
    let rows = known_rows();

    let unknown: Vec<_> = proofs.keys().filter(|id| !known.contains(*id)).collect();
    assert!(unknown.is_empty(), "tests cite rows that the contract does not have: {unknown:?}");
    let (mut unproved, mut open, mut unexplained) = (Vec::new(), Vec::new(), Vec::new());
    for row in &rows {
        match row.status() {
            BUILT if !proofs.contains_key(&row.id) => unproved.push(row.id.as_str()),
            BUILT => {}
            OPEN => open.push(row.id.as_str()),
            status if status.starts_with(NOT_SIMULATED) => {}
            _ => unexplained.push(row.id.as_str()),
        }
    }
    assert!(unproved.is_empty(), "no test cites {unproved:?}: cite each where it is proved");
    assert!(open.is_empty(), "{open:?} are open: build them, or say `{NOT_SIMULATED}why`");
    assert!(unexplained.is_empty(), "`{NOT_SIMULATED}why` is the status of what nothing proves: {unexplained:?}");
}

/// Set VESTIBULE_UPDATE_DOCS to write the page.
#[test]
fn the_page_of_proofs_says_what_the_tests_say() {
    let text = page(&known_rows(), &proofs());
    let path = root().join(PAGE);
    if std::env::var_os("VESTIBULE_UPDATE_DOCS").is_some_and(|value| !value.is_empty()) {
        fs::write(&path, &text).unwrap();
    }

    let there = fs::read_to_string(&path).unwrap_or_default();
    assert!(there == text, "{PAGE} is stale: run the tests with VESTIBULE_UPDATE_DOCS=1");
}

#[test]
fn only_the_comment_of_a_test_proves_a_row() {
    let cite = "contract ";
    let code = format!(
        "//! {cite}A1.1.\n/// {cite}A1.2.\nfn helper() {{}}\n\
         /// Says {cite}A1.3,\n/// A1.4.\n#[test]\nfn a() {{ /* {cite}A1.5 */ }}\n\
         mod inner {{\n/// {cite}A1.6.\n#[tokio::test]\nasync fn b() {{}}\n\
         /// {cite}A1.7.\n#[test]\n#[ignore]\nfn c() {{}}\n}}\n"
    );
    let scenarios = format!(
        "# Of the file ({cite}A1.1).\n#\n# And more.\ntitle: One, two\n---\n\
         # {cite}A1.2\n# and A1.3\ntitle: 'Two: three'\nrows:\n\
         # {cite}A1.4.\n- {{ title: four, login: oidc }}\n# nothing\n- {{ title: five }}\n"
    );
    let shown = |found: Vec<(String, String)>| -> Vec<String> {
        found.into_iter().map(|(name, id)| format!("{id} {name}")).collect()
    };

    assert_eq!(shown(of_functions(&code).unwrap()), ["A1.3 a", "A1.4 a", "A1.6 b"]);
    assert_eq!(shown(of_scenarios(&scenarios)), ["A1.1 One, two", "A1.2 Two: three", "A1.3 Two: three", "A1.4 four"]);
}

/// The tests that cite each row, by its id: file and name.
fn proofs() -> BTreeMap<String, BTreeSet<(String, String)>> {
    let mut proofs: BTreeMap<String, BTreeSet<(String, String)>> = BTreeMap::new();
    for path in sources(root()) {
        let file = path.strip_prefix(root()).unwrap().to_str().unwrap();
        let text = fs::read(&path).unwrap_or_else(|error| panic!("{file}: {error}"));
        let text = String::from_utf8_lossy(&text);
        let found = match path.extension().and_then(|kind| kind.to_str()) {
            Some("rs") if LIST.is_match(&text) => of_functions(&text).unwrap_or_else(|error| panic!("{file}: {error}")),
            Some("yaml") if RUN.iter().any(|folder| file.starts_with(folder)) => of_scenarios(&text),
            _ => Vec::new(),
        };
        for (name, id) in found {
            proofs.entry(id).or_default().insert((file.to_owned(), name));
        }
    }
    proofs
}

/// Name and cited row of each test function.
fn of_functions(code: &str) -> syn::Result<Vec<(String, String)>> {
    let file = syn::parse_file(code)?;
    let mut found = Citing::default();
    found.visit_file(&file);
    Ok(found.0)
}

#[derive(Default)]
struct Citing(Vec<(String, String)>);

impl<'ast> Visit<'ast> for Citing {
    fn visit_item_fn(&mut self, function: &'ast ItemFn) {
        if is_run(&function.attrs) {
            let name = function.sig.ident.to_string();
            self.0.extend(cited(&comment(&function.attrs)).into_iter().map(|id| (name.clone(), id)));
        }
        visit::visit_item_fn(self, function);
    }
}

fn is_run(attributes: &[Attribute]) -> bool {
    let has =
        |name: &str| attributes.iter().any(|one| one.path().segments.last().is_some_and(|last| last.ident == name));
    has("test") && !has("ignore")
}

/// A doc comment, on one line.
fn comment(attributes: &[Attribute]) -> String {
    let lines = attributes.iter().filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value().trim().to_owned()),
            _ => None,
        },
        _ => None,
    });
    lines.collect::<Vec<_>>().join(" ")
}

/// Title and cited row of what follows each comment.
fn of_scenarios(text: &str) -> Vec<(String, String)> {
    let (mut found, mut comment) = (Vec::new(), Vec::new());
    for line in text.lines() {
        if let Some(part) = line.trim_start().strip_prefix('#') {
            comment.push(part.trim());
            continue;
        }
        let ids = cited(&comment.join(" "));
        comment.clear();
        if !ids.is_empty() {
            let title = title(line).unwrap_or_else(|| panic!("a comment cites {ids:?}, and no title follows: {line}"));
            found.extend(ids.into_iter().map(|id| (title.to_owned(), id)));
        }
    }
    found
}

fn title(line: &str) -> Option<&str> {
    let rest = line.split_once("title: ")?.1;
    match rest.chars().next() {
        Some(quote @ ('\'' | '"')) => rest.split(quote).nth(1),
        _ if line.contains("{ title: ") => rest.split(", ").next(),
        _ => Some(rest),
    }
}

/// The rows that a comment cites. A range would hide a row that nothing proves.
fn cited(comment: &str) -> Vec<String> {
    let range = LIST.captures_iter(comment).find(|found| found[1].contains(" to "));
    assert!(range.is_none(), "a test names each row that it proves: {comment}");
    citations(comment).map(|(_, id)| id).collect()
}

fn page(rows: &[Row], proofs: &BTreeMap<String, BTreeSet<(String, String)>>) -> String {
    let built = rows.iter().filter(|row| row.status() == BUILT).count();
    let not_simulated = rows.len() - built;
    let mut text = format!(
        "# Proofs of the contract\n\n\
         The tests that prove each official or seen row of [the contract](contract.md). The page is written from the\n\
         tests, which cite the rows; a test fails if it is stale.\n\n\
         Of the official and seen rows, {built} are proved by tests, {not_simulated} are not simulated.\n\n\
         | Row | Proof |\n|---|---|\n"
    );
    for row in rows {
        let mut files: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (file, name) in proofs.get(&row.id).filter(|_| row.status() == BUILT).into_iter().flatten() {
            files.entry(file).or_default().push(format!("`{}`", name.replace('|', "\\|")));
        }
        let tests: Vec<String> = files.iter().map(|(file, names)| format!("{file}: {}", names.join(", "))).collect();
        let proof = if tests.is_empty() { row.status().to_owned() } else { tests.join("; ") };
        writeln!(text, "| {} | {proof} |", row.id).unwrap();
    }
    text
}

/// The official and the seen rows.
fn known_rows() -> Vec<Row> {
    rows().into_iter().filter(|row| ["official", "seen"].contains(&row.cells[2].as_str())).collect()
}

fn rows() -> Vec<Row> {
    read(CONTRACT.into()).text.lines().filter_map(Row::parse).collect()
}

impl Row {
    fn status(&self) -> &str {
        &self.cells[4]
    }
}

const PAGE: &str = "docs/contract-proofs.md";
const BUILT: &str = "built";
const OPEN: &str = "open";
/// Where the scenarios and the tables are that `make test` runs.
const RUN: [&str; 2] = ["scenarios/", "simulator/tests/tables/"];
