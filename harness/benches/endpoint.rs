//! What the WebDriver endpoint of a suite adds to a command; baseline: the same command sent to ChromeDriver.

use std::path::Path;
use std::process::ExitCode;

use clap::Parser;
use serde::Serialize;
use serde_json::{Value, json};
use vestibule::bench_internals::{
    BrowserError, Connection, ConnectionOptions, Driver, Limits, Reach, RealmReach, Recording, Search, Stopwatch,
    Variables, locate,
};
use vestibule_model::with_causes;

#[path = "support/figures.rs"]
mod figures;
#[path = "support/median.rs"]
mod median;
#[path = "support/program.rs"]
mod program;

use figures::{Common, Failure, Measured, failed_to};
use median::median;
use program::PROGRAM;

/// What the WebDriver endpoint of a suite adds to a command; baseline: the same command sent to ChromeDriver
#[derive(Debug, Parser)]
struct EndpointBench {
    /// How many commands are sent each way, in turn
    #[arg(long, value_name = "N", default_value_t = 1000)]
    runs: u32,

    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Serialize)]
struct More {
    /// What the endpoint adds to a command, milliseconds, median over pairs of commands.
    endpoint_ms: f64,
}

fn main() -> ExitCode {
    let args = EndpointBench::parse();
    figures::run(|| bench(&args))
}

/// Measures on one session of one browser, each command once directly and once through the endpoint.
fn bench(args: &EndpointBench) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let pairs = runtime.block_on(measure(args.runs))?;
    let added = median(pairs.iter().map(|(ours, direct)| ours - direct).collect());
    let (ours, direct): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
    let (ours, baseline) = (median(ours), median(direct));
    let more = More { endpoint_ms: added };
    let measured = Measured { bench: "endpoint", ratio: ours / baseline, ours, baseline, unit: "ms", more };
    let text = format!(
        "a command sent to ChromeDriver    {baseline:.2} ms (median of {})\n\
         the same through the endpoint     {ours:.2} ms (ratio {:.2})\n\
         added by the endpoint             {added:.2} ms",
        args.runs, measured.ratio
    );
    measured.write(&args.common, &text)
}

/// Milliseconds through the endpoint and directly, a pair for each command.
async fn measure(runs: u32) -> Result<Vec<(f64, f64)>, Failure> {
    let folder = tempfile::tempdir()?;
    // No realm, so no certificate of one.
    std::fs::write(folder.path().join(CA_FILE), "")?;
    let binaries = locate(&Search::from_environment(None, None, false)).await.map_err(told)?;
    let browser = binaries.browser.clone();
    let driver = Driver::start(binaries, &folder.path().join("driver")).await.map_err(told)?;
    let connection = Connection::open(options(&driver, browser, folder.path())?).await.map_err(told)?;
    let mut variables = Variables::default();
    connection.add_to(&mut variables).map_err(told)?;
    let through = variables.get("VESTIBULE_WEBDRIVER_URL").map(|url| url.reveal().to_owned()).unwrap_or_default();
    let directly = driver.url().as_str().trim_end_matches('/').to_owned();

    let client = Client::new()?;
    let opened = client.post(&format!("{through}/session"), &json!({ "capabilities": {} })).await?;
    let id = opened["value"]["sessionId"].as_str().unwrap_or_default();
    let element = json!({ "using": "css selector", "value": "body" });
    let urls = [&through, &directly].map(|base| format!("{base}/session/{id}/element"));
    let mut pairs = Vec::new();
    for run in 0..runs.saturating_add(WARM_UP) {
        let mut took = [0.0; 2];
        for (url, took) in urls.iter().zip(&mut took) {
            let clock = Stopwatch::start();
            client.post(url, &element).await?;
            *took = clock.elapsed().as_secs_f64() * 1000.0;
        }
        if run >= WARM_UP {
            pairs.push((took[0], took[1]));
        }
    }
    connection.close().await;
    driver.stop().await;
    Ok(pairs)
}

/// Connection options without a realm: only the endpoint is used.
fn options(driver: &Driver, browser: std::path::PathBuf, folder: &Path) -> Result<ConnectionOptions, Failure> {
    Ok(ConnectionOptions {
        reach: Reach::Realm(RealmReach {
            address: (std::net::Ipv4Addr::LOCALHOST, 9).into(),
            hosts: Vec::new(),
            real_hosts: false,
            spki_pin: String::new(),
            ca_file: folder.join(CA_FILE),
            upstream: None,
        }),
        webdriver: driver.url().clone().into(),
        browser: Some(browser),
        program: PROGRAM.into(),
        folder: folder.join("case"),
        clock: Stopwatch::start(),
        passkeys: None,
        recording: Recording::Commands,
        limits: Limits::default(),
    })
}

/// One persistent connection to each side, as clients have.
struct Client(reqwest::Client);

impl Client {
    fn new() -> Result<Self, Failure> {
        let client = reqwest::Client::builder().no_proxy().tcp_nodelay(true).build();
        client.map(Self).map_err(failed_to("make an HTTP client"))
    }

    async fn post(&self, url: &str, body: &Value) -> Result<Value, Failure> {
        let ask = async { self.0.post(url).json(body).send().await?.error_for_status()?.json().await };
        ask.await.map_err(failed_to::<reqwest::Error>("send a WebDriver command"))
    }
}

fn told(error: BrowserError) -> Failure {
    format!("failed to {}; {}", with_causes(&error), error.remedy()).into()
}

const CA_FILE: &str = "ca.pem";
const WARM_UP: u32 = 50;
