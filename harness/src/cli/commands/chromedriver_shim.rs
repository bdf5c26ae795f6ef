//! `vestibule chromedriver-shim`: answers a suite that starts ChromeDriver by itself. The shims call it; people do not.

use clap::Args;
use url::Url;

use crate::browser::client_to;
use crate::cli::output::console::Console;
use crate::cli::output::error::CliError;
use crate::cli::runtime;
use crate::outcome::ExitCode;
use crate::suite::ChromeDriverShim;

/// Answer as ChromeDriver on a port that leads to a WebDriver endpoint
#[derive(Debug, Args)]
pub(crate) struct ChromeDriverShimArgs {
    /// Where the commands go
    #[arg(long, value_name = "URL")]
    endpoint: Url,

    /// The arguments that ChromeDriver was called with
    #[arg(last = true, value_name = "ARGUMENT", allow_hyphen_values = true)]
    arguments: Vec<String>,
}

/// Runs until a client shuts it down.
///
/// # Errors
/// If the port is taken or the endpoint does not answer.
pub(crate) fn chromedriver_shim(args: &ChromeDriverShimArgs, console: &mut Console<'_>) -> Result<ExitCode, CliError> {
    let runtime = runtime::start()?;
    let broken = |error: &dyn std::error::Error| CliError::failed_to(error, ExitCode::Broken);
    runtime.block_on(async {
        if args.arguments.iter().any(|argument| matches!(argument.as_str(), "--version" | "-v")) {
            let version = version(&args.endpoint).await.map_err(|error| broken(&error))?;
            writeln!(console.out, "ChromeDriver {version}")?;
            return Ok(ExitCode::Passed);
        }
        let shim =
            ChromeDriverShim::bind(&args.endpoint, port(&args.arguments)).await.map_err(|error| broken(&error))?;
        let port = shim.port().map_err(|error| CliError::broken(format!("failed to read the port: {error}")))?;
        // Clients wait for this line.
        writeln!(console.out, "ChromeDriver was started successfully on port {port}.")?;
        console.out.flush()?;
        shim.run().await;
        Ok(ExitCode::Passed)
    })
}

/// The port that ChromeDriver was asked to listen on; without one it takes a free port.
fn port(arguments: &[String]) -> u16 {
    let value = |argument: &String| argument.trim_start_matches('-').strip_prefix("port=")?.parse().ok();
    arguments.iter().filter_map(value).next_back().unwrap_or(0)
}

async fn version(endpoint: &Url) -> Result<String, reqwest::Error> {
    let client = client_to(endpoint.scheme()).build()?;
    let status: serde_json::Value = client.get(format!("{endpoint}status")).send().await?.json().await?;
    Ok(status["value"]["build"]["version"].as_str().unwrap_or_default().to_owned())
}
