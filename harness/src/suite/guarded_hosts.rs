//! The hosts that a suite's browser finds where we say, and host rules of the suite as far as they change nothing of that.
//!
//! Chromium applies a rule once: what it maps a host onto is resolved as it stands, whatever other rules say of it. And a
//! host that one rule excludes is mapped by none (`net/base/host_mapping_rules.cc`).

use std::net::SocketAddr;

use vestibule_model::vendor_hosts::{VENDOR_DOMAINS, is_vendor_host};

/// The hosts of the realm, and the vendor's.
#[derive(Debug, Clone)]
pub(crate) struct GuardedHosts {
    /// The bare host names of the realm.
    pub(crate) hosts: Vec<String>,
    /// Where they are.
    pub(crate) address: SocketAddr,
}

impl GuardedHosts {
    /// Each host as a pattern of Chromium.
    pub(super) fn patterns(&self) -> impl Iterator<Item = String> {
        self.hosts.iter().cloned().chain(vendor_patterns())
    }

    /// The suite's rules, separated by commas. One that maps a name onto a host of the realm leads to the realm, and onto
    /// another host of the vendor nowhere; one that excludes a guarded host is left out.
    pub(crate) fn harmless(&self, rules: &str) -> String {
        rules.split(',').filter_map(|rule| self.harmless_rule(rule.trim())).collect::<Vec<_>>().join(", ")
    }

    fn harmless_rule(&self, rule: &str) -> Option<String> {
        let words: Vec<&str> = rule.split_ascii_whitespace().collect();
        match words[..] {
            [kind, pattern] if kind.eq_ignore_ascii_case("exclude") && self.excludes_guarded(pattern) => None,
            [kind, pattern, onto] if kind.eq_ignore_ascii_case("map") => {
                let (host, _) = onto.rsplit_once(':').filter(|(host, _)| !host.ends_with(':')).unwrap_or((onto, ""));
                let host = host.trim_end_matches('.').to_ascii_lowercase();
                Some(if self.hosts.contains(&host) {
                    format!("{kind} {pattern} {}", self.address)
                } else if is_vendor_host(&host) {
                    format!("{kind} {pattern} ~NOTFOUND")
                } else {
                    rule.to_owned()
                })
            }
            [] => None,
            _ => Some(rule.to_owned()),
        }
    }

    fn excludes_guarded(&self, pattern: &str) -> bool {
        let pattern = pattern.to_ascii_lowercase();
        self.patterns().any(|guarded| may_match_the_same(pattern.as_bytes(), guarded.as_bytes()))
    }
}

/// The vendor's domains and everything below them. Patterns do not match a host with a final dot, so it has its own.
pub(super) fn vendor_patterns() -> impl Iterator<Item = String> {
    VENDOR_DOMAINS.iter().flat_map(|domain| {
        ["", "*."].into_iter().flat_map(move |below| ["", "."].map(|dot| format!("{below}{domain}{dot}")))
    })
}

/// Whether there is a host that both patterns match. `*` stands for any characters, `?` for one or none
/// (`base/strings/pattern.h`).
fn may_match_the_same(one: &[u8], other: &[u8]) -> bool {
    // Whether the rest of both may match the same from here on, for each place in `other`; from the end.
    let mut after: Vec<bool> = Vec::new();
    for at in (0..=one.len()).rev() {
        let first = one.get(at);
        let mut here = vec![false; other.len() + 1];
        for place in (0..=other.len()).rev() {
            let second = other.get(place);
            let skips = |byte: Option<&u8>| matches!(byte, Some(b'*' | b'?'));
            let next = |row: &[bool], index: usize| row.get(index).copied().unwrap_or(false);
            here[place] = match (first, second) {
                (None, None) => true,
                _ if skips(first) && next(&after, place) => true,
                _ if skips(second) && next(&here, place + 1) => true,
                (Some(first), Some(second)) if skips(Some(first)) || skips(Some(second)) || first == second => {
                    // Each takes one character, and a star may take more.
                    let row: &[bool] = if *first == b'*' { &here } else { &after };
                    let index = if *second == b'*' { place } else { place + 1 };
                    (*first, *second) != (b'*', b'*') && next(row, index)
                }
                _ => false,
            };
        }
        after = here;
    }
    after.first().copied().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guarded() -> GuardedHosts {
        let hosts = vec!["acme.my.salesforce.localhost".to_owned(), "login.salesforce.com".to_owned()];
        GuardedHosts { hosts, address: ([127, 0, 0, 1], 8443).into() }
    }

    #[test]
    fn a_rule_that_leads_an_alias_to_a_real_org_leads_nowhere_and_one_to_the_realm_leads_there() {
        for (own, kept) in [
            ("MAP alias na1.salesforce.com", "MAP alias ~NOTFOUND"),
            ("map  alias  NA1.Force.com.:443", "map alias ~NOTFOUND"),
            ("MAP * test.salesforce.com , MAP b c", "MAP * ~NOTFOUND, MAP b c"),
            ("MAP alias:443 login.salesforce.com", "MAP alias:443 127.0.0.1:8443"),
            ("MAP alias acme.my.salesforce.localhost:443", "MAP alias 127.0.0.1:8443"),
            (
                "MAP a 192.0.2.1:8443,MAP b [::1]:1,MAP c ~NOTFOUND",
                "MAP a 192.0.2.1:8443, MAP b [::1]:1, MAP c ~NOTFOUND",
            ),
            ("MAP a notsalesforce.com", "MAP a notsalesforce.com"),
            (",, MAP a", "MAP a"),
        ] {
            assert_eq!(guarded().harmless(own), kept, "{own}");
        }
    }

    #[test]
    fn a_rule_that_would_exclude_a_guarded_host_from_all_others_is_left_out() {
        for pattern in [
            "login.salesforce.com",
            "EU5.salesforce.com",
            "*",
            "*.com",
            "*sales*",
            "*.my.*",
            "acme.my.salesforce.local?ost",
            "l?ogin.salesforce.com",
            "a*m",
            "*.force.com.",
        ] {
            assert_eq!(
                guarded().harmless(&format!("MAP * ~NOTFOUND, EXCLUDE {pattern}")),
                "MAP * ~NOTFOUND",
                "{pattern}"
            );
        }
        for pattern in ["localhost", "127.0.0.1", "*.example.org", "salesforce.org", "*.com.example", "acme.localhost"]
        {
            let own = format!("MAP * ~NOTFOUND, EXCLUDE {pattern}");
            assert_eq!(guarded().harmless(&own), own, "{pattern}");
        }
    }
}
