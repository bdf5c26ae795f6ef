//! A real Chromium, and small pages served to it.

use axum::Router;
use tempfile::TempDir;

use crate::browser::{Driver, Search, SessionOptions, WebDriverSession, locate};

/// ChromeDriver with one session; both end with the test.
pub(crate) struct Chromium {
    pub(crate) session: WebDriverSession,
    pub(crate) driver: Driver,
    pub(crate) folder: TempDir,
}

impl Chromium {
    pub(crate) async fn start() -> Self {
        vestibule_certs::install_tls_provider();
        let folder = tempfile::tempdir().unwrap();
        let binaries = locate(&Search::from_environment(None, None, false)).await.unwrap();
        let driver = Driver::start(binaries, folder.path()).await.unwrap();
        let session = driver.open(&SessionOptions::default()).await.unwrap();
        Self { session, driver, folder }
    }

    pub(crate) async fn stop(self) {
        self.session.close().await.unwrap();
        self.driver.stop().await;
    }
}

/// Serves pages on a free loopback port and returns it. Every host under `localhost` leads there.
pub(crate) async fn serve(pages: Router) -> u16 {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move { axum::serve(listener, pages).await.unwrap() });
    port
}
