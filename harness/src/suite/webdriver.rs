//! A WebDriver endpoint that forwards every command and adds to each session what its browser needs to reach its org and to
//! sign in there.

use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use self::capabilities::Additions;
use self::forwarder::Forwarder;
use self::launched_browsers::LaunchedBrowsers;
use self::recorder::Recorder;
use self::upstream::Upstream;
use super::browser_arguments::BrowserArguments;
use super::environment::Variables;
use super::options::ConnectionOptions;
use super::preload::Shims;
use super::reach::Route;
use super::records::Records;
use crate::browser::BrowserError;

pub(crate) use chromedriver_shim::ChromeDriverShim;

mod capabilities;
mod chromedriver_shim;
mod command_record;
mod forwarder;
mod launched_browsers;
mod other_window;
mod own_proxy;
mod page_probe;
mod passkeys;
mod recorder;
mod server;
mod upstream;
mod web_socket;

#[cfg(test)]
mod tests;

/// The endpoint of one case, with the shims that lead to it. Dropping it stops it.
#[derive(Debug)]
pub(super) struct Endpoint {
    forwarder: Arc<Forwarder>,
    shims: Shims,
    server: JoinHandle<()>,
    launched_browsers: LaunchedBrowsers,
}

impl Endpoint {
    /// Listens on a free loopback port and writes the shims.
    pub(super) async fn start(options: &ConnectionOptions, route: Route<'_>) -> Result<Self, BrowserError> {
        let broken = |source| BrowserError::Machine { path: "127.0.0.1".into(), source };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(broken)?;
        let address = listener.local_addr().map_err(broken)?;
        let shims = Shims::write(options, address, route)?;
        let forwarder = Arc::new(Forwarder {
            upstream: Upstream::new(&options.webdriver)?,
            recorder: Recorder::new(options.clock),
            additions: additions(options, route),
            passkeys: options.passkeys.clone(),
            recording: options.recording,
            authority: address.to_string(),
        });
        let server = tokio::spawn(server::serve(listener, options.limits, Arc::clone(&forwarder)));
        let launched_browsers = LaunchedBrowsers::watch(shims.browsers(), Arc::clone(&forwarder));
        Ok(Self { forwarder, shims, server, launched_browsers })
    }

    pub(super) fn add_to(&self, variables: &mut Variables) {
        self.shims.add_to(variables);
    }

    /// A ChromeDriver that leads here.
    pub(super) fn driver(&self) -> PathBuf {
        self.shims.driver()
    }

    pub(super) fn records(&self) -> Records {
        let mut records = self.forwarder.recorder.records();
        records.proxied = self.shims.refused();
        records.driver_gone = self.forwarder.upstream.is_gone();
        records
    }

    pub(super) async fn close(self) {
        self.forwarder.end_sessions().await;
        if self.forwarder.keeper().is_some() {
            self.launched_browsers.heard().await;
        }
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// The additions for browsers on this machine, or for browsers of a WebDriver server elsewhere.
fn additions(options: &ConnectionOptions, route: Route<'_>) -> Additions {
    let here = match options.webdriver.url.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    };
    let (arguments, binary) = if here {
        (BrowserArguments::local(route), options.browser.clone())
    } else {
        (BrowserArguments::remote(route), None)
    };
    Additions { arguments, binary, proxy: route.proxy() }
}
