//! A real Firefox with geckodriver, where both are there: passkeys in both directions, faults, nothing left behind.

use std::time::Duration;

use axum::Router;
use axum::http::header::SET_COOKIE;
use axum::response::Html;
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tempfile::TempDir;
use vestibule_model::{AuthenticatorFault, PageName};

use super::chromium::serve;
use super::{press, processes_that_name};
use crate::authenticator::browser_commands::faulty_credential;
use crate::authenticator::tests::relying_party::RelyingParty;
use crate::authenticator::{Authenticator, CredentialStore};
use crate::browser::page::Waited;
use crate::browser::{Driver, Search, SessionOptions, WebDriverSession, locate};

/// geckodriver with one session; both end with the test.
struct Firefox {
    session: WebDriverSession,
    driver: Driver,
    folder: TempDir,
}

impl Firefox {
    /// `None`, said aloud, if there is none and `make firefox` did not ask for it.
    async fn start() -> Option<Self> {
        vestibule_certs::install_tls_provider();
        let binaries = match locate(&Search::of_firefox(None, None, false)).await {
            Ok(binaries) => binaries,
            Err(error) => {
                let required = std::env::var("VESTIBULE_TEST_FIREFOX").is_ok_and(|value| value == "required");
                assert!(!required, "{error}");
                eprintln!("LEFT OUT: {error}; `make firefox` installs it");
                return None;
            }
        };
        let folder = tempfile::tempdir().unwrap();
        let driver = Driver::start(binaries, folder.path()).await.unwrap();
        let session = driver.open(&SessionOptions::default()).await.unwrap();
        Some(Self { session, driver, folder })
    }

    /// Nothing of it is left.
    async fn stop(self) {
        let folder = self.folder.path().to_str().unwrap().to_owned();
        assert!(!processes_that_name(&folder).is_empty(), "the browser's profile is in the folder");
        self.session.close().await.unwrap();
        self.driver.stop().await;
        for _ in 0..100 {
            if processes_that_name(&folder).is_empty() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("left: {:?}", processes_that_name(&folder));
    }
}

#[tokio::test]
async fn a_passkey_signs_in_over_http_and_through_firefox_with_one_counter() {
    let Some(firefox) = Firefox::start().await else { return };
    let session = &firefox.session;
    let rp = RelyingParty::new(1);
    let port = serve(rp.pages()).await;
    let mut passkeys = CredentialStore::default();
    rp.register_over_http(&mut Authenticator::new(&mut passkeys));
    rp.sign_in_over_http(&mut Authenticator::new(&mut passkeys)).unwrap();
    let id = session.add_authenticator().await.unwrap();
    session.add_credential(&id, &passkeys.credentials()[0]).await.unwrap();

    assert_eq!(press(session, &format!("http://login.acme.localhost:{port}/login")).await, "accepted");

    let last = *rp.last_counter.lock();
    assert!(last > 1, "the browser continues the counter of HTTP");
    for credential in session.credentials(&id).await.unwrap() {
        passkeys.store(credential);
    }
    rp.sign_in_over_http(&mut Authenticator::new(&mut passkeys)).unwrap();
    assert_eq!(*rp.last_counter.lock(), last + 1);
    firefox.stop().await;
}

#[tokio::test]
async fn a_passkey_created_in_firefox_is_there_in_every_window_and_over_http_and_gone_after_a_reset() {
    let Some(firefox) = Firefox::start().await else { return };
    let session = &firefox.session;
    let rp = RelyingParty::new(1);
    let port = serve(rp.pages()).await;
    let id = session.add_authenticator().await.unwrap();

    assert_eq!(press(session, &format!("http://my.acme.localhost:{port}/register")).await, "accepted");
    assert_eq!(press(session, &format!("http://login.acme.localhost:{port}/login")).await, "accepted");

    let mut passkeys = CredentialStore::default();
    for credential in session.credentials(&id).await.unwrap() {
        passkeys.store(credential);
    }
    assert!(passkeys.credentials()[0].resident);
    rp.sign_in_over_http(&mut Authenticator::new(&mut passkeys)).unwrap();
    session.reset().await.unwrap();
    let _added = session.add_authenticator().await.unwrap();
    assert_eq!(press(session, &format!("http://login.acme.localhost:{port}/login")).await, "NotAllowedError");
    firefox.stop().await;
}

/// The page sees an exception, or the RP says why it refuses the assertion.
#[tokio::test]
async fn a_fault_of_an_authenticator_ends_a_ceremony_in_firefox_for_its_own_reason() {
    let Some(firefox) = Firefox::start().await else { return };
    let session = &firefox.session;
    let rp = RelyingParty::new(1);
    let port = serve(rp.pages()).await;
    let mut passkeys = CredentialStore::default();
    rp.register_over_http(&mut Authenticator::new(&mut passkeys));
    for _ in 0..2 {
        rp.sign_in_over_http(&mut Authenticator::new(&mut passkeys)).unwrap();
    }
    let credential = &passkeys.credentials()[0];

    for (fault, said) in [
        (AuthenticatorFault::UserVerificationRefused, "NotAllowedError"),
        (AuthenticatorFault::Declined, "NotAllowedError"),
        (AuthenticatorFault::WrongOrigin, "NotAllowedError"),
        (AuthenticatorFault::CounterEqual, "CredentialPossibleCompromise"),
        (AuthenticatorFault::CounterLower, "CredentialPossibleCompromise"),
        (AuthenticatorFault::UserVerificationAbsent, "NotAllowedError"),
        (AuthenticatorFault::BackedUp, "CredentialMayNotBeHardwareBound"),
        (AuthenticatorFault::BackedUpIneligible, "CredentialMayNotBeHardwareBound"),
        (AuthenticatorFault::BackupEligible, "accepted"),
        (AuthenticatorFault::NotBackupEligible, "CredentialBackupEligibilityInconsistent"),
    ] {
        let id = session.add_faulty_authenticator(fault).await.unwrap().unwrap();
        session.add_faulty_credential(&id, &faulty_credential(credential, fault).unwrap(), fault).await.unwrap();
        let told = press(session, &format!("http://acme.localhost:{port}/login")).await;
        assert!(told.contains(said), "{fault}: {told}");
        session.remove_authenticator(&id).await.unwrap();
    }
    let silent = session.add_faulty_authenticator(AuthenticatorFault::TimedOut).await.unwrap().unwrap();
    session.goto(&format!("http://acme.localhost:{port}/login")).await.unwrap();
    session.click("#go").await.unwrap();
    let waited = session.wait_for(Duration::from_secs(1), |page| page.title() != "waiting").await.unwrap();
    assert!(matches!(waited, Waited::TimedOut(_)), "{waited:?}");
    session.remove_authenticator(&silent).await.unwrap();
    let id = session.add_authenticator().await.unwrap();
    session.add_credential(&id, credential).await.unwrap();
    assert_eq!(press(session, &format!("http://acme.localhost:{port}/register")).await, "InvalidStateError");
    firefox.stop().await;
}

#[tokio::test]
async fn cookies_console_and_pictures_of_a_firefox_are_read_and_a_reset_leaves_nothing() {
    let Some(firefox) = Firefox::start().await else { return };
    let session = &firefox.session;
    let noisy =
        "<title>noisy</title><p>here</p><script>localStorage.seen = 1; console.error('the gate failed')</script>";
    let page = move || async move { ([(SET_COOKIE, "visited=yes; Path=/")], Html(noisy)) };
    let port = serve(Router::new().route("/", get(page))).await;
    let url = format!("http://my.acme.localhost:{port}/");

    session.goto(&url).await.unwrap();
    let picture = session.small_picture().await.unwrap();
    let drawn = session.take_copies();
    assert_eq!(session.page().await.unwrap().title(), "noisy");
    let lines = session.console().await.unwrap();

    assert!(
        lines.iter().any(|line| line.text.starts_with("SEVERE") && line.text.contains("the gate failed")),
        "{lines:?}"
    );
    assert!(session.console().await.unwrap().is_empty(), "it is read once");
    let picture = STANDARD.decode(&picture).unwrap();
    assert!(picture.starts_with(b"RIFF") && picture[8..].starts_with(b"WEBP"), "{:?}", &picture[..12]);
    assert!(drawn.is_empty(), "no page was read before");
    assert_eq!(session.cookie_names(&url).await.unwrap(), ["visited"]);
    assert!(session.cookie_names(&format!("http://acme.localhost:{port}/")).await.unwrap().is_empty());
    let copies = session.take_copies();
    assert_eq!(session.draw(&copies).await.unwrap().len(), 1);
    session.reset().await.unwrap();
    assert!(session.cookie_names(&url).await.unwrap().is_empty());
    session.goto("http://acme.localhost:9/").await.unwrap();
    assert_eq!(session.page().await.unwrap().name, PageName::BrowserError);
    firefox.stop().await;
}
