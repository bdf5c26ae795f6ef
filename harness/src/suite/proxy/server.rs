//! Connections to the proxy and what each request asks for.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use http::uri::Authority;
use http::{Method, Request, Response, Uri};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use parking_lot::Mutex;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::answers::{self, Body};
use super::records::Records;
use super::route::{Route, Routes};
use super::{forward, tunnel};
use crate::outcome::ProxyFate;
use crate::suite::prompt::Prompt;

/// What all connections share.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) routes: Routes,
    pub(super) records: Records,
    /// Every connection and tunnel; `None` after the end.
    tasks: Mutex<Option<JoinSet<()>>>,
}

impl Shared {
    pub(super) fn new(routes: Routes, records: Records) -> Self {
        Self { routes, records, tasks: Mutex::new(Some(JoinSet::new())) }
    }

    /// Runs something that ends with the proxy.
    pub(super) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        if let Some(tasks) = self.tasks.lock().as_mut() {
            while tasks.try_join_next().is_some() {}
            tasks.spawn(task);
        }
    }

    /// Ends everything that runs.
    pub(super) fn end(&self) {
        drop(self.tasks.lock().take());
    }
}

/// Takes connections until it is dropped.
pub(super) async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // Out of file descriptors: the connection waits until others have ended.
            tokio::time::sleep(ACCEPT_PAUSE).await;
            continue;
        };
        let of_connection = Arc::clone(&shared);
        shared.spawn(serve(stream, of_connection));
    }
}

async fn serve(stream: TcpStream, shared: Arc<Shared>) {
    let Ok(stream) = Prompt::accepted(stream) else { return };
    let service = service_fn(move |request| {
        let shared = Arc::clone(&shared);
        async move { Ok::<_, Infallible>(answer(request, &shared).await) }
    });
    let connection = http1::Builder::new().preserve_header_case(true).serve_connection(TokioIo::new(stream), service);
    // A client that goes away in the middle has ended its connection, which is its right.
    let _ended = connection.with_upgrades().await;
}

async fn answer(request: Request<Incoming>, shared: &Arc<Shared>) -> Response<Body> {
    let connect = request.method() == Method::CONNECT;
    let Some((host, port)) = asked_for(request.uri(), connect) else { return answers::no_proxy_request() };
    let asked = if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") };
    match shared.routes.of(&host) {
        Route::Vendor => {
            shared.records.note(asked, ProxyFate::RefusedRealHost);
            answers::refused(&host, &shared.routes)
        }
        Route::Realm if connect => tunnel::to_realm(request, asked, shared).await,
        Route::Realm => {
            shared.records.note(asked, ProxyFate::Realm);
            let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
            answers::redirect(&format!("https://{}{path}", shared.routes.authority(&host)))
        }
        Route::Elsewhere if connect => tunnel::elsewhere(request, (host, port), asked, shared).await,
        Route::Elsewhere => forward::forward(request, (host, port), asked, shared).await,
    }
}

/// Host, without the brackets of an IPv6 address, and port; `None` for anything but `CONNECT host:port` and
/// `http://host/` (RFC 9112, 3.2).
fn asked_for(uri: &Uri, connect: bool) -> Option<(String, u16)> {
    let authority: &Authority = uri.authority()?;
    let default = match (connect, uri.scheme_str()) {
        (true, _) => None,
        (false, Some("http")) => Some(80),
        (false, _) => return None,
    };
    let host = authority.host().trim_start_matches('[').trim_end_matches(']');
    Some((host.to_owned(), authority.port_u16().or(default)?)).filter(|(host, _)| !host.is_empty())
}

const ACCEPT_PAUSE: Duration = Duration::from_millis(20);
