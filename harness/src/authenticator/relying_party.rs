//! Whether an origin may use an RP ID.

use url::{Host, Url};

/// Why an origin may not use an RP ID.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RelyingPartyError {
    /// Neither https nor `localhost`.
    #[error("use a credential at `{origin}`: not a secure context (https, or a host under localhost)")]
    NotSecure {
        /// The origin.
        origin: String,
    },
    /// The RP ID is neither the origin's host nor a registrable suffix of it.
    #[error("use the RP ID `{rp_id}` at `{origin}`: it is neither the host nor a registrable suffix of it")]
    Foreign {
        /// The RP ID.
        rp_id: String,
        /// The origin.
        origin: String,
    },
}

/// Checks that this origin may use this RP ID (WebAuthn Level 3, 5.1.3 step 8 and 5.1.4.1 step 7).
///
/// The origin must be a secure context, and the RP ID must equal its host or be a parent of at least two labels:
/// without the public suffix list, a single label counts as a public suffix (Chromium refuses the RP ID `localhost` at
/// `my.localhost` likewise).
///
/// # Errors
///
/// If one of these conditions does not hold.
pub(crate) fn check_relying_party(origin: &Url, rp_id: &str) -> Result<(), RelyingPartyError> {
    let shown = origin.origin().ascii_serialization();
    let Some(Host::Domain(host)) = origin.host() else {
        return Err(RelyingPartyError::NotSecure { origin: shown });
    };
    let loopback = host == "localhost" || host.ends_with(".localhost");
    if origin.scheme() != "https" && !(origin.scheme() == "http" && loopback) {
        return Err(RelyingPartyError::NotSecure { origin: shown });
    }
    let parent = rp_id.contains('.') && host.strip_suffix(rp_id).is_some_and(|rest| rest.ends_with('.'));
    if host == rp_id || parent {
        Ok(())
    } else {
        Err(RelyingPartyError::Foreign { rp_id: rp_id.to_owned(), origin: shown })
    }
}

#[cfg(test)]
mod tests {
    use super::{RelyingPartyError, check_relying_party};

    #[test]
    fn an_rp_id_is_the_host_or_a_registrable_parent_of_a_secure_origin() {
        let rows = [
            ("https://acme.my.salesforce.localhost:8443/x", "acme.my.salesforce.localhost", "ok"),
            ("https://acme.my.salesforce.localhost", "my.salesforce.localhost", "ok"),
            ("http://login.acme.localhost:1", "acme.localhost", "ok"),
            ("http://localhost:1", "localhost", "ok"),
            ("https://acme.my.salesforce.localhost", "evil.localhost", "foreign"),
            ("https://evil-acme.localhost", "acme.localhost", "foreign"),
            ("https://acme.localhost", "sub.acme.localhost", "foreign"),
            ("https://my.localhost", "localhost", "foreign"),
            ("https://acme.localhost", "", "foreign"),
            ("http://acme.example", "acme.example", "not secure"),
            ("https://127.0.0.1", "127.0.0.1", "not secure"),
            ("ftp://acme.localhost", "acme.localhost", "not secure"),
        ];
        for (origin, rp_id, expected) in rows {
            let verdict = match check_relying_party(&origin.parse().unwrap(), rp_id) {
                Ok(()) => "ok",
                Err(RelyingPartyError::Foreign { .. }) => "foreign",
                Err(RelyingPartyError::NotSecure { .. }) => "not secure",
            };
            assert_eq!(verdict, expected, "{rp_id} at {origin}");
        }
    }
}
