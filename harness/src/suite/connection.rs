//! Everything between a suite and the realm of one case.

use std::net::SocketAddr;
use std::path::PathBuf;

use url::Url;
use vestibule_model::Secret;

use super::environment::Variables;
use super::proxy::Proxy;
use super::webdriver::Endpoint;
use crate::browser::{BrowserError, PageCopy};
use crate::outcome::{Command, Proxied};
use crate::stopwatch::Stopwatch;

/// What a connection is opened with.
#[derive(Debug, Clone)]
pub struct ConnectionOptions {
    /// Where the realm listens.
    pub realm: SocketAddr,
    /// Bare host names of the realm.
    pub hosts: Vec<String>,
    /// Whether suites see the vendor's real host names at the default port; else `.localhost` names with the port.
    pub real_hosts: bool,
    /// Base64 SHA-256 of the SPKI of the simulator's TLS key.
    pub spki_pin: String,
    /// The CA bundle for clients that are no browser: our CA, and the machine's own where there is one.
    pub ca_file: PathBuf,
    /// The WebDriver server that the endpoint passes on to: our ChromeDriver, or a Grid.
    pub webdriver: Url,
    /// The browser's binary, for suites that start it themselves.
    pub browser: PathBuf,
    /// Our own program, which the shims call back.
    pub program: PathBuf,
    /// Folder of this case for shims and preloads, absolute; removed with the run.
    pub folder: PathBuf,
    /// Clock of the case: every recorded time is counted from its start.
    pub clock: Stopwatch,
    /// Passkeys that each browser session is given in a virtual authenticator; `None` adds no authenticator.
    pub passkeys: Option<Vec<PasskeyMaterial>>,
    /// Whether to keep a copy of each page, to be drawn.
    pub shots: bool,
}

/// A passkey as a virtual authenticator takes it (WebAuthn L3, 11.5 `Add Credential`).
#[derive(Debug, Clone)]
pub struct PasskeyMaterial {
    /// RP ID.
    pub rp_id: String,
    /// Credential id, base64url.
    pub credential_id: String,
    /// User handle, base64url.
    pub user_handle: Option<String>,
    /// PKCS#8 private key, base64url.
    pub private_key: Secret,
    /// Signature counter.
    pub sign_count: u32,
}

/// The endpoint and the proxy of one case, running.
#[derive(Debug)]
pub struct Connection {
    endpoint: Endpoint,
    proxy: Proxy,
}

/// What was recorded on the way. Lists are oldest first.
#[derive(Debug, Clone, Default)]
pub struct Records {
    /// WebDriver commands.
    pub commands: Vec<Command>,
    /// Requests through the proxy.
    pub proxied: Vec<Proxied>,
    /// Copies of the pages, without secrets, to be drawn.
    pub copies: Vec<PageCopy>,
    /// Virtual authenticators in the suite's sessions, those it added itself among them: (session, credentials held).
    pub authenticators: Vec<(u32, usize)>,
}

impl Connection {
    /// Starts the endpoint and the proxy, and writes the shims.
    ///
    /// # Errors
    ///
    /// When no port is free, or the folder cannot be written.
    pub async fn open(options: ConnectionOptions) -> Result<Self, BrowserError> {
        let endpoint = Endpoint::start(&options).await?;
        let proxy = Proxy::start(&options).await?;
        Ok(Self { endpoint, proxy })
    }

    /// Adds what the suite's browser and its API calls need: endpoint URL, proxy, CA file, preloads, `PATH`.
    pub fn add_to(&self, variables: &mut Variables) {
        self.endpoint.add_to(variables);
        self.proxy.add_to(variables);
    }

    /// What was recorded so far.
    pub fn records(&self) -> Records {
        let mut records = self.endpoint.records();
        records.proxied.extend(self.proxy.records());
        records.proxied.sort_by_key(|proxied| proxied.at_ms);
        records
    }

    /// Ends the sessions that the suite left open, then endpoint and proxy.
    pub async fn close(self) {
        self.endpoint.close().await;
        self.proxy.close().await;
    }
}
