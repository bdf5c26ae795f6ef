//! Tunnels: bytes are copied unchanged in both directions.

use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use http::uri::{Authority, Scheme};
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use super::answers::{self, Body};
use super::destination::Destination;
use super::handshake::Handshake;
use super::server_name::{FirstBytes, WantedServer};
use super::state::ProxyState;
use crate::outcome::ProxyFate;
use crate::stopwatch::Stopwatch;

/// A tunnel to the realm's listener, whatever port the request names.
pub(super) async fn to_realm(request: Request<Incoming>, target: String, state: &Arc<ProxyState>) -> Response<Body> {
    let realm = match TcpStream::connect(state.destinations.realm()).await {
        Ok(realm) => realm,
        Err(error) => {
            state.log.note(target.clone(), ProxyFate::Unreachable);
            return answers::unreachable(&target, &error.to_string());
        }
    };
    let entry = state.log.note(target, ProxyFate::Realm);
    let of_tunnel = Arc::clone(state);
    state.spawn(async move {
        let Ok(client) = hyper::upgrade::on(request).await else { return };
        if through_handshake(TokioIo::new(client), realm).await == Trust::Refused {
            of_tunnel.log.correct(entry, ProxyFate::CertificateRefused);
        }
    });
    answers::connected()
}

/// A tunnel to any other host. The host may be an address of the vendor, or a name for one: what the client asks for in
/// its TLS handshake decides, before anything is sent to an address.
pub(super) async fn elsewhere(
    request: Request<Incoming>,
    (host, port): (String, u16),
    target: String,
    state: &Arc<ProxyState>,
) -> Response<Body> {
    let tunnel = Tunnel { address: host.parse().ok(), host, port, target, state: Arc::clone(state) };
    let there = if tunnel.may_be_vendors_address() {
        None
    } else {
        match tunnel.reach().await {
            Ok(there) => Some(there),
            Err(error) => {
                state.log.note(tunnel.target.clone(), ProxyFate::Unreachable);
                return answers::unreachable(&tunnel.target, &error.to_string());
            }
        }
    };
    state.spawn(async move {
        let Ok(client) = hyper::upgrade::on(request).await else { return };
        tunnel.join(TokioIo::new(client), there).await;
    });
    answers::connected()
}

/// A tunnel to a host that is not known to be the realm's or the vendor's.
struct Tunnel {
    host: String,
    /// The host, where it is an address.
    address: Option<IpAddr>,
    port: u16,
    /// Host and port as a request names them, and as they are logged.
    target: String,
    state: Arc<ProxyState>,
}

impl Tunnel {
    fn may_be_vendors_address(&self) -> bool {
        self.address.is_some_and(|address| !address.is_loopback())
    }

    /// Whether it goes to this machine, whatever the client asks for.
    fn is_to_loopback(&self) -> bool {
        self.address.is_some_and(|address| address.is_loopback())
    }

    /// Passes everything on, unless the client asks for a host of the vendor. `there` is the connection to the host, if
    /// it is open.
    async fn join(self, mut client: TokioIo<Upgraded>, mut there: Option<TcpStream>) {
        let (sent, asked) = if self.is_to_loopback() {
            (Vec::new(), WantedServer::Nothing)
        } else {
            first_bytes(&mut client, there.as_mut()).await
        };
        let (destination, target) = self.judge(asked);
        let (fate, opened) = match (destination, there) {
            (Destination::Vendor, _) => {
                self.state.log.note(target, ProxyFate::RefusedRealHost);
                return;
            }
            (Destination::Realm, _) => (ProxyFate::Realm, TcpStream::connect(self.state.destinations.realm()).await),
            (Destination::Elsewhere, Some(there)) => (ProxyFate::PassedOn, Ok(there)),
            (Destination::Elsewhere, None) => (ProxyFate::PassedOn, self.reach().await),
        };
        let Ok(mut there) = opened else {
            self.state.log.note(target, ProxyFate::Unreachable);
            return;
        };
        self.state.log.note(target, fate);
        if there.write_all(&sent).await.is_ok() {
            // Either side may close at any time.
            let _closed = copy_bidirectional(&mut client, &mut there).await;
        }
    }

    /// Where it leads, and how that is logged, once it is known what the client asks for.
    fn judge(&self, asked: WantedServer) -> (Destination, String) {
        match asked {
            WantedServer::Nothing => (Destination::Elsewhere, self.target.clone()),
            WantedServer::Vendor => (Destination::Vendor, self.target.clone()),
            WantedServer::Name(name) => match self.state.destinations.of(&name) {
                Destination::Elsewhere => (Destination::Elsewhere, self.target.clone()),
                known => (known, format!("{name}:{}", self.port)),
            },
        }
    }

    /// A connection to the host, through the proxy of the environment if there is one.
    async fn reach(&self) -> io::Result<TcpStream> {
        let authority: Authority = self.target.parse().map_err(io::Error::other)?;
        match self.state.upstream.as_ref().and_then(|upstream| upstream.hop(Scheme::HTTPS, &authority)) {
            Some(hop) => within_limit(hop.tunnel(&authority)).await,
            None => connect(&self.host, self.port).await,
        }
    }
}

/// What the client sends until it is known what it asks for. A server may send first, and its bytes are passed on.
async fn first_bytes(client: &mut TokioIo<Upgraded>, mut there: Option<&mut TcpStream>) -> (Vec<u8>, WantedServer) {
    let (mut from_client, mut from_there) = (vec![0; COPY_BUFFER_BYTES], vec![0; COPY_BUFFER_BYTES]);
    let mut first = FirstBytes::default();
    loop {
        let from_server = async {
            match there.as_mut() {
                Some(there) => there.read(&mut from_there).await,
                None => std::future::pending().await,
            }
        };
        let read = tokio::select! {
            read = client.read(&mut from_client) => match read {
                Ok(count @ 1..) => {
                    if let Some(asked) = first.read(&from_client[..count]) {
                        return (first.bytes().to_vec(), asked);
                    }
                    true
                }
                _ => false,
            },
            read = from_server => match read {
                Ok(count @ 1..) => client.write_all(&from_there[..count]).await.is_ok(),
                _ => false,
            },
            () = sleep(SILENCE) => false,
        };
        if !read {
            return (first.bytes().to_vec(), first.unread());
        }
    }
}

/// A connection to a host. Names below `.localhost` are the loopback address (RFC 6761, 6.3), whatever the resolver
/// says.
pub(super) async fn connect(host: &str, port: u16) -> io::Result<TcpStream> {
    let name = host.trim_end_matches('.').to_ascii_lowercase();
    let connected = async {
        if name.ends_with(".localhost") {
            TcpStream::connect((IpAddr::V4(Ipv4Addr::LOCALHOST), port)).await
        } else {
            TcpStream::connect((host, port)).await
        }
    };
    within_limit(connected).await
}

/// The connection, if it comes in time.
pub(super) async fn within_limit(connected: impl Future<Output = io::Result<TcpStream>>) -> io::Result<TcpStream> {
    let stream = timeout(CONNECT_TIMEOUT, connected)
        .await
        .unwrap_or_else(|_| Err(io::Error::new(io::ErrorKind::TimedOut, "it did not answer in time")))?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Whether the client accepted the realm's certificate.
#[derive(Debug, PartialEq, Eq)]
enum Trust {
    Refused,
    NotRefused,
}

/// Watches the record headers until data flows, then only copies.
async fn through_handshake(mut client: TokioIo<Upgraded>, mut realm: TcpStream) -> Trust {
    let (mut from_client, mut from_realm) = (vec![0; COPY_BUFFER_BYTES], vec![0; COPY_BUFFER_BYTES]);
    let mut handshake = Handshake::default();
    let mut since_finished = None;
    let _no_delay = realm.set_nodelay(true);
    while !handshake.has_data() {
        let passed = tokio::select! {
            read = client.read(&mut from_client) => match read {
                Ok(count @ 1..) => {
                    handshake.read_from_client(&from_client[..count]);
                    if handshake.is_finished() {
                        since_finished.get_or_insert_with(Stopwatch::start);
                    }
                    realm.write_all(&from_client[..count]).await
                }
                _ => {
                    // The client is gone: pass on only the end.
                    let _closed = realm.shutdown().await;
                    let at_once = since_finished.is_none_or(|since| since.elapsed() < REFUSAL_CLOSES_WITHIN);
                    return if handshake.is_refused(at_once) { Trust::Refused } else { Trust::NotRefused };
                }
            },
            read = realm.read(&mut from_realm) => match read {
                Ok(count @ 1..) => {
                    handshake.read_from_realm(&from_realm[..count]);
                    client.write_all(&from_realm[..count]).await
                }
                _ => {
                    let _closed = client.shutdown().await;
                    return if handshake.is_refused(false) { Trust::Refused } else { Trust::NotRefused };
                }
            },
        };
        if passed.is_err() {
            return if handshake.is_refused(true) { Trust::Refused } else { Trust::NotRefused };
        }
    }
    // Either side may close at any time.
    let _closed = copy_bidirectional(&mut client, &mut realm).await;
    Trust::NotRefused
}

const COPY_BUFFER_BYTES: usize = 16 << 10;
/// A client that sends nothing for so long waits for the server to send first.
const SILENCE: Duration = Duration::from_secs(2);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// A client that checks the certificate after the handshake closes within this time; an idle connection stays open
/// longer.
const REFUSAL_CLOSES_WITHIN: Duration = Duration::from_secs(2);
