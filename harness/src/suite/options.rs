//! The options of [`Connection::open`](super::Connection::open).

use std::net::SocketAddr;
use std::path::PathBuf;

use url::Url;
use vestibule_model::Credential;

use super::limits::Limits;
use super::upstream_proxy::UpstreamProxy;
use crate::stopwatch::Stopwatch;

/// The realm, the WebDriver server and the browser of a case, and what is recorded of its suite.
#[derive(Debug, Clone)]
pub struct ConnectionOptions {
    /// Where the realm listens.
    pub realm: SocketAddr,
    /// Bare host names of the realm.
    pub hosts: Vec<String>,
    /// Whether the suite sees the vendor's real host names at the default port, instead of `.localhost` names with a
    /// port.
    pub real_hosts: bool,
    /// Base64 SHA-256 of the SPKI of the simulator's TLS key.
    pub spki_pin: String,
    /// CA bundle for clients other than browsers: the simulator's CA and the machine's own. The suite's own are joined with
    /// them.
    pub ca_file: PathBuf,
    /// The WebDriver server that the endpoint passes on to: our ChromeDriver, or a Grid.
    pub webdriver: Url,
    /// The browser's binary, for suites that start it themselves; `None` if it is not known, as behind a WebDriver server
    /// that was not started here.
    pub browser: Option<PathBuf>,
    /// The `vestibule` program, which the ChromeDriver shim starts.
    pub program: PathBuf,
    /// Folder of this case for shims and preloads, absolute; removed with the run.
    pub folder: PathBuf,
    /// Clock of the case: every recorded time counts from its start.
    pub clock: Stopwatch,
    /// Passkeys for a virtual authenticator in each browser session; `None` adds no authenticator.
    pub passkeys: Option<Vec<Credential>>,
    /// The proxy that the suite's environment names, for hosts that are neither the realm's nor the vendor's.
    pub upstream: Option<UpstreamProxy>,
    /// What clients may use of the endpoint and of the proxy.
    pub limits: Limits,
    /// Whether to keep a copy of each page, so that pictures of it can be drawn for the report.
    pub page_copies: bool,
}
