//! What all cases of a run share: its options, keys, the WebDriver server, the temporary folder.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tempfile::TempDir;
use vestibule_certs::{CertStore, cache_folder};

use super::driver_supervisor::DriverSupervisor;
use super::error::Broken;
use super::options::RunOptions;
use crate::browser::{SessionOptions, WebDriverSession};
use crate::stopwatch;

/// Called once, with the title of the first case that did not pass; returns when the user continues.
pub(crate) type PauseHook = Box<dyn FnOnce(&str) + Send>;

/// What all cases of a run share.
pub(super) struct RunContext {
    pub(super) options: RunOptions,
    /// Until the run has paused.
    pub(super) pause: Mutex<Option<PauseHook>>,
    pub(super) certs: Arc<CertStore>,
    driver: DriverSupervisor,
    session: SessionOptions,
    /// Removed with everything in it when the run ends.
    folder: TempDir,
}

impl RunContext {
    /// Opens the keys and starts the driver, or uses the given WebDriver server.
    pub(super) async fn open(options: RunOptions, pause: Option<PauseHook>) -> Result<Self, Broken> {
        let certs = CertStore::open(&cache_folder(), stopwatch::now())?;
        let folder = tempfile::Builder::new().prefix("vestibule-").tempdir().map_err(Broken::Folder)?;
        let driver = DriverSupervisor::open(&options.browser, folder.path().to_owned()).await?;
        let session = SessionOptions {
            spki_pin: Some(certs.spki_pin().to_owned()),
            headed: options.browser.headed,
            slow_mo: options.browser.slow_mo,
            page_copies: options.shots.need_copies(),
            proxy: options.browser.proxy.clone(),
            // A tunnel to the simulator on another machine leads to names of loopback too.
            proxy_bypass: options.browser.proxy.iter().map(|_| "<-loopback>".to_owned()).collect(),
            ..SessionOptions::default()
        };
        let session = match &options.browser.webdriver {
            Some(_) => SessionOptions { open_limit: FREE_PLACE_LIMIT, ..session },
            None => session,
        };
        Ok(Self { options, pause: Mutex::new(pause), certs, driver, session, folder })
    }

    /// Name and version of the browser, if it was started here.
    pub(super) async fn browser(&self) -> Option<String> {
        self.driver.name().await
    }

    /// The WebDriver server.
    pub(super) fn driver(&self) -> &DriverSupervisor {
        &self.driver
    }

    /// Whether browsers are opened by a server that was not started here, has places for a number of them, and may serve
    /// others too.
    pub(super) fn browsers_are_elsewhere(&self) -> bool {
        self.options.browser.webdriver.is_some()
    }

    /// The folder of the run.
    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A new folder for a case.
    pub(super) fn case_folder(&self) -> Result<TempDir, Broken> {
        tempfile::Builder::new().prefix("case-").tempdir_in(self.folder.path()).map_err(Broken::Folder)
    }

    /// A new browser for a worker.
    pub(super) async fn session(&self) -> Result<WebDriverSession, Broken> {
        self.driver.browser(&self.session).await
    }

    /// Ends the driver and every browser that it started.
    pub(super) async fn close(self) {
        self.driver.close().await;
    }
}

/// A Grid refuses a request for a session that has waited five minutes for a free place.
const FREE_PLACE_LIMIT: Duration = Duration::from_secs(315);
