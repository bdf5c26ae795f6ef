//! A served org in a separate process, so that its CPU time is measured separately.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use serde::Deserialize;

use super::figures::{Failure, failed_to};
use super::program::PROGRAM;
use super::reaped::Reaped;

/// An org whose users sign in by password and TOTP app.
#[derive(Debug)]
pub(crate) struct Org {
    pub(crate) ready: Ready,
    server: Reaped,
}

/// The part of the readiness line that is needed here.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct Ready {
    pub(crate) my_domain_url: String,
    pub(crate) spki_pin: String,
    pub(crate) users: Vec<Person>,
}

/// A simulated user.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct Person {
    pub(crate) username: String,
    pub(crate) password: String,
    pub(crate) totp_secret: String,
}

impl Org {
    /// Starts `vestibule serve` with this many users.
    pub(crate) fn start(users: usize) -> Result<Self, Failure> {
        let mut command = Command::new(PROGRAM);
        command.args(["serve", "--json", "--port", "0", "--org-kind", "production", "--date", ENFORCED]);
        for user in 0..users {
            command.arg("--user").arg(format!("rep{user}:profile=Standard User,password={PASSWORD},verifiers=totp"));
        }
        let child = command.stdout(Stdio::piped()).spawn().map_err(failed_to("start the server"))?;
        let mut server = Reaped(child);
        let stdout = server.0.stdout.take().ok_or("failed to read from the server")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line).map_err(failed_to("read the readiness line"))?;
        let ready = serde_json::from_str(&line).map_err(failed_to("read the readiness line"))?;
        Ok(Self { ready, server })
    }

    /// Process id of the server.
    pub(crate) fn process_id(&self) -> u32 {
        self.server.0.id()
    }
}

/// MFA is enforced for everybody on this day.
const ENFORCED: &str = "2026-09-01";
const PASSWORD: &str = "Vestibule-bench-1";
