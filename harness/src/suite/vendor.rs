//! The vendor's real hosts: those that a suite must never reach while it is tested here.

/// Domains under which real orgs log in, answer or are set up, the government and China clouds among them. Refusing one
/// too many costs a suite nothing here.
///
/// Source: contract K1.7 for the hosts that clients know; background for the rest.
pub(super) const VENDOR_DOMAINS: [&str; 17] = [
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
