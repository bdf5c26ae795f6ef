//! What the connection between a suite and the realm of its case is opened with.

use std::net::SocketAddr;
use std::path::PathBuf;

use url::Url;
use vestibule_model::Secret;

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
