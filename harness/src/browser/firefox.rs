//! What geckodriver is told about a Firefox.

use std::path::Path;

use serde_json::{Map, Value, json};
use url::Url;

use super::options::SessionOptions;

/// The capabilities of a session, but for those of every browser.
///
/// Hosts below `localhost` are loopback in Firefox, as in Chromium. It takes no key as trusted: where certificates of the
/// simulator are to be trusted, it trusts every one.
pub(super) fn capabilities(options: &SessionOptions, binary: Option<&Path>) -> Map<String, Value> {
    let mut firefox = json!({ "args": arguments(options), "prefs": preferences() });
    if let Some(binary) = binary {
        firefox["binary"] = binary.display().to_string().into();
    }
    let mut capabilities = Map::new();
    capabilities.insert("moz:firefoxOptions".to_owned(), firefox);
    capabilities.insert("acceptInsecureCerts".to_owned(), options.spki_pin.is_some().into());
    capabilities.insert("webSocketUrl".to_owned(), true.into());
    capabilities.insert("proxy".to_owned(), proxy(options.proxy.as_deref()));
    capabilities
}

fn arguments(options: &SessionOptions) -> Vec<String> {
    let (width, height) = options.window;
    let mut arguments = vec![format!("--width={width}"), format!("--height={height}")];
    if !options.headed {
        arguments.push("-headless".to_owned());
    }
    arguments
}

/// Like Chromium's renderer, one content process serves every site: the sites need no protection from each other, and a
/// change of sites costs no process. geckodriver itself turns off what would use the network.
fn preferences() -> Value {
    json!({
        "dom.ipc.processCount": 1,
        "dom.ipc.processPrelaunch.enabled": false,
        "fission.webContentIsolationStrategy": 0,
        "signon.rememberSignons": false,
        // Only then does a ceremony ask virtual authenticators.
        "security.webauth.webauthn_enable_softtoken": true,
        // Otherwise a person is asked whether the RP may see an attestation.
        "security.webauthn.always_allow_direct_attestation": true,
        "security.webauth.webauthn_enable_usbtoken": false,
    })
}

/// A proxy as WebDriver names it (WebDriver, 7.1 "Proxy").
fn proxy(proxy: Option<&str>) -> Value {
    let address = proxy.and_then(|proxy| Url::parse(proxy).ok()).and_then(|url| {
        let host = url.host_str()?.to_owned();
        Some(format!("{host}:{}", url.port_or_known_default()?))
    });
    match address {
        Some(address) => json!({ "proxyType": "manual", "httpProxy": address, "sslProxy": address }),
        None => json!({ "proxyType": "direct" }),
    }
}
