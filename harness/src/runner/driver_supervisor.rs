//! The WebDriver server of a run, restarted if it has ended or hangs.

use std::path::{Path, PathBuf};

use tokio::sync::RwLock;

use super::error::Broken;
use super::options::BrowserOptions;
use crate::browser::{BrowserKind, Driver, SessionOptions, WebDriverServer, WebDriverSession, locate};

/// Opens browsers for all workers; replaces our own driver if it has died or hangs.
pub(super) struct DriverSupervisor {
    options: BrowserOptions,
    folder: PathBuf,
    current: RwLock<Current>,
}

struct Current {
    driver: Driver,
    /// How often it was replaced. Workers that see the same driver die replace it only once.
    replaced: usize,
}

impl DriverSupervisor {
    /// Starts the driver of the browser, or uses the given WebDriver server.
    pub(super) async fn open(options: &BrowserOptions, folder: PathBuf) -> Result<Self, Broken> {
        let driver = start(options, &folder).await?;
        let current = RwLock::new(Current { driver, replaced: 0 });
        Ok(Self { options: options.clone(), folder, current })
    }

    /// A new browser. If the driver has died or hangs, starts a new driver first.
    pub(super) async fn browser(&self, options: &SessionOptions) -> Result<WebDriverSession, Broken> {
        let (opened, replaced) = {
            let current = self.current.read().await;
            (current.driver.open(options).await, current.replaced)
        };
        match opened {
            Ok(session) => Ok(session),
            Err(error) => {
                if self.was_replaced(replaced).await? {
                    Ok(self.current.read().await.driver.open(options).await?)
                } else {
                    Err(error.into())
                }
            }
        }
    }

    /// Name and version of the browser, if it was started here.
    pub(super) async fn name(&self) -> Option<String> {
        self.current.read().await.driver.browser()
    }

    /// A running WebDriver server; replaces our own first if it has died or hangs.
    pub(super) async fn webdriver(&self) -> Result<WebDriverServer, Broken> {
        let seen = self.current.read().await.replaced;
        self.was_replaced(seen).await?;
        Ok(self.current.read().await.driver.server())
    }

    /// The binary of a Chromium, if it was located here.
    pub(super) async fn binary(&self) -> Option<PathBuf> {
        if self.options.kind != BrowserKind::Chromium {
            return None;
        }
        self.current.read().await.driver.binary().map(Path::to_owned)
    }

    /// Ends the driver and every browser that it started.
    pub(super) async fn close(self) {
        self.current.into_inner().driver.stop().await;
    }

    /// Whether the driver that was seen to fail has already been replaced.
    async fn was_replaced(&self, seen: usize) -> Result<bool, Broken> {
        // A server elsewhere is never replaced. Some worker may wait for a browser there for minutes, and holds the lock.
        if self.options.webdriver.is_some() {
            return Ok(false);
        }
        let mut current = self.current.write().await;
        if current.replaced != seen {
            return Ok(true);
        }
        if current.driver.is_alive().await {
            return Ok(false);
        }
        // Dropping the old driver ends the browsers that it left behind.
        current.driver = start(&self.options, &self.folder).await?;
        current.replaced += 1;
        Ok(true)
    }
}

async fn start(options: &BrowserOptions, folder: &Path) -> Result<Driver, Broken> {
    if let Some(url) = &options.webdriver {
        return Ok(Driver::remote_after_redirects(url.clone(), options.kind).await);
    }
    Ok(Driver::start(locate(&options.search()).await?, folder).await?)
}
