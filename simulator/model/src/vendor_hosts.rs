//! The vendor's real hosts, which a suite must never reach during a test, and those of identity providers.

/// Domains of real orgs, including the government and China clouds. An extra domain does no harm here.
///
/// Source: contract K1.7 for the hosts that clients know; background for the rest.
pub const VENDOR_DOMAINS: [&str; 17] = [
    "salesforce.com",
    "force.com",
    "salesforce-setup.com",
    "cloudforce.com",
    "visualforce.com",
    "documentforce.com",
    "database.com",
    "site.com",
    "salesforce-sites.com",
    "salesforce-experience.com",
    "salesforce-scrt.com",
    "salesforceliveagent.com",
    "trailblazer.me",
    "salesforce.mil",
    "crmforce.mil",
    "sfcrmapps.cn",
    "sfcrmproducts.cn",
];

/// Domains of identity providers under whose real names a simulated one can stand. The test CA may vouch for them, too.
///
/// Source: background.
pub const IDP_DOMAINS: [&str; 11] = [
    "okta.com",
    "oktapreview.com",
    "okta-emea.com",
    "microsoftonline.com",
    "windows.net",
    "auth0.com",
    "onelogin.com",
    "pingone.com",
    "pingidentity.com",
    "duosecurity.com",
    "accounts.google.com",
];

/// Whether a bare host name is one of the vendor's. Case and a final dot are ignored.
pub fn is_vendor_host(host: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    host.chars().all(is_of_a_host) && VENDOR_DOMAINS.iter().any(|domain| is_within(&host, domain))
}

/// Whether a bare host name is one of a production org: the login host that all of them share, or a host of an org whose name
/// says nothing of a sandbox, a scratch org, a developer edition or a playground. Case and a final dot are ignored.
///
/// Source: contract K1.7; the names from before enhanced domains are background. A host that is not known counts as one of
/// production.
pub fn is_production_host(host: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let labels: Vec<&str> = host.split('.').collect();
    let elsewhere = labels.iter().any(|label| OTHER_KINDS.contains(label));
    // `acme--uat.my.salesforce.com`, `acme-dev-ed.my.salesforce.com` and `cs42.salesforce.com`, without a label of their own.
    let first = labels.first().copied().unwrap_or_default();
    let instance = first.strip_prefix("cs").is_some_and(|number| number.parse::<u16>().is_ok());
    let by_name = first.contains("--") || first.ends_with("-dev-ed") || (instance && labels.len() == 3);
    is_vendor_host(&host) && host != SANDBOX_LOGIN && !elsewhere && !by_name
}

/// Whether a text, such as a URL or a line of output, names one of the vendor's hosts.
pub fn names_vendor_host(text: &str) -> bool {
    text.split(|char| !is_of_a_host(char)).any(|word| is_vendor_host(word.trim_matches('.')))
}

/// Whether a host is this domain or below it.
pub fn is_within(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// The login host that all sandboxes share.
const SANDBOX_LOGIN: &str = "test.salesforce.com";
/// Labels of host names that tell an org from production.
const OTHER_KINDS: [&str; 4] = ["sandbox", "scratch", "develop", "trailblaze"];

/// Whether a character can be part of a host name.
fn is_of_a_host(char: char) -> bool {
    char.is_ascii_alphanumeric() || matches!(char, '.' | '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Contract K1.7.
    #[test]
    fn a_host_is_one_of_production_unless_its_name_says_otherwise() {
        for (host, production) in [
            ("login.salesforce.com", true),
            ("acme.my.salesforce.com", true),
            ("ACME.my.salesforce.com.", true),
            ("acme.lightning.force.com", true),
            ("na12.salesforce.com", true),
            ("sandbox-acme.my.salesforce.com", true),
            ("cs-acme.my.salesforce.com", true),
            ("test.salesforce.com", false),
            ("acme--uat.sandbox.my.salesforce.com", false),
            ("acme--uat.sandbox.lightning.force.com", false),
            ("acme--uat.my.salesforce.com", false),
            ("brave-fox-1.scratch.my.salesforce.com", false),
            ("acme-dev-ed.develop.my.salesforce.com", false),
            ("acme-dev-ed.my.salesforce.com", false),
            ("calm-otter-2.trailblaze.my.salesforce.com", false),
            ("cs42.salesforce.com", false),
            ("acme.okta.com", false),
            ("acme--uat.sandbox.my.salesforce.localhost", false),
        ] {
            assert_eq!(is_production_host(host), production, "{host}");
        }
    }

    #[test]
    fn a_host_of_the_vendor_is_found_by_itself_and_in_a_text() {
        for (text, host, named) in [
            ("login.salesforce.com", true, true),
            ("ACME.lightning.force.com.", true, true),
            ("notsalesforce.com", false, false),
            ("salesforce.com.example", false, false),
            ("net::ERR_NAME_NOT_RESOLVED at https://acme.my.salesforce.com/?x=1", false, true),
            ("getaddrinfo ENOTFOUND test.salesforce.com.", false, true),
            ("getaddrinfo ENOTFOUND www.mysite.com", false, false),
            ("https://acme.my.salesforce.localhost:8443/", false, false),
        ] {
            assert_eq!((is_vendor_host(text), names_vendor_host(text)), (host, named), "{text}");
        }
    }
}
