//! A TCP stream that acknowledges received data at once.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::OwnedSemaphorePermit;

use super::accept_loop::Accepted;

/// A client's connection without Nagle's algorithm and without delayed acknowledgements.
///
/// Clients that leave Nagle's algorithm on (urllib3 does behind a proxy) send the body of a request only after its head
/// was acknowledged (RFC 9293, 3.7.4), and the system delays acknowledgements by 40 ms. Selenium for Python then took
/// 50 ms for each command instead of 7. Linux resets the option by itself, so it is set again after each read.
#[derive(Debug)]
pub(super) struct QuickAckStream {
    stream: TcpStream,
    _permit: OwnedSemaphorePermit,
}

impl QuickAckStream {
    /// Wraps a connection that was just accepted.
    pub(super) fn new(accepted: Accepted) -> io::Result<Self> {
        accepted.stream.set_nodelay(true)?;
        Ok(Self { stream: accepted.stream, _permit: accepted.permit })
    }
}

/// Acknowledges everything received so far.
fn acknowledge(stream: &TcpStream) {
    // Without it the connection is slow, not broken.
    #[cfg(target_os = "linux")]
    let _slow = stream.set_quickack(true);
}

impl AsyncRead for QuickAckStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        if read.is_ready() {
            acknowledge(&self.stream);
        }
        read
    }
}

impl AsyncWrite for QuickAckStream {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
