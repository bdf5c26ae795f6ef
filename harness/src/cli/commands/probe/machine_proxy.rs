//! The proxy by which this machine reaches orgs, as the environment names it, for the browser.

use std::net::IpAddr;

/// The proxy of `HTTPS_PROXY` or `ALL_PROXY`, and Chromium's patterns of the hosts that `NO_PROXY` excepts; `None` if there is no
/// proxy. `read` reads a variable.
pub(super) fn machine_proxy(read: impl Fn(&str) -> Option<String>) -> Option<(String, Vec<String>)> {
    let named = |names: &[&str]| names.iter().filter_map(|name| read(name)).find(|value| !value.trim().is_empty());
    let proxy = named(&["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])?;
    let excepted = named(&["NO_PROXY", "no_proxy"]).unwrap_or_default();
    let excepted = || excepted.split([',', ' ']).map(str::trim).filter(|entry| !entry.is_empty());
    if excepted().any(|entry| entry == "*") {
        return None;
    }
    Some((without_credentials(proxy.trim()), excepted().flat_map(patterns).collect()))
}

/// A proxy without a user name and a password: it stands in the arguments of the browser, which every user of the machine can
/// see, and in which Chromium reads neither.
fn without_credentials(proxy: &str) -> String {
    let host = |authority: &str| authority.rsplit('@').next().unwrap_or_default().to_owned();
    match proxy.split_once("://") {
        Some((scheme, authority)) => format!("{scheme}://{}", host(authority)),
        None => host(proxy),
    }
}

/// An entry of `NO_PROXY`: a name, which means the hosts below it too, an address, or a range of addresses.
fn patterns(entry: &str) -> Vec<String> {
    let name = entry.trim_start_matches('*').trim_start_matches('.');
    let is_pattern = |letter: char| letter.is_ascii_alphanumeric() || "-._:/[]".contains(letter);
    if name.is_empty() || !name.chars().all(is_pattern) {
        return Vec::new();
    }
    let is_address = name.contains('/') || name.trim_matches(['[', ']']).parse::<IpAddr>().is_ok();
    if is_address { vec![name.to_owned()] } else { vec![name.to_owned(), format!("*.{name}")] }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(variables: &[(&str, &str)]) -> Option<(String, Vec<String>)> {
        machine_proxy(|name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn the_password_of_a_proxy_is_in_no_argument_of_the_browser() {
        for (named, given) in [
            ("http://proxy.example:3128", "http://proxy.example:3128"),
            ("http://ada:p@ss@proxy.example:3128", "http://proxy.example:3128"),
            ("ada:pass@proxy.example:3128", "proxy.example:3128"),
            ("socks5://proxy.example", "socks5://proxy.example"),
        ] {
            assert_eq!(of(&[("HTTPS_PROXY", named)]).unwrap().0, given);
        }
    }

    #[test]
    fn the_proxy_is_the_first_that_is_named_and_no_proxy_excepts_hosts() {
        let proxy = |variables: &[(&str, &str)]| of(variables).map(|(proxy, _)| proxy);
        assert_eq!(proxy(&[]), None);
        assert_eq!(proxy(&[("HTTPS_PROXY", ""), ("https_proxy", "http://b")]).as_deref(), Some("http://b"));
        assert_eq!(proxy(&[("ALL_PROXY", "socks5://a"), ("https_proxy", "http://b")]).as_deref(), Some("http://b"));
        assert_eq!(proxy(&[("all_proxy", "socks5://a")]).as_deref(), Some("socks5://a"));
        assert_eq!(proxy(&[("HTTP_PROXY", "http://a")]), None, "an org is reached by HTTPS only");
        assert_eq!(proxy(&[("HTTPS_PROXY", "http://a"), ("NO_PROXY", "x.example,*")]), None);

        let (_, excepted) = of(&[
            ("HTTPS_PROXY", "http://a"),
            ("no_proxy", "inside.example, .force.com,*.corp.example 10.0.0.0/8,[::1],bad;host"),
        ])
        .unwrap();
        let expected = [
            "inside.example",
            "*.inside.example",
            "force.com",
            "*.force.com",
            "corp.example",
            "*.corp.example",
            "10.0.0.0/8",
            "[::1]",
        ];
        assert_eq!(excepted, expected);
    }
}
