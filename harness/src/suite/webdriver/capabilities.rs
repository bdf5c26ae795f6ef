//! Adds to the capabilities of a new session (WebDriver, 7.1 "Capabilities processing").

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::own_proxy::{OwnProxy, PROXY};
use crate::suite::browser_arguments::{BrowserArguments, RefusedArgument};

/// What is added to each session request.
#[derive(Debug, Clone)]
pub(super) struct Additions {
    /// Arguments of the browser.
    pub(super) arguments: BrowserArguments,
    /// The browser's binary, used if the suite names no binary or one that is not on this machine; `None` leaves the
    /// choice to the WebDriver server.
    pub(super) binary: Option<PathBuf>,
    /// The proxy of the case, for browsers that take no host rules; `None` where every host is what it is on this machine.
    pub(super) proxy: Option<SocketAddr>,
}

/// A browser that can be kept away from real orgs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Browser {
    /// It takes the arguments in `goog:chromeOptions`.
    Chromium,
    /// A Chromium with options of its own, `ms:edgeOptions`.
    Edge,
    /// It takes the proxy of the case, and certificates that it does not know.
    Firefox,
}

/// Why a session is not opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum RefusedSession {
    /// A browser that neither takes host rules nor a proxy from us.
    #[error("refused a session of `{0}`: only Chromium, Chrome, Edge and Firefox can be kept away from real orgs")]
    Browser(String),
    /// A browser whose authenticators are not known.
    #[error("refused a session of `{0}`: only Chromium, Chrome, Edge and Firefox can be given the accounts' passkeys")]
    WithoutPasskeys(String),
    /// An argument.
    #[error(transparent)]
    Argument(#[from] RefusedArgument),
    /// A proxy in Firefox, which has one proxy for all hosts.
    #[error(
        "refused a session of Firefox with a proxy of its own: Firefox reaches the simulated org through the proxy of \
         Vestibule; leave the capability `proxy` out"
    )]
    ProxyOfFirefox,
}

impl RefusedSession {
    /// The same where no org is simulated.
    fn of_real_org(self) -> Self {
        match self {
            Self::Browser(name) => Self::WithoutPasskeys(name),
            other => other,
        }
    }
}

impl Browser {
    /// The browser of a `browserName`.
    pub(super) fn named(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "chrome" | "chromium" | "chrome-headless-shell" => Some(Self::Chromium),
            "microsoftedge" | "msedge" => Some(Self::Edge),
            "firefox" => Some(Self::Firefox),
            _ => None,
        }
    }

    /// The browser that these capabilities ask for; without a name, the one whose options they have.
    fn of(set: &Map<String, Value>) -> Result<Self, RefusedSession> {
        let named = set.get(BROWSER_NAME).and_then(Value::as_str).filter(|name| !name.is_empty());
        if let Some(name) = named {
            return Self::named(name).ok_or_else(|| RefusedSession::Browser(name.to_owned()));
        }
        let by_options = [Self::Edge, Self::Firefox].into_iter().find(|browser| set.contains_key(browser.options()));
        Ok(by_options.unwrap_or(Self::Chromium))
    }

    /// Its `browserName`.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Chromium => "chrome",
            Self::Edge => "MicrosoftEdge",
            Self::Firefox => "firefox",
        }
    }

    fn options(self) -> &'static str {
        match self {
            Self::Chromium => "goog:chromeOptions",
            Self::Edge => "ms:edgeOptions",
            Self::Firefox => "moz:firefoxOptions",
        }
    }
}

impl Additions {
    /// Adds to everything that the request asks for, in the W3C form and in the older `desiredCapabilities`. Of several
    /// browsers of which one will do, those that cannot be kept away from real orgs are left out.
    ///
    /// # Errors
    ///
    /// If no other browser is left.
    pub(super) fn add_to(&self, request: &mut Value) -> Result<Browser, RefusedSession> {
        let mut requested = None;
        if let Some(Value::Object(capabilities)) = request.get_mut("capabilities") {
            requested = self.add_to_w3c(capabilities)?;
        }
        for older in ["desiredCapabilities", "requiredCapabilities"] {
            if let Some(Value::Object(set)) = request.get_mut(older) {
                requested = Some(requested.unwrap_or(self.add_to_set(set)?));
            }
        }
        Ok(requested.unwrap_or(Browser::Chromium))
    }

    /// `None` if the capabilities are malformed: the driver explains it.
    fn add_to_w3c(&self, capabilities: &mut Map<String, Value>) -> Result<Option<Browser>, RefusedSession> {
        let Some(mut candidates) = candidates(capabilities) else { return Ok(None) };
        let mut added: Vec<_> = candidates.iter_mut().map(|set| self.add_to_set(set)).collect();
        if added.iter().all(Result::is_err) {
            return added.swap_remove(0).map(Some);
        }
        let wanted = candidates.into_iter().zip(&added).filter(|(_, added)| added.is_ok());
        let mut wanted: Vec<Value> = wanted.map(|(set, _)| Value::Object(set)).collect();
        if let [only] = wanted.as_mut_slice() {
            capabilities.insert(ALWAYS_MATCH.to_owned(), only.take());
            capabilities.remove(FIRST_MATCH);
        } else {
            capabilities.remove(ALWAYS_MATCH);
            capabilities.insert(FIRST_MATCH.to_owned(), wanted.into());
        }
        Ok(added.into_iter().find_map(Result::ok))
    }

    /// Whether each certificate is verified, whatever the suite asks for.
    pub(super) fn verifies(&self) -> bool {
        self.proxy.is_none()
    }

    /// The hosts that no proxy is asked for, as a list of Chromium, where an org is simulated.
    pub(super) fn bypassed(&self) -> Option<&str> {
        self.proxy.map(|_| self.arguments.bypassed())
    }

    fn add_to_set(&self, set: &mut Map<String, Value>) -> Result<Browser, RefusedSession> {
        let named = Browser::of(set);
        let Some(of_case) = self.proxy else { return self.add_as_is(set, named.map_err(RefusedSession::of_real_org)?) };
        let browser = named?;
        let proxy = OwnProxy::take_from(set)?;
        if browser == Browser::Firefox {
            if !proxy.is_none() {
                return Err(RefusedSession::ProxyOfFirefox);
            }
            set.insert(PROXY.to_owned(), OwnProxy::of_case(of_case));
            set.insert(INSECURE.to_owned(), true.into());
            return Ok(browser);
        }
        self.add_to_chromium(set, browser, proxy)
    }

    /// The suite's own proxy stays its own.
    fn add_as_is(&self, set: &mut Map<String, Value>, browser: Browser) -> Result<Browser, RefusedSession> {
        if set.contains_key(INSECURE) {
            set.insert(INSECURE.to_owned(), false.into());
        }
        if browser == Browser::Firefox { Ok(browser) } else { self.add_to_chromium(set, browser, OwnProxy::default()) }
    }

    fn add_to_chromium(
        &self,
        set: &mut Map<String, Value>,
        browser: Browser,
        proxy: OwnProxy,
    ) -> Result<Browser, RefusedSession> {
        // A Grid may give a session that names no browser to any of its browsers.
        if self.binary.is_none() && !set.get(BROWSER_NAME).is_some_and(Value::is_string) {
            set.insert(BROWSER_NAME.to_owned(), browser.name().into());
        }
        self.add_arguments(set, browser, proxy)?;
        Ok(browser)
    }

    fn add_arguments(
        &self,
        set: &mut Map<String, Value>,
        browser: Browser,
        proxy: OwnProxy,
    ) -> Result<(), RefusedSession> {
        let options = set.entry(browser.options()).or_insert_with(|| json!({}));
        // Options of another form are the suite's mistake; the driver explains it.
        let Value::Object(options) = options else { return Ok(()) };
        let own: Option<Vec<String>> = match options.get("args") {
            None | Some(Value::Null) => Some(Vec::new()),
            Some(Value::Array(own)) => own.iter().map(|argument| argument.as_str().map(str::to_owned)).collect(),
            Some(_) => None,
        };
        let Some(mut own) = own else { return Ok(()) };
        own.extend(proxy.into_arguments());
        options.insert("args".to_owned(), json!(self.arguments.added_to(&own)?));
        let named = options.get("binary").and_then(Value::as_str);
        if browser == Browser::Chromium
            && let Some(binary) = &self.binary
            && !named.is_some_and(|named| Path::new(named).is_file())
            && !options.contains_key("debuggerAddress")
        {
            options.insert("binary".to_owned(), json!(binary));
        }
        Ok(())
    }
}

/// The sets of which the driver takes the first that it can serve, each merged with what all of them have (WebDriver, 7.2
/// "Processing capabilities", "merging capabilities"). `None` if the request is malformed.
fn candidates(capabilities: &Map<String, Value>) -> Option<Vec<Map<String, Value>>> {
    let always = match capabilities.get(ALWAYS_MATCH) {
        None => Map::new(),
        Some(always) => always.as_object()?.clone(),
    };
    let choices = match capabilities.get(FIRST_MATCH) {
        None => return Some(vec![always]),
        Some(choices) => choices.as_array().filter(|choices| !choices.is_empty())?,
    };
    let merged = |choice: &Value| {
        let choice = choice.as_object()?;
        let mut set = always.clone();
        for (name, value) in choice {
            if set.insert(name.clone(), value.clone()).is_some() {
                return None;
            }
        }
        Some(set)
    };
    choices.iter().map(merged).collect()
}

/// Name of the capability with which no certificate is verified.
const INSECURE: &str = "acceptInsecureCerts";
const ALWAYS_MATCH: &str = "alwaysMatch";
const FIRST_MATCH: &str = "firstMatch";
/// Name of the capability that names the browser.
pub(super) const BROWSER_NAME: &str = "browserName";

#[cfg(test)]
mod tests;
