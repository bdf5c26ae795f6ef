//! The org that a command names.

use std::str::FromStr;

use vestibule_model::{MyDomain, OrgKind};

/// The hosts of an org.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OrgHost {
    /// The bare name of its My Domain host.
    pub(super) host: String,
    /// The bare name of its Lightning host.
    lightning: String,
    /// Its My Domain name.
    pub(super) my_domain: String,
    /// Its kind, as far as the host tells: that of a trial org is the host of a production org.
    pub(super) kind: OrgKind,
}

impl OrgHost {
    /// Whether people may work there.
    pub(super) fn is_production(&self) -> bool {
        self.kind == OrgKind::Production
    }

    /// Its login page.
    pub(super) fn login_url(&self) -> String {
        format!("https://{}/", self.host)
    }

    /// Its Lightning home.
    pub(super) fn home_url(&self) -> String {
        format!("https://{}/lightning/page/home", self.lightning)
    }
}

impl FromStr for OrgHost {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bare = text.trim().to_ascii_lowercase();
        let without_path = bare
            .strip_prefix("https://")
            .map_or(bare.as_str(), |url| url.split(['/', '?', '#']).next().unwrap_or_default());
        if matches!(without_path, "login.salesforce.com" | "test.salesforce.com") {
            return Err(format!("`{without_path}` is the login host of many orgs: name the My Domain host of yours"));
        }
        let MyDomain { name, hosts } = without_path.parse()?;
        let kind = hosts.ok_or_else(|| {
            format!("`{name}` fits several kinds of org: name its host, such as `{name}.my.salesforce.com`")
        })?;
        let part = match kind {
            OrgKind::Sandbox => ".sandbox",
            OrgKind::Scratch => ".scratch",
            OrgKind::DeveloperEdition | OrgKind::PartnerDeveloperEdition => ".develop",
            OrgKind::TrailheadPlayground => ".trailblaze",
            OrgKind::Production | OrgKind::Trial | OrgKind::ConvertedTrial => "",
        };
        Ok(Self {
            host: format!("{name}{part}.my.salesforce.com"),
            lightning: format!("{name}{part}.lightning.force.com"),
            my_domain: name,
            kind,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_org_is_named_by_a_host_a_url_or_the_name_of_a_sandbox() {
        for (text, host, kind) in [
            ("acme--uat", "acme--uat.sandbox.my.salesforce.com", OrgKind::Sandbox),
            ("ACME--UAT.sandbox.my.salesforce.com", "acme--uat.sandbox.my.salesforce.com", OrgKind::Sandbox),
            (
                "https://acme--uat.sandbox.my.salesforce.com/?ec=302",
                "acme--uat.sandbox.my.salesforce.com",
                OrgKind::Sandbox,
            ),
            ("acme--uat.sandbox.lightning.force.com", "acme--uat.sandbox.my.salesforce.com", OrgKind::Sandbox),
            ("https://acme.my.salesforce.com", "acme.my.salesforce.com", OrgKind::Production),
            (
                "acme-dev-ed.develop.my.salesforce.com",
                "acme-dev-ed.develop.my.salesforce.com",
                OrgKind::DeveloperEdition,
            ),
        ] {
            let org: OrgHost = text.parse().unwrap();
            assert_eq!((org.host.as_str(), org.kind), (host, kind), "{text}");
            assert_eq!(org.is_production(), kind == OrgKind::Production);
        }
        let sandbox: OrgHost = "acme--uat".parse().unwrap();
        assert_eq!(sandbox.home_url(), "https://acme--uat.sandbox.lightning.force.com/lightning/page/home");
        for (text, said) in [
            ("acme", "fits several kinds"),
            ("login.salesforce.com", "login host of many orgs"),
            ("https://test.salesforce.com/", "login host of many orgs"),
            ("https://acme.example", "is not a My Domain name"),
        ] {
            let refused = text.parse::<OrgHost>().unwrap_err();
            assert!(refused.contains(said), "{text}: {refused}");
        }
    }
}
