//! The endpoint and the proxy through which a suite reaches the realm of its case.

use super::environment::Variables;
use super::options::ConnectionOptions;
use super::proxy::Proxy;
use super::records::Records;
use super::webdriver::Endpoint;
use crate::browser::BrowserError;

/// The endpoint and the proxy of one case, running.
#[derive(Debug)]
pub struct Connection {
    endpoint: Endpoint,
    proxy: Proxy,
}

impl Connection {
    /// Starts the endpoint and the proxy, and writes the shims.
    ///
    /// # Errors
    ///
    /// If no port is free, or the folder cannot be written.
    pub async fn open(options: ConnectionOptions) -> Result<Self, BrowserError> {
        let endpoint = Endpoint::start(&options).await?;
        let proxy = Proxy::start(&options).await?;
        Ok(Self { endpoint, proxy })
    }

    /// Adds the variables that lead the suite's browsers and API calls here: endpoint URL, proxy, CA file, preload,
    /// `PATH`.
    pub fn add_to(&self, variables: &mut Variables) {
        self.endpoint.add_to(variables);
        self.proxy.add_to(variables);
    }

    /// Everything recorded so far.
    pub(crate) fn records(&self) -> Records {
        let mut records = self.endpoint.records();
        records.proxied.extend(self.proxy.records());
        records.proxied.sort_by_key(|proxied| proxied.at_ms);
        records
    }

    /// Ends the browser sessions that the suite left open, then the endpoint and the proxy.
    pub async fn close(self) {
        self.endpoint.close().await;
        self.proxy.close().await;
    }
}
