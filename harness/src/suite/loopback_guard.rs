//! Which requests a listener on the loopback address accepts: those of programs on this machine that the same user runs,
//! not those of web pages.
//!
//! A page in any browser of this machine can send requests to any of its ports, and `POST /session` starts a program of
//! the sender's choice. ChromeDriver and geckodriver refuse such requests for this reason (CVE-2020-15660,
//! CVE-2021-4138). This module checks what a page cannot choose: its `Origin`, the host name that it used (DNS
//! rebinding gives a foreign name our address), and the body types that it may send without a preflight request (Fetch,
//! 4.8).

use std::fmt;

use http::header::{CONTENT_TYPE, HOST, HeaderName, ORIGIN};
use http::{HeaderMap, Method, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::{Body, Bytes};
use serde_json::json;

use super::peer::Peer;

/// Refuses a request that a web page or another user may have sent. Call it before anything is done with the request.
pub(crate) fn check<B: Body>(request: &Request<B>, peer: Peer) -> Result<(), Refusal> {
    if peer == Peer::Another {
        return Err(Refusal::User);
    }
    let headers = request.headers();
    let host = host(request)?;
    for origin in texts(headers, &ORIGIN) {
        if !origin.eq_ignore_ascii_case(&format!("http://{host}")) {
            return Err(Refusal::Origin(origin));
        }
    }
    for site in texts(headers, &SEC_FETCH_SITE) {
        if !matches!(site.as_str(), "none" | "same-origin") {
            return Err(Refusal::Page(site));
        }
    }
    if *request.method() == Method::POST && !request.body().is_end_stream() {
        let types = texts(headers, &CONTENT_TYPE);
        match types.iter().find(|kind| !is_json(kind)) {
            Some(other) => return Err(Refusal::ContentType(Some(other.clone()))),
            None if types.is_empty() => return Err(Refusal::ContentType(None)),
            None => {}
        }
    }
    Ok(())
}

/// Why a request was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// A program of another user sent it.
    User,
    /// It was sent to a host name that is not a loopback name; `None` if it names no host, or several.
    Host(Option<String>),
    /// A page of this origin sent it.
    Origin(String),
    /// A page sent it, by the `Sec-Fetch-Site` header of its browser.
    Page(String),
    /// Its body is not declared as JSON.
    ContentType(Option<String>),
}

impl Refusal {
    /// The refusal as a WebDriver error (WebDriver, 6.6 "Handling errors").
    pub(super) fn answer(&self) -> Response<Full<Bytes>> {
        let message = format!("vestibule: {self}");
        let body = json!({ "value": { "error": "invalid argument", "message": message, "stacktrace": "" } });
        let mut response = Response::new(Full::from(body.to_string()));
        *response.status_mut() = StatusCode::BAD_REQUEST;
        let json = http::HeaderValue::from_static("application/json; charset=utf-8");
        response.headers_mut().insert(CONTENT_TYPE, json);
        response
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User => formatter
                .write_str("refused a request of another user: only the user who runs Vestibule may send commands"),
            Self::Host(Some(host)) => write!(
                formatter,
                "refused a request to the host `{host}`: only programs on this machine may send commands; address them to \
                 127.0.0.1, localhost or [::1]"
            ),
            Self::Host(None) => formatter.write_str("refused a request without exactly one Host header"),
            Self::Origin(origin) => write!(
                formatter,
                "refused a request from a web page (Origin `{origin}`): only programs on this machine may send commands"
            ),
            Self::Page(site) => write!(
                formatter,
                "refused a request from a web page (Sec-Fetch-Site `{site}`): only programs on this machine may send commands"
            ),
            Self::ContentType(Some(kind)) => {
                write!(formatter, "refused a body of the type `{kind}`: send it with Content-Type: application/json")
            }
            Self::ContentType(None) => {
                formatter.write_str("refused a body without a type: send it with Content-Type: application/json")
            }
        }
    }
}

/// The host that a request is addressed to: its `Host` and, in absolute form, also its target (RFC 9112, 3.2.2).
fn host<B>(request: &Request<B>) -> Result<String, Refusal> {
    let mut hosts = texts(request.headers(), &HOST);
    let named = hosts.pop().filter(|_| hosts.is_empty()).ok_or(Refusal::Host(None))?;
    let target = request.uri().authority().map(ToString::to_string);
    match target.into_iter().chain([named.clone()]).find(|host| !is_loopback(host)) {
        Some(foreign) => Err(Refusal::Host(Some(foreign))),
        None => Ok(named),
    }
}

fn is_loopback(authority: &str) -> bool {
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.parse::<u16>().is_ok() => host,
        _ => authority,
    };
    LOOPBACK.iter().any(|name| name.eq_ignore_ascii_case(host))
}

/// `application/json`, with or without a charset.
fn is_json(kind: &str) -> bool {
    kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

/// The values of a header. Bytes that are not UTF-8 are replaced, and match nothing that is allowed.
fn texts(headers: &HeaderMap, name: &HeaderName) -> Vec<String> {
    headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()).collect()
}

const LOOPBACK: [&str; 3] = ["127.0.0.1", "localhost", "[::1]"];
/// Browsers send this header even if they leave out `Origin`: for images, links and GET forms.
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
