//! Why a server does not start.

use std::net::SocketAddr;

use vestibule_certs::CertError;

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
}
