//! The options of [`Connection::open`](super::Connection::open).

use std::path::PathBuf;

use super::limits::Limits;
use super::passkeys::Passkeys;
use super::reach::Reach;
use crate::browser::WebDriverServer;
use crate::stopwatch::Stopwatch;

/// The hosts, the WebDriver server and the browser of a suite, and what is recorded of it.
#[derive(Debug, Clone)]
pub struct ConnectionOptions {
    /// How the suite reaches its hosts.
    pub reach: Reach,
    /// The WebDriver server that the endpoint passes on to: our ChromeDriver or geckodriver, or a Grid.
    pub webdriver: WebDriverServer,
    /// The browser's binary, for suites that start it themselves; `None` if it is not known, as behind a WebDriver server
    /// that was not started here.
    pub browser: Option<PathBuf>,
    /// The `vestibule` program, which the ChromeDriver shim starts.
    pub program: PathBuf,
    /// Folder of this case for shims and preloads, absolute; removed with the run.
    pub folder: PathBuf,
    /// Clock of the case: every recorded time counts from its start.
    pub clock: Stopwatch,
    /// Passkeys for a virtual authenticator in each browser session; `None` adds no authenticator.
    pub passkeys: Option<Passkeys>,
    /// What clients may use of the endpoint and of the proxy.
    pub limits: Limits,
    /// What is recorded of the suite.
    pub recording: Recording,
}

/// What is recorded of a suite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recording {
    /// Nothing: its org is a real one.
    Nothing,
    /// Its commands, without what is typed, and the addresses of its pages.
    Commands,
    /// The same, and a copy of each page, so that pictures of it can be drawn for the report.
    CommandsAndPages,
}
