//! Maven and Gradle: the wrapper, and the profile, goal or task that runs UI tests.

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
    let own = pom(&project.join("pom.xml"));
    let profile = PROFILE.captures_iter(&own).find_map(|found| {
        let text = found.get(1)?.as_str();
        let id = ID.captures(text)?.get(1)?.as_str().trim().to_owned();
        (is_of_browsers(&id) && !ACTIVE.is_match(text)).then(|| format!("-P{id}"))
    });
    let mut words = started(folder, project, "mvnw", "mvn");
    words.push("--quiet".to_owned());
    words.extend(profile);
    words.push(if later { "verify" } else { "test" }.to_owned());
    words
}

/// The command of Gradle. A task that succeeded is not run again unless its result is removed, and then the result may
/// come from the cache: without both, only the first condition would run the suite.
pub(super) fn gradle(folder: &Folder, project: &Path) -> Vec<String> {
    let build = ["build.gradle", "build.gradle.kts"].iter().find_map(|name| folder.text(&project.join(name)));
    let build = build.unwrap_or_default();
    let mut tasks = TASK.captures_iter(&build).filter_map(|found| {
        let name = found.iter().skip(1).flatten().next()?;
        Some(name.as_str().to_owned())
    });
    let task = tasks.find(|name| is_of_browsers(name)).unwrap_or_else(|| "test".to_owned());
    let mut words = started(folder, project, "gradlew", "gradle");
    words.extend(["--no-build-cache".to_owned(), format!("clean{}", capitalised(&task)), task]);
    words
}

/// The wrapper where there is one, or else the program.
fn started(folder: &Folder, project: &Path, wrapper: &str, program: &str) -> Vec<String> {
    if !folder.has(project, wrapper) {
        return vec![program.to_owned()];
    }
    if folder.is_executable(&project.join(wrapper)) {
        return vec![format!("./{wrapper}")];
    }
    vec!["sh".to_owned(), wrapper.to_owned()]
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
        r#"\bregister<(?:Test|JvmTestSuite)>\(\s*["'](\w+)["']"#,
        r#"|\bregister\(\s*["'](\w+)["']\s*,\s*(?:Test|JvmTestSuite)\b"#,
        r"|\btask\s+(\w+)\s*\(\s*type:\s*Test\b",
        r"|\bval\s+(\w+)\s+by\s+(?:tasks\.)?registering\(\s*(?:Test|JvmTestSuite)::class",
        r"|\b(\w+)\(JvmTestSuite\)"
    ))
});
