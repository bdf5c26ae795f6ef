//! Answers each request by its host.

use std::sync::Arc;

use axum::body::{Body, HttpBody as _};
use axum::http::header::HOST;
use axum::http::{Request, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use parking_lot::RwLock;
use vestibule_certs::CertStore;
use vestibule_model::Secret;

use super::admission::admit;
use super::console::GuardedConsole;
use super::error::ServeError;
use super::limits::Limits;
use super::registry::Registry;
use crate::control::{Console, Realms};
use crate::realm::{AnsweredRequest, Event, Realm, without_values};

/// The realms behind one listener, and the console of the person who started it.
#[derive(Debug)]
pub(super) struct Sites {
    realms: Arc<Registry>,
    limits: Limits,
    console: RwLock<Option<Arc<GuardedConsole>>>,
}

impl Sites {
    /// Answers for these realms, on this port.
    pub(super) fn new(
        realms: Vec<Arc<Realm>>,
        certs: Arc<CertStore>,
        port: u16,
        limits: Limits,
    ) -> Result<Self, ServeError> {
        Ok(Self { realms: Arc::new(Registry::new(realms, certs, port)?), limits, console: RwLock::default() })
    }

    /// Serves the control API and this console at a port to who knows the token, in place of an earlier one.
    pub(super) fn set_console(&self, port: u16, token: &Secret, console: Option<Arc<dyn Console>>) {
        let realms: Arc<dyn Realms> = Arc::<Registry>::clone(&self.realms);
        *self.console.write() = Some(Arc::new(GuardedConsole::new(port, token, console, realms, self.limits)));
    }

    /// The realms.
    pub(super) fn realms(&self) -> &Registry {
        &self.realms
    }

    /// The console, if it has this host.
    fn console(&self, host: &str) -> Option<Arc<GuardedConsole>> {
        self.console.read().clone().filter(|console| console.has_host(host))
    }

    /// Answers one request by its `Host` header.
    pub(super) async fn answer(self: Arc<Self>, mut request: Request<Body>) -> Response {
        if let Some(console) = host_of(&request).and_then(|host| self.console(host)) {
            return console.answer(request).await;
        }
        let asked = request.uri().path();
        let Some((site, role)) = host_of(&request).and_then(|host| self.realms.find(host, asked)) else {
            return self.misdirected();
        };
        let realm = &site.realm;
        let (method, host) = (request.method().to_string(), realm.hosts.name(&role));
        let path = without_values(request.uri().path(), request.uri().query());
        request.extensions_mut().insert(role.clone());
        if let Some(plain) = without_double_slashes(request.uri()) {
            *request.uri_mut() = plain;
        }
        let after = realm.clock.age();
        let asked = request.uri().clone();
        let response = match admit(request, realm, &role, &self.limits).await {
            Ok(request) => site.answer(&role, request).await,
            Err(refused) => {
                let (status, why) = (refused.status.as_u16(), refused.why.clone());
                realm.record(Event::RequestRefused { host: role, path: asked.path().to_owned(), status, why });
                refused.into_response()
            }
        };
        let (status, took) = (response.status().as_u16(), realm.clock.age().saturating_sub(after));
        let bytes = response.body().size_hint().exact();
        realm.requests.record(AnsweredRequest { after, method, host, path, status, took, bytes });
        response
    }

    /// Whether a `Host` header names a host that is served here.
    pub(super) fn serves(&self, host: &str) -> bool {
        self.console(host).is_some() || self.realms.find(host, "/").is_some()
    }

    fn misdirected(&self) -> Response {
        let text = format!("No simulated host has this name. Orgs served here: {}.\n", self.realms.all().len());
        (StatusCode::MISDIRECTED_REQUEST, text).into_response()
    }
}

fn host_of(request: &Request<Body>) -> Option<&str> {
    request.headers().get(HOST)?.to_str().ok()
}

/// Suites that join a base URL and a path may write `//` for `/`. Real orgs answer as if it were `/` (background
/// knowledge). `None` if there is nothing to change.
fn without_double_slashes(uri: &Uri) -> Option<Uri> {
    if !uri.path().contains("//") {
        return None;
    }
    let mut path = uri.path().to_owned();
    while path.contains("//") {
        path = path.replace("//", "/");
    }
    match uri.query() {
        Some(query) => format!("{path}?{query}").parse().ok(),
        None => path.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::without_double_slashes;

    #[test]
    fn slashes_in_a_row_are_one_and_the_query_stays() {
        let plain = |uri: &str| without_double_slashes(&uri.parse().unwrap()).map(|plain| plain.to_string());

        assert_eq!(plain("///").as_deref(), Some("/"));
        assert_eq!(plain("//secur//frontdoor.jsp?retURL=//x").as_deref(), Some("/secur/frontdoor.jsp?retURL=//x"));
        assert_eq!(plain("/?login_hint=a//b"), None);
    }
}
