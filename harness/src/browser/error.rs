//! Why the browser, its driver or the machine broke. None of these errors says anything about the login.

use std::io::ErrorKind;
use std::path::PathBuf;
use std::time::Duration;

use fantoccini::error::{CmdError, ErrorStatus, NewSessionError};
use vestibule_model::diagnostic::Diagnostic;
use vestibule_model::{causes_of, with_causes};

use super::kind::BrowserKind;
use crate::authenticator::CredentialError;

/// Vestibule or the environment broke: the case is Broken, never Failed.
#[derive(Debug, thiserror::Error)]
pub enum BrowserError {
    /// No browser was found.
    #[error("find a browser: there is no {} at {searched}", kind.title())]
    NoBrowser {
        /// The browser that was looked for.
        kind: BrowserKind,
        /// The places that were searched.
        searched: String,
    },
    /// No driver of the browser was found.
    #[error("find {}: there is none at {searched}", kind.driver())]
    NoDriver {
        /// The browser.
        kind: BrowserKind,
        /// The places that were searched.
        searched: String,
    },
    /// A program does not report its version.
    #[error("ask `{}` for its version: {why}", path.display())]
    Version {
        /// The program.
        path: PathBuf,
        /// What happened.
        why: String,
    },
    /// ChromeDriver and the browser have different major versions.
    #[error("drive Chromium {browser} with ChromeDriver {driver}: their major versions differ")]
    Mismatch {
        /// Version of the browser.
        browser: String,
        /// Version of ChromeDriver.
        driver: String,
    },
    /// A folder or file of the run cannot be written, or a program cannot be started.
    #[error("use `{}`", path.display())]
    Machine {
        /// The file, folder or program.
        path: PathBuf,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
    /// The driver ended or did not get ready.
    #[error("start {}: {why}", kind.driver())]
    DriverNotReady {
        /// The browser that it drives.
        kind: BrowserKind,
        /// What it said.
        why: String,
    },
    /// The WebDriver server opened no session.
    #[error("open a WebDriver session: {reason}")]
    SessionNotCreated {
        /// What it said.
        reason: String,
        /// Whether it is a server that the user named, and not a ChromeDriver that was started here.
        named: bool,
    },
    /// The WebDriver server did not answer in time.
    #[error("{command}: the WebDriver server gave no answer within {} s", limit.as_secs_f32())]
    Timeout {
        /// The command.
        command: &'static str,
        /// How long the command waited.
        limit: Duration,
    },
    /// The session, the browser or the connection is gone.
    #[error("{command}: the WebDriver session is lost ({reason})")]
    Lost {
        /// The command.
        command: &'static str,
        /// What happened.
        reason: String,
    },
    /// An element is not there, or cannot be typed into or clicked.
    #[error("{command}: {reason}")]
    Element {
        /// The command with its selector.
        command: String,
        /// What the driver said.
        reason: String,
    },
    /// The WebDriver server refused a command.
    #[error("{command}: {reason}")]
    Refused {
        /// The command.
        command: &'static str,
        /// What it said.
        reason: String,
    },
    /// The page was on the way to another document: the command found no document to run in and can be sent again.
    #[error("{command}: {reason}")]
    Navigating {
        /// The command.
        command: &'static str,
        /// What the browser said.
        reason: String,
    },
    /// The browser does not reach a simulated host: it runs on another machine, where that name leads elsewhere.
    #[error("open {url}: the browser does not reach it ({reason})")]
    Unreachable {
        /// The page, without its query.
        url: String,
        /// What the browser said.
        reason: String,
    },
    /// A credential of the browser cannot be read.
    #[error(transparent)]
    Credential(#[from] CredentialError),
}

impl BrowserError {
    /// The error of a navigation of a browser on another machine that got no answer from a simulated host; `None` if the
    /// browser refused it for another reason.
    pub(crate) fn of_refused_navigation(url: &str, reason: &str) -> Option<Self> {
        let known = UNREACHED.iter().find(|code| reason.contains(*code))?;
        let url = url.split(['?', '#']).next().unwrap_or_default().to_owned();
        Some(Self::Unreachable { url, reason: (*known).to_owned() })
    }

    /// Whether a new browser may do what this one did not. Without a way to the simulator none does.
    pub(crate) fn may_pass(&self) -> bool {
        !matches!(self, Self::Unreachable { .. })
    }

    /// Whether an element was missing or unusable, because the page was not the one that the actor expected.
    pub(crate) fn is_about_an_element(&self) -> bool {
        matches!(self, Self::Element { .. })
    }

    /// What to do, in one sentence.
    pub fn remedy(&self) -> String {
        match self {
            Self::NoBrowser { kind, .. } => {
                format!("install it: `{}`, or name one with --browser or VESTIBULE_BROWSER", kind.install())
            }
            Self::NoDriver { kind, .. } => {
                let option = match kind {
                    BrowserKind::Chromium => "--chromedriver or VESTIBULE_CHROMEDRIVER",
                    BrowserKind::Firefox => "--geckodriver or VESTIBULE_GECKODRIVER",
                };
                format!("install it: `{}`, or name one with {option}", kind.install())
            }
            Self::Mismatch { .. } => format!("install both from one source: `{}`", BrowserKind::Chromium.install()),
            Self::SessionNotCreated { reason, .. } if reason.contains("only supports") => {
                format!("install browser and driver of one version: `{}`", BrowserKind::Chromium.install())
            }
            Self::SessionNotCreated { reason, .. } if reason.contains("did not respond") => {
                "check that a WebDriver server answers at that URL".to_owned()
            }
            Self::SessionNotCreated { named: true, .. } => {
                "name a server with Chromium or Chrome: a ChromeDriver, or a Grid that has one; for a geckodriver, or the Firefox \
                 of a Grid, add `--browser firefox`"
                    .to_owned()
            }
            Self::Version { .. } => {
                "name a working program with --browser, and its driver with --chromedriver or --geckodriver".to_owned()
            }
            Self::Machine { path, source } if source.kind() == ErrorKind::StorageFull => {
                format!("free some space on the disk of `{}`, or set TMPDIR to a folder on another disk", path.display())
            }
            Self::Machine { path, .. } => format!("check that `{}` exists and that you may use it", path.display()),
            Self::DriverNotReady { kind: BrowserKind::Firefox, .. } => {
                "run `geckodriver --version` and `firefox --version` by hand, and see the driver's log".to_owned()
            }
            Self::DriverNotReady { .. } | Self::SessionNotCreated { .. } => {
                "run `chromedriver --version` and `/usr/lib/chromium/chromium --version` by hand, and see the driver's log"
                    .to_owned()
            }
            Self::Unreachable { .. } => {
                "the browser of --webdriver runs on another machine: open a tunnel from there to this machine, `ssh -R 1080 NODE`, \
                 and name it with --browser-proxy socks4://127.0.0.1:1080"
                    .to_owned()
            }
            Self::Timeout { .. } | Self::Lost { .. } => {
                "run the case again; if that happens again, use fewer workers or check the memory of the machine".to_owned()
            }
            Self::Element { .. } | Self::Refused { .. } | Self::Navigating { .. } | Self::Credential(_) => {
                "run the case again with --headed, and see the driver's log".to_owned()
            }
        }
    }

    /// The error as a message for the user.
    pub(crate) fn diagnostic(&self) -> Diagnostic {
        Diagnostic {
            code: self.code().to_owned(),
            title: format!("failed to {self}"),
            place: None,
            notes: causes_of(self).map(|cause| format!("cause: {cause}")).collect(),
            hint: Some(self.remedy()),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NoBrowser { .. } => "no-browser",
            Self::NoDriver { kind: BrowserKind::Chromium, .. } => "no-chromedriver",
            Self::NoDriver { kind: BrowserKind::Firefox, .. } => "no-geckodriver",
            Self::Version { .. } | Self::Mismatch { .. } => "browser-version",
            Self::Machine { .. } => "machine",
            Self::DriverNotReady { kind: BrowserKind::Chromium, .. } => "chromedriver-not-ready",
            Self::DriverNotReady { kind: BrowserKind::Firefox, .. } => "geckodriver-not-ready",
            Self::SessionNotCreated { .. } => "session-not-created",
            Self::Timeout { .. } => "webdriver-timeout",
            Self::Lost { .. } => "webdriver-lost",
            Self::Unreachable { .. } => "simulator-unreachable",
            Self::Element { .. } | Self::Refused { .. } | Self::Navigating { .. } | Self::Credential(_) => {
                "webdriver-refused"
            }
        }
    }

    /// A refusal, distinguished from a command that met a navigation, for which neither ChromeDriver nor DevTools has a
    /// code.
    pub(super) fn refused(command: &'static str, reason: String) -> Self {
        let text = reason.to_lowercase();
        if NAVIGATION_SIGNS.iter().any(|sign| text.contains(sign)) {
            return Self::Navigating { command, reason };
        }
        Self::Refused { command, reason }
    }

    pub(super) fn of_command(command: &'static str, error: CmdError) -> Self {
        let reason = match error {
            CmdError::Standard(answer) => return Self::of_answer(command, &answer),
            CmdError::NotJson(text) => format!("not JSON: {}", first_line(&text)),
            CmdError::NotW3C(value) => format!("not a WebDriver answer: {}", first_line(&value.to_string())),
            other => first_line(&with_causes(&other)),
        };
        Self::Lost { command, reason }
    }

    /// `named` says whether the user named the server.
    pub(super) fn of_new_session(error: NewSessionError, named: bool) -> Self {
        let reason = match error {
            NewSessionError::SessionNotCreated(answer) => first_line(&with_origin(&answer.message)),
            NewSessionError::NotW3C(value) => {
                let message = value["message"].as_str().map(first_line);
                message.unwrap_or_else(|| format!("not a WebDriver answer: {}", first_line(&value.to_string())))
            }
            NewSessionError::UnexpectedError(CmdError::Standard(answer)) => first_line(&answer.message),
            other => first_line(&with_causes(&other)),
        };
        Self::SessionNotCreated { reason, named }
    }

    fn of_answer(command: &'static str, answer: &fantoccini::error::WebDriver) -> Self {
        let reason = first_line(&answer.message);
        let gone = ["disconnected", "not reachable", "crashed", "session deleted"];
        match answer.error {
            ErrorStatus::NoSuchElement
            | ErrorStatus::StaleElementReference
            | ErrorStatus::ElementNotInteractable
            | ErrorStatus::ElementClickIntercepted
            | ErrorStatus::InvalidElementState => Self::Element { command: command.to_owned(), reason },
            ErrorStatus::InvalidSessionId | ErrorStatus::NoSuchWindow => Self::Lost { command, reason },
            _ if gone.iter().any(|sign| reason.contains(sign)) => Self::Lost { command, reason },
            _ => Self::refused(command, reason),
        }
    }
}

/// ChromeDriver's second line says why there is no session: `from unknown error: failed to write prefs file`.
fn with_origin(message: &str) -> String {
    let mut lines = message.lines();
    let first = lines.next().unwrap_or_default();
    let origin =
        lines.next().and_then(|line| line.strip_prefix("from ")).map(|line| line.trim_start_matches("unknown error: "));
    origin.map_or_else(|| first.to_owned(), |origin| format!("{first}: {origin}"))
}

/// Drivers append stack traces and session data after the first line.
fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().chars().take(300).collect()
}

/// What ChromeDriver, geckodriver and DevTools say, in lower case, when a command meets a navigation.
const NAVIGATION_SIGNS: [&str; 9] = [
    "aborted by navigation",
    "aborterror",
    "document was unloaded",
    "execution context",
    "find context",
    "loader has changed",
    "navigated",
    "promise was collected",
    "no frame",
];
/// Chromium's names for a host that cannot be reached, from its own machine or by its proxy.
const UNREACHED: [&str; 6] = [
    "net::ERR_ADDRESS_UNREACHABLE",
    "net::ERR_CONNECTION_REFUSED",
    "net::ERR_CONNECTION_TIMED_OUT",
    "net::ERR_NAME_NOT_RESOLVED",
    "net::ERR_PROXY_CONNECTION_FAILED",
    "net::ERR_SOCKS_CONNECTION_FAILED",
];
