//! Python projects: what manages their environment, and the environments of tox and nox.

use std::path::Path;
use std::sync::LazyLock;

use regex::Regex;

use super::folder::Folder;
use super::manifest::mentions;
use super::runners::is_of_browsers;

/// The words that start a program in the project's environment: those of the tool that manages it, or the program of a
/// virtual environment that is here.
pub(super) fn in_environment(folder: &Folder, project: &Path, program: &str) -> Vec<String> {
    let tool = project.ancestors().find_map(|at| {
        let pyproject = folder.text(&at.join("pyproject.toml")).unwrap_or_default();
        let table = |tool: &Tool| pyproject.lines().any(|line| tool.table.is_some_and(|table| line.starts_with(table)));
        let locked = TOOLS.iter().find(|tool| tool.files.iter().any(|file| folder.has(at, file)));
        Some((locked.or_else(|| TOOLS.iter().find(|&tool| table(tool)))?, at, pyproject))
    });
    if let Some((tool, at, pyproject)) = tool {
        let environment = (tool.run == HATCH.run).then(|| {
            let own = folder.text(&at.join("hatch.toml")).unwrap_or_default();
            hatch_environment(&format!("{own}\n{pyproject}"), program)
        });
        let program = environment.flatten().map_or_else(|| program.to_owned(), |name| format!("{name}:{program}"));
        return tool.run.iter().map(|word| (*word).to_owned()).chain([program]).collect();
    }
    let mut own = VIRTUAL_ENVIRONMENTS.iter().map(|environment| format!("{environment}/bin/{program}"));
    let own = own.find(|own| folder.holds(&project.join(own)));
    vec![own.unwrap_or_else(|| program.to_owned())]
}

/// The environment of Hatch that has a program; `None` if that is the one that needs no name.
fn hatch_environment(text: &str, program: &str) -> Option<String> {
    let mut environments: Vec<Environment> = Vec::new();
    for line in text.lines() {
        if let Some(header) = line.strip_prefix('[') {
            let name = header.strip_prefix("tool.hatch.").unwrap_or(header).strip_prefix("envs.");
            let name = name.and_then(|rest| rest.split(['.', ']']).next()).map(str::to_owned);
            environments.push(Environment { name, tests: false });
        } else if let Some(environment) = environments.last_mut() {
            environment.tests |= mentions(line, program);
        }
    }
    environments.retain(|environment| environment.name.is_some());
    let name = chosen(&environments)?;
    (name != "default").then(|| name.to_owned())
}

/// The command of tox; `None` if no environment of it runs UI tests.
pub(super) fn tox(text: &str) -> Option<Vec<String>> {
    let mut environments: Vec<Environment> = Vec::new();
    for line in text.lines() {
        if let Some(header) = line.trim().strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            let name = header.strip_prefix("testenv").map(|rest| rest.trim_start_matches(':').to_owned());
            environments.push(Environment { name, tests: false });
        } else if let Some(environment) = environments.last_mut() {
            environment.tests |= runs_tests(line);
        }
    }
    // Sections that are no environments, such as `[pytest]`.
    environments.retain(|environment| environment.name.is_some());
    Some(match chosen(&environments)? {
        "" => vec!["tox".to_owned()],
        name => ["tox", "-e", name].map(str::to_owned).to_vec(),
    })
}

/// Whether tox hides the variables that Vestibule sets from the tests.
pub(super) fn tox_hides_variables(text: &str) -> bool {
    let mut passes = false;
    let mut in_list = false;
    for line in text.lines() {
        let key = line.split_once('=').map(|(key, _)| key.trim().to_ascii_lowercase().replace('_', ""));
        in_list = match key {
            Some(key) => key == "passenv",
            None => in_list && line.starts_with([' ', '\t']),
        };
        passes |= in_list && line.split([' ', '\t', ',', '=']).any(|word| word == "*" || word.starts_with("VESTIBULE"));
    }
    !passes
}

/// The command of nox; `None` if no session of it runs UI tests.
pub(super) fn nox(text: &str) -> Option<Vec<String>> {
    let headers: Vec<_> = SESSION.captures_iter(text).collect();
    let starts: Vec<usize> = headers.iter().filter_map(|header| Some(header.get(0)?.start())).collect();
    let sessions = headers.iter().enumerate().filter_map(|(index, header)| {
        let start = header.get(0)?.end();
        let end = starts.get(index + 1).copied().unwrap_or(text.len());
        let name = header.name("name").or_else(|| header.name("function"))?.as_str().to_owned();
        Some(Environment { name: Some(name), tests: text.get(start..end)?.lines().any(runs_tests) })
    });
    let sessions: Vec<_> = sessions.collect();
    chosen(&sessions).map(|name| ["nox", "-s", name].map(str::to_owned).to_vec())
}

/// A named set of commands.
struct Environment {
    /// Empty for the one without a name.
    name: Option<String>,
    /// Whether it runs tests that may be UI tests.
    tests: bool,
}

/// The one whose name says that it runs UI tests; or else the one without a name; or else the first that runs any.
fn chosen(environments: &[Environment]) -> Option<&str> {
    let names = || {
        let testing = environments.iter().filter(|environment| environment.tests);
        testing.filter_map(|environment| environment.name.as_deref())
    };
    let of_browsers = names().find(|&name| is_of_browsers(name));
    of_browsers.or_else(|| names().find(|name| name.is_empty())).or_else(|| names().next())
}

fn runs_tests(line: &str) -> bool {
    RUNNERS.iter().any(|runner| mentions(line, runner))
}

/// A tool that manages an environment.
struct Tool {
    files: &'static [&'static str],
    /// The start of its table in `pyproject.toml`.
    table: Option<&'static str>,
    run: &'static [&'static str],
}

static TOOLS: [Tool; 7] = [
    Tool { files: &["uv.lock"], table: Some("[tool.uv"), run: &["uv", "run"] },
    Tool { files: &["poetry.lock"], table: Some("[tool.poetry"), run: &["poetry", "run"] },
    Tool { files: &["Pipfile", "Pipfile.lock"], table: None, run: &["pipenv", "run"] },
    Tool { files: &["pdm.lock"], table: Some("[tool.pdm"), run: &["pdm", "run"] },
    Tool { files: &["requirements.lock"], table: Some("[tool.rye"), run: &["rye", "run"] },
    Tool { files: &["pixi.lock", "pixi.toml"], table: Some("[tool.pixi"), run: &["pixi", "run"] },
    HATCH,
];

const HATCH: Tool = Tool { files: &["hatch.toml"], table: Some("[tool.hatch.envs"), run: &["hatch", "run"] };

/// `@nox.session`, with or without arguments, and the function below it.
static SESSION: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = concat!(
        r#"(?m)^@(?:nox\.)?session\b(?:\((?s:.*?)(?:name\s*=\s*["'](?<name>[^"']+)["'](?s:.*?))?\))?[ \t]*\n"#,
        r"(?:@.*\n)*def\s+(?<function>\w+)"
    );
    Regex::new(pattern).expect("invariant: the pattern is a constant that compiles")
});

const VIRTUAL_ENVIRONMENTS: [&str; 2] = [".venv", "venv"];
const RUNNERS: [&str; 4] = ["behave", "pytest", "robot", "pabot"];

#[cfg(test)]
mod tests {
    use super::{hatch_environment, nox, tox, tox_hides_variables};

    #[test]
    fn the_environment_of_hatch_that_has_the_runner_is_chosen() {
        let rows = [
            ("[tool.hatch.envs.default]\ndependencies = [\"pytest\"]\n", None),
            ("[tool.hatch.envs.lint]\ndependencies = [\"ruff\"]\n", None),
            ("[tool.hatch.envs.test]\ndependencies = [\n  \"pytest>=8\",\n]\n", Some("test")),
            ("[tool.hatch.envs.test.scripts]\nrun = \"pytest {args}\"\n", Some("test")),
            ("[envs.unit]\ndependencies = [\"pytest\"]\n[envs.e2e]\ndependencies = [\"pytest\"]\n", Some("e2e")),
            ("[project]\ndependencies = [\"pytest\"]\n", None),
        ];
        for (text, expected) in rows {
            assert_eq!(hatch_environment(text, "pytest").as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn the_environment_of_tox_that_runs_ui_tests_is_chosen() {
        let rows = [
            ("[tox]\nenvlist = py311\n[testenv]\ncommands = pytest {posargs}\n", Some("tox")),
            ("[testenv:lint]\ncommands = ruff\n[testenv:e2e]\ncommands =\n    pytest tests\n", Some("tox -e e2e")),
            ("[testenv]\ncommands = pytest unit\n[testenv:ui]\ncommands = pytest ui\n", Some("tox -e ui")),
            ("[testenv:first]\ncommands = robot .\n[testenv:second]\ncommands = robot .\n", Some("tox -e first")),
            ("[testenv]\ncommands = ruff check\n[pytest]\naddopts = -q\n", None),
            ("[pytest]\naddopts = -q pytest\n", None),
            ("[testenv\ncommands = pytest\n", None),
        ];
        for (text, expected) in rows {
            assert_eq!(tox(text).map(|words| words.join(" ")).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn tox_hides_variables_unless_it_passes_all_or_ours() {
        let rows = [
            ("[testenv]\npassenv = *\n", false),
            ("[testenv]\npass_env =\n    SF_URL\n    VESTIBULE_*\ncommands = pytest\n", false),
            ("[testenv]\npassenv = SF_*\ncommands = pytest *\n", true),
            ("[testenv]\npassenv =\n    SF_*\ncommands =\n    pytest *\n", true),
            ("[testenv]\ncommands = pytest\n", true),
        ];
        for (text, expected) in rows {
            assert_eq!(tox_hides_variables(text), expected, "{text}");
        }
    }

    #[test]
    fn the_session_of_nox_that_runs_ui_tests_is_chosen() {
        let lint = "@nox.session\ndef lint(session):\n    session.run(\"ruff\")\n\n";
        let tests = "@nox.session(python=[\"3.11\"])\ndef tests(session):\n    session.run(\"pytest\")\n\n";
        let named = "@nox.session(name=\"e2e-sf\")\ndef x(session):\n    session.run(\"pytest\", \"e2e\")\n\n";
        let parametrized = "@nox.session(\n    python=\"3.11\",\n)\n@nox.parametrize(\"a\", [1])\n\
                            def ui(session):\n    session.run(\"pytest\")\n";
        let rows = [
            (format!("{lint}{tests}"), Some("nox -s tests")),
            (format!("{tests}{named}{lint}"), Some("nox -s e2e-sf")),
            (format!("{tests}{parametrized}"), Some("nox -s ui")),
            (lint.to_owned(), None),
            ("import nox\n".to_owned(), None),
        ];
        for (text, expected) in rows {
            assert_eq!(nox(&text).map(|words| words.join(" ")).as_deref(), expected, "{text}");
        }
    }
}
