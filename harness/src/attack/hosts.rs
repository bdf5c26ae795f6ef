//! The hosts that may be asked for anything: this machine, and what somebody named on purpose.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

/// The hosts that may be asked. Nothing is sent to any other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct AllowedHosts {
    named: BTreeSet<String>,
}

/// A host that is not on this machine and that nobody named.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("send anything to {host}: it is not on this machine, and `--target` does not name it")]
pub(crate) struct NotNamed {
    /// The host.
    pub(crate) host: String,
}

impl AllowedHosts {
    /// This machine, and these hosts.
    pub(crate) fn new(named: impl IntoIterator<Item = String>) -> Self {
        Self { named: named.into_iter().map(|host| host.to_ascii_lowercase()).collect() }
    }

    /// Whether anything may be sent to this address.
    ///
    /// # Errors
    /// If its host is not on this machine and nobody named it.
    pub(crate) fn check(&self, url: &Url) -> Result<(), NotNamed> {
        match url.host_str() {
            Some(host) if is_here(url) || self.named.contains(host) => Ok(()),
            Some(host) => Err(NotNamed { host: host.to_owned() }),
            // `javascript:` and the like have no host.
            None => Err(NotNamed { host: format!("a `{}:` address", url.scheme()) }),
        }
    }

    /// Those that are not on this machine.
    pub(crate) fn elsewhere(&self) -> impl Iterator<Item = &str> {
        self.named.iter().map(String::as_str).filter(|host| !is_local_name(host))
    }

    /// Chromium's `--host-resolver-rules`: no other name leads anywhere.
    pub(crate) fn resolver_rules(&self) -> String {
        let local = ["localhost", "*.localhost", "127.0.0.1", "[::1]"];
        let kept = local.into_iter().chain(self.elsewhere()).map(|host| format!("EXCLUDE {host}"));
        std::iter::once("MAP * ~NOTFOUND".to_owned()).chain(kept).collect::<Vec<_>>().join(", ")
    }
}

/// Whether an address is on this machine by itself, whatever a resolver says (RFC 6761 6.3).
pub(crate) fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => is_local_name(name),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn is_local_name(name: &str) -> bool {
    name == "localhost" || name.ends_with(".localhost")
}

/// Resolves `localhost` and everything below it to this machine, the named hosts as the machine does, and nothing else.
#[derive(Debug)]
pub(super) struct Resolver {
    pub(super) allowed: AllowedHosts,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let name = name.as_str().to_ascii_lowercase();
        let named = self.allowed.named.contains(&name);
        Box::pin(async move {
            // The port of the URL takes the place of port 0.
            let addresses: Vec<SocketAddr> = if is_local_name(&name) {
                vec![(Ipv4Addr::LOCALHOST, 0).into(), (Ipv6Addr::LOCALHOST, 0).into()]
            } else if named {
                tokio::net::lookup_host((name.as_str(), 0)).await?.collect()
            } else {
                return Err("nobody named this host".into());
            };
            let addresses: Addrs = Box::new(addresses.into_iter());
            Ok(addresses)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_and_named_hosts_are_asked() {
        let allowed = AllowedHosts::new(["App.Example".to_owned()]);
        for (url, may) in [
            ("http://localhost:3000/", true),
            ("https://app.localhost/acs", true),
            ("http://127.0.0.1:8000/", true),
            ("http://127.8.0.1/", true),
            ("http://[::1]:3000/", true),
            ("https://APP.example/acs", true),
            ("https://sub.app.example/", false),
            ("https://app.example.evil.example/", false),
            ("http://127.0.0.1.evil.example/", false),
            ("http://localhost.evil.example/", false),
            ("http://10.0.0.1/", false),
            ("http://0.0.0.0:3000/", false),
            ("http://localhost@evil.example/", false),
        ] {
            assert_eq!(allowed.check(&url.parse().unwrap()).is_ok(), may, "{url}");
        }
        assert_eq!(allowed.elsewhere().collect::<Vec<_>>(), ["app.example"]);
        assert!(AllowedHosts::new(["app.localhost".to_owned()]).elsewhere().next().is_none());
    }

    #[test]
    fn a_browser_finds_no_other_host() {
        let rules = AllowedHosts::new(["app.example".to_owned()]).resolver_rules();
        assert_eq!(
            rules,
            "MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost, EXCLUDE 127.0.0.1, EXCLUDE [::1], EXCLUDE app.example"
        );
    }

    #[tokio::test]
    async fn no_other_name_is_resolved() {
        let resolver = Resolver { allowed: AllowedHosts::default() };
        let there = |name: &str| resolver.resolve(name.parse().unwrap());

        let here: Vec<_> = there("app.localhost").await.unwrap().collect();

        assert!(here.iter().all(|address| address.ip().is_loopback()) && here.len() == 2, "{here:?}");
        assert!(there("vestibule.example").await.is_err());
    }
}
