//! The suite in a folder: how to start it, and which variables it reads.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

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
    let found = by_package_json(folder).or_else(|| by_files(folder, &files));
    let (command, because) = found.unwrap_or_default();
    let texts = files.iter().filter_map(|file| fs::read_to_string(file).ok());
    Suite { command, because, mappings: texts.flat_map(|text| mappings(&text)).collect() }
}

/// The names that a source text reads from the environment and that a login needs.
pub(super) fn mappings(text: &str) -> BTreeMap<String, &'static str> {
    let reads = Regex::new(READS).expect("invariant: the pattern is a constant that compiles");
    let names = reads.captures_iter(text).filter_map(|found| found.get(1)).map(|name| name.as_str().to_owned());
    names
        .filter(|name| !name.starts_with("VESTIBULE_"))
        .filter_map(|name| Some((name.clone(), template(&name)?)))
        .collect()
}

/// The template for a variable, chosen by the words in its name.
fn template(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_uppercase();
    TEMPLATES.iter().find(|(word, _)| name.contains(word)).map(|(_, template)| *template)
}

fn by_package_json(folder: &Path) -> Option<(Vec<String>, String)> {
    let text = fs::read_to_string(folder.join("package.json")).ok()?;
    let package: serde_json::Value = serde_json::from_str(&text).ok()?;
    let depends = |name: &str| ["dependencies", "devDependencies"].iter().any(|kind| package[kind][name].is_string());
    let command: &[&str] = if depends("@playwright/test") {
        &["npx", "playwright", "test"]
    } else if depends("@wdio/cli") {
        &["npx", "wdio", "run", "wdio.conf.js"]
    } else if package["scripts"]["test"].is_string() {
        &["npm", "test"]
    } else {
        return None;
    };
    Some((words(command), "package.json".to_owned()))
}

fn by_files(folder: &Path, sources: &[PathBuf]) -> Option<(Vec<String>, String)> {
    let marker = MARKERS.iter().find(|(file, _)| folder.join(file).is_file());
    if let Some((file, command)) = marker {
        return Some((words(command), (*file).to_owned()));
    }
    let robot = sources.iter().find(|file| file.extension().is_some_and(|extension| extension == "robot"))?;
    Some((words(&["robot", "."]), robot.strip_prefix(folder).unwrap_or(robot).display().to_string()))
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
    let known = path.extension().is_some_and(|extension| SOURCES.iter().any(|source| extension == *source));
    known && path.metadata().is_ok_and(|file| file.len() <= MOST_BYTES)
}

/// `process.env.NAME`, `process.env["NAME"]`, `os.environ["NAME"]`, `os.getenv("NAME")`, `System.getenv("NAME")`,
/// `ENV["NAME"]`, `%{NAME}` of Robot Framework.
const READS: &str = r#"(?:process\.env\.|process\.env\[["']|environ(?:\.get\(|\[)["']|getenv\(["']|ENV\[["']|%\{)([A-Za-z][A-Za-z0-9_]*)"#;

/// The first word that a name contains decides.
const TEMPLATES: [(&str, &str); 13] = [
    ("TOTP", "totp-secret"),
    ("OTP", "totp-secret"),
    ("MFA", "totp-secret"),
    ("2FA", "totp-secret"),
    ("PASS", "password"),
    ("PWD", "password"),
    ("ACCESS_TOKEN", "access-token"),
    ("INSTANCE_URL", "org-url"),
    ("LOGIN_URL", "login-url"),
    ("USERNAME", "user"),
    ("SF_USER", "user"),
    ("BASE_URL", "login-url"),
    ("SF_URL", "login-url"),
];

const MARKERS: [(&str, &[&str]); 6] = [
    ("pytest.ini", &["pytest", "-x"]),
    ("conftest.py", &["pytest", "-x"]),
    ("pyproject.toml", &["pytest", "-x"]),
    ("pom.xml", &["mvn", "--quiet", "test"]),
    ("gradlew", &["./gradlew", "test"]),
    ("build.gradle", &["gradle", "test"]),
];

const SOURCES: [&str; 11] = ["cjs", "cs", "groovy", "java", "js", "kt", "mjs", "py", "rb", "robot", "ts"];
const SKIPPED: [&str; 7] = ["build", "dist", "node_modules", "target", "venv", "vendor", "vestibule"];
const MOST_FILES: usize = 2000;
const MOST_BYTES: u64 = 200 << 10;
