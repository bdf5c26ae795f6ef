//! Packages of Node: their scripts, what they depend on, and the package manager.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use super::folder::Folder;
use super::runners::is_of_browsers;

/// What `package.json` says.
#[derive(Debug, Default)]
pub(super) struct Package {
    /// Name and text of each script, in the order of the file.
    scripts: Vec<(String, String)>,
    dependencies: BTreeSet<String>,
    /// The package manager, as `pnpm@9.1.0`.
    manager: Option<String>,
}

impl Package {
    /// Of a folder; `Ok(None)` if it has no `package.json` that can be read.
    ///
    /// # Errors
    /// If it is not JSON.
    pub(super) fn of(folder: &Folder, project: &Path) -> Result<Option<Self>, serde_json::Error> {
        folder.text(&project.join(PACKAGE)).map(|text| Self::parse(&text)).transpose()
    }

    fn parse(text: &str) -> Result<Self, serde_json::Error> {
        let json: Value = serde_json::from_str(text)?;
        let entries = |key: &str| json[key].as_object().into_iter().flatten();
        let scripts = entries("scripts").filter_map(|(name, text)| Some((name.clone(), text.as_str()?.to_owned())));
        let dependencies = DEPENDENCIES.into_iter().flat_map(entries).map(|(name, _)| name.clone());
        Ok(Self {
            scripts: scripts.collect(),
            dependencies: dependencies.collect(),
            manager: json["packageManager"].as_str().map(str::to_owned),
        })
    }

    /// Whether it depends on a package.
    pub(super) fn depends_on(&self, name: &str) -> bool {
        self.dependencies.contains(name)
    }

    /// Whether it depends on any package.
    pub(super) fn has_dependencies(&self) -> bool {
        !self.dependencies.is_empty()
    }

    /// The script that starts a program: `test`, or else the first of them.
    pub(super) fn script_that_starts(&self, program: &str) -> Option<&str> {
        self.script(|_, text| commands(text).any(|command| starts(&command, program)))
    }

    /// The script that is a test by its name and does not only check the sources.
    pub(super) fn test_script(&self) -> Option<&str> {
        self.script(|name, text| {
            let named = name.split([':', '-', '_', '.']).any(|word| TEST_WORDS.contains(&word));
            named && self.tests(text, &mut BTreeSet::from([name]))
        })
    }

    /// Whether the text of a script runs tests, itself or by the scripts that it runs; each of those counts once.
    fn tests<'a>(&'a self, text: &str, seen: &mut BTreeSet<&'a str>) -> bool {
        let runs_tests = |command: Vec<String>| match self.script_run_by(&command) {
            Some((name, other)) => seen.insert(name) && self.tests(other, seen),
            None => command.iter().find(|word| is_program(word)).is_none_or(|it| !NO_TESTS.contains(&it.as_str())),
        };
        !text.contains("no test specified") && commands(text).any(runs_tests)
    }

    /// Name and text of the script that a command runs: `npm run unit`, `yarn unit`.
    fn script_run_by(&self, command: &[String]) -> Option<(&str, &str)> {
        let (manager, words) = command.split_first()?;
        let called = words.iter().find(|word| !["run", "run-script"].contains(&word.as_str()))?;
        let runs = MANAGERS.iter().any(|known| known.name == manager);
        let script = self.scripts.iter().find(|(name, _)| runs && name == called);
        script.map(|(name, text)| (name.as_str(), text.as_str()))
    }

    fn script<'a>(&'a self, fits: impl Fn(&'a str, &'a str) -> bool) -> Option<&'a str> {
        let mut fitting = self.scripts.iter().filter(|(name, text)| fits(name, text)).map(|(name, _)| name.as_str());
        let first = fitting.next()?;
        Some(if first == "test" { first } else { fitting.find(|name| *name == "test").unwrap_or(first) })
    }
}

/// The task of Deno that runs tests, by the text of `deno.json`, which may hold comments: one that is named after a
/// browser, or else the first.
pub(super) fn deno_task(text: &str) -> Option<String> {
    let tasks: Vec<&str> = DENO_TASK.captures_iter(text).filter_map(|found| Some(found.get(1)?.as_str())).collect();
    let chosen = tasks.iter().find(|name| is_of_browsers(name)).or(tasks.first());
    chosen.map(|name| (*name).to_owned())
}

/// A package manager.
pub(super) struct Manager {
    name: &'static str,
    locks: &'static [&'static str],
    run: &'static [&'static str],
    execute: &'static [&'static str],
    /// What installs the packages that a project depends on.
    pub(super) install: &'static str,
}

impl Manager {
    /// Whether it runs tests itself.
    pub(super) fn is_runner(&self) -> bool {
        self.name == BUN.name
    }

    /// The manager of a project: that of the nearest folder that names one or has its lock file.
    pub(super) fn of(folder: &Folder, project: &Path) -> &'static Self {
        let named = |at: &Path| {
            let package = Package::of(folder, at).ok().flatten()?;
            let name = package.manager?;
            MANAGERS.into_iter().find(|manager| name.split('@').next() == Some(manager.name))
        };
        let has_lock = |manager: &Self, at: &Path| manager.locks.iter().any(|lock| folder.has(at, lock));
        let locked = |at: &Path| MANAGERS.into_iter().find(|manager| has_lock(manager, at));
        project.ancestors().find_map(|at| named(at).or_else(|| locked(at))).unwrap_or(&NPM)
    }

    /// The command that runs a script.
    pub(super) fn run(&self, script: &str) -> Vec<String> {
        if (self.name, script) == ("npm", "test") {
            return vec!["npm".to_owned(), "test".to_owned()];
        }
        self.run.iter().map(|word| (*word).to_owned()).chain([script.to_owned()]).collect()
    }

    /// The words that start a program of a package.
    pub(super) fn execute(&self) -> impl Iterator<Item = String> {
        self.execute.iter().map(|word| (*word).to_owned())
    }
}

/// The commands in the text of a script: the words of each, its program first, without paths and variables.
fn commands(script: &str) -> impl Iterator<Item = Vec<String>> {
    script.split(['&', '|', ';', '\n']).filter_map(|command| {
        let words = command.split_whitespace().map(|word| word.trim_matches(['"', '\'', '\\']));
        let words = words.skip_while(|word| word.contains('=') && !word.starts_with('-'));
        let words: Vec<String> = words.map(|word| word.rsplit('/').next().unwrap_or(word).to_owned()).collect();
        (!words.is_empty()).then_some(words)
    })
}

/// Whether a word of a command is the program, and neither what starts it nor an option or a variable.
fn is_program(word: &str) -> bool {
    !WRAPPERS.contains(&word) && !word.contains('=') && !word.starts_with('-')
}

/// Whether a command runs the tests of a program, without a person who watches.
fn starts(command: &[String], program: &str) -> bool {
    let begins = |at: usize| command.get(at).is_some_and(|word| word == program);
    let wrapped = command.first().is_some_and(|first| WRAPPERS.contains(&first.as_str()));
    let Some(at) = (0..command.len()).find(|at| begins(*at) && (*at == 0 || wrapped)) else { return false };
    let runs = command.get(at + 1).is_none_or(|word| !NO_RUNS.contains(&word.as_str()));
    runs && !command.iter().any(|word| WATCHED.contains(&word.as_str()))
}

/// A task whose command is `deno test`, as text or as an object.
static DENO_TASK: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r#""([\w:.-]+)"\s*:\s*(?:\{[^{}]*"command"\s*:\s*)?"[^"]*\bdeno test\b"#;
    Regex::new(pattern).expect("invariant: the pattern is a constant that compiles")
});

const PACKAGE: &str = "package.json";
const DEPENDENCIES: [&str; 4] = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"];

/// In the order of preference where a folder has the lock files of several.
static MANAGERS: [&Manager; 4] = [&PNPM, &YARN, &BUN, &NPM];

static PNPM: Manager = Manager {
    name: "pnpm",
    locks: &["pnpm-lock.yaml", "pnpm-workspace.yaml"],
    run: &["pnpm", "run"],
    execute: &["pnpm", "exec"],
    install: "pnpm install",
};

static YARN: Manager = Manager {
    name: "yarn",
    locks: &["yarn.lock", ".yarnrc.yml"],
    run: &["yarn", "run"],
    execute: &["yarn", "run"],
    install: "yarn install",
};

static BUN: Manager = Manager {
    name: "bun",
    locks: &["bun.lock", "bun.lockb"],
    run: &["bun", "run"],
    execute: &["bunx"],
    install: "bun install",
};

static NPM: Manager = Manager {
    name: "npm",
    locks: &["package-lock.json", "npm-shrinkwrap.json"],
    run: &["npm", "run"],
    execute: &["npx"],
    install: "npm install",
};

/// Programs that start the one that follows.
const WRAPPERS: [&str; 21] = [
    "bun",
    "bunx",
    "c8",
    "cross-env",
    "cross-env-shell",
    "dotenv",
    "dotenvx",
    "env",
    "env-cmd",
    "exec",
    "node",
    "npm",
    "npx",
    "nyc",
    "op",
    "pnpm",
    "start-server-and-test",
    "time",
    "timeout",
    "xvfb-run",
    "yarn",
];

/// What a runner is told to do instead of running tests.
const NO_RUNS: [&str; 15] = [
    "--help",
    "--version",
    "cache",
    "clear-cache",
    "codegen",
    "config",
    "info",
    "init",
    "install",
    "install-deps",
    "merge-reports",
    "open",
    "show-report",
    "show-trace",
    "verify",
];

/// Options with which a person watches the tests, or that run none.
const WATCHED: [&str; 10] = [
    "--debug",
    "--headed",
    "--inspect",
    "--inspect-brk",
    "--list",
    "--ui",
    "--update-snapshots",
    "--watch",
    "--watchAll",
    "watch",
];

/// Programs in scripts that test nothing, or only components without an org.
const NO_TESTS: [&str; 14] = [
    ":",
    "commitlint",
    "echo",
    "eslint",
    "exit",
    "false",
    "husky",
    "lint-staged",
    "lwc-jest",
    "prettier",
    "sfdx-lwc-jest",
    "stylelint",
    "true",
    "tsc",
];

/// Words in the names of scripts that run tests.
const TEST_WORDS: [&str; 8] = ["acceptance", "e2e", "functional", "integration", "selenium", "smoke", "test", "tests"];

#[cfg(test)]
mod tests {
    use super::{Package, deno_task};

    #[test]
    fn the_task_of_deno_that_runs_tests_is_found() {
        let rows = [
            (r#"{ "tasks": { "test": "deno test -A" } }"#, Some("test")),
            (r#"{ "tasks": { "unit": "deno test src", "e2e": { "command": "deno test -A e2e" } } }"#, Some("e2e")),
            ("{ // comment\n \"tasks\": { \"dev\": \"deno run main.ts\", } }", None),
            (r#"{ "tasks": { "check": "deno fmt && deno test" } }"#, Some("check")),
        ];
        for (text, expected) in rows {
            assert_eq!(deno_task(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn the_script_that_starts_a_runner_is_found_by_its_words() {
        let rows = [
            (r#""e2e": "playwright test --project=sf""#, Some("e2e")),
            (r#""a": "npx playwright test", "test": "playwright test""#, Some("test")),
            (r#""a": "playwright test a", "b": "playwright test b""#, Some("a")),
            (r#""ci": "cross-env CI=1 SF=2 playwright test""#, Some("ci")),
            (r#""ci": "CI=1 ./node_modules/.bin/playwright test""#, Some("ci")),
            (r#""ci": "tsc && playwright test""#, Some("ci")),
            (r#""ci": "dotenv -e .env.qa -- playwright test""#, Some("ci")),
            (r#""ci": "start-server-and-test dev 3000 'playwright test'""#, Some("ci")),
            (r#""test": "echo playwright test""#, None),
            (r#""test": "eslint playwright""#, None),
            (r#""test": "playwright-lint""#, None),
            (r#""i": "playwright install", "c": "playwright codegen", "r": "playwright show-report""#, None),
            (r#""ui": "playwright test --ui", "d": "playwright test --debug""#, None),
            (r#""ui": "playwright test --ui", "ci": "playwright test""#, Some("ci")),
        ];
        for (scripts, expected) in rows {
            let package = Package::parse(&format!("{{ \"scripts\": {{ {scripts} }} }}")).unwrap();
            assert_eq!(package.script_that_starts("playwright"), expected, "{scripts}");
        }
    }

    #[test]
    fn a_script_without_tests_is_no_test() {
        let rows = [
            (r#""test": "node login.js""#, Some("test")),
            (r#""e2e:qa": "./run.sh", "start": "vite""#, Some("e2e:qa")),
            (r#""test": "echo \"Error: no test specified\" && exit 1""#, None),
            (r#""test": "eslint . && prettier --check .""#, None),
            (r#""test": "eslint . && node login.js""#, Some("test")),
            (r#""build": "tsc", "start": "node server.js""#, None),
            (r#""test": "node --test""#, Some("test")),
            (r#""test": "npm run unit", "unit": "sfdx-lwc-jest""#, None),
            (r#""test": "yarn unit", "unit": "npx sfdx-lwc-jest -- --coverage""#, None),
            (r#""test": "npm run e2e", "e2e": "node login.js""#, Some("test")),
            (r#""test": "npm run test""#, None),
        ];
        for (scripts, expected) in rows {
            let package = Package::parse(&format!("{{ \"scripts\": {{ {scripts} }} }}")).unwrap();
            assert_eq!(package.test_script(), expected, "{scripts}");
        }
    }
}
