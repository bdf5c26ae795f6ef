//! The HTTP client for drivers and for the debugging port of a browser.

use reqwest::{Client, ClientBuilder};

/// A client for a server with URLs of this scheme, without a proxy. Only for `https` it loads the certificates that the
/// system trusts: that takes a few milliseconds, and fails where there are none, as in an empty container.
pub(crate) fn client_to(scheme: &str) -> ClientBuilder {
    let builder = Client::builder().no_proxy();
    if scheme == "https" { builder } else { builder.tls_certs_only([]) }
}
