//! Forwards plain `http://` requests to other hosts, streaming their bodies.

use std::sync::Arc;

use http::header::{CONNECTION, HOST, HeaderMap, HeaderName, HeaderValue, PROXY_AUTHORIZATION};
use http::uri::{Authority, InvalidUri, PathAndQuery, Scheme};
use http::{Request, Response, Uri, Version};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::answers::{self, Body};
use super::state::ProxyState;
use super::tunnel::{connect, within_limit};
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
    let authority = to_origin(&mut request)?;
    let hop = state.upstream.as_ref().and_then(|upstream| upstream.hop(Scheme::HTTP, &authority));
    let stream = match &hop {
        None => connect(host, port).await,
        Some(hop) => match hop.address() {
            Some(proxy) => {
                to_absolute(&mut request, &authority, hop.authorization());
                within_limit(TcpStream::connect(proxy)).await
            }
            None => within_limit(hop.tunnel(&authority)).await,
        },
    };
    let stream = stream.map_err(|error| error.to_string())?;
    let (mut sender, connection) = http1::Builder::new()
        .preserve_header_case(true)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(|error| error.to_string())?;
    state.spawn(async move {
        // An error appears in the answer.
        let _ended = connection.await;
    });
    let mut answer = sender.send_request(request).await.map_err(|error| error.to_string())?;
    remove_hop_by_hop(answer.headers_mut());
    *answer.version_mut() = Version::HTTP_11;
    Ok(answer.map(|body| body.boxed()))
}

/// Converts absolute form to origin form. Host and port become the `Host`, without the user (RFC 9112, 3.2.2; RFC 9110,
/// 4.2.4), and are returned.
fn to_origin(request: &mut Request<Incoming>) -> Result<Authority, String> {
    let authority = request.uri().authority().map_or("", Authority::as_str);
    let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = HeaderValue::from_str(authority).map_err(|error| error.to_string())?;
    let authority = authority.parse().map_err(|error: InvalidUri| error.to_string())?;
    let path = request.uri().path_and_query().cloned().unwrap_or(PathAndQuery::from_static("/"));
    remove_hop_by_hop(request.headers_mut());
    request.headers_mut().insert(HOST, host);
    *request.uri_mut() = Uri::from(path);
    *request.version_mut() = Version::HTTP_11;
    Ok(authority)
}

/// Converts origin form to the absolute form that a proxy takes.
fn to_absolute(request: &mut Request<Incoming>, authority: &Authority, authorization: Option<&HeaderValue>) {
    let mut parts = std::mem::take(request.uri_mut()).into_parts();
    (parts.scheme, parts.authority) = (Some(Scheme::HTTP), Some(authority.clone()));
    if let Ok(uri) = Uri::from_parts(parts) {
        *request.uri_mut() = uri;
    }
    if let Some(authorization) = authorization {
        request.headers_mut().insert(PROXY_AUTHORIZATION, authorization.clone());
    }
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
