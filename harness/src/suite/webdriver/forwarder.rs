//! Forwards the commands of a suite, records them, and tracks their effect on the session.

use std::sync::Arc;

use http::{HeaderMap, Method, StatusCode};
use hyper::body::Bytes;
use serde_json::{Value, json};

use super::capabilities::{Additions, BROWSER_NAME, Browser};
use super::command_record::{CommandRecord, SessionPath};
use super::other_window;
use super::page_probe::PageProbe;
use super::passkeys::{self, OfSession};
use super::recorder::{AuthenticatorOwner, Recorder};
use super::upstream::{DriverResponse, Upstream};
use crate::outcome::WebDriverCommand;
use crate::suite::options::Recording;
use crate::suite::passkeys::{PasskeyKeeper, Passkeys};

/// Everything that the requests of one case share.
#[derive(Debug)]
pub(super) struct Forwarder {
    pub(super) upstream: Upstream,
    pub(super) recorder: Recorder,
    pub(super) additions: Additions,
    pub(super) passkeys: Option<Passkeys>,
    /// What is recorded of the suite.
    pub(super) recording: Recording,
    /// `127.0.0.1:45123`, for WebSocket URLs.
    pub(super) authority: String,
}

/// A request with its body.
#[derive(Debug)]
pub(super) struct CommandRequest {
    pub(super) method: Method,
    /// The path without a base: it begins with `/session` or `/status`.
    pub(super) path: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Forwarder {
    /// Answers a request.
    pub(super) async fn answer(self: Arc<Self>, request: CommandRequest) -> DriverResponse {
        if request.method == Method::POST && request.path == "/session" {
            // A client that stops waiting must not leave an unknown browser behind.
            let opening = tokio::spawn(async move { self.new_session(request).await });
            return opening
                .await
                .unwrap_or_else(|_| DriverResponse::unknown_error("vestibule: the endpoint is closing"));
        }
        // Clients shut down the driver that they think they started, but this one serves other cases too.
        if request.path == "/shutdown" {
            return DriverResponse::json(StatusCode::OK, &json!({ "value": null }));
        }
        match SessionPath::of(&request.path) {
            Some(path) => self.command(&request, &path).await,
            None => self.pass_on(&request).await,
        }
    }

    /// Gives the passkeys to the window that a BiDi command is about, if it has none yet.
    pub(super) async fn enters_context(&self, session: &str, context: &str) {
        if let Some(passkeys) = &self.passkeys {
            self.of(session).give_context(context, passkeys).await;
        }
    }

    /// Gives the passkeys of a session back, where they are kept: it is about to end, or one of its windows is.
    pub(super) async fn before_end(&self, session: &str) {
        if let Some(keeper) = self.keeper() {
            self.of(session).give_back_all(keeper).await;
        }
    }

    /// Whether pages are copied.
    pub(super) fn copies_pages(&self) -> bool {
        self.recording == Recording::CommandsAndPages
    }

    /// Records a command of a session, unless nothing is recorded.
    pub(super) fn record(&self, session: &str, at_ms: u64, record: CommandRecord, error: Option<String>) {
        if self.recording != Recording::Nothing {
            self.recorder.record(session, at_ms, record, error);
        }
    }

    /// Probes the page in the background: that of a window, or the current one. The session's next classic command waits for
    /// it; one of BiDi may be what the page itself waits for, so it does not.
    pub(super) async fn probe_later(self: &Arc<Self>, session: &str, window: Option<String>) {
        if self.recording == Recording::Nothing {
            return;
        }
        let known = self.recorder.session(session);
        let copies = self.copies_pages() && known.answers_devtools();
        let guard = known.gate.lock_owned().await;
        let (forwarder, session) = (Arc::clone(self), session.to_owned());
        tokio::spawn(async move {
            let probe = forwarder.probe(&session, window.as_deref(), copies);
            match &window {
                Some(window) => other_window::within(&forwarder.upstream, &session, window, probe).await,
                None => probe.await,
            }
            drop(guard);
        });
    }

    /// Ends every session that the suite left open.
    pub(super) async fn end_sessions(&self) {
        for session in self.recorder.left_open() {
            self.probe_last(&session).await;
            self.before_end(&session).await;
            // A browser that is already gone is fine.
            let _answer = self.upstream.ask(Method::DELETE, &format!("/session/{session}"), None).await;
            self.ended(&session);
        }
    }

    fn ended(&self, session: &str) {
        self.recorder.ended(session);
        self.upstream.ended(session);
    }

    async fn new_session(&self, mut request: CommandRequest) -> DriverResponse {
        let at_ms = self.recorder.now();
        let mut browser = Browser::Chromium;
        let mut refused = None;
        if let Ok(mut wanted) = serde_json::from_slice::<Value>(&request.body) {
            match self.additions.add_to(&mut wanted) {
                Ok(requested) => browser = requested,
                Err(why) => refused = Some(why),
            }
            request.body = wanted.to_string().into();
        }
        let mut answer = match &refused {
            None => self.upstream.new_session(&request.headers, request.body).await,
            Some(why) => DriverResponse::session_not_created(&format!("vestibule: {why}")),
        };
        let mut body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let given = body["value"]["capabilities"][BROWSER_NAME].as_str().and_then(Browser::named);
        let browser = given.unwrap_or(browser);
        let target = refused.map(|why| why.to_string());
        let target = target.or_else(|| (browser != Browser::Chromium).then(|| browser.name().to_owned()));
        let record = CommandRecord { what: WebDriverCommand::NewSession, target, element: None };
        let Some(id) = answer.session_id() else {
            self.record("", at_ms, record, answer.error());
            return answer;
        };
        let web_socket = body["value"]["capabilities"]["webSocketUrl"].as_str().map(str::to_owned);
        let web_socket = web_socket.filter(|url| url.starts_with("ws://"));
        if web_socket.is_some() {
            body["value"]["capabilities"]["webSocketUrl"] = format!("ws://{}/session/{id}", self.authority).into();
            answer.body = body.to_string().into();
        }
        self.recorder.opened(&id, browser, web_socket);
        self.record(&id, at_ms, record, None);
        if let Some(passkeys) = &self.passkeys {
            self.of(&id).give_first(passkeys).await;
        }
        answer
    }

    async fn command(self: &Arc<Self>, request: &CommandRequest, path: &SessionPath<'_>) -> DriverResponse {
        let _commanding = self.recorder.commanding();
        let session = self.recorder.session(path.session);
        drop(session.gate.lock().await);
        let record = CommandRecord::of(&request.method, &path.below, &request.body);
        let changed = match self.additions.bypassed() {
            None => with_verification(request, path),
            Some(bypassed) => with_bypass(request, path, bypassed),
        };
        let request = changed.as_ref().unwrap_or(request);
        let ends = request.method == Method::DELETE && path.below.is_empty();
        if ends {
            self.probe_last(path.session).await;
        }
        self.before_passkeys_change(request, path).await;
        let at_ms = self.recorder.now();
        let answer = self.pass_on(request).await;
        let error = answer.error();
        if error.is_none() {
            self.learn(path, &request.method, &record, &answer);
        }
        self.after_passkeys_change(request, path, &answer).await;
        if !ends && session.open && self.is_lost(path.session, error.as_deref()).await {
            self.upstream.lost_a_session();
        }
        let entered = entered_window(request, path).filter(|_| error.is_none());
        let unknown = entered.is_some_and(|window| !self.recorder.switched(path.session, &window));
        let moved = unknown || error.is_none() && record.what.may_leave_page();
        let lost = error.is_some() && record.what.is_search() && self.recorder.is_stale(path.session);
        let told = error.or_else(|| record.found_none(|| answer.value()));
        self.record(path.session, at_ms, record, told);
        if moved {
            self.probe_later(path.session, None).await;
        } else if lost && self.recording != Recording::Nothing {
            self.probe(path.session, None, false).await;
        }
        answer
    }

    /// What must happen to kept passkeys before a command reaches the browser.
    async fn before_passkeys_change(&self, request: &CommandRequest, path: &SessionPath<'_>) {
        let Some(keeper) = self.keeper() else { return };
        match (&request.method, path.below.as_slice()) {
            (&Method::DELETE, [] | ["window"]) => self.before_end(path.session).await,
            (&Method::DELETE, ["webauthn", "authenticator", authenticator]) => {
                self.of(path.session).give_back(authenticator, keeper).await;
            }
            _ if adds_built_in(request, path) => self.of(path.session).make_way(keeper).await,
            _ => {}
        }
    }

    /// What must happen to passkeys after a command was answered.
    async fn after_passkeys_change(&self, request: &CommandRequest, path: &SessionPath<'_>, answer: &DriverResponse) {
        let Some(passkeys) = &self.passkeys else { return };
        let succeeded = answer.error().is_none();
        if let Some(window) = entered_window(request, path).filter(|_| succeeded) {
            self.of(path.session).give_window(&window, passkeys).await;
        }
        if self.keeper().is_none() || !adds_built_in(request, path) {
            return;
        }
        match answer.value().as_str().filter(|_| succeeded) {
            Some(authenticator) => {
                let passkeys = passkeys::next(passkeys, &self.recorder).await;
                self.of(path.session).fill(authenticator, passkeys).await;
            }
            None => self.of(path.session).give_again(passkeys).await,
        }
    }

    fn of<'a>(&'a self, session: &'a str) -> OfSession<'a> {
        OfSession { upstream: &self.upstream, recorder: &self.recorder, session }
    }

    /// Who keeps the passkeys, if somebody does.
    pub(super) fn keeper(&self) -> Option<&Arc<dyn PasskeyKeeper>> {
        match &self.passkeys {
            Some(Passkeys::Kept(keeper)) => Some(keeper),
            Some(Passkeys::Fixed(_)) | None => None,
        }
    }

    /// Updates the recorded state of the session after a command that succeeded.
    fn learn(&self, path: &SessionPath<'_>, method: &Method, record: &CommandRecord, answer: &DriverResponse) {
        let (recorder, id) = (&self.recorder, path.session);
        match (method, path.below.as_slice()) {
            (&Method::DELETE, []) => self.ended(id),
            // The session ends with its last window (WebDriver, 11.2 "Close window").
            (&Method::DELETE, ["window"]) if answer.value() == json!([]) => self.ended(id),
            (&Method::GET, ["url"]) => recorder.on_page(id, None, answer.value().as_str().unwrap_or_default()),
            (&Method::POST, ["webauthn", "authenticator"]) => {
                let added = answer.value();
                let added = added.as_str().unwrap_or_default();
                recorder.authenticator_added(id, added, recorder.window(id), AuthenticatorOwner::Suite);
            }
            (&Method::DELETE, ["webauthn", "authenticator", key]) => recorder.authenticator_removed(id, key),
            (&Method::POST, ["webauthn", "authenticator", key, "credential"]) => {
                recorder.credentials_changed(id, key, |held| held + 1);
            }
            (&Method::DELETE, ["webauthn", "authenticator", key, "credentials", _]) => {
                recorder.credentials_changed(id, key, |held| held.saturating_sub(1));
            }
            (&Method::DELETE, ["webauthn", "authenticator", key, "credentials"]) => {
                recorder.credentials_changed(id, key, |_| 0);
            }
            _ if record.what.is_search() => {
                recorder.found(id, record.target.as_deref().unwrap_or_default(), &answer.value());
            }
            _ => {}
        }
    }

    /// Whether a session is gone after a command with this error. A hub whose node died answers like a browser that refuses
    /// something, until it has noticed.
    async fn is_lost(&self, session: &str, error: Option<&str>) -> bool {
        match error {
            Some(NO_SESSION) => true,
            Some(UNKNOWN_ERROR) => {
                self.upstream.ask(Method::GET, &format!("/session/{session}/timeouts"), None).await.is_none()
            }
            _ => false,
        }
    }

    /// Copies the page before a session ends.
    async fn probe_last(&self, session: &str) {
        if self.copies_pages() && self.recorder.session(session).answers_devtools() {
            self.probe(session, None, true).await;
        }
    }

    async fn probe(&self, session: &str, window: Option<&str>, copy: bool) {
        PageProbe { upstream: &self.upstream, recorder: &self.recorder, session, window, copy }.run().await;
    }

    async fn pass_on(&self, request: &CommandRequest) -> DriverResponse {
        let CommandRequest { method, path, headers, body } = request;
        self.upstream.pass_on(method.clone(), path, headers, body.clone()).await
    }
}

/// Whether a command adds an authenticator that is built into the machine of the browser.
fn adds_built_in(request: &CommandRequest, path: &SessionPath<'_>) -> bool {
    let adds = request.method == Method::POST && path.below == ["webauthn", "authenticator"];
    adds && serde_json::from_slice::<Value>(&request.body).is_ok_and(|body| body["transport"] == "internal")
}

/// The DevTools command that lets a browser trust any certificate, turned round; `None` for any other command.
fn with_verification(request: &CommandRequest, path: &SessionPath<'_>) -> Option<CommandRequest> {
    of_devtools(request, path, "Security.setIgnoreCertificateErrors", |params| *params = json!({ "ignore": false }))
}

/// The DevTools command that makes a browser context with a proxy, which is asked for none of the org's hosts and of the
/// vendor's; `None` for any other command.
fn with_bypass(request: &CommandRequest, path: &SessionPath<'_>, bypassed: &str) -> Option<CommandRequest> {
    of_devtools(request, path, "Target.createBrowserContext", |params| {
        let own = params["proxyBypassList"].as_str().filter(|own| !own.is_empty());
        let list = own.map_or_else(|| bypassed.to_owned(), |own| format!("{own};{bypassed}"));
        if params["proxyServer"].as_str().is_some_and(|proxy| !proxy.is_empty()) {
            params["proxyBypassList"] = list.into();
        }
    })
}

/// The request with the parameters of this DevTools command changed; `None` for any other.
fn of_devtools(
    request: &CommandRequest,
    path: &SessionPath<'_>,
    command: &str,
    change: impl FnOnce(&mut Value),
) -> Option<CommandRequest> {
    if request.method != Method::POST || !matches!(path.below.as_slice(), [_, "cdp", "execute"]) {
        return None;
    }
    let mut body: Value = serde_json::from_slice(&request.body).ok()?;
    if body["cmd"] != command {
        return None;
    }
    change(&mut body["params"]);
    let CommandRequest { method, path, headers, .. } = request;
    let (method, path, headers) = (method.clone(), path.clone(), headers.clone());
    Some(CommandRequest { method, path, headers, body: body.to_string().into() })
}

/// The handle of the window to which a command switches: `handle`, or `name` before the standard.
fn entered_window(request: &CommandRequest, path: &SessionPath<'_>) -> Option<String> {
    if request.method != Method::POST || path.below != ["window"] {
        return None;
    }
    let body: Value = serde_json::from_slice(&request.body).ok()?;
    body["handle"].as_str().or(body["name"].as_str()).map(str::to_owned)
}

/// How a server answers a command of a session that is not there, because it ended or because its node died.
const NO_SESSION: &str = "invalid session id";
/// How it answers a command that failed for a reason of its own.
const UNKNOWN_ERROR: &str = "unknown error";
