//! The endpoint and the proxy through which a suite reaches its org.

use std::path::PathBuf;

use vestibule_model::Secret;

use super::environment::Variables;
use super::java_options::JavaOptions;
use super::options::ConnectionOptions;
use super::proxy::Proxy;
use super::reach::{Reach, Route};
use super::records::Records;
use super::trust;
use super::upstream_proxy::UpstreamProxy;
use super::webdriver::Endpoint;
use crate::browser::BrowserError;

/// The endpoint and the proxy of one case, running.
#[derive(Debug)]
pub struct Connection {
    endpoint: Endpoint,
    /// What leads to a realm; `None` where every host is what it is on this machine.
    realm: Option<WayToRealm>,
    folder: PathBuf,
}

#[derive(Debug)]
struct WayToRealm {
    proxy: Proxy,
    ca_file: PathBuf,
}

impl Connection {
    /// Starts the endpoint and, for a realm, the proxy, and writes the shims.
    ///
    /// # Errors
    ///
    /// If no port is free, or the folder cannot be written.
    pub async fn open(options: ConnectionOptions) -> Result<Self, BrowserError> {
        let (realm, route) = match &options.reach {
            Reach::Realm(realm) => {
                let proxy = Proxy::start(realm, options.limits, options.clock).await?;
                let route = Route::Realm { realm, proxy: proxy.address() };
                (Some(WayToRealm { proxy, ca_file: realm.ca_file.clone() }), route)
            }
            Reach::AsIs => (None, Route::AsIs),
        };
        let endpoint = Endpoint::start(&options, route).await?;
        Ok(Self { endpoint, realm, folder: options.folder })
    }

    /// Adds the variables that lead the suite's browsers and API calls here: endpoint URL, proxy, CA file, preloads,
    /// `PATH`. What the suite itself brings under one of these names is joined with ours. Where hosts are left as they
    /// are, so are its proxy and its trusted certificates.
    ///
    /// # Errors
    ///
    /// If the trusted certificates cannot be read or written.
    pub fn add_to(&self, variables: &mut Variables) -> Result<(), BrowserError> {
        let driver = self.endpoint.driver();
        let java = match &self.realm {
            Some(WayToRealm { proxy, ca_file }) => {
                let failed = |source| BrowserError::Machine { path: self.folder.clone(), source };
                let trust = trust::join(ca_file, &self.folder, variables).map_err(failed)?;
                self.endpoint.add_to(variables);
                proxy.add_to(variables);
                JavaOptions::to_realm(&driver, proxy.address(), &trust)
            }
            None => {
                self.endpoint.add_to(variables);
                for name in OF_REALMS {
                    variables.remove(name);
                }
                except_loopback(variables);
                JavaOptions::to_driver(&driver)
            }
        };
        variables.extend("JAVA_TOOL_OPTIONS", &java.to_text());
        Ok(())
    }

    /// Everything recorded so far.
    pub(crate) fn records(&self) -> Records {
        let mut records = self.endpoint.records();
        if let Some(WayToRealm { proxy, .. }) = &self.realm {
            records.proxied.extend(proxy.records());
        }
        records.proxied.sort_by_key(|proxied| proxied.at_ms);
        records
    }

    /// Ends the browser sessions that the suite left open, then the endpoint and the proxy.
    pub async fn close(self) {
        self.endpoint.close().await;
        if let Some(WayToRealm { proxy, .. }) = self.realm {
            proxy.close().await;
        }
    }
}

/// The endpoint is on this machine, where a proxy of the environment cannot reach it.
fn except_loopback(variables: &mut Variables) {
    if UpstreamProxy::seen_in(variables).is_none() {
        return;
    }
    let seen = |name| variables.seen(name).filter(|value| !value.reveal().trim().is_empty());
    let joined = [("NO_PROXY", "no_proxy"), ("no_proxy", "NO_PROXY")].map(|(name, other)| {
        let own = seen(name).or_else(|| seen(other));
        let value = own.map_or_else(|| LOOPBACK.to_owned(), |own| format!("{},{LOOPBACK}", own.reveal()));
        (name, Secret::new(value))
    });
    for (name, value) in joined {
        variables.replace(name, value);
    }
}

const LOOPBACK: &str = "localhost,127.0.0.1,::1";

/// Variables that only a realm has. Those of another run of this program, in which this one runs, would lead elsewhere.
const OF_REALMS: [&str; 4] = ["VESTIBULE_CA_FILE", "VESTIBULE_PROXY_URL", "VESTIBULE_SPKI_PIN", "VESTIBULE_HOST_RULES"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_of_the_environment_is_not_asked_for_the_endpoint_and_its_own_exceptions_stay() {
        let mut variables = without_proxies();
        variables.set("HTTPS_PROXY", Secret::new("http://corporate:3128"));
        variables.set("no_proxy", Secret::new("inside.example"));

        except_loopback(&mut variables);

        for name in ["NO_PROXY", "no_proxy"] {
            let value = variables.get(name).map(Secret::reveal);
            assert_eq!(value, Some("inside.example,localhost,127.0.0.1,::1"), "{name}");
        }
    }

    #[test]
    fn without_a_proxy_in_the_environment_nothing_is_excepted() {
        let mut variables = without_proxies();

        except_loopback(&mut variables);

        assert!(variables.get("NO_PROXY").is_none());
    }

    fn without_proxies() -> Variables {
        let mut variables = Variables::default();
        for name in ["ALL_PROXY", "all_proxy", "HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"] {
            variables.remove(name);
        }
        for name in ["NO_PROXY", "no_proxy"] {
            variables.remove(name);
        }
        variables
    }
}
