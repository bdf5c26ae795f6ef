//! Finds a browser and a ChromeDriver of the same version.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::process::Command;

use super::error::BrowserError;

/// Where to look.
#[derive(Debug, Clone)]
pub struct Search {
    /// A browser that the user named; then nothing else is tried.
    pub browser: Option<PathBuf>,
    /// A ChromeDriver that the user named; then nothing else is tried.
    pub driver: Option<PathBuf>,
    /// Whether a window must be shown: `chromium-headless-shell` cannot.
    pub headed: bool,
    /// The folder of the real binaries.
    pub folder: PathBuf,
    /// Value of `PATH`.
    pub path: OsString,
}

impl Search {
    /// Flags first, then `VESTIBULE_BROWSER` and `VESTIBULE_CHROMEDRIVER`, then `/usr/lib/chromium`, then `PATH`.
    pub fn from_environment(browser: Option<PathBuf>, driver: Option<PathBuf>, headed: bool) -> Self {
        let named = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        Self {
            browser: browser.or_else(|| named("VESTIBULE_BROWSER")),
            driver: driver.or_else(|| named("VESTIBULE_CHROMEDRIVER")),
            headed,
            folder: PathBuf::from("/usr/lib/chromium"),
            path: std::env::var_os("PATH").unwrap_or_default(),
        }
    }
}

/// A browser and the ChromeDriver for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binaries {
    /// The browser. The real binary: a wrapper script that does not `exec` leaks six processes per session.
    pub browser: PathBuf,
    /// ChromeDriver.
    pub driver: PathBuf,
    /// Version of the browser: `156.0.8078.79`.
    pub version: String,
    /// Whether the browser is `chromium-headless-shell`, which needs no `--headless`.
    pub headless_shell: bool,
}

/// Finds both and compares their major versions.
///
/// # Errors
///
/// If one is missing, does not report its version, or if their major versions differ.
pub async fn locate(search: &Search) -> Result<Binaries, BrowserError> {
    let browser = find(search, search.browser.as_deref(), &browsers(search), &BROWSER_NAMES)
        .map_err(|searched| BrowserError::NoBrowser { searched })?;
    let driver = find(search, search.driver.as_deref(), &[search.folder.join("chromedriver")], &["chromedriver"])
        .map_err(|searched| BrowserError::NoDriver { searched })?;
    let (browser_version, driver_version) = tokio::try_join!(version(&browser), version(&driver))?;
    if major(&browser_version) != major(&driver_version) {
        return Err(BrowserError::Mismatch { browser: browser_version, driver: driver_version });
    }
    let headless_shell = browser.file_name().is_some_and(|name| name.to_string_lossy().contains("headless-shell"));
    Ok(Binaries { browser, driver, version: browser_version, headless_shell })
}

/// The headless shell and the browser itself, in the folder of the real binaries.
fn browsers(search: &Search) -> Vec<PathBuf> {
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

async fn version(program: &Path) -> Result<String, BrowserError> {
    let failed = |why: String| BrowserError::Version { path: program.to_owned(), why };
    let output = Command::new(program).arg("--version").kill_on_drop(true).output();
    let output = tokio::time::timeout(VERSION_TIMEOUT, output)
        .await
        .map_err(|_| failed(format!("no answer within {} s", VERSION_TIMEOUT.as_secs())))?
        .map_err(|error| failed(error.to_string()))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let version = text.split_whitespace().find(|word| is_version(word));
    let answer = text.trim().lines().next().unwrap_or_default();
    let refused = || failed(format!("it answered `{answer}`, as no Chromium or ChromeDriver does"));
    version.map(str::to_owned).ok_or_else(refused)
}

/// Both have versions of four numbers, and few other programs do.
fn is_version(word: &str) -> bool {
    let parts: Vec<&str> = word.split('.').collect();
    parts.len() == 4 && parts.iter().all(|part| !part.is_empty() && part.bytes().all(|digit| digit.is_ascii_digit()))
}

fn major(version: &str) -> &str {
    version.split('.').next().unwrap_or_default()
}

const BROWSER_NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const VERSION_TIMEOUT: Duration = Duration::from_secs(20);
