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
    /// The address is open to other machines.
    #[error("bind {address}: only loopback addresses are served")]
    NotLoopback {
        /// The address.
        address: SocketAddr,
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
