//! `docs/contract.md`: every row is complete, and every row that the repository cites is there.

mod proofs;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex::Regex;

use super::{read, root};

#[test]
fn every_row_of_the_contract_is_complete() {
    let text = read(CONTRACT.into()).text;
    let addresses = addresses(&text);
    let (mut section, mut ids, mut cited, mut wrong) = (String::new(), BTreeSet::new(), BTreeSet::new(), Vec::new());
    for line in text.lines() {
        if let Some(heading) = line.strip_prefix('#') {
            section = heading.trim_start_matches('#').trim().split('.').next().unwrap().to_owned();
        }
        let Some(row) = Row::parse(line) else { continue };
        if !ids.insert(row.id.clone()) {
            wrong.push(format!("{}: the id is used twice", row.id));
        }
        if !row.id.starts_with(&section) {
            wrong.push(format!("{} is in section {section}", row.id));
        }
        if row.cells.len() != COLUMNS.len() || row.cells.iter().any(String::is_empty) {
            wrong.push(format!("{}: {} columns, or an empty one", row.id, row.cells.len()));
            continue;
        }
        let [_, _, confidence, source, status] = [0, 1, 2, 3, 4].map(|at| row.cells[at].as_str());
        if !CONFIDENCES.contains(&confidence) {
            wrong.push(format!("{}: `{confidence}` is no confidence", row.id));
        }
        if !STATUSES.contains(&status) && !status.starts_with(NOT_SIMULATED) {
            wrong.push(format!("{}: `{status}` is no status", row.id));
        }
        let sources: Vec<_> = labels(source).collect();
        if sources.is_empty() && !(confidence == "background" && source == NO_SOURCE) {
            wrong.push(format!("{}: `{source}` names no address", row.id));
        }
        for source in sources {
            if !addresses.contains_key(source) {
                wrong.push(format!("{}: [{source}] has no address", row.id));
            }
            cited.insert(source.to_owned());
        }
    }
    wrong.extend(addresses.keys().filter(|label| !cited.contains(*label)).map(|label| format!("[{label}] is unused")));

    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_cited_row_is_in_the_contract() {
    let ids: BTreeSet<String> = read(CONTRACT.into()).text.lines().filter_map(Row::parse).map(|row| row.id).collect();
    let mut wrong = Vec::new();
    for path in sources(root()) {
        let text = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        for (line, id) in citations(&String::from_utf8_lossy(&text)) {
            if !ids.contains(&id) {
                wrong.push(format!("{}:{line}: the contract has no row {id}", path.display()));
            }
        }
    }

    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn nothing_cites_a_document_that_is_not_here() {
    let elsewhere = Regex::new(&format!(r"\b([Ff]{}) [A-M]\d?\b|\bdes{} \d", "acts", "ign")).unwrap();
    for path in sources(root()) {
        let text = fs::read(&path).unwrap();
        let found = elsewhere.find(&String::from_utf8_lossy(&text)).map(|found| found.as_str().to_owned());
        assert_eq!(found, None, "{}", path.display());
    }
}

#[test]
fn a_citation_is_found_alone_and_in_a_list() {
    let cite = "contract ";
    let text =
        format!("/// Ten codes ({cite}C3.8).\n{cite}A1.1, A1.2 and M1.10; not a {cite}with anybody, but {cite}C3");

    let found: Vec<_> = citations(&text).map(|(line, id)| format!("{line} {id}")).collect();

    assert_eq!(found, ["1 C3.8", "2 A1.1", "2 A1.2", "2 M1.10", "2 C3"]);
}

/// A row of a table whose first cell is an id.
struct Row {
    id: String,
    cells: Vec<String>,
}

impl Row {
    fn parse(line: &str) -> Option<Self> {
        let inner = line.strip_prefix("| ")?.strip_suffix(" |")?;
        let cells: Vec<String> = inner.replace("\\|", "\u{0}").split('|').map(|cell| cell.trim().to_owned()).collect();
        let id = cells.first()?.clone();
        ID.is_match(&id).then_some(Self { id, cells })
    }
}

/// The labels in square brackets, except in code.
fn labels(source: &str) -> impl Iterator<Item = &str> {
    source.split('[').skip(1).filter_map(|part| part.split_once(']')).map(|(label, _)| label)
}

/// The addresses at the end of the page, by label.
fn addresses(text: &str) -> BTreeMap<String, String> {
    let definition = Regex::new(r"(?m)^\[([^\]]+)\]: (https://\S+)$").unwrap();
    definition.captures_iter(text).map(|found| (found[1].to_owned(), found[2].to_owned())).collect()
}

/// Each id that follows the word "contract", with its line. Includes sections without a row, so that they can be
/// refused.
fn citations(text: &str) -> impl Iterator<Item = (usize, String)> {
    let lines: Vec<_> = text.lines().map(str::to_owned).enumerate().collect();
    lines.into_iter().flat_map(move |(number, line)| {
        let lists: Vec<String> = LIST.captures_iter(&line).map(|found| found[1].to_owned()).collect();
        let ids: Vec<_> =
            lists.iter().flat_map(|list| CITED.find_iter(list)).map(|id| id.as_str().to_owned()).collect();
        ids.into_iter().map(move |id| (number + 1, id))
    })
}

/// Every text file of the repository that may cite a row.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_dir() {
            if !name.starts_with('.') && !["target", "node_modules"].contains(&name) {
                files.extend(sources(&path));
            }
        } else if path.extension().is_some_and(|kind| KINDS.iter().any(|known| kind == *known)) {
            files.push(path);
        }
    }
    files
}

static ID: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"^[A-M]\d+\.\d+$").unwrap());
static LIST: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\b[Cc]ontract ((?:(?:, | and | to )?\b[A-M]\d+(?:\.\d+)?\b)+)").unwrap());
static CITED: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"[A-M]\d+(?:\.\d+)?").unwrap());

const CONTRACT: &str = "docs/contract.md";
const COLUMNS: [&str; 5] = ["Id", "Fact", "Confidence", "Source", "Status"];
const CONFIDENCES: [&str; 4] = ["official", "seen", "inferred", "background"];
const STATUSES: [&str; 3] = ["built", "open", "note"];
/// How the status of a row begins that is left out on purpose; the reason follows.
const NOT_SIMULATED: &str = "not simulated: ";
const NO_SOURCE: &str = "no public source";
const KINDS: [&str; 13] = ["cjs", "css", "html", "js", "json", "md", "mjs", "py", "rs", "sh", "snap", "toml", "yaml"];
