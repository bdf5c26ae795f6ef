//! The listener of the endpoint.

use std::convert::Infallible;
use std::sync::Arc;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use super::command_record::SessionPath;
use super::forwarder::{CommandRequest, Forwarder};
use super::upstream::DriverResponse;
use super::web_socket;
use crate::suite::accept_loop::{Accepted, accept_loop};
use crate::suite::limits::{self, Limits};
use crate::suite::loopback_guard;
use crate::suite::peer::OtherEnd;
use crate::suite::quick_ack_stream::QuickAckStream;

/// Accepts until it is aborted; all connections end with it.
pub(super) async fn serve(listener: TcpListener, limits: Limits, forwarder: Arc<Forwarder>) {
    let mut connections = JoinSet::new();
    let serve = |accepted| {
        while connections.try_join_next().is_some() {}
        connections.spawn(connection(accepted, Arc::clone(&forwarder)));
    };
    accept_loop(&listener, limits, serve).await;
}

async fn connection(accepted: Accepted, forwarder: Arc<Forwarder>) {
    let (other_end, limits) = (accepted.other_end(), accepted.limits);
    let Ok(stream) = QuickAckStream::new(accepted) else { return };
    let service = service_fn(move |request| answer(Arc::clone(&forwarder), other_end.clone(), request));
    // A client that goes away in the middle of a request needs no answer.
    let _ended =
        limits.http1().title_case_headers(true).serve_connection(TokioIo::new(stream), service).with_upgrades().await;
}

async fn answer(
    forwarder: Arc<Forwarder>,
    other_end: OtherEnd,
    mut request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    if let Err(refusal) = loopback_guard::check(&request, other_end.peer().await) {
        return Ok(refusal.answer());
    }
    let path = without_base(request.uri().path_and_query().map_or("/", |path| path.as_str())).to_owned();
    if web_socket::is_requested(request.headers())
        && let Some(route) = SessionPath::of(&path)
    {
        let upgrade = hyper::upgrade::on(&mut request);
        let session = route.session.to_owned();
        return Ok(web_socket::join(forwarder, session, request.headers(), upgrade).await);
    }
    let (parts, body) = request.into_parts();
    let body = match limits::collect(body).await {
        Ok(body) => body,
        Err(why) => return Ok(response(DriverResponse::unknown_error(&format!("vestibule: {why}")))),
    };
    let request = CommandRequest { method: parts.method, path, headers: parts.headers, body };
    Ok(response(forwarder.answer(request).await))
}

fn response(answer: DriverResponse) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(answer.body));
    *response.status_mut() = answer.status;
    *response.headers_mut() = answer.headers;
    response
}

/// Clients put a base before the commands: `/wd/hub/session`.
fn without_base(path: &str) -> &str {
    ROOTS.iter().filter_map(|root| path.find(root)).min().map_or(path, |start| &path[start..])
}

const ROOTS: [&str; 3] = ["/session", "/status", "/shutdown"];

#[cfg(test)]
mod tests {
    use super::without_base;

    #[test]
    fn a_base_before_the_commands_is_left_out() {
        for (path, expected) in [
            ("/session", "/session"),
            ("/wd/hub/session/1/url?x=/status", "/session/1/url?x=/status"),
            ("/wd/hub/status", "/status"),
            ("/", "/"),
        ] {
            assert_eq!(without_base(path), expected);
        }
    }
}
