//! The runtime of the commands that serve, drive or ask something.

use tokio::runtime::Runtime;

use super::output::error::CliError;

/// Starts the runtime. Its clients and servers use OpenSSL, which takes longer to load than the other commands run, so
/// those do without it.
///
/// # Errors
/// If the system gives no threads.
pub(crate) fn start() -> Result<Runtime, CliError> {
    vestibule_certs::install_tls_provider();
    Runtime::new().map_err(|error| CliError::broken(format!("failed to start the runtime: {error}")))
}
