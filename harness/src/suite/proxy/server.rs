//! Accepts connections to the proxy.

use std::convert::Infallible;
use std::sync::Arc;

use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use super::state::ProxyState;
use super::{answers, routing};
use crate::suite::accept_loop::{Accepted, accept_loop};
use crate::suite::limits::Limits;
use crate::suite::peer::Peer;
use crate::suite::quick_ack_stream::QuickAckStream;

/// Accepts connections until it is dropped.
pub(super) async fn accept(listener: TcpListener, limits: Limits, state: Arc<ProxyState>) {
    accept_loop(&listener, limits, |accepted| state.spawn(serve(accepted, Arc::clone(&state)))).await;
}

async fn serve(accepted: Accepted, state: Arc<ProxyState>) {
    let (other_end, limits) = (accepted.other_end(), accepted.limits);
    let Ok(stream) = QuickAckStream::new(accepted) else { return };
    let service = service_fn(move |request| {
        let (state, other_end) = (Arc::clone(&state), other_end.clone());
        async move {
            Ok::<_, Infallible>(match other_end.peer().await {
                Peer::Another => answers::of_another_user(),
                Peer::Own | Peer::Unknown => routing::answer(request, &state).await,
            })
        }
    });
    let connection = limits.http1().preserve_header_case(true).serve_connection(TokioIo::new(stream), service);
    // A client may close its connection at any time.
    let _ended = connection.with_upgrades().await;
}
