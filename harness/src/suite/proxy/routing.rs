//! What becomes of a request, by the host that it names: to the realm, refused, or passed on.

use std::sync::Arc;

use http::header::HOST;
use http::uri::Authority;
use http::{Method, Request, Response, Uri};
use hyper::body::Incoming;

use super::answers::{self, Body};
use super::destination::Destination;
use super::state::ProxyState;
use super::{forward, tunnel};
use crate::outcome::ProxyFate;

/// Answers a request: one to a vendor's host is refused, whatever it asks for.
pub(super) async fn answer(request: Request<Incoming>, state: &Arc<ProxyState>) -> Response<Body> {
    let connect = request.method() == Method::CONNECT;
    let Some((host, port)) = target_of(request.uri(), connect) else { return answers::no_proxy_request() };
    // An address is whatever its `Host` says.
    let said = request.headers().get(HOST).and_then(|said| said.to_str().ok()?.parse::<Authority>().ok());
    let said = said.filter(|said| state.destinations.of(said.host()) == Destination::Vendor);
    let host = said.map_or(host, |said| said.host().to_owned());
    let target = if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") };
    match state.destinations.of(&host) {
        Destination::Vendor => {
            state.log.note(target, ProxyFate::RefusedRealHost);
            answers::refused(&host, &state.destinations)
        }
        Destination::Realm if connect => tunnel::to_realm(request, target, state).await,
        Destination::Realm => {
            state.log.note(target, ProxyFate::Realm);
            let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
            answers::redirect(&format!("https://{}{path}", state.destinations.authority(&host)))
        }
        Destination::Elsewhere if connect => tunnel::elsewhere(request, (host, port), target, state).await,
        Destination::Elsewhere => forward::forward(request, (host, port), target, state).await,
    }
}

/// Host, without the brackets of an IPv6 address, and port; `None` for anything but `CONNECT host:port` and
/// `http://host/` (RFC 9112, 3.2).
fn target_of(uri: &Uri, connect: bool) -> Option<(String, u16)> {
    let authority: &Authority = uri.authority()?;
    let default = match (connect, uri.scheme_str()) {
        (true, _) => None,
        (false, Some("http")) => Some(80),
        (false, _) => return None,
    };
    let host = authority.host().trim_start_matches('[').trim_end_matches(']');
    Some((host.to_owned(), authority.port_u16().or(default)?)).filter(|(host, _)| !host.is_empty())
}
