//! The My Domain of a team's own org.

use std::str::FromStr;

use crate::{OrgKind, OrgSpec};

/// A My Domain name, and the kind of org whose host names it has, where the text says so.
///
/// It is read as a name (`acme`, `acme--uat`), with the part of its kind (`acme-dev-ed.develop`), or as a host or URL of the
/// org (`acme--uat.sandbox.my.salesforce.com`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MyDomain {
    /// The name.
    pub name: String,
    /// The kind of org whose hosts are meant; `None` if the name fits several.
    pub hosts: Option<OrgKind>,
}

impl MyDomain {
    /// The org with this name and its host names: those of `otherwise` where the name fits several kinds.
    pub fn given_to(&self, org: OrgSpec, otherwise: Option<OrgKind>) -> OrgSpec {
        OrgSpec { my_domain: Some(self.name.clone()), host_kind: self.hosts.or(otherwise), ..org }
    }
}

impl FromStr for MyDomain {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "`{text}` is not a My Domain name: write it in lower-case letters, digits and `-` (`acme--uat`), or a host of \
                 the org (`acme--uat.sandbox.my.salesforce.com`)"
            )
        };
        let host = text.trim().to_ascii_lowercase();
        let host = host.trim_start_matches("https://").trim_end_matches('/');
        let (host, whole) = match OWN_DOMAINS.iter().find_map(|domain| host.strip_suffix(domain)) {
            Some(host) => (host, true),
            None => (host, false),
        };
        let (name, hosts) = match host.split_once('.') {
            Some((name, word)) => {
                let part = PARTITIONS.iter().find(|(known, _)| *known == word).ok_or_else(wrong)?;
                (name, Some(part.1))
            }
            // Only the name of a sandbox has two dashes (contract K1.7).
            None if host.contains("--") && !whole => (host, Some(OrgKind::Sandbox)),
            None => (host, whole.then_some(OrgKind::Production)),
        };
        if is_label(name) { Ok(Self { name: name.to_owned(), hosts }) } else { Err(wrong()) }
    }
}

/// Whether a text can be one label of a host name: lower-case letters, digits and dashes (RFC 1123, 2.1).
fn is_label(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (1..=63).contains(&text.len()) && text.chars().all(plain) && !text.starts_with('-') && !text.ends_with('-')
}

/// What follows the name, and the kind, in a host of one org.
const OWN_DOMAINS: [&str; 3] = [".my.salesforce.com", ".lightning.force.com", ".my.salesforce-setup.com"];

/// The part of a host name by kind, for the kinds that have one.
const PARTITIONS: [(&str, OrgKind); 4] = [
    ("sandbox", OrgKind::Sandbox),
    ("scratch", OrgKind::Scratch),
    ("develop", OrgKind::DeveloperEdition),
    ("trailblaze", OrgKind::TrailheadPlayground),
];

#[cfg(test)]
mod tests {
    use super::MyDomain;
    use crate::OrgKind;

    #[test]
    fn a_my_domain_is_read_as_a_name_a_host_or_a_url() {
        for (text, name, hosts) in [
            ("globex", "globex", None),
            ("globex--qa", "globex--qa", Some(OrgKind::Sandbox)),
            ("globex-dev-ed.develop", "globex-dev-ed", Some(OrgKind::DeveloperEdition)),
            ("globex.my.salesforce.com", "globex", Some(OrgKind::Production)),
            ("https://Globex--QA.sandbox.my.salesforce.com/", "globex--qa", Some(OrgKind::Sandbox)),
            ("globex--qa.sandbox.lightning.force.com", "globex--qa", Some(OrgKind::Sandbox)),
            ("brave-fox-1.scratch.my.salesforce.com", "brave-fox-1", Some(OrgKind::Scratch)),
        ] {
            assert_eq!(text.parse(), Ok(MyDomain { name: name.to_owned(), hosts }), "{text}");
        }
        for text in ["", "-x", "x-", "a b", "acme.example", "login.salesforce.com", "a.b.my.salesforce.com", "ac_me"] {
            assert!(text.parse::<MyDomain>().unwrap_err().contains("is not a My Domain name"), "{text}");
        }
    }
}
