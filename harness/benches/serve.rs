//! Start of `serve` to its first discovery answer, and its memory when idle; baseline: `vestibule --version`.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use clap::Parser;
use serde::{Deserialize, Serialize};
use tokio::runtime::Runtime;
use vestibule::bench_internals::Stopwatch;

#[path = "support/figures.rs"]
mod figures;
#[path = "support/median.rs"]
mod median;
#[path = "support/memory.rs"]
mod memory;
#[path = "support/program.rs"]
mod program;
#[path = "support/reaped.rs"]
mod reaped;

use figures::{Common, Failure, Measured, failed_to};
use median::median;
use memory::resident_mb;
use program::PROGRAM;
use reaped::Reaped;

/// Start of `serve` to its first discovery answer, and its memory when idle; baseline: `vestibule --version`
#[derive(Debug, Parser)]
struct ServeBench {
    /// How many starts are measured, after one that does not count
    #[arg(long, value_name = "N", default_value_t = 15)]
    runs: u32,

    #[command(flatten)]
    common: Common,
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

fn main() -> ExitCode {
    let args = ServeBench::parse();
    figures::run(|| bench(&args))
}

/// Measures. The first start may have to make keys and does not count.
fn bench(args: &ServeBench) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (mut starts, mut weights, mut versions) = (Vec::new(), Vec::new(), Vec::new());
    for run in 0..=args.runs {
        let (start_ms, rss_mb) = start(&runtime)?;
        let version_ms = version()?;
        if run > 0 {
            starts.push(start_ms);
            weights.push(rss_mb);
            versions.push(version_ms);
        }
    }
    let (ours, baseline) = (median(starts), median(versions));
    let more = More { start_ms: ours, rss_mb: median(weights) };
    let measured = Measured { bench: "serve", ratio: ours / baseline, ours, baseline, unit: "ms", more };
    let text = format!(
        "start to the first discovery answer  {ours:.1} ms (median of {})\n\
         `vestibule --version`                {baseline:.1} ms (ratio {:.1})\n\
         resident memory when idle            {:.1} MB",
        args.runs, measured.ratio, measured.more.rss_mb
    );
    measured.write(&args.common, &text)
}

/// Starts a server, asks for its discovery document, and ends it: milliseconds and MB.
fn start(runtime: &Runtime) -> Result<(f64, f64), Failure> {
    let clock = Stopwatch::start();
    let child = Command::new(PROGRAM)
        .args(["serve", "--json", "--port", "0", "--idp", "bench:protocol=oidc"])
        .stdout(Stdio::piped())
        .spawn()
        .map_err(failed_to("start the server"))?;
    let mut server = Reaped(child);
    let mut line = String::new();
    let stdout = server.0.stdout.take().ok_or("failed to read from the server")?;
    BufReader::new(stdout).read_line(&mut line).map_err(failed_to("read the readiness line"))?;
    let ready: Ready = serde_json::from_str(&line).map_err(failed_to("read the readiness line"))?;
    runtime.block_on(discover(&ready))?;
    let start_ms = clock.elapsed().as_secs_f64() * 1000.0;
    // Lets the server free the memory that the answer used.
    std::thread::sleep(PAUSE_BEFORE_MEMORY_READ);
    let rss_mb = resident_mb(server.0.id())?;
    Ok((start_ms, rss_mb))
}

async fn discover(ready: &Ready) -> Result<(), Failure> {
    let issuer = ready.idp_urls.values().next().ok_or("failed to find an identity provider")?;
    let url = format!("{issuer}/.well-known/openid-configuration");
    let url = url::Url::parse(&url).map_err(failed_to("read the issuer"))?;
    let host = url.host_str().unwrap_or_default();
    let port = url.port_or_known_default().unwrap_or_default();
    let pem = fs::read(&ready.ca_file).map_err(failed_to("read the test CA"))?;
    let answer = async {
        reqwest::Client::builder()
            .tls_certs_only([reqwest::Certificate::from_pem(&pem)?])
            .resolve(host, SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
            .build()?
            .get(url.clone())
            .send()
            .await?
            .error_for_status()
    };
    answer.await.map(drop).map_err(failed_to::<reqwest::Error>("ask for the discovery document"))
}

fn version() -> Result<f64, Failure> {
    let clock = Stopwatch::start();
    Command::new(PROGRAM).arg("--version").stdout(Stdio::null()).status().map_err(failed_to("ask for the version"))?;
    Ok(clock.elapsed().as_secs_f64() * 1000.0)
}

const PAUSE_BEFORE_MEMORY_READ: Duration = Duration::from_millis(200);
