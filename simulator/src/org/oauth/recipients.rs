//! How an app may name the org in an assertion: clients name it by My Domain or by the login host; some name the vendor's own
//! `test.salesforce.com` whatever host they call (contract K1.2).

use crate::org::{Org, paths};
use crate::realm::HostRole;

/// The origins by which the org is known, without a slash at the end.
pub(super) fn origins(org: &Org) -> Vec<String> {
    let hosts = &org.realm.hosts;
    let shared = hosts.name(&HostRole::Login);
    let label = shared.split('.').next().unwrap_or_default();
    vec![
        hosts.origin(&HostRole::MyDomain),
        hosts.origin(&HostRole::Login),
        format!("https://{label}.salesforce.com"),
        "https://test.salesforce.com".to_owned(),
    ]
}

/// The token endpoint under each of them.
pub(super) fn token_endpoints(org: &Org) -> Vec<String> {
    origins(org).into_iter().map(|origin| format!("{origin}{}", paths::TOKEN)).collect()
}
