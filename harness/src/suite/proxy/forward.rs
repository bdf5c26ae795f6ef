//! Forwards plain `http://` requests to other hosts, streaming their bodies.

use std::sync::Arc;

use http::header::{CONNECTION, HOST, HeaderMap, HeaderName, HeaderValue};
use http::uri::PathAndQuery;
use http::{Request, Response, Uri, Version};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;

use super::answers::{self, Body};
use super::state::ProxyState;
use super::tunnel::connect;
use crate::outcome::ProxyFate;

/// Forwards a request and returns its answer.
pub(super) async fn forward(
    request: Request<Incoming>,
    (host, port): (String, u16),
    target: String,
    state: &Arc<ProxyState>,
) -> Response<Body> {
    match sent(request, &host, port, state).await {
        Ok(answer) => {
            state.log.note(target, ProxyFate::PassedOn);
            answer
        }
        Err(why) => {
            state.log.note(target.clone(), ProxyFate::Unreachable);
            answers::unreachable(&target, &why)
        }
    }
}

async fn sent(
    mut request: Request<Incoming>,
    host: &str,
    port: u16,
    state: &ProxyState,
) -> Result<Response<Body>, String> {
    let stream = connect(host, port).await.map_err(|error| error.to_string())?;
    let (mut sender, connection) = http1::Builder::new()
        .preserve_header_case(true)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(|error| error.to_string())?;
    state.spawn(async move {
        // An error appears in the answer.
        let _ended = connection.await;
    });
    to_origin(&mut request);
    let mut answer = sender.send_request(request).await.map_err(|error| error.to_string())?;
    remove_hop_by_hop(answer.headers_mut());
    *answer.version_mut() = Version::HTTP_11;
    Ok(answer.map(|body| body.boxed()))
}

/// Converts absolute form to origin form; the authority becomes the `Host` (RFC 9112, 3.2.2).
fn to_origin(request: &mut Request<Incoming>) {
    let authority = request.uri().authority().map(|authority| HeaderValue::from_str(authority.as_str()));
    if let Some(Ok(authority)) = authority {
        request.headers_mut().insert(HOST, authority);
    }
    let path = request.uri().path_and_query().cloned().unwrap_or(PathAndQuery::from_static("/"));
    *request.uri_mut() = Uri::from(path);
    *request.version_mut() = Version::HTTP_11;
    remove_hop_by_hop(request.headers_mut());
}

/// Removes the headers of a single connection (RFC 9110, 7.6.1).
fn remove_hop_by_hop(headers: &mut HeaderMap) {
    let named: Vec<HeaderName> = headers
        .get_all(CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| name.trim().parse().ok())
        .collect();
    for name in named {
        headers.remove(name);
    }
    for name in HOP_BY_HOP {
        headers.remove(name);
    }
}

const HOP_BY_HOP: [&str; 9] = [
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];
