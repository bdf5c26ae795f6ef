//! Why a server does not start.

use std::io::ErrorKind;
use std::net::SocketAddr;

use vestibule_certs::CertError;

use crate::foreign_idp::ForeignIdpError;

/// Why a server did not start.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address is in use, or may not be bound.
    #[error("bind {address}")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// Two realms claim one host.
    #[error("serve two realms on one listener: both claim the host `{host}`")]
    HostTaken {
        /// The host.
        host: String,
    },
    /// The TLS material could not be made or read.
    #[error("prepare TLS")]
    Tls(#[from] CertError),
    /// An identity provider that is not simulated cannot be used.
    #[error(transparent)]
    ForeignIdp(#[from] ForeignIdpError),
}

impl ServeError {
    /// What to do, in one sentence, where somebody can do something.
    pub fn remedy(&self) -> Option<&'static str> {
        match self {
            Self::Bind { source, .. } if source.kind() == ErrorKind::PermissionDenied => {
                Some("choose a port from 1024 on; port 0 takes a free one")
            }
            Self::Bind { .. } => Some("choose another port; port 0 takes a free one"),
            Self::HostTaken { .. } => Some("give each realm its own My Domain name"),
            Self::Tls(error) => error.remedy(),
            Self::ForeignIdp(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_port_is_the_remedy_of_a_port_only() {
        let bind = |kind: ErrorKind| ServeError::Bind { address: ([127, 0, 0, 1], 80).into(), source: kind.into() };
        let cache =
            CertError::Cache { action: "lock", path: "/cache".into(), source: ErrorKind::ReadOnlyFilesystem.into() };
        for (error, expected) in [
            (bind(ErrorKind::AddrInUse), "choose another port"),
            (bind(ErrorKind::PermissionDenied), "from 1024 on"),
            (ServeError::HostTaken { host: "acme.my.salesforce.localhost".to_owned() }, "its own My Domain name"),
            (ServeError::Tls(cache), "XDG_CACHE_HOME"),
        ] {
            assert!(error.remedy().unwrap().contains(expected), "{error}");
        }
    }
}
