//! A served org in a process of its own, so that its CPU time is nobody else's.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde::Deserialize;

use super::broken;
use crate::cli::output::error::CliError;

/// A process that is ended and waited for, whatever happens.
#[derive(Debug)]
pub(super) struct Reaped(pub(super) Child);

/// An org whose users sign in by password and TOTP app.
#[derive(Debug)]
pub(super) struct Org {
    pub(super) ready: Ready,
    server: Reaped,
}

/// The part of the readiness line that is needed here.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Ready {
    pub(super) my_domain_url: String,
    pub(super) spki_pin: String,
    pub(super) users: Vec<Person>,
}

/// A simulated user.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Person {
    pub(super) username: String,
    pub(super) password: String,
    pub(super) totp_secret: String,
}

impl Org {
    /// Starts `vestibule serve` with this many users.
    pub(super) fn start(users: usize) -> Result<Self, CliError> {
        let program = std::env::current_exe().map_err(|error| broken("find its own program", &error))?;
        let mut command = Command::new(program);
        command.args(["serve", "--json", "--port", "0", "--org-kind", "production", "--date", ENFORCED]);
        for user in 0..users {
            command.arg("--user").arg(format!("rep{user}:profile=Standard User,password={PASSWORD},verifiers=totp"));
        }
        let child = command.stdout(Stdio::piped()).spawn().map_err(|error| broken("start the server", &error))?;
        let mut server = Reaped(child);
        let stdout = server.0.stdout.take().ok_or_else(|| CliError::broken("failed to read from the server"))?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).map_err(|error| broken("read the readiness line", &error))?;
        let ready = serde_json::from_str(&line).map_err(|error| broken("read the readiness line", &error))?;
        Ok(Self { ready, server })
    }

    /// Process id of the server.
    pub(super) fn process_id(&self) -> u32 {
        self.server.0.id()
    }
}

impl Drop for Reaped {
    fn drop(&mut self) {
        if let Ok(pid) = i32::try_from(self.0.id()) {
            // A process that has ended already cannot be signalled, which is as good.
            let _told = kill(Pid::from_raw(pid), Signal::SIGTERM);
        }
        let _ended = self.0.wait();
    }
}

/// MFA is enforced for everybody on this day.
const ENFORCED: &str = "2026-09-01";
const PASSWORD: &str = "Vestibule-bench-1";
