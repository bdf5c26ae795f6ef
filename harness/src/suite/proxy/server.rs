//! Accepts connections to the proxy.

use std::convert::Infallible;
use std::sync::Arc;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};

use super::routing;
use super::state::ProxyState;
use crate::suite::accept_loop::accept_loop;
use crate::suite::quick_ack_stream::QuickAckStream;

/// Accepts connections until it is dropped.
pub(super) async fn accept(listener: TcpListener, state: Arc<ProxyState>) {
    accept_loop(&listener, |stream| state.spawn(serve(stream, Arc::clone(&state)))).await;
}

async fn serve(stream: TcpStream, state: Arc<ProxyState>) {
    let Ok(stream) = QuickAckStream::accepted(stream) else { return };
    let service = service_fn(move |request| {
        let state = Arc::clone(&state);
        async move { Ok::<_, Infallible>(routing::answer(request, &state).await) }
    });
    let connection = http1::Builder::new().preserve_header_case(true).serve_connection(TokioIo::new(stream), service);
    // A client may close its connection at any time.
    let _ended = connection.with_upgrades().await;
}
