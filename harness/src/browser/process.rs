//! A driver process in its own process group.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, ChildStdout, Command};
use url::Url;

use super::error::BrowserError;
use super::kind::BrowserKind;
use crate::orphan_guard::OrphanGuard;

/// A running ChromeDriver or geckodriver with all its browsers. Dropping it kills the whole group; so does the end of this program.
#[derive(Debug)]
pub(crate) struct DriverProcess {
    child: Child,
    group: Option<Pid>,
    _orphan_guard: OrphanGuard,
    pub(crate) url: Url,
    pub(super) log: PathBuf,
}

impl DriverProcess {
    /// Starts the driver of a browser on a port that it chooses; its profiles and log go into this folder. Starts it again if
    /// it ended because the port was taken.
    pub(super) async fn start(kind: BrowserKind, driver: &Path, folder: &Path) -> Result<Self, BrowserError> {
        tokio::fs::create_dir_all(folder)
            .await
            .map_err(|source| BrowserError::Machine { path: folder.to_owned(), source })?;
        let mut last_words = String::new();
        for _ in 0..MAX_STARTS {
            let mut process = Self::spawn(kind, driver, folder)?;
            let stdout = process.child.stdout.take();
            match tokio::time::timeout(PORT_ANNOUNCEMENT_TIMEOUT, announced_port(stdout)).await {
                Ok(Ok(port)) => {
                    process.url = parse_url(&format!("http://127.0.0.1:{port}"));
                    return Ok(process);
                }
                Ok(Err(words)) => last_words = words,
                Err(_) => return Err(not_ready(kind, "it announced no port in time", &process.log)),
            }
            if !last_words.contains(PORT_TAKEN) {
                break;
            }
        }
        Err(not_ready(kind, &format!("it ended before it was ready: {last_words}"), &folder.join(log_of(kind))))
    }

    fn spawn(kind: BrowserKind, driver: &Path, folder: &Path) -> Result<Self, BrowserError> {
        let log = folder.join(log_of(kind));
        let child = Command::new(driver)
            .args(arguments(kind, &log))
            .env("TMPDIR", folder)
            .env(OF_OUR_DRIVER, "1")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .map_err(|source| BrowserError::Machine { path: driver.to_owned(), source })?;
        let group = child.id().and_then(|id| i32::try_from(id).ok()).map(Pid::from_raw);
        let orphan_guard = OrphanGuard::over(child.id());
        Ok(Self { child, group, _orphan_guard: orphan_guard, url: parse_url("http://127.0.0.1"), log })
    }

    /// Whether the driver still runs.
    pub(super) fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Process id of the driver; `None` after it has ended and was waited for.
    pub(super) fn id(&self) -> Option<u32> {
        self.child.id()
    }

    /// Ends the group: asks, waits, then kills, and reaps the driver.
    pub(super) async fn stop(mut self) {
        self.signal(Signal::SIGTERM);
        let ended = tokio::time::timeout(GRACEFUL_STOP_TIMEOUT, self.child.wait()).await;
        self.signal(Signal::SIGKILL);
        if ended.is_err() && self.child.wait().await.is_err() {
            // Nothing is left to reap.
        }
        self.group = None;
    }

    fn signal(&self, signal: Signal) {
        if let Some(group) = self.group {
            // The group may already be gone.
            let _already_gone = killpg(group, signal);
        }
    }
}

impl Drop for DriverProcess {
    fn drop(&mut self) {
        self.signal(Signal::SIGKILL);
    }
}

fn not_ready(kind: BrowserKind, why: &str, log: &Path) -> BrowserError {
    let why = match kind {
        BrowserKind::Chromium => format!("{why}; log: {}", log.display()),
        BrowserKind::Firefox => why.to_owned(),
    };
    BrowserError::DriverNotReady { kind, why }
}

fn log_of(kind: BrowserKind) -> &'static str {
    match kind {
        BrowserKind::Chromium => "chromedriver.log",
        BrowserKind::Firefox => "geckodriver.log",
    }
}

fn arguments(kind: BrowserKind, log: &Path) -> Vec<String> {
    match kind {
        // At its usual level, the log of ChromeDriver holds what is typed.
        BrowserKind::Chromium => {
            vec!["--port=0".to_owned(), format!("--log-path={}", log.display()), "--log-level=WARNING".to_owned()]
        }
        // It writes its log to stdout only, and says at this level on which port it listens.
        BrowserKind::Firefox => ["--port", "0", "--websocket-port", "0", "--log", "info"].map(str::to_owned).to_vec(),
    }
}

/// Reads the line "ChromeDriver was started successfully on port N." or "Listening on 127.0.0.1:N", then drains what follows
/// so that the pipe never fills. If the driver ends without this line, the error has its last line.
async fn announced_port(stdout: Option<ChildStdout>) -> Result<u16, String> {
    let mut last_words = "it said nothing".to_owned();
    let Some(stdout) = stdout else { return Err(last_words) };
    let mut lines = BufReader::new(stdout).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        let of_chromedriver =
            line.split_once("successfully on port ").map(|(_, rest)| rest.trim_end_matches('.').trim());
        let of_geckodriver = || Some(line.split_once("Listening on ")?.1.rsplit_once(':')?.1.trim());
        let port = of_chromedriver.or_else(of_geckodriver);
        if let Some(port) = port.and_then(|port| port.parse().ok()) {
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return Ok(port);
        }
        last_words = line;
    }
    Err(last_words)
}

fn parse_url(text: &str) -> Url {
    text.parse().expect("invariant: a loopback address with a port is a URL")
}

/// A variable of the drivers that are started here, and so of their browsers.
pub(crate) const OF_OUR_DRIVER: &str = "VESTIBULE_OWN_DRIVER";
/// ChromeDriver chooses a free port for one address family and ends if the port is taken in the other: "IPv4 port not
/// available. Exiting...".
const PORT_TAKEN: &str = "port not available";
const MAX_STARTS: u32 = 5;
const PORT_ANNOUNCEMENT_TIMEOUT: Duration = Duration::from_secs(20);
const GRACEFUL_STOP_TIMEOUT: Duration = Duration::from_secs(3);
