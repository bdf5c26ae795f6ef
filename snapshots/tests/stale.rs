//! Finds stale snapshots, and new ones that are not reviewed yet, with plain `cargo test`.
//!
//! A file `snapshots/<area>/<name>.snap` is in use if one Rust file contains `settings("<area>")` and names the
//! snapshot. The name can be a string of that file, a format string (`"help-{command}"`) filled with other strings of
//! that file, or the name of an input file in a folder with the name of the area. A snapshot that a scenario recorded
//! is in use if a scenario of that title expects a `snapshot`.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn every_snapshot_is_in_use_and_decided_on() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");

    let found = trouble(&workspace);

    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn a_stale_a_misplaced_and_an_undecided_snapshot_turn_it_red() {
    let root = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write(
        "harness/src/a/tests.rs",
        "let _s = vestibule_snapshots::settings(\"cli\").bind_to_scope();\n\
         assert_snapshot!(\"plain\", x); for c in [\"run\"] { assert_snapshot!(format!(\"help-{c}\"), y); }",
    );
    write(
        "scenarios/sso.yaml",
        "title: An admin's home\nexpect:\n  snapshot: { record: [pages] }\n---\ntitle: No snapshot\nexpect: { page: home }",
    );
    for name in ["cli/plain", "cli/help-run", "sso/an-admin-s-home", "sso/an-admin-s-home-org-kind-sandbox"] {
        write(&format!("snapshots/{name}.snap"), "---\n---\n");
    }
    assert_eq!(trouble(root.path()), Vec::<String>::new());

    for name in [
        "cli/stale.snap",
        "cli/help-walk.snap",
        "pages/plain.snap",
        "cli/plain.snap.new",
        "loose.snap",
        "sso/no-snapshot.snap",
    ] {
        write(&format!("snapshots/{name}"), "---\n---\n");
    }

    assert_eq!(
        trouble(root.path()),
        [
            "snapshots/cli/help-walk.snap: no test refers to it; remove it",
            "snapshots/cli/plain.snap.new: it is not reviewed; run `cargo insta review` or remove it",
            "snapshots/cli/stale.snap: no test refers to it; remove it",
            "snapshots/loose.snap: no test refers to it; remove it",
            "snapshots/pages/plain.snap: no test refers to it; remove it",
            "snapshots/sso/no-snapshot.snap: no test refers to it; remove it",
        ]
    );
}

/// The faults of a workspace's snapshots, one sentence each, sorted.
fn trouble(workspace: &Path) -> Vec<String> {
    let sources: Vec<Source> = files_below(workspace, "rs").iter().map(|path| Source::read(path)).collect();
    let scenarios: Vec<String> =
        ["yaml", "yml"].iter().flat_map(|end| files_below(workspace, end)).map(|path| read(&path)).collect();
    let inputs: BTreeSet<(String, String)> = files_below(&workspace.join("harness/tests"), "yaml")
        .iter()
        .map(|path| (part(path.parent().and_then(Path::file_name)), part(path.file_stem())))
        .collect();
    let shown = |path: &Path| path.strip_prefix(workspace).unwrap_or(path).display().to_string();

    let undecided = files_below(workspace, "new")
        .into_iter()
        .filter(|path| path.to_string_lossy().ends_with(".snap.new"))
        .map(|path| format!("{}: it is not reviewed; run `cargo insta review` or remove it", shown(&path)));
    let stale = files_below(&workspace.join("snapshots"), "snap")
        .into_iter()
        .filter(|path| {
            let area = part(path.parent().and_then(Path::file_name));
            let name = part(path.file_stem());
            !sources.iter().any(|source| source.uses(&area, &name) || source.reads(&inputs, &area, &name))
                && !scenarios.iter().any(|text| records(text, &name))
        })
        .map(|path| format!("{}: no test refers to it; remove it", shown(&path)));
    undecided.chain(stale).collect::<BTreeSet<_>>().into_iter().collect()
}

/// The strings of a Rust file.
struct Source {
    areas: BTreeSet<String>,
    strings: BTreeSet<String>,
}

impl Source {
    fn read(path: &Path) -> Self {
        let text = read(path);
        let settings = regex::Regex::new(r#"\bsettings\(\s*"([^"]+)"\s*\)"#).expect("the pattern is valid");
        // Reads line by line and skips the character literal '"', so that an unpaired quote affects only its own line.
        let literal = regex::Regex::new(r#"'"'|"((?:[^"\\]|\\.)*)""#).expect("the pattern is valid");
        let strings = text.lines().flat_map(|line| literal.captures_iter(line)).filter_map(|found| found.get(1));
        Self {
            areas: settings.captures_iter(&text).map(|found| found[1].to_owned()).collect(),
            strings: strings.map(|string| string.as_str().to_owned()).collect(),
        }
    }

    fn uses(&self, area: &str, name: &str) -> bool {
        self.areas.contains(area)
            && (self.strings.contains(name) || self.strings.iter().any(|format| self.fills(format, name)))
    }

    /// Whether this file tests the area and the folder of the area has an input of that name.
    fn reads(&self, inputs: &BTreeSet<(String, String)>, area: &str, name: &str) -> bool {
        self.areas.contains(area) && inputs.contains(&(area.to_owned(), name.to_owned()))
    }

    /// Whether the format string, filled with strings of this file, makes the name.
    fn fills(&self, format: &str, name: &str) -> bool {
        let pieces: Vec<String> = gap().split(format).map(regex::escape).collect();
        let has_text = pieces.iter().any(|piece| piece.chars().any(char::is_alphanumeric));
        if pieces.len() < 2 || !has_text {
            return false;
        }
        let made = regex::Regex::new(&format!("^{}$", pieces.join("(.+)"))).expect("the pattern is valid");
        made.captures(name)
            .is_some_and(|gaps| gaps.iter().skip(1).flatten().all(|filled| self.strings.contains(filled.as_str())))
    }
}

/// Whether a scenario of this file records a snapshot of this name, which is its title and the point of its matrix.
fn records(text: &str, name: &str) -> bool {
    let title = regex::Regex::new(r#"(?m)^title:\s*(.+)$"#).expect("the pattern is valid");
    let expects = regex::Regex::new(r"(?m)^\s+snapshot:").expect("the pattern is valid");
    text.split("\n---").filter(|document| expects.is_match(document)).any(|document| {
        title.captures(document).is_some_and(|found| {
            let words = found[1].to_lowercase();
            let words = words.split(|char: char| !char.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
            let own = words.collect::<Vec<_>>().join("-");
            name == own || name.strip_prefix(&own).is_some_and(|point| point.starts_with('-'))
        })
    })
}

fn gap() -> regex::Regex {
    regex::Regex::new(r"\{[^{}]*\}").expect("the pattern is valid")
}

/// Files with this extension, except in hidden folders and build results.
fn files_below(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut files = Vec::new();
    for path in entries.map(|entry| entry.expect("the folder can be read").path()) {
        let name = part(path.file_name());
        if path.is_dir() && !name.starts_with('.') && name != "target" {
            files.extend(files_below(&path, extension));
        } else if path.extension().is_some_and(|end| end == extension) {
            files.push(path);
        }
    }
    files
}

/// Reads a file as text. Some bad scenarios are not UTF-8.
fn read(path: &Path) -> String {
    let bytes = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    String::from_utf8_lossy(&bytes).into_owned()
}

fn part(name: Option<&std::ffi::OsStr>) -> String {
    name.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
