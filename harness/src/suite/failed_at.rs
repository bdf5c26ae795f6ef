//! The line of the suite's own code at which it failed, read from its output as test runners write it. Pure but for the look
//! whether a file exists: a line of somebody else's code, or of none, is never named.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::sync::LazyLock;

use regex::Regex;
use url::Url;

use super::own_folders::{is_foreign, is_own, roots};
use crate::outcome::SuiteLocation;

#[cfg(test)]
mod tests;

/// The line at which the suite that was started in this folder failed, as far as its output tells: the innermost line of its
/// own code in the first stack trace, or the line that the runner names beside the first failure.
pub(crate) fn failed_at(output: &str, folder: &Path) -> Option<SuiteLocation> {
    let output = anstream::adapter::strip_str(output).to_string();
    let code = OwnCode::below(folder);
    let mut traceback: Option<(Kind, SuiteLocation)> = None;
    let mut named: Option<SuiteLocation> = None;
    for line in output.lines() {
        // The innermost line of a traceback comes last.
        if let Some((_, innermost)) = traceback.take_if(|(kind, _)| ends(*kind, line)) {
            return Some(innermost);
        }
        let Some(frame) = Frame::read(line) else { continue };
        let Some(file) = code.find(&frame.place) else { continue };
        let location = SuiteLocation { file, line: frame.line, column: frame.column };
        match frame.kind {
            Kind::InnermostFirst => return Some(traceback.map_or(location, |(_, before)| before)),
            Kind::Traceback | Kind::Pytest => traceback = Some((frame.kind, location)),
            Kind::Named => drop(named.get_or_insert(location)),
        }
    }
    traceback.map(|(_, innermost)| innermost).or(named)
}

/// In which order the frames of a trace stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// JavaScript, JVM, .NET: the innermost first.
    InnermostFirst,
    /// `Traceback (most recent call last)` of Python: the innermost last, and then the error, which is not indented.
    Traceback,
    /// pytest: the innermost last, and then the head of the next section.
    Pytest,
    /// No trace: what the runner names beside a failure.
    Named,
}

/// Whether a traceback of this kind is over.
fn ends(kind: Kind, line: &str) -> bool {
    match kind {
        Kind::Traceback => line.starts_with(|first: char| !first.is_whitespace()) && !line.starts_with("File \""),
        Kind::Pytest => ["____", "====", "----"].iter().any(|head| line.starts_with(head)),
        Kind::InnermostFirst | Kind::Named => false,
    }
}

/// A place that a line of output names.
#[derive(Debug, PartialEq, Eq)]
struct Frame<'a> {
    kind: Kind,
    place: Place<'a>,
    line: u32,
    column: Option<u32>,
}

/// How a line of output names a file.
#[derive(Debug, PartialEq, Eq)]
enum Place<'a> {
    /// By its path.
    Path(&'a str),
    /// By its name, of a JVM, and its class with its package. One of them may be missing.
    Class { file: Option<&'a str>, class: Option<&'a str> },
}

impl<'a> Frame<'a> {
    fn read(text: &'a str) -> Option<Self> {
        FORMS.iter().find_map(|(kind, form)| {
            let found = form.captures(text)?;
            let named = |name| found.name(name).map(|part| part.as_str());
            let place = match named("path") {
                Some(path) => Place::Path(path),
                None => Place::Class { file: named("file"), class: named("class") },
            };
            let column = named("column").and_then(|column| column.parse().ok());
            Some(Self { kind: *kind, place, line: named("line")?.parse().ok()?, column })
        })
    }
}

/// The files of the suite.
struct OwnCode<'a> {
    folder: &'a Path,
    /// Its real path, which programs print that resolve links.
    real: PathBuf,
    /// The folder itself and those in it: a command may change into one of them first.
    roots: Vec<PathBuf>,
    /// Every file by its name, read when a stack trace names files only.
    by_name: OnceCell<BTreeMap<String, Vec<PathBuf>>>,
}

impl<'a> OwnCode<'a> {
    fn below(folder: &'a Path) -> Self {
        let real = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        Self { folder, real, roots: roots(folder), by_name: OnceCell::new() }
    }

    /// The file of a place, from the folder; `None` if it is not the suite's own.
    fn find(&self, place: &Place<'_>) -> Option<String> {
        match place {
            Place::Path(text) => self.find_path(text),
            Place::Class { file, class } => self.find_class(*file, *class),
        }
    }

    fn find_path(&self, text: &str) -> Option<String> {
        let of_url = if text.starts_with("file:") { Url::parse(text).ok()?.to_file_path().ok() } else { None };
        let path = of_url.unwrap_or_else(|| PathBuf::from(text));
        if path.is_absolute() {
            return self.own(path.strip_prefix(self.folder).or_else(|_| path.strip_prefix(&self.real)).ok()?);
        }
        let path: PathBuf = path.components().filter(|part| *part != Component::CurDir).collect();
        let there = self.roots.iter().map(|root| root.join(&path)).find(|path| path.is_file())?;
        self.own(there.strip_prefix(self.folder).ok()?)
    }

    fn find_class(&self, file: Option<&str>, class: Option<&str>) -> Option<String> {
        let (package, class) = class.map_or((None, ""), |class| match class.rsplit_once('.') {
            Some((package, class)) => (Some(package.replace('.', "/")), class),
            None => (None, class),
        });
        let names = match file {
            Some(file) => vec![file.to_owned()],
            None => ["java", "kt", "groovy"].map(|end| format!("{class}.{end}")).to_vec(),
        };
        let all = self.by_name.get_or_init(|| self.files_by_name());
        let mut found: Vec<&PathBuf> = names.iter().filter_map(|name| all.get(name)).flatten().collect();
        found.retain(|path| {
            let inside = path.parent().unwrap_or(Path::new(""));
            package.as_ref().is_none_or(|package| inside.ends_with(package))
        });
        // The shortest path is the nearest; among several of them, the first by name.
        found.sort_by_key(|path| (path.components().count(), (*path).clone()));
        self.own(found.first()?)
    }

    /// This path below the folder, if it is a file that the team wrote.
    fn own(&self, inner: &Path) -> Option<String> {
        let plain = inner.components().all(|part| match part {
            Component::Normal(name) => name.to_str().is_some_and(|name| !is_foreign(name)),
            _ => false,
        });
        (plain && self.folder.join(inner).is_file()).then(|| inner.to_str().map(str::to_owned)).flatten()
    }

    fn files_by_name(&self) -> BTreeMap<String, Vec<PathBuf>> {
        let mut files: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
        let mut open = vec![self.folder.to_owned()];
        let mut left = MOST_ENTRIES;
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
                let Some(rest) = left.checked_sub(1) else { return files };
                left = rest;
                let (Ok(kind), Ok(name)) = (entry.file_type(), entry.file_name().into_string()) else { continue };
                if kind.is_dir() && is_own(&name) {
                    open.push(entry.path());
                } else if kind.is_file()
                    && let Ok(inner) = entry.path().strip_prefix(self.folder)
                {
                    files.entry(name).or_default().push(inner.to_owned());
                }
            }
        }
        files
    }
}

/// How many entries of folders are read at most in search of a file by its name.
const MOST_ENTRIES: usize = 20_000;

/// The forms of the places that test runners print.
static FORMS: LazyLock<Vec<(Kind, Regex)>> = LazyLock::new(|| {
    let forms = [
        // .NET: `   at Acme.Tests.LoginTests.SignsIn() in /home/qa/suite/LoginTests.cs:line 42`.
        (Kind::InnermostFirst, r"\bin (?<path>[^:]+\.(?:cs|fs|vb)):line (?<line>\d+)"),
        // The JVM (Throwable.printStackTrace): `at com.acme.LoginTest.signsIn(LoginTest.java:42)`, in modules and class
        // loaders `at app//com.acme.…`.
        (
            Kind::InnermostFirst,
            r"\bat (?:[^\s(]*/)?(?<class>[\w$.]+)\.[\w$<>]+\((?<file>\w+\.(?:java|kt|groovy|scala)):(?<line>\d+)\)",
        ),
        // V8 (Node, so Playwright, Jest, Mocha, WebdriverIO): `at Context.<anonymous> (file:///…/login.js:12:5)`; Vitest: `❯`.
        (
            Kind::InnermostFirst,
            r"(?:\bat |❯ )(?:[^()]*? )??\(?(?<path>(?:file://)?[^\s():][^():]*\.[cm]?[jt]sx?):(?<line>\d+):(?<column>\d+)\)?",
        ),
        // Python: `  File "/home/qa/suite/login.py", line 12, in sign_in`.
        (Kind::Traceback, r#"^\s*File "(?<path>[^"]+\.py)", line (?<line>\d+)"#),
        // pytest: `tests/test_login.py:12: TimeoutException`.
        (Kind::Pytest, r#"^(?<path>[^\s:"'][^:"']*\.py):(?<line>\d+):"#),
        // Playwright, beside a failed test: `  1) [chromium] › tests/login.spec.ts:5:5 › signs in`.
        (Kind::Named, r"^\s*(?:\d+\)|✘)\s.*?(?<path>[^\s›:]+\.[cm]?[jt]sx?):(?<line>\d+):(?<column>\d+) › "),
        // Robot Framework: `[ ERROR ] Error in file '/home/qa/suite/login.robot' on line 5: …`.
        (Kind::Named, r"Error in file '(?<path>[^']+)' on line (?<line>\d+)"),
        // Gradle: `    org.openqa.selenium.TimeoutException at LoginTest.java:42`.
        (Kind::Named, r"^\s+\S+ at (?<file>\w+\.(?:java|kt|groovy)):(?<line>\d+)$"),
        // Surefire's summary: `[ERROR]   LoginTest.signsIn:42 » Timeout`.
        (Kind::Named, r"^\[ERROR\]\s+(?:\w+>)?(?<class>\w+)\.\w+:(?<line>\d+)\b"),
    ];
    let compiled = |form| Regex::new(form).expect("invariant: the pattern is a constant that compiles");
    Vec::from(forms.map(|(kind, form)| (kind, compiled(form))))
});
