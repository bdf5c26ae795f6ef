//! The proxy that a session request asks for (WebDriver, 7.1, "proxy configuration object").

use std::net::SocketAddr;

use serde_json::{Map, Value, json};

use crate::suite::browser_arguments::RefusedArgument;

/// A proxy of the suite, as arguments of Chromium: they can be joined with ours, and the capability cannot.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct OwnProxy(Vec<String>);

impl OwnProxy {
    /// Takes it out of the capabilities. One of another form stays: the driver explains it.
    ///
    /// # Errors
    ///
    /// If a script or the network would name the proxy.
    pub(super) fn take_from(set: &mut Map<String, Value>) -> Result<Self, RefusedArgument> {
        let arguments = match set.get(PROXY) {
            Some(Value::Object(proxy)) => arguments(proxy)?,
            Some(Value::Null) => Some(Vec::new()),
            _ => None,
        };
        let Some(arguments) = arguments else { return Ok(Self::default()) };
        set.remove(PROXY);
        Ok(Self(arguments))
    }

    /// The capability that leads to the proxy of the case.
    pub(super) fn of_case(proxy: SocketAddr) -> Value {
        json!({ "proxyType": "manual", "httpProxy": proxy, "sslProxy": proxy, "noProxy": [] })
    }

    /// Whether the suite asks for no proxy.
    pub(super) fn is_none(&self) -> bool {
        self.0.iter().all(|argument| argument == DIRECT)
    }

    pub(super) fn into_arguments(self) -> Vec<String> {
        self.0
    }
}

/// `None` for a configuration of another form.
fn arguments(proxy: &Map<String, Value>) -> Result<Option<Vec<String>>, RefusedArgument> {
    let text = |name: &str| proxy.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    match text("proxyType").unwrap_or_default().to_ascii_lowercase().as_str() {
        "pac" => Err(RefusedArgument("proxy-pac-url")),
        "autodetect" => Err(RefusedArgument("proxy-auto-detect")),
        "direct" => Ok(Some(vec![DIRECT.to_owned()])),
        // The proxy of the machine is the one of the environment, which is used anyway.
        "" | "system" | "unspecified" => Ok(Some(Vec::new())),
        "manual" => {
            let version = proxy.get("socksVersion").and_then(Value::as_u64).unwrap_or(5);
            let server = |name, scheme: &str| text(name).map(|server| format!("{scheme}{server}"));
            let servers: Vec<String> = [
                server("httpProxy", "http="),
                server("sslProxy", "https="),
                server("socksProxy", &format!("socks=socks{version}://")),
            ]
            .into_iter()
            .flatten()
            .collect();
            let list = |hosts: &Value| match hosts {
                Value::Array(hosts) => hosts.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(";"),
                hosts => hosts.as_str().unwrap_or_default().replace(',', ";"),
            };
            let bypassed = proxy.get("noProxy").map(list).filter(|list| !list.is_empty());
            let servers = (!servers.is_empty()).then(|| format!("--proxy-server={}", servers.join(";")));
            let bypassed = bypassed.map(|list| format!("--proxy-bypass-list={list}"));
            Ok(Some(servers.into_iter().chain(bypassed).collect()))
        }
        _ => Ok(None),
    }
}

/// Name of the capability.
pub(super) const PROXY: &str = "proxy";
const DIRECT: &str = "--proxy-server=direct://";
