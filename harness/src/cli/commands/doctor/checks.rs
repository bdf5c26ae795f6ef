//! The checks, each with what was found and how to fix it.

use std::fs;

use serde_json::{Value, json};
use vestibule_certs::CertStore;
use vestibule_model::diagnostic::Diagnostic;
use vestibule_model::with_causes;

use crate::browser::{BrowserKind, locate};
use crate::cli::arguments::value_parsers::shown_url;
use crate::cli::output::error::CliError;
use crate::cli::runtime;
use crate::entry::{self, ScenarioError, Scenarios};
use crate::outcome::Verdict;
use crate::runner::{BrowserOptions, RunOptions, cache_folder};
use crate::stopwatch;

/// One thing that suites need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Check {
    /// What was looked at.
    pub(super) what: &'static str,
    pub(super) state: State,
    /// What was found.
    pub(super) found: String,
    /// How to fix it.
    pub(super) remedy: Option<String>,
}

/// The result of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Good,
    /// Runs will work, but slowly or not always.
    Doubtful,
    Missing,
    /// Not tried, because an earlier check failed.
    NotTried,
}

impl Check {
    pub(super) fn json(&self) -> Value {
        let state = match self.state {
            State::Good => "ok",
            State::Doubtful => "doubtful",
            State::Missing => "missing",
            State::NotTried => "not-tried",
        };
        json!({ "check": self.what, "state": state, "found": self.found, "remedy": self.remedy })
    }

    fn good(what: &'static str, found: impl Into<String>) -> Self {
        Self { what, state: State::Good, found: found.into(), remedy: None }
    }

    fn bad(what: &'static str, state: State, found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { what, state, found: found.into(), remedy: Some(remedy.into()) }
    }

    fn missing(what: &'static str, diagnostic: Diagnostic) -> Self {
        let found = std::iter::once(diagnostic.title).chain(diagnostic.notes).collect::<Vec<_>>().join("; ");
        Self { what, state: State::Missing, found, remedy: diagnostic.hint }
    }
}

/// Every check, each after those that it depends on.
pub(super) fn all(options: &BrowserOptions) -> Result<Vec<Check>, CliError> {
    let runtime = runtime::start()?;
    Ok(runtime.block_on(async {
        let mut checks = match &options.webdriver {
            Some(url) => vec![Check::good(BROWSER, format!("provided by the WebDriver server at {}", shown_url(url)))],
            None => vec![browser(options).await],
        };
        checks.push(keys());
        checks.extend(fs::read_to_string("/proc/meminfo").ok().and_then(|text| memory(&text)));
        checks.push(if checks.iter().any(|check| check.state == State::Missing) {
            Check { what: LOGIN, state: State::NotTried, found: "needs what is missing above".to_owned(), remedy: None }
        } else {
            login(options).await
        });
        checks
    }))
}

async fn browser(options: &BrowserOptions) -> Check {
    match locate(&options.search()).await {
        Ok(found) if found.headless_shell || found.kind == BrowserKind::Firefox => Check::good(
            BROWSER,
            format!("{} {}, with {}", found.browser.display(), found.version, found.driver.display()),
        ),
        Ok(found) => Check::bad(
            BROWSER,
            State::Doubtful,
            format!(
                "{} {}, which takes twice as long as chromium-headless-shell",
                found.browser.display(),
                found.version
            ),
            "apt-get install chromium-headless-shell",
        ),
        Err(error) => Check::missing(BROWSER, error.diagnostic()),
    }
}

fn keys() -> Check {
    let folder = cache_folder();
    match CertStore::open(&folder, stopwatch::now()) {
        Ok(_) => Check::good(KEYS, format!("the test CA and its keys are in {}", folder.display())),
        Err(error) => Check::bad(
            KEYS,
            State::Missing,
            format!("failed to {}", with_causes(&error)),
            "set XDG_CACHE_HOME to a folder that you can write to",
        ),
    }
}

/// The free memory that `/proc/meminfo` reports; `None` if it reports none.
pub(super) fn memory(meminfo: &str) -> Option<Check> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let megabytes = line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? / 1024;
    let found = format!("{megabytes} MB are free");
    Some(if megabytes < ENOUGH_MEGABYTES {
        Check::bad(MEMORY, State::Doubtful, found, "run with `--workers 1`: each browser needs about 200 MB")
    } else {
        Check::good(MEMORY, found)
    })
}

/// One login from the first page to home: certificate, host names, typed input, virtual authenticator.
async fn login(options: &BrowserOptions) -> Check {
    let scenario = match scenario() {
        Ok(scenario) => scenario,
        Err(error) => return Check::missing(LOGIN, Diagnostic::new("login", with_causes(&error))),
    };
    let run = entry::run(scenario).options(RunOptions { browser: options.clone(), ..RunOptions::default() });
    let outcome = match run.await {
        Ok(outcome) => outcome,
        Err(error) => return Check::missing(LOGIN, error.diagnostic()),
    };
    match outcome.cases.into_iter().next().and_then(|case| case.result) {
        Some(result) if result.verdict == Verdict::Passed => Check::good(
            LOGIN,
            format!("an admin created a passkey and reached the home page after {} ms", result.duration_ms),
        ),
        Some(result) => Check::missing(LOGIN, first(result.failures)),
        None => Check::missing(LOGIN, Diagnostic::new("login", "it did not finish")),
    }
}

fn first(reasons: Vec<Diagnostic>) -> Diagnostic {
    reasons.into_iter().next().unwrap_or_else(|| Diagnostic::new("login", "it ended without a reason"))
}

/// The scenario of the login.
pub(super) fn scenario() -> Result<Scenarios, ScenarioError> {
    Scenarios::from_yaml("doctor.yaml", include_str!("login.yaml"))
}

const BROWSER: &str = "browser and its driver";
const KEYS: &str = "keys and certificates";
const MEMORY: &str = "memory";
const LOGIN: &str = "a real login";

/// Two workers with a full browser each, and the program itself.
const ENOUGH_MEGABYTES: u64 = 1000;
