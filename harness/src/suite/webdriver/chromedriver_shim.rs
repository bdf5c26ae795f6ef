//! Replaces a ChromeDriver that a suite starts: listens on the port that the suite chose and forwards to the endpoint.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use http::header::{CONNECTION, CONTENT_TYPE, HeaderValue};
use http::{Request, Response, StatusCode};
use http_body_util::{Either, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client;
use hyper::client::conn::http1::SendRequest;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Mutex, Notify};
use tokio::task::JoinSet;
use url::Url;

use crate::suite::accept_loop::{Accepted, accept_loop};
use crate::suite::limits::Limits;
use crate::suite::loopback_guard;
use crate::suite::peer::OtherEnd;
use crate::suite::quick_ack_stream::QuickAckStream;

/// A listener in ChromeDriver's place.
#[derive(Debug)]
pub(crate) struct ChromeDriverShim {
    listeners: Vec<TcpListener>,
    endpoint: SocketAddr,
    limits: Limits,
}

/// Completes "failed to ...".
#[derive(Debug, thiserror::Error)]
pub(crate) enum ShimError {
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
    /// Listens on a loopback port, on both IP versions as ChromeDriver does; 0 picks a free port.
    ///
    /// # Errors
    ///
    /// If the port is taken, or the URL names no address.
    pub(crate) async fn bind(endpoint: &Url, port: u16) -> Result<Self, ShimError> {
        Self::bind_within(Limits::default(), endpoint, port).await
    }

    pub(in crate::suite) async fn bind_within(limits: Limits, endpoint: &Url, port: u16) -> Result<Self, ShimError> {
        let addresses = endpoint.socket_addrs(|| None).unwrap_or_default();
        let address = addresses.first().copied().ok_or_else(|| ShimError::Endpoint(endpoint.clone()))?;
        let bind = |source| ShimError::Bind { port, source };
        let first = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(bind)?;
        let port = first.local_addr().map_err(bind)?.port();
        // A machine without IPv6 uses IPv4 only.
        let second = TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await.ok();
        Ok(Self { listeners: std::iter::once(first).chain(second).collect(), endpoint: address, limits })
    }

    /// The port.
    ///
    /// # Errors
    ///
    /// If the system does not report it.
    pub(crate) fn port(&self) -> std::io::Result<u16> {
        self.listeners.first().map_or(Ok(0), |listener| Ok(listener.local_addr()?.port()))
    }

    /// Passes requests on until a client asks for `/shutdown`, as clients do to end a driver.
    pub(crate) async fn run(self) {
        let shutdown = Arc::new(Notify::new());
        let Self { listeners, endpoint, limits } = &self;
        let accepting = listeners.iter().map(|listener| accept(listener, *limits, *endpoint, &shutdown));
        tokio::select! {
            _ = futures_util::future::join_all(accepting) => {}
            () = shutdown.notified() => {}
        }
    }
}

async fn accept(listener: &TcpListener, limits: Limits, endpoint: SocketAddr, shutdown: &Arc<Notify>) {
    let mut connections = JoinSet::new();
    let serve = |client| {
        while connections.try_join_next().is_some() {}
        let shutdown = Arc::clone(shutdown);
        connections.spawn(async move {
            if serve(client, endpoint).await.is_ok_and(|ending| ending == Ending::Shutdown) {
                shutdown.notify_one();
            }
        });
    };
    accept_loop(listener, limits, serve).await;
}

#[derive(Debug, PartialEq, Eq)]
enum Ending {
    Shutdown,
    Commands,
}

/// Serves a client over a separate connection to the endpoint.
async fn serve(accepted: Accepted, endpoint: SocketAddr) -> std::io::Result<Ending> {
    let (other_end, limits) = (accepted.other_end(), accepted.limits);
    let client = QuickAckStream::new(accepted)?;
    let server = TcpStream::connect(endpoint).await?;
    server.set_nodelay(true)?;
    let (sender, connection) =
        client::conn::http1::handshake(TokioIo::new(server)).await.map_err(std::io::Error::other)?;
    let (sender, shut_down) = (Arc::new(Mutex::new(sender)), Arc::new(AtomicBool::new(false)));
    let service = service_fn(|request| answer(request, other_end.clone(), Arc::clone(&sender), Arc::clone(&shut_down)));
    let serving = limits.http1().serve_connection(TokioIo::new(client), service).with_upgrades();
    tokio::pin!(serving);
    tokio::select! {
        // A client that goes away in the middle of a request needs no answer.
        _ended = &mut serving => {}
        // Without the endpoint the current request fails, and its client sees the connection end.
        _ended = connection.with_upgrades() => {
            let _ended = serving.await;
        }
    }
    Ok(if shut_down.load(Ordering::Relaxed) { Ending::Shutdown } else { Ending::Commands })
}

type ShimBody = Either<Full<Bytes>, Incoming>;

async fn answer(
    mut request: Request<Incoming>,
    other_end: OtherEnd,
    endpoint: Arc<Mutex<SendRequest<Incoming>>>,
    shut_down: Arc<AtomicBool>,
) -> Result<Response<ShimBody>, hyper::Error> {
    if let Err(refusal) = loopback_guard::check(&request, other_end.peer().await) {
        return Ok(refusal.answer().map(Either::Left));
    }
    // With or without a base: `/wd/hub/shutdown`.
    if request.uri().path().ends_with("/shutdown") {
        shut_down.store(true, Ordering::Relaxed);
        let mut response = Response::new(Either::Left(Full::from(r#"{"value":null}"#)));
        response.headers_mut().extend([
            (CONTENT_TYPE, HeaderValue::from_static("application/json")),
            (CONNECTION, HeaderValue::from_static("close")),
        ]);
        return Ok(response);
    }
    let client = hyper::upgrade::on(&mut request);
    let mut response = endpoint.lock().await.send_request(request).await?;
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        let server = hyper::upgrade::on(&mut response);
        tokio::spawn(async move {
            if let (Ok(client), Ok(server)) = (client.await, server.await) {
                // Either side may close at any time.
                let _closed = copy_bidirectional(&mut TokioIo::new(client), &mut TokioIo::new(server)).await;
            }
        });
    }
    Ok(response.map(Either::Right))
}
