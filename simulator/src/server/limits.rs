//! Limits on what clients may use of a listener.

use std::time::Duration;

use hyper::server::conn::http1;
use hyper_util::rt::TokioTimer;

/// Limits on what clients may use of a listener.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// Time for a TLS handshake.
    pub(super) handshake: Duration,
    /// Time to receive the headers of a request. Idle connections are closed after the same time.
    pub(super) headers: Duration,
    /// Time to receive the body of a request.
    pub(super) body: Duration,
    /// Bytes of the request line and all headers.
    pub(super) header_bytes: usize,
    /// Bytes of a body. Endpoints have lower limits, and refuse larger bodies with an error of their protocol.
    pub(super) body_bytes: usize,
    /// Open connections.
    pub(super) connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            handshake: Duration::from_secs(10),
            headers: Duration::from_secs(60),
            body: Duration::from_secs(30),
            header_bytes: 128 * 1024,
            body_bytes: 4 * 1024 * 1024,
            connections: 512,
        }
    }
}

impl Limits {
    /// An HTTP server within these limits.
    pub(super) fn http1(self) -> http1::Builder {
        let mut builder = http1::Builder::new();
        builder.timer(TokioTimer::new()).header_read_timeout(self.headers).max_buf_size(self.header_bytes);
        builder
    }
}
