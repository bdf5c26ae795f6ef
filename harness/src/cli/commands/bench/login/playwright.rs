//! The login as a Playwright suite writes it, in a Node process.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{ChildStdin, ChildStdout, Command, Stdio};

use serde_json::json;

use crate::cli::commands::bench::broken;
use crate::cli::commands::bench::org::{Org, Person, Reaped};
use crate::cli::output::error::CliError;

/// A Node process with one browser.
pub(super) struct Playwright {
    to: Option<ChildStdin>,
    from: BufReader<ChildStdout>,
    node: Reaped,
    // Node finds the script there; removed with the process.
    _script: tempfile::TempDir,
}

/// Says what to install where it is missing.
pub(super) fn check(modules: &Path) -> Result<(), CliError> {
    if modules.join("playwright-core").is_dir() {
        return Ok(());
    }
    let parent = modules.parent().unwrap_or(Path::new("."));
    Err(CliError::broken(format!("there is no playwright-core in {}", modules.display())).hint(format!(
        "install it: `npm install --prefix {} playwright-core`, or name its folder with --playwright",
        parent.display()
    )))
}

impl Playwright {
    pub(super) fn start(modules: &Path, browser: &Path, pin: &str) -> Result<Self, CliError> {
        let folder = tempfile::tempdir().map_err(|error| broken("make a temporary folder", &error))?;
        let script = folder.path().join("login.cjs");
        std::fs::write(&script, SCRIPT).map_err(|error| broken("write the script", &error))?;
        let child = Command::new("node")
            .arg(&script)
            .args([modules, browser])
            .arg(pin)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| broken("start `node`", &error).hint("install it: `apt-get install nodejs`"))?;
        let mut node = Reaped(child);
        let pipes = node.0.stdin.take().zip(node.0.stdout.take());
        let (to, from) = pipes.ok_or_else(|| CliError::broken("failed to talk to node"))?;
        let mut started = Self { to: Some(to), from: BufReader::new(from), node, _script: folder };
        started.line()?;
        Ok(started)
    }

    /// Process id of node.
    pub(super) fn process_id(&self) -> u32 {
        self.node.0.id()
    }

    /// One login in a context of its own: milliseconds by Node's own clock.
    pub(super) fn login(&mut self, org: &Org, person: &Person) -> Result<f64, CliError> {
        let login = json!({
            "url": format!("{}/", org.ready.my_domain_url),
            "username": person.username,
            "password": person.password,
            "secret": person.totp_secret,
        });
        let to = self.to.as_mut().ok_or_else(|| CliError::broken("failed to talk to node"))?;
        writeln!(to, "{login}").map_err(|error| broken("talk to node", &error))?;
        let line = self.line()?;
        line.trim().parse().map_err(|_| CliError::broken("failed to sign in by Playwright: see its error above"))
    }

    fn line(&mut self) -> Result<String, CliError> {
        let mut line = String::new();
        self.from.read_line(&mut line).map_err(|error| broken("read from node", &error))?;
        if line.is_empty() {
            return Err(CliError::broken("failed to run Playwright: node ended, see its error above"));
        }
        Ok(line)
    }
}

impl Drop for Playwright {
    fn drop(&mut self) {
        // The end of its input lets the script close its browser.
        self.to = None;
        let _ended = self.node.0.wait();
    }
}

const SCRIPT: &str = include_str!("playwright.cjs");
