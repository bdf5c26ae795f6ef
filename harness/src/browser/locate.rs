//! Finds a browser and its driver.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::process::Command;

use super::error::BrowserError;
use super::kind::BrowserKind;

/// Where to look.
#[derive(Debug, Clone)]
pub struct Search {
    /// The browser to look for.
    pub kind: BrowserKind,
    /// A browser that the user named; then nothing else is tried.
    pub browser: Option<PathBuf>,
    /// A driver that the user named; then nothing else is tried.
    pub driver: Option<PathBuf>,
    /// Whether a window must be shown: `chromium-headless-shell` cannot.
    pub headed: bool,
    /// The folder of the real binaries.
    pub folder: PathBuf,
    /// Value of `PATH`.
    pub path: OsString,
}

impl Search {
    /// Looks for Chromium: flags first, then `VESTIBULE_BROWSER` and `VESTIBULE_CHROMEDRIVER`, then `/usr/lib/chromium`, then
    /// `PATH`.
    pub fn from_environment(browser: Option<PathBuf>, driver: Option<PathBuf>, headed: bool) -> Self {
        Self {
            kind: BrowserKind::Chromium,
            browser: browser
                .or_else(|| named("VESTIBULE_BROWSER").filter(|path| is_program(path, BrowserKind::Chromium))),
            driver: driver.or_else(|| named("VESTIBULE_CHROMEDRIVER")),
            headed,
            folder: PathBuf::from("/usr/lib/chromium"),
            path: std::env::var_os("PATH").unwrap_or_default(),
        }
    }

    /// Looks for Firefox: flags first, then `VESTIBULE_BROWSER` and `VESTIBULE_GECKODRIVER`, then `/usr/lib/firefox-esr`, then
    /// `PATH`.
    pub fn of_firefox(browser: Option<PathBuf>, driver: Option<PathBuf>, headed: bool) -> Self {
        Self {
            kind: BrowserKind::Firefox,
            browser: browser
                .or_else(|| named("VESTIBULE_BROWSER").filter(|path| is_program(path, BrowserKind::Firefox))),
            driver: driver.or_else(|| named("VESTIBULE_GECKODRIVER")),
            headed,
            folder: PathBuf::from("/usr/lib/firefox-esr"),
            path: std::env::var_os("PATH").unwrap_or_default(),
        }
    }
}

fn named(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// Whether a value of `VESTIBULE_BROWSER` names a program, and one of this browser; it may also be the word for a browser.
fn is_program(named: &Path, kind: BrowserKind) -> bool {
    let is_word = named.to_str().is_some_and(|word| word.parse::<BrowserKind>().is_ok());
    !is_word && BrowserKind::of_program(named) == kind
}

/// A browser and its driver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binaries {
    /// Which browser it is.
    pub kind: BrowserKind,
    /// The browser. The real binary: a wrapper script that does not `exec` leaks six processes per session.
    pub browser: PathBuf,
    /// Its driver.
    pub driver: PathBuf,
    /// Version of the browser: `156.0.8078.79`, `153.8.0esr`.
    pub version: String,
    /// Whether the browser is `chromium-headless-shell`, which needs no `--headless`.
    pub headless_shell: bool,
}

/// Finds both. Of Chromium and ChromeDriver, also compares the major versions; geckodriver drives every current Firefox.
///
/// # Errors
///
/// If one is missing, does not report its version, or if their major versions differ.
pub async fn locate(search: &Search) -> Result<Binaries, BrowserError> {
    let kind = search.kind;
    let (browser_names, driver_names): (&[&str], &[&str]) = match kind {
        BrowserKind::Chromium => (&CHROMIUM_NAMES, &["chromedriver"]),
        BrowserKind::Firefox => (&FIREFOX_NAMES, &["geckodriver"]),
    };
    let browser = find(search, search.browser.as_deref(), &browsers(search), browser_names)
        .map_err(|searched| BrowserError::NoBrowser { kind, searched })?;
    let drivers: Vec<PathBuf> = driver_names.iter().map(|name| search.folder.join(name)).collect();
    let driver = find(search, search.driver.as_deref(), &drivers, driver_names)
        .map_err(|searched| BrowserError::NoDriver { kind, searched })?;
    let (version, driver_version) = tokio::try_join!(version(&browser, kind), version(&driver, kind))?;
    if kind == BrowserKind::Chromium && major(&version) != major(&driver_version) {
        return Err(BrowserError::Mismatch { browser: version, driver: driver_version });
    }
    let headless_shell = browser.file_name().is_some_and(|name| name.to_string_lossy().contains("headless-shell"));
    Ok(Binaries { kind, browser, driver, version, headless_shell })
}

/// The browser in the folder of the real binaries; of Chromium, the headless shell first.
fn browsers(search: &Search) -> Vec<PathBuf> {
    if search.kind == BrowserKind::Firefox {
        return vec![search.folder.join("firefox-esr")];
    }
    let shell = (!search.headed).then(|| search.folder.join("chromium-headless-shell"));
    shell.into_iter().chain([search.folder.join("chromium")]).collect()
}

/// The named file, else the first of `own` that exists, else the first of `names` in `PATH`. The error lists the places
/// that were searched.
fn find(search: &Search, named: Option<&Path>, own: &[PathBuf], names: &[&str]) -> Result<PathBuf, String> {
    if let Some(named) = named {
        return if named.is_file() { Ok(named.to_owned()) } else { Err(format!("`{}`", named.display())) };
    }
    let own_file = own.iter().find(|candidate| candidate.is_file()).cloned();
    let in_path = || names.iter().find_map(|name| which::which_in(name, Some(&search.path), "").ok());
    own_file.or_else(in_path).ok_or_else(|| {
        let first = own.first().map(|first| first.display().to_string()).unwrap_or_default();
        format!("`{first}` and in PATH")
    })
}

async fn version(program: &Path, kind: BrowserKind) -> Result<String, BrowserError> {
    let failed = |why: String| BrowserError::Version { path: program.to_owned(), why };
    let output = Command::new(program).arg("--version").kill_on_drop(true).output();
    let output = tokio::time::timeout(VERSION_TIMEOUT, output)
        .await
        .map_err(|_| failed(format!("no answer within {} s", VERSION_TIMEOUT.as_secs())))?
        .map_err(|error| failed(error.to_string()))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let version = text.split_whitespace().find(|word| is_version(word, kind));
    let answer = text.trim().lines().next().unwrap_or_default();
    let refused = || failed(format!("it answered `{answer}`, as no {} or {} does", kind.title(), kind.driver()));
    version.map(str::to_owned).ok_or_else(refused)
}

/// Chromium and ChromeDriver have versions of four numbers, and few other programs do: `156.0.8078.79`. Those of Firefox and
/// geckodriver begin with two: `153.8.0esr`, `0.37.1`.
fn is_version(word: &str, kind: BrowserKind) -> bool {
    if kind == BrowserKind::Firefox {
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|digit| digit.is_ascii_digit());
        let mut parts = word.split('.');
        return parts.next().is_some_and(digits)
            && parts.next().is_some_and(|part| part.starts_with(|c: char| c.is_ascii_digit()));
    }
    let parts: Vec<&str> = word.split('.').collect();
    parts.len() == 4 && parts.iter().all(|part| !part.is_empty() && part.bytes().all(|digit| digit.is_ascii_digit()))
}

fn major(version: &str) -> &str {
    version.split('.').next().unwrap_or_default()
}

const CHROMIUM_NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const FIREFOX_NAMES: [&str; 2] = ["firefox-esr", "firefox"];
const VERSION_TIMEOUT: Duration = Duration::from_secs(20);
