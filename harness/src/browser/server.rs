//! The address of a WebDriver server, and how it serves several sessions.

use std::path::PathBuf;

use url::Url;

use super::error::BrowserError;
use super::kind::BrowserKind;
use super::process::DriverProcess;

/// A WebDriver server that commands can be sent to.
#[derive(Debug, Clone)]
pub struct WebDriverServer {
    /// Where it listens.
    pub url: Url,
    /// How further sessions get a driver, if this server is a geckodriver that was started here.
    pub(crate) geckodrivers: Option<Geckodrivers>,
}

impl From<Url> for WebDriverServer {
    /// A server that serves any number of sessions, or is not ours to multiply.
    fn from(url: Url) -> Self {
        Self { url, geckodrivers: None }
    }
}

/// Starts a geckodriver for each session: one geckodriver serves one session at a time.
#[derive(Debug, Clone)]
pub(crate) struct Geckodrivers {
    /// The program.
    pub(crate) driver: PathBuf,
    /// Where each keeps the profile of its browser.
    pub(crate) folder: PathBuf,
}

impl Geckodrivers {
    /// Starts one.
    ///
    /// # Errors
    ///
    /// If it cannot be started, or names no port within 20 seconds.
    pub(crate) async fn start(&self) -> Result<DriverProcess, BrowserError> {
        DriverProcess::start(BrowserKind::Firefox, &self.driver, &self.folder).await
    }
}
