//! `vestibule host-rules-shim`: what a browser may be given of a suite's own host rules. The shims call it; people do not.

use std::net::SocketAddr;

use clap::Args;

use crate::cli::output::console::Console;
use crate::cli::output::error::CliError;
use crate::outcome::ExitCode;
use crate::suite::GuardedHosts;

/// Print the host rules of a suite that lead nobody to a real org
#[derive(Debug, Args)]
pub(crate) struct HostRulesShimArgs {
    /// Where the hosts of the simulated org are
    #[arg(long)]
    address: SocketAddr,

    /// A host of the simulated org; may be repeated
    #[arg(long = "host")]
    hosts: Vec<String>,

    /// The rules that the suite gave to its browser
    #[arg(last = true)]
    rules: String,
}

/// Prints one line.
///
/// # Errors
/// If the line cannot be written.
pub(crate) fn host_rules_shim(args: HostRulesShimArgs, console: &mut Console<'_>) -> Result<ExitCode, CliError> {
    let HostRulesShimArgs { address, hosts, rules } = args;
    writeln!(console.out, "{}", GuardedHosts { hosts, address }.harmless(&rules))?;
    Ok(ExitCode::Passed)
}
