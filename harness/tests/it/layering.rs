//! Layers point one way. One table says what each folder may import; the compiler checks the crates.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Folder below `src/`, and the folders (or crates) of the project that it may import beside itself.
const SIMULATOR: &[(&str, &[&str])] = &[
    ("policy", &[]),
    ("saml", &["vestibule_certs"]),
    ("oidc", &["vestibule_certs"]),
    ("realm", &["policy", "vestibule_certs"]),
    ("idp", &["realm", "saml", "oidc", "policy", "vestibule_certs"]),
    ("org", &["realm", "saml", "oidc", "policy", "vestibule_certs"]),
    ("server", &["realm", "idp", "org", "vestibule_certs"]),
];

const HARNESS: &[(&str, &[&str])] = &[
    ("outcome", &[]),
    ("scenario", &[]),
    ("authenticator", &[]),
    ("trace", &["outcome", "stopwatch"]),
    ("browser", &["authenticator", "stopwatch", "warden"]),
    ("actor", &["authenticator", "browser", "stopwatch", "trace"]),
    ("diagnosis", &["outcome", "vestibule_simulator::policy", "vestibule_simulator::realm"]),
    ("external", &["browser", "outcome", "stopwatch", "trace", "warden"]),
    ("report", &["outcome"]),
    ("snapshot", &[]),
    (
        "runner",
        &[
            "actor",
            "authenticator",
            "browser",
            "diagnosis",
            "external",
            "outcome",
            "scenario",
            "snapshot",
            "stopwatch",
            "trace",
            "vestibule_certs",
            "vestibule_simulator::idp",
            "vestibule_simulator::org",
            "vestibule_simulator::policy::Decision",
            "vestibule_simulator::policy::Outcome",
            "vestibule_simulator::policy::Rulebook",
            "vestibule_simulator::realm",
            "vestibule_simulator::server",
        ],
    ),
];

const MOST_LINES: usize = 400;

#[test]
fn every_folder_imports_only_what_the_table_allows() {
    let mut wrong = Vec::new();
    for (root, table) in [("../simulator/src", SIMULATOR), ("src", HARNESS)] {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(root);
        for file in rust_files(&root) {
            let inside = file.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
            let Some((folder, allowed)) = table.iter().find(|(folder, _)| inside.starts_with(&format!("{folder}/")))
            else {
                continue;
            };
            for import in imports(&fs::read_to_string(&file).unwrap()) {
                let own = within(&import, &folder.replace('/', "::"));
                if !own && !allowed.iter().any(|name| within(&import, name)) {
                    wrong.push(format!("{inside} imports {import}; {folder} may import {allowed:?}"));
                }
            }
        }
    }

    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_table_names_every_folder_but_the_command_line() {
    for (root, table) in [("../simulator/src", SIMULATOR), ("src", HARNESS)] {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(root);
        let folders = fs::read_dir(&root).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir());

        let named: BTreeSet<_> = table.iter().map(|(folder, _)| folder.split('/').next().unwrap()).collect();
        let unnamed: Vec<_> = folders
            .filter(|path| !named.contains(path.file_name().unwrap().to_str().unwrap()) && !path.ends_with("cli"))
            .collect();

        assert!(unnamed.is_empty(), "no rule for {unnamed:?}");
    }
}

#[test]
fn no_file_has_a_second_purpose() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let crates = ["certs", "simulator", "harness", "snapshots"].map(|name| workspace.join(name));

    let long: Vec<_> = crates
        .iter()
        .flat_map(|folder| rust_files(folder))
        .filter(|file| fs::read_to_string(file).unwrap().lines().count() > MOST_LINES)
        .collect();

    assert!(long.is_empty(), "over {MOST_LINES} lines: {long:?}");
}

#[test]
fn an_import_against_the_direction_is_seen() {
    let text = "use crate::{realm::Realm, saml};\nlet x = vestibule_simulator::policy::decide(1);\nuse crate::org::{self, gate};";

    let found = imports(text);

    assert_eq!(found, ["realm::Realm", "saml", "org::self", "org::gate", "vestibule_simulator::policy::decide"]);
}

/// Whether `path` is `name` or stands inside it.
fn within(path: &str, name: &str) -> bool {
    path == name || path.strip_prefix(name).is_some_and(|rest| rest.starts_with("::"))
}

/// Every path of the project that a source text names, `crate::` aside; `{a, b}` groups are opened.
fn imports(text: &str) -> Vec<String> {
    let code: String = text.lines().map(|line| line.split("//").next().unwrap_or("")).collect::<Vec<_>>().join("\n");
    let mut found = Vec::new();
    for start in ["crate::", "vestibule_simulator::", "vestibule_certs::"] {
        for (at, _) in code.match_indices(start) {
            let before = code[..at].chars().next_back();
            if before.is_some_and(|char| char.is_alphanumeric() || char == '_' || char == '$') {
                continue;
            }
            let prefix = if start == "crate::" { String::new() } else { start.to_owned() };
            open(&prefix, &code[at + start.len()..], &mut found);
        }
    }
    found
}

fn open(prefix: &str, rest: &str, found: &mut Vec<String>) {
    if let Some(group) = rest.strip_prefix('{') {
        for part in members(group) {
            open(prefix, part.trim(), found);
        }
        return;
    }
    let end = rest.find(|char: char| !char.is_alphanumeric() && char != '_').unwrap_or(rest.len());
    let name = &rest[..end];
    match rest[end..].strip_prefix("::") {
        Some(deeper) if deeper.starts_with(|char: char| char.is_alphanumeric() || char == '_' || char == '{') => {
            open(&format!("{prefix}{name}::"), deeper, found);
        }
        _ => found.push(format!("{prefix}{name}")),
    }
}

/// The members of a `{…}` group, up to its closing brace.
fn members(group: &str) -> Vec<&str> {
    let (mut depth, mut start, mut parts) = (0_usize, 0, Vec::new());
    for (at, char) in group.char_indices() {
        match char {
            '{' => depth += 1,
            '}' if depth == 0 => {
                parts.push(&group[start..at]);
                break;
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&group[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.retain(|part| !part.trim().is_empty());
    parts
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}
