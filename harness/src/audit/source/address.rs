//! The address of an org: the only place to which its token goes.

use std::str::FromStr;

use url::{Host, Url};
use vestibule_model::vendor_hosts::is_vendor_host;
use vestibule_model::{EndpointUrl, MyDomain, OrgKind};

/// The origin of an org.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OrgAddress {
    origin: Url,
    loopback: bool,
    kind: Option<OrgKind>,
}

impl OrgAddress {
    /// As people read it: `https://acme--uat.sandbox.my.salesforce.com`.
    pub(crate) fn shown(&self) -> String {
        self.origin.origin().ascii_serialization()
    }

    /// Whether it is on this machine, whatever a resolver says.
    pub(crate) fn is_loopback(&self) -> bool {
        self.loopback
    }

    /// Its host, without a port.
    pub(crate) fn host(&self) -> &str {
        self.origin.host_str().unwrap_or_default()
    }

    /// Where SOAP `login()` is. From API 65.0 on it does not exist (contract G1.4).
    pub(super) fn soap_login(&self) -> Option<Url> {
        self.origin.join("/services/Soap/u/64.0").ok()
    }

    /// The kind of org by its host, if that says so.
    pub(crate) fn kind(&self) -> Option<OrgKind> {
        self.kind
    }

    /// The address that a path of the org stands for; `None` if it leads away from the org.
    pub(super) fn join(&self, path: &str) -> Option<Url> {
        let url = self.origin.join(path).ok()?;
        // Both: a path without the host is one of the org, and one with dots leads where they lead.
        let of_api = path.starts_with(API) && url.path().starts_with(API);
        (of_api && url.origin() == self.origin.origin()).then_some(url)
    }
}

impl FromStr for OrgAddress {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let wrong = || format!("`{text}` is not the address of an org: write {EXAMPLE}");
        let written = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
        let mut url = Url::parse(&written).map_err(|_| wrong())?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(format!("the address of an org has no username and no password: write {EXAMPLE}"));
        }
        let host = match url.host() {
            Some(Host::Domain(name)) => name.trim_end_matches('.').to_ascii_lowercase(),
            Some(host) => host.to_string(),
            None => return Err(wrong()),
        };
        if let Some(api) = api_host(&host) {
            url.set_host(Some(&api)).map_err(|_| wrong())?;
        }
        if matches!(host.as_str(), "login.salesforce.com" | "test.salesforce.com") {
            return Err(format!("{host} is the login page of every org: name your own, {EXAMPLE}"));
        }
        url.set_path("/");
        url.set_query(None);
        url.set_fragment(None);
        let loopback = url.as_str().parse::<EndpointUrl>().is_ok_and(|url| url.is_loopback());
        match url.scheme() {
            "https" => {}
            "http" if loopback => {}
            "http" => return Err(format!("plain HTTP would show the token to the network: write https://{host}")),
            _ => return Err(wrong()),
        }
        let my_domain = url.host_str().and_then(|host| host.parse::<MyDomain>().ok());
        let kind = my_domain.and_then(|domain| domain.hosts);
        // An instance such as na1.salesforce.com can hold any org, so nobody is told that it is a sandbox.
        let vendor = is_vendor_host(&host);
        Ok(Self { origin: url, loopback, kind: kind.or(vendor.then_some(OrgKind::Production)) })
    }
}

/// The host of the API, where somebody copied the address of a page.
fn api_host(host: &str) -> Option<String> {
    let of_pages = [".lightning.force.com", ".my.salesforce-setup.com"];
    let name = of_pages.iter().find_map(|domain| host.strip_suffix(domain))?;
    Some(format!("{name}.my.salesforce.com"))
}

const API: &str = "/services/data";
const EXAMPLE: &str = "https://acme--uat.sandbox.my.salesforce.com";

#[cfg(test)]
mod tests {
    use vestibule_model::OrgKind;

    use super::OrgAddress;

    #[test]
    fn an_address_is_an_origin_and_says_which_kind_of_org_it_has() {
        for (text, shown, kind) in [
            (
                "acme--uat.sandbox.my.salesforce.com",
                "https://acme--uat.sandbox.my.salesforce.com",
                Some(OrgKind::Sandbox),
            ),
            (
                "https://acme--uat.sandbox.lightning.force.com/lightning/page/home?x=1#y",
                "https://acme--uat.sandbox.my.salesforce.com",
                Some(OrgKind::Sandbox),
            ),
            ("https://acme.my.salesforce.com/", "https://acme.my.salesforce.com", Some(OrgKind::Production)),
            ("https://na1.salesforce.com", "https://na1.salesforce.com", Some(OrgKind::Production)),
            ("fox.scratch.my.salesforce.com", "https://fox.scratch.my.salesforce.com", Some(OrgKind::Scratch)),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080", None),
            ("https://acme.my.salesforce.localhost:8443", "https://acme.my.salesforce.localhost:8443", None),
        ] {
            let address: OrgAddress = text.parse().unwrap();
            assert_eq!((address.shown().as_str(), address.kind()), (shown, kind), "{text}");
        }
    }

    #[test]
    fn an_address_that_would_leak_the_token_or_has_no_org_is_refused() {
        for (text, why) in [
            ("http://acme.my.salesforce.com", "plain HTTP would show the token"),
            ("http://localhost.evil.example", "plain HTTP would show the token"),
            ("https://user:secret@acme.my.salesforce.com", "has no username and no password"),
            ("https://login.salesforce.com", "is the login page of every org"),
            ("ftp://acme.my.salesforce.com", "is not the address of an org"),
            ("https://", "is not the address of an org"),
        ] {
            let refused = text.parse::<OrgAddress>().unwrap_err();
            assert!(refused.contains(why) && !refused.contains("secret"), "{text}: {refused}");
        }
    }

    #[test]
    fn no_path_leads_away_from_the_org() {
        let address: OrgAddress = "https://acme.my.salesforce.com".parse().unwrap();
        assert_eq!(
            address.join("/services/data/v66.0/query/01g-2000").unwrap().path(),
            "/services/data/v66.0/query/01g-2000"
        );
        for path in [
            "//evil.example/services/data",
            "https://evil.example/services/data",
            "/secur/logout.jsp",
            "/services/data/../../secur/logout.jsp",
            "/services/data/%2e%2e/%2E./secur/logout.jsp",
            "x",
        ] {
            assert_eq!(address.join(path), None, "{path}");
        }
        assert_eq!(address.join("/services/data@evil.example/").unwrap().host_str(), Some("acme.my.salesforce.com"));
    }
}
