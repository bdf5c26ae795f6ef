//! An identity provider that is not simulated, as the org knows it.

use jiff::Timestamp;
use url::Url;

/// What the admin of the org configured from the identity provider's own document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ForeignIdp {
    /// A SAML identity provider.
    Saml(ForeignSaml),
    /// An OpenID provider.
    Oidc(ForeignOidc),
}

/// A SAML identity provider, by its metadata.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignSaml {
    /// Entity id.
    pub entity_id: String,
    /// Where requests go by HTTP-POST; at least one of the two is there.
    pub post_url: Option<String>,
    /// Where requests go by HTTP-Redirect.
    pub redirect_url: Option<String>,
    /// Where a `LogoutRequest` goes by HTTP-Redirect, and where the answer to one goes.
    pub logout_urls: Option<(String, String)>,
    /// Its signing certificates, DER, each with its end: more than one while keys roll over.
    pub certificates: Vec<(Vec<u8>, Timestamp)>,
}

/// An OpenID provider, by its discovery document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignOidc {
    /// Issuer identifier.
    pub issuer: String,
    /// Where the browser is sent.
    pub authorization_endpoint: Url,
    /// Where codes are exchanged.
    pub token_endpoint: Url,
    /// The keys.
    pub jwks_uri: Url,
    /// Whether its answers name their issuer (RFC 9207).
    pub names_itself: bool,
}

impl ForeignSaml {
    /// Where a request goes: by the wanted binding, or by the only one that there is; and whether that is HTTP-Redirect.
    pub(crate) fn endpoint(&self, by_redirect: bool) -> (&str, bool) {
        match (&self.post_url, &self.redirect_url) {
            (Some(post), None) => (post.as_str(), false),
            (Some(post), Some(_)) if !by_redirect => (post.as_str(), false),
            (_, Some(redirect)) => (redirect.as_str(), true),
            (None, None) => ("", by_redirect),
        }
    }
}

impl ForeignIdp {
    /// The addresses that the org calls by itself.
    pub(crate) fn called(&self) -> Vec<&Url> {
        match self {
            Self::Saml(_) => Vec::new(),
            Self::Oidc(op) => vec![&op.token_endpoint, &op.jwks_uri],
        }
    }
}
