//! What the compiler cannot check: folders side by side in one crate refer to each other only as one table allows, pure
//! folders stay pure, and no file is in a cycle with its neighbours.
//!
//! How cycles are counted: a reference is a `use` or a path in an expression, a type, a pattern or a macro, followed
//! through re-exports to the file that declares the name. A file belongs to the child of each folder above it, so
//! `dispatcher/access.rs` that names something in `login/form.rs` makes `dispatcher` refer to `login`. A parent and its
//! child may refer to each other. Unit tests do not count: they may set up whatever they need.

mod source;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;
use std::sync::LazyLock;

use source::{Crate, Reference, Segments, Target};

#[test]
fn folders_refer_only_to_what_the_table_allows() {
    let mut wrong = BTreeSet::new();
    for workspace_crate in WORKSPACE.iter() {
        for Reference { from, to, .. } in workspace_crate.references() {
            let Some(folder) = from.first() else { continue };
            let Some(rule) = workspace_crate.rules.iter().find(|(name, _)| name == folder) else { continue };
            let (path, guarded) = match to {
                Target::Own(path) => (path, path.first().is_some_and(|top| top != folder)),
                Target::Other(path) => (path, CRATES.contains(&path[0].as_str())),
            };
            if guarded && !rule.1.iter().any(|allowed| within(path, allowed)) {
                wrong.insert(format!("{}/{} refers to {}", workspace_crate.name, from.join("/"), path.join("::")));
            }
        }
    }

    assert!(wrong.is_empty(), "not in the table:\n{}", lines(wrong));
}

#[test]
fn every_folder_has_a_row_in_the_table() {
    for workspace_crate in WORKSPACE.iter().filter(|one| !one.rules.is_empty()) {
        let named: BTreeSet<&str> = workspace_crate.rules.iter().map(|(folder, _)| *folder).collect();
        let folders: BTreeSet<&str> = workspace_crate.folders().into_iter().filter(|folder| *folder != TOP).collect();
        assert_eq!(folders, named, "folders and rows of {}", workspace_crate.name);
    }
}

#[test]
fn pure_folders_take_time_randomness_and_files_as_arguments() {
    let mut wrong = BTreeSet::new();
    for workspace_crate in WORKSPACE.iter() {
        for Reference { from, to, .. } in workspace_crate.references() {
            let Target::Other(path) = to else { continue };
            let file = from.join("/");
            let pure = from.first().is_some_and(|folder| PURE.contains(&folder.as_str()));
            let excused = IMPURE_FILES.iter().any(|(name, _)| *name == file);
            if pure && !excused && IMPURE.iter().any(|impure| within(path, impure)) {
                wrong.insert(format!("{}/{file} refers to {}", workspace_crate.name, path.join("::")));
            }
        }
    }

    assert!(wrong.is_empty(), "{}", lines(wrong));
}

#[test]
fn no_file_is_in_a_cycle_with_its_neighbours() {
    let found: Vec<String> =
        WORKSPACE.iter().flat_map(|one| cycles(one.name, one.references())).map(|cycle| cycle.to_string()).collect();

    assert!(found.is_empty(), "cycles:\n{}", lines(found));
}

#[test]
fn a_reference_is_found_wherever_it_is_written() {
    let code = Crate::from_texts(&[
        ("lib.rs", "mod a; mod b; pub use b::deep::Shown;"),
        ("a/mod.rs", "mod one; #[cfg(test)] mod tests;"),
        (
            "a/one.rs",
            "use crate::b::{self, deep}; fn f(x: super::super::b::Kind) { println!(\"{}\", crate::Shown::new()); b::g(); }",
        ),
        ("a/tests.rs", "use std::fs; use super::one;"),
        ("b/mod.rs", "pub mod deep; pub enum Kind {} pub fn g() {}"),
        ("b/deep.rs", "pub struct Shown; fn now() -> std::time::Instant { std::time::Instant::now() }"),
    ]);

    let found: Vec<String> = code.references().into_iter().map(|reference| shown(&reference)).collect();

    assert_eq!(
        found,
        [
            " -> b::deep",
            "a::one -> b",
            "a::one -> b::deep",
            "a::tests -> a::one (test)",
            "a::tests -> std::fs (test)",
            "b::deep -> std::time::Instant",
            "b::deep -> std::time::Instant::now",
        ]
    );
}

#[test]
fn a_cycle_is_found_between_neighbours_and_not_between_parent_and_child() {
    let code = Crate::from_texts(&[
        ("lib.rs", "mod a; mod b; mod c;"),
        ("a/mod.rs", "mod inner; use crate::b::g; pub fn f() { inner::h() }"),
        ("a/inner.rs", "use super::f; pub fn h() {}"),
        ("b.rs", "pub fn g() { crate::c::k() }"),
        ("c.rs", "pub fn k() { crate::a::f() }"),
    ]);

    let found: Vec<String> = cycles("x", &code.references()).iter().map(Cycle::to_string).collect();
    assert_eq!(found, ["x: a, b, c"]);
}

/// A folder, and what it may refer to besides itself.
type Rule = (&'static str, &'static [&'static str]);

struct WorkspaceCrate {
    name: &'static str,
    rules: &'static [Rule],
    src: std::path::PathBuf,
    code: Crate,
    references: BTreeSet<Reference>,
}

impl WorkspaceCrate {
    fn read(name: &'static str, rules: &'static [Rule], src: &str) -> Self {
        let src = Path::new(env!("CARGO_MANIFEST_DIR")).join(src);
        let code = Crate::read(&src);
        Self { name, rules, src, references: code.references(), code }
    }

    fn folders(&self) -> BTreeSet<&str> {
        self.code.top().into_iter().filter(|name| self.src.join(name).is_dir()).collect()
    }

    /// The references outside unit tests.
    fn references(&self) -> impl Iterator<Item = &Reference> {
        self.references.iter().filter(|reference| !reference.test)
    }
}

/// Read once for all tests.
static WORKSPACE: LazyLock<[WorkspaceCrate; 4]> = LazyLock::new(|| {
    [
        WorkspaceCrate::read("model", &[], "../simulator/model/src"),
        WorkspaceCrate::read("certs", &[], "../certs/src"),
        WorkspaceCrate::read("simulator", SIMULATOR, "../simulator/src"),
        WorkspaceCrate::read("harness", HARNESS, "src"),
    ]
});

/// Neighbours in one folder that refer to each other in a cycle.
struct Cycle {
    place: String,
    files: BTreeSet<String>,
}

impl fmt::Display for Cycle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, Vec::from_iter(self.files.iter().cloned()).join(", "))
    }
}

/// The cycles of a crate.
fn cycles<'a>(name: &str, references: impl IntoIterator<Item = &'a Reference>) -> Vec<Cycle> {
    let mut folders: BTreeMap<Segments, BTreeMap<String, BTreeSet<String>>> = BTreeMap::new();
    for Reference { from, to, .. } in references {
        let Target::Own(to) = to else { continue };
        let common = from.iter().zip(to).take_while(|(one, other)| one == other).count();
        if let (Some(one), Some(other)) = (from.get(common), to.get(common)) {
            let folder = folders.entry(from[..common].to_vec()).or_default();
            folder.entry(one.clone()).or_default().insert(other.clone());
        }
    }
    let mut found = Vec::new();
    for (folder, arrows) in &folders {
        let place: Vec<&str> = [name].into_iter().chain(folder.iter().map(String::as_str)).collect();
        let rounds: BTreeSet<BTreeSet<String>> = arrows.keys().map(|start| round(arrows, start)).collect();
        let cycles = rounds.into_iter().filter(|files| files.len() > 1);
        found.extend(cycles.map(|files| Cycle { place: place.join("/"), files }));
    }
    found
}

/// Everything that can be reached from here and leads back here.
fn round(arrows: &BTreeMap<String, BTreeSet<String>>, start: &str) -> BTreeSet<String> {
    let ahead = reached(arrows, start);
    ahead.into_iter().filter(|other| reached(arrows, other).contains(start)).collect()
}

/// Everything that can be reached from here along the arrows.
fn reached(arrows: &BTreeMap<String, BTreeSet<String>>, start: &str) -> BTreeSet<String> {
    let (mut seen, mut open) = (BTreeSet::new(), vec![start.to_owned()]);
    while let Some(next) = open.pop() {
        for other in arrows.get(&next).into_iter().flatten() {
            if seen.insert(other.clone()) {
                open.push(other.clone());
            }
        }
    }
    seen
}

/// Whether `path` is `name` (`a::b`) or is inside it.
fn within(path: &[String], name: &str) -> bool {
    let mut path = path.iter();
    name.split("::").all(|segment| path.next().is_some_and(|own| own == segment))
}

fn shown(reference: &Reference) -> String {
    let (Target::Own(to) | Target::Other(to)) = &reference.to;
    let test = if reference.test { " (test)" } else { "" };
    format!("{} -> {}{test}", reference.from.join("::"), to.join("::"))
}

fn lines<T: AsRef<str>>(all: impl IntoIterator<Item = T>) -> String {
    all.into_iter().map(|line| format!("  {}\n", line.as_ref())).collect()
}

/// What each folder of the simulator may refer to besides itself and the model.
const SIMULATOR: &[(&str, &[&str])] = &[
    ("policy", &[]),
    ("xml", &[]),
    ("saml", &["xml", "vestibule_certs"]),
    ("oidc", &["vestibule_certs"]),
    ("realm", &["policy", "vestibule_certs"]),
    ("http", &["realm"]),
    ("inspect", &["oidc", "realm", "saml"]),
    ("attacks", &["vestibule_certs"]),
    (
        "idp",
        &["attacks", "back_channel", "blocking", "http", "realm", "saml", "oidc", "policy", "vestibule_certs", "xml"],
    ),
    (
        "org",
        &[
            "back_channel",
            "blocking",
            "http",
            "qr",
            "realm",
            "saml",
            "oidc",
            "policy",
            "totp",
            "vestibule_certs",
            "xml",
        ],
    ),
    ("products", &["back_channel", "http", "oidc", "policy", "qr", "realm", "totp"]),
    ("control", &["http", "org", "policy", "realm"]),
    ("server", &["control", "foreign_idp", "http", "realm", "idp", "org", "policy", "products", "vestibule_certs"]),
];

/// What each folder of the harness may refer to besides itself and the model. `cli` is at the top and may use all of
/// them.
const HARNESS: &[(&str, &[&str])] = &[
    ("outcome", &["vestibule_simulator::attacks"]),
    ("scenario", &[]),
    ("authenticator", &["vestibule_certs::AttestationKey"]),
    (
        "authenticator_service",
        &[
            "authenticator",
            "stopwatch",
            "suite::accept_loop",
            "suite::limits",
            "suite::loopback_guard",
            "suite::peer",
            "vault",
        ],
    ),
    ("trace", &["outcome", "stopwatch"]),
    ("vault", &["authenticator"]),
    ("browser", &["authenticator", "stopwatch", "orphan_guard", "vestibule_certs::tls_provider"]),
    ("actor", &["authenticator", "browser", "stopwatch", "trace"]),
    (
        "diagnosis",
        &[
            "outcome",
            "trace",
            "vestibule_simulator::org::CeremonyFailure",
            "vestibule_simulator::org::CeremonyReport",
            "vestibule_simulator::org::paths",
            "vestibule_simulator::policy",
            "vestibule_simulator::realm",
        ],
    ),
    (
        "suite",
        &[
            "authenticator",
            "browser",
            "orphan_guard",
            "outcome",
            "scenario",
            "stopwatch",
            "trace",
            "vestibule_certs::TrustedCertificates",
            "vestibule_simulator::org::paths",
            "vestibule_simulator::realm",
        ],
    ),
    ("report", &["outcome", "vestibule_simulator::attacks"]),
    // A prediction: it asks the rules about users of a real org, which no runner ever judges.
    ("audit", &["outcome", "stopwatch", "vestibule_simulator::policy"]),
    (
        "attack",
        &[
            "browser",
            "outcome",
            "stopwatch",
            "vestibule_certs",
            "vestibule_simulator::ServeError",
            "vestibule_simulator::Simulator",
            "vestibule_simulator::attacks",
            "vestibule_simulator::idp",
            "vestibule_simulator::policy::Rulebook",
            "vestibule_simulator::realm",
        ],
    ),
    ("snapshot", &[]),
    (
        "probe",
        &[
            "actor",
            "authenticator",
            "browser",
            "runner",
            "stopwatch",
            "vestibule_certs::CertStore",
            "vestibule_simulator::Simulator",
            "vestibule_simulator::org::paths",
            "vestibule_simulator::policy::Rulebook",
            "vestibule_simulator::realm",
        ],
    ),
    (
        "runner",
        &[
            "actor",
            "authenticator",
            "browser",
            "diagnosis",
            "suite",
            "outcome",
            "scenario",
            "snapshot",
            "stopwatch",
            "trace",
            "vestibule_certs",
            "vestibule_simulator::ServeError",
            "vestibule_simulator::Simulator",
            "vestibule_simulator::idp",
            "vestibule_simulator::org",
            // The type of a decision, but not the code that makes one: the runner must not ask the rules that it
            // checks.
            "vestibule_simulator::policy::Decision",
            "vestibule_simulator::policy::Outcome",
            "vestibule_simulator::policy::Rulebook",
            "vestibule_simulator::policy::RulebookError",
            "vestibule_simulator::realm",
        ],
    ),
];

/// The folder above all others.
const TOP: &str = "cli";

/// The crates in the tables, as paths name them. Every folder may use the model.
const CRATES: [&str; 2] = ["vestibule_certs", "vestibule_simulator"];

/// Folders without input, output, clock and randomness.
const PURE: [&str; 7] = ["policy", "xml", "saml", "oidc", "attacks", "scenario", "report"];

const IMPURE: [&str; 11] = [
    "jiff::Timestamp::now",
    "jiff::Zoned::now",
    "rand",
    "rand_chacha",
    "std::env",
    "std::fs",
    "std::net",
    "std::process",
    "std::time::Instant",
    "std::time::SystemTime",
    "tokio",
];

/// Files of pure folders that need one of these, and why.
const IMPURE_FILES: &[(&str, &str)] = &[("scenario/discover", "reads the files that a command names")];
