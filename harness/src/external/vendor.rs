//! The vendor's real hosts: those that a suite must never reach while it is tested here.

/// Domains under which real orgs live (facts K, design 4).
pub(super) const VENDOR_DOMAINS: [&str; 6] = [
    "salesforce.com",
    "force.com",
    "salesforce-setup.com",
    "salesforce-sites.com",
    "visualforce.com",
    "cloudforce.com",
];
