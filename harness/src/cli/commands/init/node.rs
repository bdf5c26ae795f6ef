//! Packages of Node: their scripts, what they depend on, and the package manager.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use super::folder::Folder;

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
        let is_test = |text: &str| {
            let mut programs = commands(text).filter_map(|command| command.first().cloned());
            !text.contains("no test specified") && programs.any(|program| !NO_TESTS.contains(&program.as_str()))
        };
        self.script(|name, text| {
            let named = name.split([':', '-', '_', '.']).any(|word| TEST_WORDS.contains(&word));
            named && is_test(text)
        })
    }

    fn script(&self, fits: impl Fn(&str, &str) -> bool) -> Option<&str> {
        let mut fitting = self.scripts.iter().filter(|(name, text)| fits(name, text)).map(|(name, _)| name.as_str());
        let first = fitting.next()?;
        Some(if first == "test" { first } else { fitting.find(|name| *name == "test").unwrap_or(first) })
    }
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

/// Whether a command runs the tests of a program, without a person who watches.
fn starts(command: &[String], program: &str) -> bool {
    let begins = |at: usize| command.get(at).is_some_and(|word| word == program);
    let wrapped = command.first().is_some_and(|first| WRAPPERS.contains(&first.as_str()));
    let Some(at) = (0..command.len()).find(|at| begins(*at) && (*at == 0 || wrapped)) else { return false };
    let runs = command.get(at + 1).is_none_or(|word| !NO_RUNS.contains(&word.as_str()));
    runs && !command.iter().any(|word| WATCHED.contains(&word.as_str()))
}

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

/// Programs in scripts that test nothing.
const NO_TESTS: [&str; 12] = [
    ":",
    "commitlint",
    "echo",
    "eslint",
    "exit",
    "false",
    "husky",
    "lint-staged",
    "prettier",
    "stylelint",
    "true",
    "tsc",
];

/// Words in the names of scripts that run tests.
const TEST_WORDS: [&str; 8] = ["acceptance", "e2e", "functional", "integration", "selenium", "smoke", "test", "tests"];

#[cfg(test)]
mod tests {
    use super::Package;

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
        ];
        for (scripts, expected) in rows {
            let package = Package::parse(&format!("{{ \"scripts\": {{ {scripts} }} }}")).unwrap();
            assert_eq!(package.test_script(), expected, "{scripts}");
        }
    }
}
