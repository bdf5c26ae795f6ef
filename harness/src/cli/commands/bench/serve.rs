//! How fast a server starts and what it weighs.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use clap::Args;
use reqwest::blocking;
use serde::{Deserialize, Serialize};

use super::org::Reaped;
use super::{Measured, broken, median};
use crate::cli::output::console::Console;
use crate::cli::output::error::CliError;
use crate::outcome::ExitCode;
use crate::stopwatch::Stopwatch;

/// Start of `serve` to its first discovery answer, and its memory when idle; baseline: `vestibule --version`
#[derive(Debug, Args)]
pub(super) struct ServeBenchArgs {
    /// How many starts are measured, after one that is not
    #[arg(long, value_name = "N", default_value_t = 15)]
    runs: u32,

    /// One JSON line instead of text
    #[arg(long, help_heading = "Output")]
    json: bool,
}

#[derive(Debug, Serialize)]
struct More {
    /// Start of the process to the end of the first discovery answer, milliseconds, median.
    start_ms: f64,
    /// Resident memory when idle, MB, median.
    rss_mb: f64,
}

/// The part of the readiness line that is needed here.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Ready {
    ca_file: PathBuf,
    idp_urls: BTreeMap<String, String>,
}

/// Measures. The first start may have to make keys and does not count.
pub(super) fn bench(args: &ServeBenchArgs, console: &mut Console<'_>) -> Result<ExitCode, CliError> {
    let program = std::env::current_exe().map_err(|error| broken("find its own program", &error))?;
    let (mut starts, mut weights, mut versions) = (Vec::new(), Vec::new(), Vec::new());
    for run in 0..=args.runs {
        let (start_ms, rss_mb) = start(&program)?;
        let version_ms = version(&program)?;
        if run > 0 {
            starts.push(start_ms);
            weights.push(rss_mb);
            versions.push(version_ms);
        }
    }
    let (ours, baseline) = (median(starts), median(versions));
    let more = More { start_ms: ours, rss_mb: median(weights) };
    let measured = Measured { bench: "serve", ratio: ours / baseline, ours, baseline, unit: "ms", more };
    if args.json {
        let line = serde_json::to_string(&measured).map_err(|error| broken("write the figures", &error))?;
        writeln!(console.out, "{line}")?;
    } else {
        writeln!(console.out, "start to the first discovery answer  {ours:.1} ms (median of {})", args.runs)?;
        writeln!(console.out, "`vestibule --version`                {baseline:.1} ms (ratio {:.1})", measured.ratio)?;
        writeln!(console.out, "resident memory when idle            {:.1} MB", measured.more.rss_mb)?;
    }
    Ok(ExitCode::Passed)
}

/// Starts a server, asks for its discovery document, and ends it: milliseconds and MB.
fn start(program: &Path) -> Result<(f64, f64), CliError> {
    let clock = Stopwatch::start();
    let child = Command::new(program)
        .args(["serve", "--json", "--port", "0", "--idp", "bench:protocol=oidc"])
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| broken("start the server", &error))?;
    let mut server = Reaped(child);
    let mut line = String::new();
    let stdout = server.0.stdout.take().ok_or_else(|| CliError::broken("failed to read from the server"))?;
    BufReader::new(stdout).read_line(&mut line).map_err(|error| broken("read the readiness line", &error))?;
    let ready: Ready = serde_json::from_str(&line).map_err(|error| broken("read the readiness line", &error))?;
    discover(&ready)?;
    let start_ms = clock.elapsed().as_secs_f64() * 1000.0;
    // What the answer used is given back before the memory is read.
    std::thread::sleep(SETTLE);
    let rss_mb = resident_mb(server.0.id())?;
    Ok((start_ms, rss_mb))
}

fn discover(ready: &Ready) -> Result<(), CliError> {
    let issuer =
        ready.idp_urls.values().next().ok_or_else(|| CliError::broken("failed to find an identity provider"))?;
    let url = format!("{issuer}/.well-known/openid-configuration");
    let url = url::Url::parse(&url).map_err(|error| broken("read the issuer", &error))?;
    let host = url.host_str().unwrap_or_default();
    let port = url.port_or_known_default().unwrap_or_default();
    let pem = fs::read(&ready.ca_file).map_err(|error| broken("read the test CA", &error))?;
    let answer = || {
        blocking::Client::builder()
            .tls_certs_only([reqwest::Certificate::from_pem(&pem)?])
            .resolve(host, SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
            .build()?
            .get(url.clone())
            .send()?
            .error_for_status()
    };
    answer().map(drop).map_err(|error: reqwest::Error| broken("ask for the discovery document", &error))
}

fn version(program: &Path) -> Result<f64, CliError> {
    let clock = Stopwatch::start();
    Command::new(program)
        .arg("--version")
        .stdout(Stdio::null())
        .status()
        .map_err(|error| broken("ask for the version", &error))?;
    Ok(clock.elapsed().as_secs_f64() * 1000.0)
}

/// `VmRSS` of `/proc/<pid>/status`, in MB of 1024 kB.
fn resident_mb(pid: u32) -> Result<f64, CliError> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))
        .map_err(|error| broken("read the server's memory", &error))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kb = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<f64>().ok());
    kb.map(|kb| kb / 1024.0).ok_or_else(|| CliError::broken("failed to read the server's memory"))
}

const SETTLE: Duration = Duration::from_millis(200);
