//! The proxy that the environment of a suite already names. It is used for every host that is neither the realm's nor
//! the vendor's.

use std::fmt;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;

use http::Uri;
use http::header::HeaderValue;
use http::uri::{Authority, PathAndQuery, Scheme};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::{SocksV5, Tunnel};
use hyper_util::client::proxy::matcher::{Intercept, Matcher};
use tokio::net::TcpStream;
use tower::ServiceExt as _;

use super::environment::Variables;

/// The proxies of `HTTPS_PROXY`, `HTTP_PROXY` and `ALL_PROXY`, and the hosts that `NO_PROXY` excepts, read as curl reads
/// them.
#[derive(Clone)]
pub struct UpstreamProxy(Arc<Matcher>);

impl UpstreamProxy {
    /// The proxy that the suite would use without us; `None` if there is none.
    pub(crate) fn seen_in(variables: &Variables) -> Option<Self> {
        let seen = |names: [&str; 2]| {
            let value = names.into_iter().find_map(|name| variables.seen(name));
            value.map(|value| value.reveal().to_owned()).unwrap_or_default()
        };
        let all = seen(["ALL_PROXY", "all_proxy"]);
        let (http, https) = (seen(["HTTP_PROXY", "http_proxy"]), seen(["HTTPS_PROXY", "https_proxy"]));
        if [&all, &http, &https].into_iter().all(String::is_empty) {
            return None;
        }
        let no = seen(["NO_PROXY", "no_proxy"]);
        Some(Self(Arc::new(Matcher::builder().all(all).http(http).https(https).no(no).build())))
    }

    /// The proxy for requests to a host; none for this machine and for what `NO_PROXY` excepts.
    pub(super) fn hop(&self, scheme: Scheme, authority: &Authority) -> Option<Hop> {
        if is_this_machine(authority.host()) {
            return None;
        }
        let root = PathAndQuery::from_static("/");
        let uri = Uri::builder().scheme(scheme).authority(authority.clone()).path_and_query(root).build().ok()?;
        self.0.intercept(&uri).map(Hop)
    }
}

/// Its rules may hold passwords.
impl fmt::Debug for UpstreamProxy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("UpstreamProxy")
    }
}

/// A proxy on the way to a host.
#[derive(Debug)]
pub(super) struct Hop(Intercept);

impl Hop {
    /// A tunnel through the proxy to a host and port.
    pub(super) async fn tunnel(&self, authority: &Authority) -> io::Result<TcpStream> {
        let root = PathAndQuery::from_static("/");
        let target = Uri::builder().scheme(Scheme::HTTPS).authority(authority.clone()).path_and_query(root);
        let target = target.build().map_err(io::Error::other)?;
        let mut connector = HttpConnector::new();
        connector.enforce_http(false);
        let proxy = self.0.uri().clone();
        let stream = match proxy.scheme_str() {
            Some("http") => {
                let tunnel = Tunnel::new(proxy, connector);
                let tunnel = match self.authorization() {
                    Some(authorization) => tunnel.with_auth(authorization.clone()),
                    None => tunnel,
                };
                tunnel.oneshot(target).await.map_err(io::Error::other)?
            }
            Some("socks5" | "socks5h") => {
                let socks = SocksV5::new(proxy, connector);
                let socks = match self.0.raw_auth() {
                    Some((user, password)) => socks.with_auth(user.to_owned(), password.to_owned()),
                    None => socks,
                };
                socks.oneshot(target).await.map_err(io::Error::other)?
            }
            other => return Err(unsupported(other)),
        };
        Ok(stream.into_inner())
    }

    /// Host and port of a proxy that takes requests in absolute form; `None` if it takes tunnels only.
    pub(super) fn address(&self) -> Option<(&str, u16)> {
        let proxy = self.0.uri();
        (proxy.scheme_str() == Some("http")).then(|| {
            let host = proxy.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
            (host, proxy.port_u16().unwrap_or(80))
        })
    }

    /// The value of `Proxy-Authorization` for this proxy.
    pub(super) fn authorization(&self) -> Option<&HeaderValue> {
        self.0.basic_auth()
    }
}

/// Whether a host is this machine, which no proxy on another machine can reach.
fn is_this_machine(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']').trim_end_matches('.').to_ascii_lowercase();
    let address = host.parse::<IpAddr>().ok();
    host == "localhost" || host.ends_with(".localhost") || address.is_some_and(|address| address.is_loopback())
}

fn unsupported(scheme: Option<&str>) -> io::Error {
    let scheme = scheme.unwrap_or_default();
    io::Error::other(format!(
        "the proxy of the environment is a {scheme} proxy; Vestibule passes requests on to http and socks5 proxies"
    ))
}

#[cfg(test)]
mod tests {
    use vestibule_model::Secret;

    use super::*;

    #[test]
    fn the_proxy_of_the_environment_is_asked_for_all_but_this_machine_and_what_is_excepted() {
        let upstream = upstream(&[
            ("HTTPS_PROXY", "http://user:word@corporate:3128"),
            ("HTTP_PROXY", ""),
            ("ALL_PROXY", "socks5h://corporate:1080"),
            ("NO_PROXY", "inside.example,10.0.0.0/8"),
        ])
        .unwrap();

        for (scheme, host, expected) in [
            (Scheme::HTTPS, "example.org:443", Some("http://corporate:3128/")),
            (Scheme::HTTP, "example.org:80", Some("socks5h://corporate:1080/")),
            (Scheme::HTTPS, "inside.example:443", None),
            (Scheme::HTTPS, "db.inside.example:443", None),
            (Scheme::HTTPS, "10.1.2.3:443", None),
            (Scheme::HTTPS, "127.0.0.1:443", None),
            (Scheme::HTTP, "[::1]:80", None),
            (Scheme::HTTPS, "LOCALHOST:443", None),
            (Scheme::HTTPS, "okta.localhost.:443", None),
        ] {
            let hop = upstream.hop(scheme, &host.parse().unwrap());
            assert_eq!(hop.map(|hop| hop.0.uri().to_string()).as_deref(), expected, "{host}");
        }
        assert!(!format!("{upstream:?}").contains("word"));
    }

    #[test]
    fn without_a_proxy_in_the_environment_there_is_none() {
        assert!(upstream(&[("NO_PROXY", "*")]).is_none());
    }

    fn upstream(set: &[(&str, &str)]) -> Option<UpstreamProxy> {
        let mut variables = Variables::default();
        for name in ["ALL_PROXY", "all_proxy", "HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "NO_PROXY"] {
            variables.remove(name);
        }
        for (name, value) in set {
            variables.set(name, Secret::new(*value));
        }
        UpstreamProxy::seen_in(&variables)
    }
}
