//! Maven and Gradle: the wrapper, and the profile, goal or task that runs UI tests.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex::Regex;

use super::folder::Folder;
use super::manifest::mentions;
use super::runners::is_of_browsers;

/// The command of Maven.
pub(super) fn maven(folder: &Folder, project: &Path) -> Vec<String> {
    let pom = |file: &Path| COMMENT.replace_all(&folder.text(file).unwrap_or_default(), "").into_owned();
    let poms: Vec<PathBuf> = folder.files().iter().filter(|file| is_pom_below(file, project)).cloned().collect();
    // Failsafe runs its tests after `package`, and tells whether they passed in `verify`.
    let later = poms.iter().any(|file| mentions(&pom(file), "maven-failsafe-plugin"));
    let profile = poms.iter().find_map(|file| profile(&pom(file)));
    let mut words = started(folder, project, "mvnw", "mvn");
    words.push("--quiet".to_owned());
    words.extend(profile);
    words.push(if later { "verify" } else { "test" }.to_owned());
    words
}

/// The first profile of a project that runs UI tests and must be asked for.
fn profile(pom: &str) -> Option<String> {
    PROFILE.captures_iter(pom).find_map(|found| {
        let text = found.get(1)?.as_str();
        let id = ID.captures(text)?.get(1)?.as_str().trim().to_owned();
        (is_of_browsers(&id) && !ACTIVE.is_match(text)).then(|| format!("-P{id}"))
    })
}

/// The command of Gradle. A task that succeeded is not run again unless its result is removed, and then the result may
/// come from the cache: without both, only the first condition would run the suite.
pub(super) fn gradle(folder: &Folder, project: &Path) -> Vec<String> {
    let is_build = |name: &OsStr| ["build.gradle", "build.gradle.kts"].iter().any(|build| name == *build);
    let mut builds =
        folder.files().iter().filter(|file| file.starts_with(project) && file.file_name().is_some_and(is_build));
    let task = builds.find_map(|file| task(&folder.text(file)?)).unwrap_or_else(|| "test".to_owned());
    let mut words = started(folder, project, "gradlew", "gradle");
    words.extend(["--no-build-cache".to_owned(), format!("clean{}", capitalised(&task)), task]);
    words
}

/// The first task of a build file, or of one of its modules, that runs UI tests.
fn task(build: &str) -> Option<String> {
    let mut tasks = TASK.captures_iter(build).filter_map(|found| {
        let name = found.iter().skip(1).flatten().next()?;
        Some(name.as_str().to_owned())
    });
    tasks.find(|name| is_of_browsers(name))
}

/// The wrapper of the project or of a folder around it, or else the program.
fn started(folder: &Folder, project: &Path, wrapper: &str, program: &str) -> Vec<String> {
    let around = project.ancestors().enumerate().find(|(_, at)| folder.has(at, wrapper));
    let Some((up, at)) = around else { return vec![program.to_owned()] };
    let way = "../".repeat(up);
    if !folder.is_executable(&at.join(wrapper)) {
        return vec!["sh".to_owned(), format!("{way}{wrapper}")];
    }
    vec![if up == 0 { format!("./{wrapper}") } else { format!("{way}{wrapper}") }]
}

fn is_pom_below(file: &Path, project: &Path) -> bool {
    file.starts_with(project) && file.file_name().is_some_and(|name| name == "pom.xml")
}

fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).expect("invariant: the pattern is a constant that compiles")
}

static COMMENT: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?s)<!--.*?-->"));
static PROFILE: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?s)<profile>(.*?)</profile>"));
static ID: LazyLock<Regex> = LazyLock::new(|| pattern(r"<id>([^<]+)</id>"));
static ACTIVE: LazyLock<Regex> = LazyLock::new(|| pattern(r"<activeByDefault>\s*true\s*</activeByDefault>"));

/// How build files declare a task or a suite of tests, in Kotlin and Groovy.
static TASK: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r#"\b(?:register|create)<(?:Test|JvmTestSuite)>\(\s*["'](\w+)["']"#,
        r#"|\b(?:register|create)\(\s*["'](\w+)["']\s*,\s*(?:Test|JvmTestSuite)\b"#,
        r"|\btask\s+(\w+)\s*\(\s*type:\s*Test\b",
        r"|\bval\s+(\w+)\s+by\s+(?:tasks\.)?(?:registering|creating)\(\s*(?:Test|JvmTestSuite)::class",
        r"|\b(\w+)\(JvmTestSuite\)"
    ))
});
