//! The address of an endpoint of a service provider or a relying party.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::Deserialize;
use url::{Host, Url};

/// An `http` or `https` address, kept as it was written: peers compare it character by character (saml-core 3.4.1,
/// RFC 9700 2.1).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String")]
pub struct EndpointUrl(String);

impl EndpointUrl {
    /// The address as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it leads to this machine, whatever a resolver says (RFC 6761 6.3, RFC 8252 7.3).
    pub fn is_loopback(&self) -> bool {
        self.url().is_some_and(|url| match url.host() {
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        })
    }

    /// Its host, as browsers write it.
    pub fn host(&self) -> String {
        self.url().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
    }

    /// Whether it is an origin: without a path or a query.
    pub fn is_origin(&self) -> bool {
        self.url().is_some_and(|url| url.path() == "/" && url.query().is_none())
    }

    /// The origin of its pages, as browsers write it.
    pub fn origin(&self) -> String {
        self.url().map(|url| url.origin().ascii_serialization()).unwrap_or_default()
    }

    fn url(&self) -> Option<Url> {
        Url::parse(&self.0).ok()
    }
}

impl fmt::Display for EndpointUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for EndpointUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = |why: &str| format!("`{}` is not an endpoint: {why}", text.escape_default());
        // Parsers leave out blanks and control characters, so peers would read another address.
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(wrong("percent-encode what is not a visible ASCII character"));
        }
        let url = Url::parse(text).map_err(|_| wrong("write an address such as `https://app.localhost:3000/acs`"))?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err(wrong("only `http` and `https` addresses are"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong("leave out the name before `@`"));
        }
        if url.fragment().is_some() {
            return Err(wrong("leave out the fragment after `#`"));
        }
        Ok(Self(text.to_owned()))
    }
}

impl TryFrom<String> for EndpointUrl {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::EndpointUrl;

    #[test]
    fn only_addresses_that_every_peer_reads_alike_are_endpoints() {
        for text in [
            "javascript:alert(1)",
            "data:text/html,x",
            "ftp://app.localhost/acs",
            "/acs",
            "app.localhost/acs",
            "https://localhost@evil.example/acs",
            "https://app.localhost/acs#x",
            "https://app.localhost/a b",
            "https://app.localhost/\nacs",
            "",
        ] {
            let refused = text.parse::<EndpointUrl>().unwrap_err();
            assert!(refused.contains("is not an endpoint"), "{text}: {refused}");
        }
        let kept = "https://App.localhost:443/acs?so=1";
        assert_eq!(kept.parse::<EndpointUrl>().unwrap().as_str(), kept, "it stays as it was written");
    }

    #[test]
    fn loopback_is_decided_by_the_host_and_by_nothing_else() {
        for (text, loopback) in [
            ("http://localhost:3000/acs", true),
            ("https://app.localhost/acs", true),
            ("http://127.0.0.1:8000/acs", true),
            ("http://127.9.9.9/acs", true),
            ("http://[::1]:8000/acs", true),
            ("http://LOCALHOST/acs", true),
            ("http://localhost.evil.example/acs", false),
            ("http://notlocalhost/acs", false),
            ("http://127.0.0.1.evil.example/acs", false),
            ("http://192.168.0.1/acs", false),
            ("http://0.0.0.0/acs", false),
            ("https://evil.example/?localhost", false),
        ] {
            assert_eq!(text.parse::<EndpointUrl>().unwrap().is_loopback(), loopback, "{text}");
        }
    }
}
