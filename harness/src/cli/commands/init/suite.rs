//! The suite in a folder: how to start it, and which variables it reads.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;
use serde_json::Value;

use super::names::template;

/// What was found out about a suite.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Suite {
    /// The command that runs it; empty if none was found.
    pub(super) command: Vec<String>,
    /// The file that shows it.
    pub(super) because: String,
    /// Names that it reads from its environment, each with the template that fits it.
    pub(super) mappings: BTreeMap<String, &'static str>,
}

/// Looks at the files of a folder.
pub(super) fn find(folder: &Path) -> Suite {
    let files = source_files(folder);
    let read = |file: &PathBuf| {
        let text = fs::read_to_string(file).ok()?;
        Some((file.clone(), if is_dotenv(file) { fitting(found(DOTENV_NAME, &text)) } else { mappings(&text) }))
    };
    let mapped: Vec<_> = files.iter().filter_map(read).collect();
    let package = package_json(folder);
    let found = package.iter().find_map(by_ui_framework);
    let found = found.or_else(|| by_files(folder, &files, &mapped, package.as_ref()));
    let found = found.or_else(|| package.as_ref().and_then(by_test_script));
    let (command, because) = found.unwrap_or_default();
    Suite { command, because, mappings: mapped.into_iter().flat_map(|(_, mappings)| mappings).collect() }
}

/// The names that a source text reads from the environment and that a login needs.
pub(super) fn mappings(text: &str) -> BTreeMap<String, &'static str> {
    let together = found(DESTRUCTURED, text);
    let named = together.iter().flat_map(|names| names.split(',')).filter_map(|name| name.split([':', '=']).next());
    let single = READS.iter().flat_map(|pattern| found(pattern, text));
    fitting(single.chain(named.map(|name| name.trim().to_owned())))
}

/// What the first group of a pattern matches.
fn found(pattern: &str, text: &str) -> Vec<String> {
    let pattern = Regex::new(pattern).expect("invariant: the pattern is a constant that compiles");
    pattern.captures_iter(text).filter_map(|found| Some(found.get(1)?.as_str().to_owned())).collect()
}

/// The names that a login needs, each with its template. Our own names need no mapping.
fn fitting(names: impl IntoIterator<Item = String>) -> BTreeMap<String, &'static str> {
    let names = names.into_iter().filter(|name| !name.starts_with("VESTIBULE_"));
    names.filter_map(|name| template(&name).map(|template| (name, template))).collect()
}

type Found = (Vec<String>, String);

fn package_json(folder: &Path) -> Option<Value> {
    serde_json::from_str(&fs::read_to_string(folder.join(PACKAGE)).ok()?).ok()
}

/// A framework for tests in a browser that the package depends on, or that its test script starts.
fn by_ui_framework(package: &Value) -> Option<Found> {
    let depends = |name: &str| ["dependencies", "devDependencies"].iter().any(|kind| package[kind][name].is_string());
    let script = package["scripts"]["test"].as_str().unwrap_or_default();
    let command: &[&str] = if depends("@playwright/test") {
        &["npx", "playwright", "test"]
    } else if depends("@wdio/cli") {
        &["npx", "wdio", "run", "wdio.conf.js"]
    } else if UI_TOOLS.iter().any(|tool| script.contains(tool)) {
        NPM_TEST
    } else {
        return None;
    };
    Some((words(command), PACKAGE.to_owned()))
}

/// What `npm init` writes is no test.
fn by_test_script(package: &Value) -> Option<Found> {
    let script = package["scripts"]["test"].as_str().filter(|script| !script.contains("no test specified"));
    script.map(|_| (words(NPM_TEST), PACKAGE.to_owned()))
}

fn by_files(
    folder: &Path,
    sources: &[PathBuf],
    mapped: &[(PathBuf, BTreeMap<String, &'static str>)],
    package: Option<&Value>,
) -> Option<Found> {
    let shown = |file: &Path| file.strip_prefix(folder).unwrap_or(file).display().to_string();
    let has = |file: &Path, extension: &str| file.extension().is_some_and(|found| found == extension);
    // Beside a package with tests of its own, the language that reads the login decides.
    let reads = |extension| mapped.iter().any(|(file, found)| has(file, extension) && !found.is_empty());
    let in_javascript = package.and_then(by_test_script).is_some() && JAVASCRIPT.into_iter().any(reads);
    let python = pytest_marker(folder)
        .map(str::to_owned)
        .or_else(|| sources.iter().find(|file| is_pytest_file(file)).map(|file| shown(file)));
    if let Some(because) = python.filter(|_| reads("py") || !in_javascript) {
        return Some((words(&["pytest", "-x"]), because));
    }
    if let Some((file, command)) = MARKERS.iter().find(|(file, _)| folder.join(file).is_file()) {
        return Some((words(command), (*file).to_owned()));
    }
    let robot = sources.iter().find(|file| has(file, "robot"))?;
    Some((words(&["robot", "."]), shown(robot)))
}

/// The file that shows that pytest is used here.
fn pytest_marker(folder: &Path) -> Option<&'static str> {
    let names = |file: &str| fs::read_to_string(folder.join(file)).is_ok_and(|text| text.contains("pytest"));
    let marked = PYTEST_MARKERS.into_iter().find(|file| folder.join(file).is_file());
    marked.or_else(|| PYTEST_MENTIONS.into_iter().find(|file| names(file)))
}

/// `test_login.py`, `login_test.py`: what pytest collects.
fn is_pytest_file(file: &Path) -> bool {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    name.strip_suffix(".py").is_some_and(|stem| stem.starts_with("test_") || stem.ends_with("_test"))
}

fn words(command: &[&str]) -> Vec<String> {
    command.iter().map(|word| (*word).to_owned()).collect()
}

/// Source files of the folder and of those below it, in a stable order; no more than [`MOST_FILES`].
fn source_files(folder: &Path) -> Vec<PathBuf> {
    let mut folders = vec![folder.to_owned()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        paths.sort();
        for path in paths {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if is_dotenv(&path) && is_small(&path) {
                files.push(path);
                continue;
            }
            if path.is_symlink() || name.starts_with('.') || SKIPPED.contains(&name.as_str()) {
                continue;
            } else if path.is_dir() {
                folders.push(path);
            } else if is_source(&path) {
                files.push(path);
            }
            if files.len() == MOST_FILES {
                return files;
            }
        }
    }
    files
}

fn is_source(path: &Path) -> bool {
    path.extension().is_some_and(|extension| SOURCES.iter().any(|source| extension == *source)) && is_small(path)
}

/// A file of variables that suites load. Only the names in it are read.
fn is_dotenv(path: &Path) -> bool {
    path.file_name().and_then(|name| name.to_str()).is_some_and(|name| DOTENV.contains(&name))
}

fn is_small(path: &Path) -> bool {
    path.metadata().is_ok_and(|file| file.is_file() && file.len() <= MOST_BYTES)
}

/// How sources read a variable: by its own name in `process.env` and `import.meta.env`; as the text that is given to
/// something with `env` in its name (`os.environ["NAME"]`, `ENV.fetch("NAME")`, `requireEnv("NAME")`) or to `config`; as
/// `%{NAME}` and `Get Environment Variable` in Robot Framework.
const READS: [&str; 4] = [
    r#"(?:process|meta)\??\.env(?:\??\.|(?:\?\.)?\[\s*["'`])([A-Za-z_][A-Za-z0-9_]*)"#,
    r#"(?:[A-Za-z_]*(?:env|Env|ENV)[A-Za-z_]*(?:\.(?:get|fetch|str|require|required))?|\bconfig)\s*[(\[]\s*["'`]([A-Za-z_][A-Za-z0-9_]*)["'`]"#,
    r"%\{([A-Za-z_][A-Za-z0-9_]*)",
    r"(?i:get environment variable)\s{2,}([A-Za-z_][A-Za-z0-9_]*)",
];

/// `const { NAME, OTHER: other } = process.env`.
const DESTRUCTURED: &str = r"\{([^{}]*)\}\s*=\s*process\.env\b";

/// A line of a file of variables.
const DOTENV_NAME: &str = r"(?m)^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=";

const PACKAGE: &str = "package.json";
const NPM_TEST: &[&str] = &["npm", "test"];
/// Programs that drive a browser, as test scripts name them.
const UI_TOOLS: [&str; 8] =
    ["playwright", "wdio", "nightwatch", "cucumber", "codecept", "testcafe", "protractor", "puppeteer"];
const JAVASCRIPT: [&str; 4] = ["js", "mjs", "cjs", "ts"];

const PYTEST_MARKERS: [&str; 2] = ["pytest.ini", "conftest.py"];
/// Files that are there for other reasons too.
const PYTEST_MENTIONS: [&str; 5] = ["pyproject.toml", "setup.cfg", "tox.ini", "requirements.txt", "Pipfile"];

const MARKERS: [(&str, &[&str]); 3] = [
    ("pom.xml", &["mvn", "--quiet", "test"]),
    ("gradlew", &["./gradlew", "test"]),
    ("build.gradle", &["gradle", "test"]),
];

const SOURCES: [&str; 11] = ["cjs", "cs", "groovy", "java", "js", "kt", "mjs", "py", "rb", "robot", "ts"];
const DOTENV: [&str; 5] = [".env", ".env.example", ".env.sample", ".env.template", ".env.test"];
const SKIPPED: [&str; 7] = ["build", "dist", "node_modules", "target", "venv", "vendor", "vestibule"];
const MOST_FILES: usize = 2000;
const MOST_BYTES: u64 = 200 << 10;
