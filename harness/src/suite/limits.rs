//! Limits on what clients may use of the listeners of a suite.

use std::time::Duration;

use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper_util::rt::TokioTimer;

/// Limits on what clients may use of a listener.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Time to receive the headers of a request. Idle connections are closed after the same time.
    pub headers: Duration,
    /// Bytes of the request line and all headers.
    pub header_bytes: usize,
    /// Open connections.
    pub connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { headers: Duration::from_secs(60), header_bytes: 128 << 10, connections: 512 }
    }
}

impl Limits {
    /// An HTTP server within these limits.
    pub(crate) fn http1(self) -> http1::Builder {
        let mut builder = http1::Builder::new();
        builder.timer(TokioTimer::new()).header_read_timeout(self.headers).max_buf_size(self.header_bytes);
        builder
    }
}

/// The whole body of a command. The error completes a sentence of its own.
pub(super) async fn collect(body: Incoming) -> Result<Bytes, String> {
    let collected = Limited::new(body, BODY_BYTES).collect();
    match tokio::time::timeout(BODY, collected).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            Err(format!("the body of a command has at most {BODY_BYTES} bytes"))
        }
        Ok(Err(_)) => Err("the request ended early".to_owned()),
        Err(_) => Err(format!("the body of the command did not come within {} seconds", BODY.as_secs())),
    }
}

/// Time to receive the body of a command.
const BODY: Duration = Duration::from_secs(60);
/// Bytes of a command: files that a suite uploads, and browser profiles, are sent in one.
const BODY_BYTES: usize = 256 << 20;
