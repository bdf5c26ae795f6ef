//! The login of a typical Playwright suite, in a Node process.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{ChildStdin, ChildStdout, Command, Stdio};

use serde_json::json;

use super::figures::{Failure, failed_to};
use super::reaped::Reaped;
use super::served_org::{Org, Person};

/// A Node process with one browser.
pub(crate) struct Playwright {
    to: Option<ChildStdin>,
    from: BufReader<ChildStdout>,
    node: Reaped,
    // Node finds the script there; removed with the process.
    _script: tempfile::TempDir,
}

/// Fails with what to install if playwright-core is missing.
pub(crate) fn check(modules: &Path) -> Result<(), Failure> {
    if modules.join("playwright-core").is_dir() {
        return Ok(());
    }
    let parent = modules.parent().unwrap_or(Path::new("."));
    Err(format!(
        "there is no playwright-core in {}; install it with `npm install --prefix {} playwright-core`, or name its folder \
         with --playwright",
        modules.display(),
        parent.display()
    )
    .into())
}

impl Playwright {
    pub(crate) fn start(modules: &Path, browser: &Path, pin: &str) -> Result<Self, Failure> {
        let folder = tempfile::tempdir().map_err(failed_to("make a temporary folder"))?;
        let script = folder.path().join("login.cjs");
        std::fs::write(&script, SCRIPT).map_err(failed_to("write the script"))?;
        let child = Command::new("node")
            .arg(&script)
            .args([modules, browser])
            .arg(pin)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(failed_to("start `node`, which `apt-get install nodejs` installs"))?;
        let mut node = Reaped(child);
        let pipes = node.0.stdin.take().zip(node.0.stdout.take());
        let (to, from) = pipes.ok_or("failed to talk to node")?;
        let mut started = Self { to: Some(to), from: BufReader::new(from), node, _script: folder };
        started.line()?;
        Ok(started)
    }

    /// Process id of node.
    pub(crate) fn process_id(&self) -> u32 {
        self.node.0.id()
    }

    /// One login in a new context: milliseconds by Node's own clock.
    pub(crate) fn login(&mut self, org: &Org, person: &Person) -> Result<f64, Failure> {
        let login = json!({
            "url": format!("{}/", org.ready.my_domain_url),
            "username": person.username,
            "password": person.password,
            "secret": person.totp_secret,
        });
        let to = self.to.as_mut().ok_or("failed to talk to node")?;
        writeln!(to, "{login}").map_err(failed_to("talk to node"))?;
        let line = self.line()?;
        line.trim().parse().map_err(|_| "failed to sign in by Playwright: see its error above".into())
    }

    fn line(&mut self) -> Result<String, Failure> {
        let mut line = String::new();
        self.from.read_line(&mut line).map_err(failed_to("read from node"))?;
        if line.is_empty() {
            return Err("failed to run Playwright: node ended, see its error above".into());
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
