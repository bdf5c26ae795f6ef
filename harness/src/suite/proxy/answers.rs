//! The proxy's own answers. The reason phrase repeats the message, because many clients show nothing else for a refused
//! `CONNECT`.

use http::header::{CONTENT_TYPE, HeaderValue, LOCATION};
use http::{Response, StatusCode};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt as _, Empty, Full};
use hyper::body::Bytes;
use hyper::ext::ReasonPhrase;

use super::destination::Destinations;

/// The body of any answer.
pub(super) type Body = BoxBody<Bytes, hyper::Error>;

/// The tunnel is open (RFC 9110, 9.3.6).
pub(super) fn connected() -> Response<Body> {
    Response::new(Empty::new().map_err(|never| match never {}).boxed())
}

/// Refuses a host of the vendor.
pub(super) fn refused(host: &str, destinations: &Destinations) -> Response<Body> {
    let advice = if destinations.real_hosts() {
        "Point the suite at one of these hosts; VESTIBULE_LOGIN_URL and VESTIBULE_ORG_URL hold their addresses. With \
         `--my-domain NAME`, the simulated org has the name of your own."
    } else {
        "Point the suite there with VESTIBULE_LOGIN_URL and VESTIBULE_ORG_URL, or with `--env NAME={login-url}`; with \
         `--real-hosts`, the simulated org uses the real host names."
    };
    let text = format!(
        "Vestibule refused to connect to {host}: no request of a test run reaches a real org.\nThis case is served by \
         {}.\n{advice}\n",
        destinations.hosts().join(", ")
    );
    plain_text(StatusCode::FORBIDDEN, format!("Vestibule refuses the host {host}"), text)
}

/// The host does not answer.
pub(super) fn unreachable(host: &str, why: &str) -> Response<Body> {
    let text = format!("Vestibule's proxy tried to pass a request on to {host} and failed to connect: {why}.\n");
    plain_text(StatusCode::BAD_GATEWAY, format!("Vestibule cannot reach {host}"), text)
}

/// The client is a program of another user.
pub(super) fn of_another_user() -> Response<Body> {
    let text = "This is an HTTP proxy of Vestibule: it serves programs of the user who runs Vestibule only.\n";
    plain_text(StatusCode::FORBIDDEN, "Vestibule serves its own user only".to_owned(), text.to_owned())
}

/// The request is not one for a proxy.
pub(super) fn no_proxy_request() -> Response<Body> {
    let text = "This is an HTTP proxy of Vestibule: it takes CONNECT and http:// URLs in absolute form.\n";
    plain_text(StatusCode::BAD_REQUEST, "Not a proxy request".to_owned(), text.to_owned())
}

/// Redirects to `https`: the org answers over TLS only.
pub(super) fn redirect(location: &str) -> Response<Body> {
    let mut answer = plain_text(StatusCode::TEMPORARY_REDIRECT, "Temporary Redirect".to_owned(), String::new());
    // A URL with bytes that are not valid in a header gets no location.
    if let Ok(location) = HeaderValue::from_str(location) {
        answer.headers_mut().insert(LOCATION, location);
    }
    answer
}

fn plain_text(status: StatusCode, reason: String, text: String) -> Response<Body> {
    let mut answer = Response::new(Full::from(text).map_err(|never| match never {}).boxed());
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    if let Ok(reason) = ReasonPhrase::try_from(reason) {
        answer.extensions_mut().insert(reason);
    }
    answer
}
