//! What all workers of a run share: keys, the WebDriver server, the temporary folder.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::TempDir;
use url::Url;
use vestibule_certs::CertStore;

use super::error::RunError;
use super::options::{BrowserOptions, RunOptions};
use crate::browser::{Driver, Search, SessionOptions, WebDriverSession, locate};
use crate::stopwatch;

/// What all workers of a run share.
pub(super) struct Workshop {
    pub(super) certs: Arc<CertStore>,
    driver: Driver,
    session: SessionOptions,
    /// Removed with everything in it when the run ends.
    folder: TempDir,
}

impl Workshop {
    /// Opens the keys and starts ChromeDriver, or takes the given WebDriver server.
    pub(super) async fn open(options: &RunOptions) -> Result<Self, RunError> {
        let certs = CertStore::open(&cache_folder(), stopwatch::now())?;
        let folder = tempfile::Builder::new().prefix("vestibule-").tempdir().map_err(RunError::Folder)?;
        let driver = driver(&options.browser, folder.path()).await?;
        let session = SessionOptions {
            spki_pin: Some(certs.spki_pin().to_owned()),
            headed: options.browser.headed,
            slow_mo: options.browser.slow_mo,
            ..SessionOptions::default()
        };
        Ok(Self { certs, driver, session, folder })
    }

    /// Name and version of the browser, where it was started here.
    pub(super) fn browser(&self) -> Option<String> {
        self.driver.browser()
    }

    /// URL of the WebDriver server.
    pub(super) fn webdriver(&self) -> &Url {
        self.driver.url()
    }

    /// The browser's binary; empty where another machine has it.
    pub(super) fn binary(&self) -> &Path {
        self.driver.binary().unwrap_or(Path::new(""))
    }

    /// A folder of its own for a case.
    pub(super) fn case_folder(&self) -> Result<TempDir, RunError> {
        tempfile::Builder::new().prefix("case-").tempdir_in(self.folder.path()).map_err(RunError::Folder)
    }

    /// A browser of its own for a worker.
    pub(super) async fn session(&self) -> Result<WebDriverSession, RunError> {
        Ok(self.driver.open(&self.session).await?)
    }

    /// Ends ChromeDriver and every browser that it started.
    pub(super) async fn close(self) {
        self.driver.stop().await;
    }
}

async fn driver(options: &BrowserOptions, folder: &Path) -> Result<Driver, RunError> {
    if let Some(url) = &options.webdriver {
        return Ok(Driver::remote(url.clone()));
    }
    let search = Search::from_environment(options.browser.clone(), options.chromedriver.clone(), options.headed);
    Ok(Driver::start(locate(&search).await?, folder).await?)
}

/// The folder of cached keys: `$XDG_CACHE_HOME/vestibule`, or `~/.cache/vestibule`, or a folder of the temporary files.
pub fn cache_folder() -> PathBuf {
    let xdg = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let home = || std::env::var_os("HOME").map(|home| Path::new(&home).join(".cache"));
    xdg.or_else(home).unwrap_or_else(std::env::temp_dir).join("vestibule")
}
