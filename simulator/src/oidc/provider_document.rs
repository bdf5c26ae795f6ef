//! Reads the discovery document of an OpenID provider. Source: OpenID Connect Discovery 1.0, 3 and 4.3; RFC 9207, 3.

use serde::Deserialize;
use url::Url;

use super::discovery::DISCOVERY_PATH;

/// What an org reads from a discovery document.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct ProviderDocument {
    /// Issuer identifier.
    pub(crate) issuer: String,
    /// Where the browser is sent.
    pub(crate) authorization_endpoint: Url,
    /// Where codes are exchanged.
    pub(crate) token_endpoint: Url,
    /// The keys.
    pub(crate) jwks_uri: Url,
    /// Whether answers name their issuer.
    #[serde(default)]
    pub(crate) authorization_response_iss_parameter_supported: bool,
}

/// Why a discovery document cannot be used. Each text is a sentence without a period.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DiscoveryFault {
    /// Not JSON, or a member is missing.
    #[error("it is not a discovery document: {0}")]
    NotADocument(#[from] serde_json::Error),
    /// An address that is none of the web.
    #[error("`{member}` is {found}, which is not an http or https address")]
    NotOfTheWeb {
        /// Name of the member.
        member: &'static str,
        /// What was found.
        found: Url,
    },
    /// A document of somebody else.
    #[error("it was read from {read_from}, and belongs to the issuer {issuer}")]
    OtherIssuer {
        /// The URL of the document.
        read_from: Url,
        /// The issuer in it.
        issuer: String,
    },
}

impl ProviderDocument {
    /// Reads a document. One that was read from a URL must be that of its issuer.
    ///
    /// # Errors
    ///
    /// The first reason why no login could work with it.
    pub(crate) fn read(text: &[u8], read_from: Option<&Url>) -> Result<Self, DiscoveryFault> {
        let read: Self = serde_json::from_slice(text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text))?;
        for (member, url) in [
            ("authorization_endpoint", &read.authorization_endpoint),
            ("token_endpoint", &read.token_endpoint),
            ("jwks_uri", &read.jwks_uri),
        ] {
            if !["http", "https"].contains(&url.scheme()) {
                return Err(DiscoveryFault::NotOfTheWeb { member, found: url.clone() });
            }
        }
        match read_from.filter(|url| url.as_str() != format!("{}{DISCOVERY_PATH}", read.issuer.trim_end_matches('/'))) {
            None => Ok(read),
            Some(url) => Err(DiscoveryFault::OtherIssuer { read_from: url.clone(), issuer: read.issuer }),
        }
    }
}

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();
