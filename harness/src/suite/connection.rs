//! The endpoint and the proxy through which a suite reaches the realm of its case.

use std::path::PathBuf;

use super::environment::Variables;
use super::java_options::JavaOptions;
use super::options::ConnectionOptions;
use super::proxy::Proxy;
use super::records::Records;
use super::trust;
use super::webdriver::Endpoint;
use crate::browser::BrowserError;

/// The endpoint and the proxy of one case, running.
#[derive(Debug)]
pub struct Connection {
    endpoint: Endpoint,
    proxy: Proxy,
    ca_file: PathBuf,
    folder: PathBuf,
}

impl Connection {
    /// Starts the endpoint and the proxy, and writes the shims.
    ///
    /// # Errors
    ///
    /// If no port is free, or the folder cannot be written.
    pub async fn open(options: ConnectionOptions) -> Result<Self, BrowserError> {
        let proxy = Proxy::start(&options).await?;
        let endpoint = Endpoint::start(&options, proxy.address()).await?;
        Ok(Self { endpoint, proxy, ca_file: options.ca_file, folder: options.folder })
    }

    /// Adds the variables that lead the suite's browsers and API calls here: endpoint URL, proxy, CA file, preloads,
    /// `PATH`. What the suite itself brings under one of these names is joined with ours.
    ///
    /// # Errors
    ///
    /// If the trusted certificates cannot be read or written.
    pub fn add_to(&self, variables: &mut Variables) -> Result<(), BrowserError> {
        let failed = |source| BrowserError::Machine { path: self.folder.clone(), source };
        let trust = trust::join(&self.ca_file, &self.folder, variables).map_err(failed)?;
        self.endpoint.add_to(variables);
        self.proxy.add_to(variables);
        let java = JavaOptions::ours(&self.endpoint.driver(), self.proxy.address(), &trust);
        variables.extend("JAVA_TOOL_OPTIONS", &java.to_text());
        Ok(())
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
