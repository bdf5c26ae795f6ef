//! One request of the suite: passed on, recorded, and what follows from it.

use std::sync::Arc;

use http::{HeaderMap, Method, StatusCode};
use hyper::body::Bytes;
use serde_json::{Value, json};

use super::asked::{Asked, Route};
use super::capabilities::{Additions, Browser};
use super::look::Look;
use super::passkeys;
use super::recorder::Recorder;
use super::upstream::{Answer, Upstream};
use crate::outcome::WebDriverCommand;
use crate::suite::connection::PasskeyMaterial;

/// What all requests share.
#[derive(Debug)]
pub(super) struct Exchange {
    pub(super) upstream: Upstream,
    pub(super) recorder: Recorder,
    pub(super) additions: Additions,
    pub(super) passkeys: Option<Vec<PasskeyMaterial>>,
    pub(super) shots: bool,
    /// `127.0.0.1:45123`: where WebSocket URLs lead.
    pub(super) authority: String,
}

/// A request with its body.
#[derive(Debug)]
pub(super) struct Asking {
    pub(super) method: Method,
    /// From `/session` or `/status` on.
    pub(super) path: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Exchange {
    /// Answers a request.
    pub(super) async fn answer(self: Arc<Self>, asking: Asking) -> Answer {
        if asking.method == Method::POST && asking.path == "/session" {
            // A client that gives up waiting must not leave a browser that nobody knows of.
            let opening = tokio::spawn(async move { self.new_session(asking).await });
            return opening.await.unwrap_or_else(|_| Answer::unknown_error("vestibule: the endpoint is closing"));
        }
        // Clients shut down the driver that they believe to have started; this one serves other cases too.
        if asking.path == "/shutdown" {
            return Answer::json(StatusCode::OK, &json!({ "value": null }));
        }
        match Route::of(&asking.path) {
            Some(route) => self.command(&asking, &route).await,
            None => self.pass_on(&asking).await,
        }
    }

    /// Looks at the page in the background. The session's next command waits until that is done.
    pub(super) async fn look_soon(self: &Arc<Self>, session: &str) {
        let known = self.recorder.session(session);
        let guard = known.gate.lock_owned().await;
        let (exchange, session) = (Arc::clone(self), session.to_owned());
        tokio::spawn(async move {
            exchange.look(&session, exchange.shots && known.chromium).await;
            drop(guard);
        });
    }

    /// Ends every session that the suite left open.
    pub(super) async fn end_sessions(&self) {
        for session in self.recorder.left_open() {
            self.look_last(&session).await;
            // A browser that is gone has ended, which is as good.
            let _answer = self.upstream.ask(Method::DELETE, &format!("/session/{session}"), None).await;
            self.recorder.ended(&session);
        }
    }

    async fn new_session(&self, mut asking: Asking) -> Answer {
        let at_ms = self.recorder.now();
        let mut browser = Browser::Chromium;
        if let Ok(mut request) = serde_json::from_slice::<Value>(&asking.body) {
            browser = self.additions.add_to(&mut request);
            if browser == Browser::Chromium {
                asking.body = request.to_string().into();
            }
        }
        let mut answer = self.pass_on(&asking).await;
        let target = match &browser {
            Browser::Chromium => None,
            Browser::Other(name) => Some(format!("{name}, passed on unchanged")),
        };
        let asked = Asked { what: WebDriverCommand::NewSession, target, element: None };
        let mut body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let id = body["value"]["sessionId"].as_str().or(body["sessionId"].as_str()).map(str::to_owned);
        let Some(id) = id.filter(|_| answer.status.is_success()) else {
            self.recorder.record("", at_ms, asked, answer.error());
            return answer;
        };
        let web_socket = body["value"]["capabilities"]["webSocketUrl"].as_str().map(str::to_owned);
        let web_socket = web_socket.filter(|url| url.starts_with("ws://"));
        if web_socket.is_some() {
            body["value"]["capabilities"]["webSocketUrl"] = format!("ws://{}/session/{id}", self.authority).into();
            answer.body = body.to_string().into();
        }
        self.recorder.opened(&id, browser == Browser::Chromium, web_socket);
        self.recorder.record(&id, at_ms, asked, None);
        if let Some(passkeys) = &self.passkeys {
            passkeys::give(&self.upstream, &self.recorder, &id, passkeys).await;
        }
        answer
    }

    async fn command(self: &Arc<Self>, asking: &Asking, route: &Route<'_>) -> Answer {
        let session = self.recorder.session(route.session);
        drop(session.gate.lock().await);
        let asked = Asked::of(&asking.method, &route.below, &asking.body);
        let ends = asking.method == Method::DELETE && route.below.is_empty();
        if ends {
            self.look_last(route.session).await;
        }
        let at_ms = self.recorder.now();
        let answer = self.pass_on(asking).await;
        let error = answer.error();
        self.learn(route, &asking.method, &asked, &answer, error.is_none());
        let moved = error.is_none() && asked.what.may_leave_page();
        let lost = error.is_some() && asked.what.is_search() && self.recorder.is_stale(route.session);
        let told = error.or_else(|| asked.found_none(|| answer.value()));
        self.recorder.record(route.session, at_ms, asked, told);
        if moved {
            self.look_soon(route.session).await;
        } else if lost {
            self.look(route.session, false).await;
        }
        answer
    }

    /// What a good answer tells about the session.
    fn learn(&self, route: &Route<'_>, method: &Method, asked: &Asked, answer: &Answer, good: bool) {
        let (recorder, id) = (&self.recorder, route.session);
        if !good {
            return;
        }
        match (method, route.below.as_slice()) {
            (&Method::DELETE, []) => recorder.ended(id),
            (&Method::GET, ["url"]) => recorder.on_page(id, answer.value().as_str().unwrap_or_default()),
            (&Method::POST, ["webauthn", "authenticator"]) => {
                recorder.authenticator_added(id, answer.value().as_str().unwrap_or_default());
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
            _ if asked.what.is_search() => {
                recorder.found(id, asked.target.as_deref().unwrap_or_default(), &answer.value());
            }
            _ => {}
        }
    }

    /// The page at the end of a session.
    async fn look_last(&self, session: &str) {
        if self.shots && self.recorder.session(session).chromium {
            self.look(session, true).await;
        }
    }

    async fn look(&self, session: &str, copy: bool) {
        Look { upstream: &self.upstream, recorder: &self.recorder, session, copy }.take().await;
    }

    async fn pass_on(&self, asking: &Asking) -> Answer {
        let Asking { method, path, headers, body } = asking;
        self.upstream.pass_on(method.clone(), path, headers, body.clone()).await
    }
}
