//! What can go wrong with keys and certificates.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Why there is no key or certificate. Each text completes "failed to ...".
#[derive(Debug, thiserror::Error)]
pub enum CertError {
    /// The cache folder or a file in it could not be used.
    #[error("{action} `{}`: {source}", path.display())]
    Cache {
        /// What was tried: `write`, `lock`, …
        action: &'static str,
        /// The folder or file.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// A certificate could not be issued.
    #[error("issue the certificate `{subject}`: {source}")]
    Issue {
        /// Common name of its subject.
        subject: String,
        /// What rcgen said.
        source: rcgen::Error,
    },
    /// OpenSSL refused to make or read a key.
    #[error("{action}: {source}")]
    Key {
        /// What was tried: `generate the RSA key`, …
        action: &'static str,
        /// What OpenSSL said.
        source: openssl::error::ErrorStack,
    },
    /// The public part of a key could not be written as a JWK.
    #[error("write the public key as a JWK: {0}")]
    Jwk(#[from] jsonwebtoken::errors::Error),
    /// rustls refused the configuration or the leaf key.
    #[error("set up TLS: {0}")]
    Tls(#[from] rustls::Error),
    /// No certificate can name this host.
    #[error("make a certificate for `{host}`: not a host name")]
    HostName {
        /// The host as given.
        host: String,
    },
}

impl CertError {
    /// What to do, in one sentence, where somebody can do something.
    pub fn remedy(&self) -> Option<&'static str> {
        match self {
            Self::Cache { source, .. } if source.kind() == ErrorKind::StorageFull => {
                Some("free some space, or set XDG_CACHE_HOME to a folder on another disk")
            }
            Self::Cache { .. } => Some("set XDG_CACHE_HOME to a folder that you can write to"),
            Self::HostName { .. } => Some("write host names with letters, digits, `-` and `.` only"),
            Self::Issue { .. } | Self::Key { .. } | Self::Jwk(_) | Self::Tls(_) => None,
        }
    }

    pub(crate) fn cache(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Cache { action, path, source }
    }

    pub(crate) fn issue(subject: &str) -> impl FnOnce(rcgen::Error) -> Self {
        let subject = subject.to_owned();
        move |source| Self::Issue { subject, source }
    }

    pub(crate) fn key(action: &'static str) -> impl FnOnce(openssl::error::ErrorStack) -> Self {
        move |source| Self::Key { action, source }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_remedy_fits_the_error() {
        let cache = |kind: ErrorKind| CertError::Cache { action: "write", path: "/cache".into(), source: kind.into() };
        for (error, expected) in [
            (cache(ErrorKind::StorageFull), Some("another disk")),
            (cache(ErrorKind::PermissionDenied), Some("that you can write to")),
            (CertError::HostName { host: "a b".to_owned() }, Some("host names")),
            (CertError::Tls(rustls::Error::NoCertificatesPresented), None),
        ] {
            let remedy = error.remedy();
            assert_eq!(remedy.is_some(), expected.is_some(), "{error}");
            assert!(remedy.unwrap_or_default().contains(expected.unwrap_or_default()), "{error}: {remedy:?}");
        }
    }
}
