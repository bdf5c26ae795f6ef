//! A WebDriver server, started here or reached by a URL, and the sessions that it opens.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use fantoccini::error::NewSessionError;
use fantoccini::{Client, ClientBuilder};
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Map, Value, json};
use url::Url;
use vestibule_certs::tls_provider;

use super::bidi::Bidi;
use super::bounds::CommandBounds;
use super::cdp::Tab;
use super::error::BrowserError;
use super::firefox;
use super::http_client::client_to;
use super::kind::BrowserKind;
use super::locate::Binaries;
use super::open_sessions::OpenSessions;
use super::options::SessionOptions;
use super::process::DriverProcess;
use super::sandbox;
use super::server::{Geckodrivers, WebDriverServer};
use super::session::{Way, WebDriverSession};
use super::webdriver::WebDriverClient;

/// A WebDriver server that opens sessions.
#[derive(Debug)]
pub struct Driver {
    url: Url,
    kind: BrowserKind,
    process: Option<DriverProcess>,
    binaries: Option<Binaries>,
    open: OpenSessions,
    /// Where the driver keeps its log and every browser profile, if it was started here.
    folder: Option<PathBuf>,
}

impl Driver {
    /// Starts the driver of a browser; its log and every browser profile go into this folder.
    ///
    /// # Errors
    ///
    /// If it cannot be started, names no port within 20 seconds, or does not get ready.
    pub async fn start(binaries: Binaries, folder: &Path) -> Result<Self, BrowserError> {
        let process = DriverProcess::start(binaries.kind, &binaries.driver, folder).await?;
        let driver = Self {
            url: process.url.clone(),
            kind: binaries.kind,
            process: Some(process),
            binaries: Some(binaries),
            folder: Some(folder.to_owned()),
            open: OpenSessions::default(),
        };
        driver.wait_until_ready().await?;
        Ok(driver)
    }

    /// A WebDriver server that is already running: a Selenium Grid, or one on another machine. It finds the browser
    /// itself.
    pub(crate) fn remote(mut url: Url, kind: BrowserKind) -> Self {
        // The path of each command is joined to that of the server, as to a folder: `/wd/hub/` and `session`.
        if !url.path().ends_with('/') {
            url.set_path(&format!("{}/", url.path()));
        }
        Self { url, kind, process: None, binaries: None, folder: None, open: OpenSessions::default() }
    }

    /// As [`Self::remote`], at the address to which the server redirects a question for its status: WebDriver commands are
    /// not redirected. Stays at this address if the server does not answer, and never goes from https to http.
    pub(crate) async fn remote_after_redirects(url: Url, kind: BrowserKind) -> Self {
        let named = Self::remote(url, kind);
        match named.redirected().await {
            Some(url) => Self::remote(url, kind),
            None => named,
        }
    }

    async fn redirected(&self) -> Option<Url> {
        let client = reqwest::Client::builder().no_proxy().timeout(DRIVER_STATUS_TIMEOUT).build().ok()?;
        let answer = client.get(format!("{}{STATUS}", self.url)).send().await.ok()?;
        let mut url = answer.url().clone();
        let folder = url.path().strip_suffix(STATUS)?.to_owned();
        url.set_path(&folder);
        url.set_query(None);
        if self.url.scheme() == "https" && url.scheme() != "https" {
            return None;
        }
        if url.host() == self.url.host() {
            // Both were part of a URL before.
            url.set_username(self.url.username()).and_then(|()| url.set_password(self.url.password())).ok()?;
        }
        Some(url)
    }

    /// URL of the WebDriver server.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// As a server for the sessions of others.
    pub(crate) fn server(&self) -> WebDriverServer {
        WebDriverServer { geckodrivers: self.geckodrivers(), ..self.url.clone().into() }
    }

    /// Whether it still runs and answers. A server that was not started here is assumed to.
    pub(crate) async fn is_alive(&mut self) -> bool {
        match &mut self.process {
            Some(process) => process.is_running() && self.status(DRIVER_STATUS_TIMEOUT).await.is_ok(),
            None => true,
        }
    }

    /// Browser name and version, if it was located here.
    pub(crate) fn browser(&self) -> Option<String> {
        let binaries = self.binaries.as_ref()?;
        let name = match binaries.kind {
            BrowserKind::Chromium if binaries.headless_shell => "chromium-headless-shell",
            BrowserKind::Chromium => "chromium",
            BrowserKind::Firefox => "firefox",
        };
        Some(format!("{name} {}", binaries.version))
    }

    /// The browser's binary, if it was located here.
    pub(crate) fn binary(&self) -> Option<&Path> {
        self.binaries.as_ref().map(|binaries| binaries.browser.as_path())
    }

    /// Opens a session: one browser with an empty profile.
    ///
    /// # Errors
    ///
    /// If the WebDriver server opens no session within its limit, or its browser does not answer within the command limit.
    pub async fn open(&self, options: &SessionOptions) -> Result<WebDriverSession, BrowserError> {
        let command = "open a WebDriver session";
        let own = match self.geckodrivers() {
            Some(geckodrivers) => Some(geckodrivers.start().await?),
            None => None,
        };
        let url = own.as_ref().map_or(&self.url, |own| &own.url);
        let client = tokio::time::timeout(options.open_limit, connect(url, self.capabilities(options)))
            .await
            .map_err(|_| BrowserError::Timeout { command, limit: options.open_limit })?
            .map_err(|error| {
                self.trouble().unwrap_or_else(|| BrowserError::of_new_session(error, self.process.is_none()))
            })?;
        let session = match self.kind {
            BrowserKind::Chromium => {
                let debugger = self.debugger(&client);
                attach(client, debugger, options).await?
            }
            BrowserKind::Firefox => attach_firefox(client, own, options).await?,
        };
        session.count_among(&self.open);
        Ok(session)
    }

    /// How further sessions get a driver, if this one is a geckodriver that was started here.
    fn geckodrivers(&self) -> Option<Geckodrivers> {
        let binaries = self.binaries.as_ref().filter(|binaries| binaries.kind == BrowserKind::Firefox)?;
        Some(Geckodrivers { driver: binaries.driver.clone(), folder: self.folder.clone()? })
    }

    /// Ends the driver and every browser that it started. Dropping does the same at once. At a server that was not started
    /// here, waits for the end of sessions that were dropped: nothing else ends their browsers.
    pub async fn stop(mut self) {
        match self.process.take() {
            Some(process) => process.stop().await,
            None => self.open.have_ended().await,
        }
    }

    /// Process id of the driver, if it was started here.
    pub fn process_id(&self) -> Option<u32> {
        self.process.as_ref()?.id()
    }

    async fn wait_until_ready(&self) -> Result<(), BrowserError> {
        let mut last = String::new();
        for _ in 0..READY_POLLS {
            match self.status(READY_STATUS_TIMEOUT).await {
                Ok(()) => return Ok(()),
                Err(why) => last = why,
            }
            tokio::time::sleep(READY_POLL_INTERVAL).await;
        }
        Err(BrowserError::DriverNotReady { kind: self.kind, why: last })
    }

    /// Asks whether it is ready for commands; the error says why not.
    async fn status(&self, limit: Duration) -> Result<(), String> {
        let asked = async {
            let client = client_to(self.url.scheme()).timeout(limit).build()?;
            client.get(format!("{}{STATUS}", self.url)).send().await?.json::<Value>().await
        };
        let answer = asked.await.map_err(|error| error.to_string())?;
        // A geckodriver with a session is not ready for another one.
        let is_busy = self.kind == BrowserKind::Firefox && answer["value"]["ready"] == false;
        if answer["value"]["ready"] == true || is_busy {
            return Ok(());
        }
        Err(answer["value"]["message"].as_str().unwrap_or("it is not ready").to_owned())
    }

    /// What is wrong with the folder of the profiles: the driver does not report a full disk.
    fn trouble(&self) -> Option<BrowserError> {
        let folder = self.folder.as_deref()?;
        let tried = tempfile::tempfile_in(folder).and_then(|mut file| file.write_all(&[0; PROFILE_MIN_FREE_BYTES]));
        tried.err().map(|source| BrowserError::Machine { path: folder.to_owned(), source })
    }

    /// The debugger address of a browser that was started here; a browser elsewhere is reached only through its driver.
    fn debugger(&self, client: &Client) -> Option<String> {
        self.process.as_ref()?;
        let address = client.capabilities()?["goog:chromeOptions"]["debuggerAddress"].as_str()?;
        Some(address.to_owned())
    }

    fn capabilities(&self, options: &SessionOptions) -> Map<String, Value> {
        let page_load = u64::try_from(options.command_limit.as_millis()).unwrap_or(u64::MAX);
        let mut capabilities = match self.kind {
            BrowserKind::Chromium => self.of_chromium(options),
            BrowserKind::Firefox => firefox::capabilities(options, self.binary()),
        };
        capabilities.insert("browserName".to_owned(), self.kind.webdriver_name().into());
        capabilities.insert("unhandledPromptBehavior".to_owned(), "dismiss".into());
        capabilities.insert("timeouts".to_owned(), json!({ "pageLoad": page_load, "script": 5000, "implicit": 0 }));
        capabilities
    }

    fn of_chromium(&self, options: &SessionOptions) -> Map<String, Value> {
        let headless_shell = self.binaries.as_ref().is_some_and(|binaries| binaries.headless_shell);
        let mut chrome = json!({ "args": browser_arguments(options, headless_shell) });
        if let Some(binaries) = &self.binaries {
            chrome["binary"] = binaries.browser.display().to_string().into();
        }
        let mut capabilities = Map::new();
        capabilities.insert("goog:chromeOptions".to_owned(), chrome);
        capabilities.insert("goog:loggingPrefs".to_owned(), json!({ "browser": "ALL" }));
        capabilities
    }
}

/// Loads the certificates that the system trusts only for a WebDriver server behind https.
pub(super) async fn connect(url: &Url, capabilities: Map<String, Value>) -> Result<Client, NewSessionError> {
    if url.scheme() != "https" {
        return ClientBuilder::new(HttpConnector::new()).capabilities(capabilities).connect(url.as_str()).await;
    }
    let connector = HttpsConnectorBuilder::new()
        .with_provider_and_native_roots(tls_provider())
        .map_err(NewSessionError::Lost)?
        .https_only()
        .enable_http1()
        .build();
    ClientBuilder::new(connector).capabilities(capabilities).connect(url.as_str()).await
}

/// The session of this client, with the DevTools way to a browser that has a debugger address. A browser that does not
/// answer there is ended.
pub(super) async fn attach(
    client: Client,
    debugger: Option<String>,
    options: &SessionOptions,
) -> Result<WebDriverSession, BrowserError> {
    let Some(address) = debugger else { return Ok(WebDriverSession::new(client, Way::Commands, options)) };
    let bounds = CommandBounds::new(options.command_limit);
    match bounds.run("connect to the browser", Tab::connect(&address, options)).await {
        Ok(tab) => Ok(WebDriverSession::new(client, Way::DevTools(tab), options)),
        Err(error) => {
            give_up(client).await;
            Err(error)
        }
    }
}

/// The session of a Firefox, with a user context of its own by WebDriver BiDi. A Firefox without BiDi, as one behind a server
/// that does not pass it on, has one user context only.
async fn attach_firefox(
    client: Client,
    own: Option<DriverProcess>,
    options: &SessionOptions,
) -> Result<WebDriverSession, BrowserError> {
    let address =
        client.capabilities().and_then(|capabilities| capabilities["webSocketUrl"].as_str().map(str::to_owned));
    let Some(address) = address else {
        return Ok(WebDriverSession::new(client, Way::Commands, options).of_firefox(own));
    };
    let bounds = CommandBounds::new(options.command_limit);
    match bounds.run("connect to the browser", Bidi::connect(&address, options.window)).await {
        Ok(bidi) => {
            let session = WebDriverSession::new(client, Way::Bidi(bidi), options).of_firefox(own);
            session.fresh_context().await?;
            Ok(session)
        }
        Err(error) => {
            give_up(client).await;
            Err(error)
        }
    }
}

async fn give_up(client: Client) {
    let bounds = Arc::new(CommandBounds::new(CLOSE_LIMIT));
    // A browser that cannot be closed either is ended with its driver.
    let _closed = WebDriverClient::new(client, bounds).close().await;
}

/// The flags with which a browser is started.
pub fn browser_arguments(options: &SessionOptions, headless_shell: bool) -> Vec<String> {
    let mut arguments: Vec<String> = FLAGS.iter().map(|flag| (*flag).to_owned()).collect();
    arguments.push(format!("--window-size={},{}", options.window.0, options.window.1));
    if !options.headed && !headless_shell {
        arguments.push("--headless=new".to_owned());
    }
    if sandbox::must_be_off() {
        arguments.push("--no-sandbox".to_owned());
    }
    if let Some(pin) = &options.spki_pin {
        arguments.push(format!("--ignore-certificate-errors-spki-list={pin}"));
    }
    if let Some(rules) = &options.host_rules {
        arguments.push(format!("--host-resolver-rules={rules}"));
    }
    // Instead of `--no-proxy-server`, which the headless shell ignores if HTTPS_PROXY is set.
    arguments.push(format!("--proxy-server={}", options.proxy.as_deref().unwrap_or("direct://")));
    if !options.proxy_bypass.is_empty() {
        arguments.push(format!("--proxy-bypass-list={}", options.proxy_bypass.join(";")));
    }
    arguments
}

/// Flags that keep Chromium off the network and from work that no test needs. Input counts from the start of a page,
/// not from its first paint. One renderer process serves every site, because the sites need no protection from each
/// other. A document of the same site comes into the frame that is there, instead of one made for it.
const FLAGS: [&str; 12] = [
    "--allow-pre-commit-input",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-features=RenderDocument",
    "--disable-gpu",
    "--disable-quic",
    "--disable-site-isolation-trials",
    "--disable-sync",
    "--no-first-run",
    "--renderer-process-limit=1",
];
/// How long the end of a browser that does not answer may take.
const CLOSE_LIMIT: Duration = Duration::from_secs(5);
/// With less free space than this, a disk has no room for a browser profile.
const PROFILE_MIN_FREE_BYTES: usize = 1 << 16;
/// Path of the command that tells whether a server is ready (WebDriver, 8.3 "Status").
const STATUS: &str = "status";
/// How long a driver that has worked before may take to answer `/status`.
const DRIVER_STATUS_TIMEOUT: Duration = Duration::from_secs(10);
const READY_POLLS: u32 = 50;
const READY_POLL_INTERVAL: Duration = Duration::from_millis(20);
const READY_STATUS_TIMEOUT: Duration = Duration::from_secs(2);
