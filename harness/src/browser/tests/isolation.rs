//! Nothing of one case is left in the next, with any isolation.

use std::time::Duration;

use axum::Router;
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::get;
use vestibule_model::Secret;

use super::chromium::{Chromium, serve};
use crate::browser::{Isolation, SessionOptions, WebDriverSession};

const HOSTS: [&str; 2] = ["one.acme.localhost", "two.other.localhost"];
const LIMIT: Duration = Duration::from_secs(10);
/// What the test plants on every host, in the words of its pages, except for a password. Pages plant it again when they
/// are left.
const EVERYTHING: &str = "cookie local session indexed cache bucket worker cached window history";

#[tokio::test]
async fn nothing_leaks_through_a_reset() {
    leaks_nothing(Isolation::Reset, Planted::Everything).await;
}

/// No command removes a password, so the reset works differently if there is one.
#[tokio::test]
async fn nothing_leaks_through_a_reset_without_a_password() {
    leaks_nothing(Isolation::Reset, Planted::NoPassword).await;
}

#[tokio::test]
async fn nothing_leaks_into_another_user_context() {
    leaks_nothing(Isolation::Context, Planted::Everything).await;
}

#[tokio::test]
async fn nothing_leaks_into_another_session() {
    leaks_nothing(Isolation::Session, Planted::Everything).await;
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Planted {
    Everything,
    /// No HTTP authentication.
    NoPassword,
}

async fn leaks_nothing(isolation: Isolation, planted: Planted) {
    let port = serve(pages()).await;
    let mut chromium = Chromium::start().await;
    if isolation == Isolation::Context {
        chromium.session.fresh_context().await.unwrap();
    }
    // The next tab is there before pages plant what they can.
    chromium.session.make_next(isolation);
    let session = &chromium.session;
    session.add_authenticator().await.unwrap();
    for host in HOSTS {
        let origin = format!("{host}:{port}");
        let mut expected = EVERYTHING.to_owned();
        if planted == Planted::Everything {
            assert_eq!(title_of(session, &format!("http://user:secret@{origin}/private")).await, "private");
            expected += " authorised";
        }
        assert_eq!(title_of(session, &format!("http://{origin}/set")).await, "set");
        assert_eq!(found_on(session, &origin).await, expected, "the test plants what it looks for");
    }
    session.click("#popup").await.unwrap();
    session.wait_for(LIMIT, |page| page.title() == "two windows").await.unwrap();

    match isolation {
        Isolation::Reset => chromium.session.reset().await.unwrap(),
        Isolation::Context => chromium.session.fresh_context().await.unwrap(),
        Isolation::Session => {
            let next = chromium.driver.open(&SessionOptions::default()).await.unwrap();
            std::mem::replace(&mut chromium.session, next).close().await.unwrap();
        }
    }

    let session = &chromium.session;
    for host in HOSTS {
        assert_eq!(found_on(session, &format!("{host}:{port}")).await, "nothing", "{host}");
    }
    // A ceremony finds no authenticator: a leftover one would give a credential.
    assert_eq!(title_of(session, &format!("http://{}:{port}/create", HOSTS[0])).await, "no authenticator");
    let id = session.add_authenticator().await.unwrap();
    assert_eq!(title_of(session, &format!("http://{}:{port}/create", HOSTS[0])).await, "created");
    session.remove_authenticator(&id).await.unwrap();
    chromium.stop().await;
}

/// What a host still knows. Typing into the field shows that the tab still takes real input.
async fn found_on(session: &WebDriverSession, origin: &str) -> String {
    let found = title_of(session, &format!("http://{origin}/peek")).await;
    session.type_into("#field", &Secret::new("typed")).await.unwrap();
    let typed = session.wait_for(LIMIT, |page| page.text().contains("typed")).await.unwrap().into_page();
    assert!(typed.text().contains("typed"), "{}", typed.text());
    found
}

async fn title_of(session: &WebDriverSession, url: &str) -> String {
    session.goto(url).await.unwrap();
    session.wait_for(LIMIT, |page| !page.title().is_empty()).await.unwrap().into_page().title().to_owned()
}

fn pages() -> Router {
    Router::new()
        .route("/set", get(|| async { Html(SET) }))
        .route("/peek", get(|| async { Html(PEEK) }))
        .route("/create", get(|| async { Html(CREATE) }))
        .route(
            "/popup",
            get(|| async {
                Html("<title>popup</title><script>onpagehide = () => localStorage.setItem('trace', '1')</script>")
            }),
        )
        .route("/private", get(private))
        .route("/authorised", get(authorised))
        .route("/cached", get(cached))
        .route("/worker.js", get(|| async { ([("content-type", "text/javascript")], "") }))
}

async fn private(headers: HeaderMap) -> Response {
    match headers.get(AUTHORIZATION) {
        Some(_) => Html("<title>private</title>").into_response(),
        None => (StatusCode::UNAUTHORIZED, [(WWW_AUTHENTICATE, "Basic realm=\"test\"")]).into_response(),
    }
}

/// Whether the browser sends a remembered password without being asked.
async fn authorised(headers: HeaderMap) -> &'static str {
    if headers.contains_key(AUTHORIZATION) { "yes" } else { "no" }
}

/// A different text for every request that the HTTP cache does not answer.
async fn cached() -> impl axum::response::IntoResponse {
    use std::sync::atomic::{AtomicU32, Ordering};
    static COUNT: AtomicU32 = AtomicU32::new(0);
    ([(CACHE_CONTROL, "public, max-age=3600")], COUNT.fetch_add(1, Ordering::Relaxed).to_string())
}

const SET: &str = "<body><script>
(async () => {
  document.cookie = 'trace=1; path=/';
  localStorage.setItem('trace', '1');
  sessionStorage.setItem('trace', '1');
  window.name = 'trace';
  history.pushState(null, '');
  history.pushState(null, '');
  await new Promise((done) => {
    const open = indexedDB.open('trace');
    open.onupgradeneeded = () => open.result.createObjectStore('trace');
    open.onsuccess = () => { open.result.close(); done(); };
  });
  await caches.open('trace');
  await navigator.storageBuckets.open('trace');
  await navigator.serviceWorker.register('/worker.js');
  localStorage.setItem('cached', await (await fetch('/cached')).text());
  document.title = 'set';
})();
</script>";

const PEEK: &str = "<body><input id=field oninput=\"seen.textContent = this.value\"><p id=seen></p>
<button id=popup onclick=\"window.open('/popup'); document.title = 'two windows'\">popup</button><script>
onpagehide = () => localStorage.setItem('trace', '1');
(async () => {
  const found = [];
  if (document.cookie.includes('trace')) found.push('cookie');
  if (localStorage.getItem('trace')) found.push('local');
  if (sessionStorage.getItem('trace')) found.push('session');
  if ((await indexedDB.databases()).length) found.push('indexed');
  if ((await caches.keys()).length) found.push('cache');
  if ((await navigator.storageBuckets.keys()).length) found.push('bucket');
  if ((await navigator.serviceWorker.getRegistrations()).length) found.push('worker');
  if (await (await fetch('/cached')).text() === localStorage.getItem('cached')) found.push('cached');
  if (window.name) found.push('window');
  if (history.length > 3) found.push('history');
  if (await (await fetch('/authorised')).text() === 'yes') found.push('authorised');
  document.title = found.join(' ') || 'nothing';
})();
</script>";

const CREATE: &str = "<body><script>
const user = { id: new Uint8Array(8), name: 'rep', displayName: 'rep' };
const publicKey = { challenge: new Uint8Array(32), rp: { name: 'acme' }, user,
  pubKeyCredParams: [{ type: 'public-key', alg: -7 }] };
navigator.credentials.create({ publicKey, signal: AbortSignal.timeout(1500) })
  .then(() => { document.title = 'created'; }, () => { document.title = 'no authenticator'; });
</script>";
