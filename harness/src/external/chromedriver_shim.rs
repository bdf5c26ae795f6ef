//! A ChromeDriver as suites start it: a port of their choice that leads to a WebDriver endpoint.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use url::Url;

use super::prompt::acknowledge;

/// Listens in ChromeDriver's place.
#[derive(Debug)]
pub struct ChromeDriverShim {
    listeners: Vec<TcpListener>,
    endpoint: SocketAddr,
}

/// Completes "failed to ...".
#[derive(Debug, thiserror::Error)]
pub enum ShimError {
    /// The port is taken.
    #[error("listen on port {port}")]
    Bind {
        /// The port.
        port: u16,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// The URL of the endpoint names no address.
    #[error("find an address in `{0}`")]
    Endpoint(Url),
}

impl ChromeDriverShim {
    /// Listens on a port of the loopback, on both IP versions as ChromeDriver does; 0 takes a free one.
    ///
    /// # Errors
    ///
    /// When the port is taken, or the URL names no address.
    pub async fn bind(endpoint: &Url, port: u16) -> Result<Self, ShimError> {
        let addresses = endpoint.socket_addrs(|| None).unwrap_or_default();
        let address = addresses.first().copied().ok_or_else(|| ShimError::Endpoint(endpoint.clone()))?;
        let bind = |source| ShimError::Bind { port, source };
        let first = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(bind)?;
        let port = first.local_addr().map_err(bind)?.port();
        // A machine without IPv6 does without.
        let second = TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await.ok();
        Ok(Self { listeners: std::iter::once(first).chain(second).collect(), endpoint: address })
    }

    /// The port.
    ///
    /// # Errors
    ///
    /// When the system does not tell it.
    pub fn port(&self) -> std::io::Result<u16> {
        self.listeners.first().map_or(Ok(0), |listener| Ok(listener.local_addr()?.port()))
    }

    /// Forwards connections until a client asks for `/shutdown`, as clients do to end a driver.
    pub async fn run(self) {
        let shutdown = Notify::new();
        let Self { listeners, endpoint } = &self;
        let accepting = listeners.iter().map(|listener| accept(listener, *endpoint, &shutdown));
        tokio::select! {
            _ = futures_util::future::join_all(accepting) => {}
            () = shutdown.notified() => {}
        }
    }
}

async fn accept(listener: &TcpListener, endpoint: SocketAddr, shutdown: &Notify) {
    let connections =
        futures_util::stream::unfold(listener, |listener| async move { Some((listener.accept().await, listener)) });
    futures_util::StreamExt::for_each_concurrent(connections, None, |accepted| async move {
        if let Ok((client, _)) = accepted
            && forward(client, endpoint).await.is_ok_and(|asked| asked == Asked::Shutdown)
        {
            shutdown.notify_one();
        }
    })
    .await;
}

#[derive(Debug, PartialEq, Eq)]
enum Asked {
    Shutdown,
    Commands,
}

/// Passes bytes both ways. Clients send a request when the last one is answered, so each begins a piece of its own.
async fn forward(mut client: TcpStream, endpoint: SocketAddr) -> std::io::Result<Asked> {
    client.set_nodelay(true)?;
    let mut server = TcpStream::connect(endpoint).await?;
    server.set_nodelay(true)?;
    let (mut from_client, mut to_client) = client.split();
    let (mut from_server, mut to_server) = server.split();
    let asked = async {
        let mut piece = vec![0; PIECE];
        loop {
            let length = from_client.read(&mut piece).await?;
            acknowledge(from_client.as_ref());
            if length == 0 {
                return Ok::<_, std::io::Error>(Asked::Commands);
            }
            if asks_for_shutdown(&piece[..length]) {
                return Ok(Asked::Shutdown);
            }
            to_server.write_all(&piece[..length]).await?;
        }
    };
    let asked = tokio::select! {
        asked = asked => asked?,
        copied = tokio::io::copy(&mut from_server, &mut to_client) => copied.map(|_| Asked::Commands)?,
    };
    if asked == Asked::Shutdown {
        client.write_all(SHUT_DOWN).await?;
        client.shutdown().await?;
    }
    Ok(asked)
}

/// `GET /shutdown HTTP/1.1`, with or without a base.
fn asks_for_shutdown(piece: &[u8]) -> bool {
    let line = piece.split(|byte| *byte == b'\r').next().unwrap_or_default();
    line.split(|byte| *byte == b' ').nth(1).is_some_and(|path| path.ends_with(b"/shutdown"))
}

const PIECE: usize = 16 << 10;
const SHUT_DOWN: &[u8] =
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 14\r\nConnection: close\r\n\r\n{\"value\":null}";
