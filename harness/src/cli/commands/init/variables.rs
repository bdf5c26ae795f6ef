//! Which variables a text reads from the environment.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::Path;
use std::sync::LazyLock;

use regex::Regex;

/// The names that a file reads from the environment; our own are left out.
pub(super) fn read_by(file: &Path, text: &str) -> BTreeSet<String> {
    let mut names: BTreeSet<String> = match Kind::of(file) {
        Some(Kind::Code) => in_code(text),
        Some(Kind::Configuration) => found(&PLACEHOLDER, text).collect(),
        Some(Kind::Variables) => found(&ASSIGNED, text).collect(),
        Some(Kind::CypressVariables) => found(&JSON_KEY, text).map(|name| format!("CYPRESS_{name}")).collect(),
        None => BTreeSet::new(),
    };
    names.retain(|name| !name.starts_with("VESTIBULE_"));
    names
}

/// The system properties of Java that a file reads; those of the JVM and of its libraries are left out.
pub(super) fn properties_read_by(file: &Path, text: &str) -> BTreeSet<String> {
    let extension = file.extension().and_then(OsStr::to_str).unwrap_or_default();
    if !OF_THE_JVM.contains(&extension) {
        return BTreeSet::new();
    }
    let names = found(&PROPERTY, text);
    names.filter(|name| !KNOWN_PROPERTIES.iter().any(|known| name.starts_with(known))).collect()
}

/// Whether variables are read from files like this.
pub(super) fn is_read(file: &Path) -> bool {
    Kind::of(file).is_some()
}

/// How a file names variables.
enum Kind {
    Code,
    /// `${NAME}` stands for its value.
    Configuration,
    /// `NAME=value`: only the names are read.
    Variables,
    /// `cypress.env.json`: Cypress takes each of its keys from the environment under another name.
    CypressVariables,
}

impl Kind {
    fn of(file: &Path) -> Option<Self> {
        let name = file.file_name().and_then(OsStr::to_str)?;
        let extension = file.extension().and_then(OsStr::to_str).unwrap_or_default();
        if name == "cypress.env.json" {
            return Some(Self::CypressVariables);
        }
        if name.starts_with(".env") || extension == "env" {
            return Some(Self::Variables);
        }
        if CODE.contains(&extension) {
            return Some(Self::Code);
        }
        (CONFIGURATION.contains(&extension) || name == "Makefile").then_some(Self::Configuration)
    }
}

fn in_code(text: &str) -> BTreeSet<String> {
    let cypress: BTreeSet<String> = found(&CYPRESS, text).collect();
    let together = found(&DESTRUCTURED, text).flat_map(|names| destructured(&names));
    let names = READS.iter().flat_map(|pattern| found(pattern, text)).chain(together);
    // `Cypress.env("NAME")` is not what the environment calls it.
    let names = names.filter(|name| !cypress.contains(name));
    names.chain(cypress.iter().map(|name| format!("CYPRESS_{name}"))).collect()
}

/// The names in `{ NAME, OTHER: other, THIRD = 'x' }`.
fn destructured(names: &str) -> Vec<String> {
    let names = names.split(',').filter_map(|name| name.split([':', '=']).next());
    names.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
}

/// What the first group of a pattern matches.
fn found(pattern: &Regex, text: &str) -> impl Iterator<Item = String> {
    pattern.captures_iter(text).filter_map(|found| Some(found.get(1)?.as_str().to_owned()))
}

fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).expect("invariant: the pattern is a constant that compiles")
}

/// How sources read a variable: by its own name in `process.env`, `import.meta.env`, `System.env` and anything that is
/// called `env`; as the text that is given to something with `env` in its name (`os.environ["NAME"]`,
/// `ENV.fetch("NAME")`, `requireEnv("NAME")`, `System.getenv().get("NAME")`) or to `config`; as `%{NAME}` and
/// `Get Environment Variable` in Robot Framework; as `${NAME}` in an annotation of Spring; as `env:"NAME"` in a tag of Go.
static READS: LazyLock<[Regex; 7]> = LazyLock::new(|| {
    [
        r#"(?:process|meta)\??\.env(?:\??\.|(?:\?\.)?\[\s*["'`])([A-Za-z_][A-Za-z0-9_]*)"#,
        r"\benv\??\.([A-Z][A-Z0-9_]+)\b",
        concat!(
            r"(?:[A-Za-z_]*(?:env|Env|ENV)[A-Za-z_]*(?:\(\))?",
            r"(?:\.(?:get|getOrDefault|getOrElse|getValue|fetch|str|string|url|require|required))?",
            r#"|\bconfig)\s*[(\[]\s*["'`]([A-Za-z_][A-Za-z0-9_]*)["'`]"#
        ),
        r"%\{([A-Za-z_][A-Za-z0-9_]*)",
        r"(?i:get environment variable)\s{2,}([A-Za-z_][A-Za-z0-9_]*)",
        r#"@Value\(\s*"\\?\$\{([A-Z][A-Z0-9_]*)"#,
        r#"\benv(?:config)?:"([A-Z][A-Z0-9_]+)"#,
    ]
    .map(pattern)
});

/// `System.getProperty("name")`, `System.properties['name']`, `sys.props("name")`.
static PROPERTY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(concat!(
        r"\b(?:System\.(?:getProperty|properties|getProperties\(\)(?:\.get(?:Property)?)?)",
        r#"|sys\.props(?:\.get(?:OrElse)?)?)\s*[(\[]\s*["']([A-Za-z_][A-Za-z0-9_.-]*)["']"#
    ))
});

/// `Cypress.env("NAME")`.
static CYPRESS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"\b(?:Cypress|cy)\.env\(\s*["'`]([A-Za-z_][A-Za-z0-9_]*)["'`]"#));

/// `const { NAME, OTHER: other } = process.env`.
static DESTRUCTURED: LazyLock<Regex> = LazyLock::new(|| pattern(r"\{([^{}]*)\}\s*=\s*(?:process|import\.meta)\.env\b"));

/// `${NAME}`, `${?NAME}`, `${env.NAME}`, `${env:NAME}`, `{env:NAME}`, `$NAME`.
static PLACEHOLDER: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?:\$(?:\{\??)?(?:env[.:])?|\{env:)([A-Z][A-Z0-9_]+)\b"));

/// A line of a file of variables.
static ASSIGNED: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?m)^[ \t]*(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_]*)[ \t]*="));

/// A key of a JSON object.
static JSON_KEY: LazyLock<Regex> = LazyLock::new(|| pattern(r#""([A-Za-z_][A-Za-z0-9_]*)"\s*:"#));

const CODE: [&str; 21] = [
    "cjs", "cs", "cts", "go", "gradle", "groovy", "java", "js", "jsx", "kt", "kts", "mjs", "mts", "php", "py", "rb",
    "resource", "robot", "scala", "ts", "tsx",
];
/// Languages whose programs have system properties.
const OF_THE_JVM: [&str; 4] = ["groovy", "java", "kt", "scala"];
/// How names begin that Java, its build tools and Selenium give to properties.
const KNOWN_PROPERTIES: [&str; 19] = [
    "file.",
    "http.",
    "https.",
    "java.",
    "javax.",
    "jdk.",
    "line.",
    "maven.",
    "os.",
    "path.",
    "selenium.",
    "sun.",
    "user.country",
    "user.dir",
    "user.home",
    "user.language",
    "user.name",
    "user.timezone",
    "webdriver.",
];
const CONFIGURATION: [&str; 11] =
    ["cfg", "conf", "config", "ini", "json", "properties", "sh", "toml", "xml", "yaml", "yml"];
