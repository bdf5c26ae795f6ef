//! The listener of the service.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use http::{Method, StatusCode};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use openssl::error::ErrorStack;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};
use vestibule_model::Secret;

use super::methods::{Ceremony, Methods};
use super::problem::Problem;
use super::request::{CeremonyRequest, CodeRequest, read};
use crate::suite::Limits;
use crate::suite::accept_loop::{Accepted, accept_loop};
use crate::suite::loopback_guard;
use crate::suite::peer::OtherEnd;

/// The service, running. Dropping it ends it.
#[derive(Debug)]
pub(crate) struct AuthenticatorService {
    address: SocketAddr,
    server: JoinHandle<()>,
}

impl AuthenticatorService {
    /// Listens on a port of the loopback address; 0 picks a free one. Whoever asks must know the token.
    ///
    /// # Errors
    ///
    /// If the port is in use.
    pub(crate) async fn start(port: u16, token: Secret, methods: Methods) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared { token, methods });
        let server = tokio::spawn(serve(listener, shared));
        Ok(Self { address, server })
    }

    /// Its URL, without a slash at its end.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for AuthenticatorService {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// A token that nobody can guess: 256 bits.
///
/// # Errors
///
/// If OpenSSL gives no random bytes.
pub(crate) fn new_token() -> Result<Secret, ErrorStack> {
    let mut bytes = [0; 32];
    openssl::rand::rand_bytes(&mut bytes)?;
    Ok(Secret::new(URL_SAFE_NO_PAD.encode(bytes)))
}

#[derive(Debug)]
struct Shared {
    token: Secret,
    methods: Methods,
}

/// Accepts until it is aborted; all connections end with it.
async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    let serve = |accepted| {
        while connections.try_join_next().is_some() {}
        connections.spawn(connection(accepted, Arc::clone(&shared)));
    };
    accept_loop(&listener, Limits::default(), serve).await;
}

async fn connection(accepted: Accepted, shared: Arc<Shared>) {
    let other_end = accepted.other_end();
    let Accepted { stream, permit, limits } = accepted;
    let service = service_fn(move |request| answer(Arc::clone(&shared), other_end.clone(), request));
    // A client that goes away in the middle of a request needs no answer.
    let _ended = limits.http1().serve_connection(TokioIo::new(stream), service).await;
    drop(permit);
}

async fn answer(
    shared: Arc<Shared>,
    other_end: OtherEnd,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let answered = match loopback_guard::check(&request, other_end.peer().await) {
        Ok(()) => shared.route(request).await,
        Err(refusal) => Err(Problem::refused(&refusal)),
    };
    Ok(match answered {
        Ok(value) => response(StatusCode::OK, &value),
        Err(problem) => {
            let mut response = response(problem.status, &problem.json());
            let header = problem.header.and_then(|(name, value)| Some((name, HeaderValue::from_str(&value).ok()?)));
            response.headers_mut().extend(header);
            response
        }
    })
}

impl Shared {
    async fn route(&self, request: Request<Incoming>) -> Result<Value, Problem> {
        self.check_token(&request)?;
        let path = request.uri().path().to_owned();
        let allowed = match path.as_str() {
            "/accounts" => Method::GET,
            "/totp" | "/webauthn/create" | "/webauthn/get" => Method::POST,
            _ => return Err(Problem::unknown_path(&path)),
        };
        if *request.method() != allowed {
            let name = if allowed == Method::GET { "GET" } else { "POST" };
            return Err(Problem::wrong_method(request.method().as_str(), &path, name));
        }
        if allowed == Method::GET {
            return self.methods.accounts().await;
        }
        let body = collect(request.into_body()).await?;
        if path == "/totp" {
            let asked: CodeRequest = read(&body, CODE)?;
            return self.methods.code(asked).await;
        }
        let kind = if path == "/webauthn/create" { Ceremony::Create } else { Ceremony::Get };
        let asked: CeremonyRequest = read(&body, CEREMONY)?;
        self.methods.ceremony(kind, asked).await
    }

    fn check_token<B>(&self, request: &Request<B>) -> Result<(), Problem> {
        let mut given = request.headers().get_all(AUTHORIZATION).iter();
        let Some(header) = given.next() else { return Err(Problem::unauthorized(false)) };
        let text = header.to_str().unwrap_or_default();
        let (scheme, token) = text.split_once(' ').unwrap_or_default();
        let (token, own) = (token.trim().as_bytes(), self.token.reveal().as_bytes());
        // The comparison takes as long for a wrong token as for a right one; its length is no secret.
        let right = token.len() == own.len() && openssl::memcmp::eq(token, own);
        if right && scheme.eq_ignore_ascii_case("Bearer") && given.next().is_none() {
            Ok(())
        } else {
            Err(Problem::unauthorized(true))
        }
    }
}

async fn collect(body: Incoming) -> Result<Bytes, Problem> {
    let collected = Limited::new(body, LARGEST_BODY).collect().await;
    let body = collected.map_err(|_| {
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "bad-request", "the body ended early, or is too large")
            .fix(format!("send at most {LARGEST_BODY} bytes"))
    })?;
    Ok(body.to_bytes())
}

fn response(status: StatusCode, body: &Value) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(body.to_string()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Far more than the options of a ceremony take.
const LARGEST_BODY: usize = 256 << 10;
const CODE: &str = r#"`{"user": "...", "host": "...", "wait": true}`"#;
const CEREMONY: &str = r#"`{"user": "...", "origin": "https://...", "options": {...}}`, optionally with `"fault"`"#;
