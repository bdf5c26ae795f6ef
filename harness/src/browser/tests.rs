//! A real Chromium: passkeys in both directions, pages by name, nothing left behind.

pub(crate) mod chromium;
mod firefox;
mod isolation;
mod locate;
mod page_copies;
mod webdriver_faults;

use std::fs;
use std::time::Duration;

use axum::Router;
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::response::Html;
use axum::routing::get;
use vestibule_model::{AuthenticatorFault, PageName, Secret};

use super::page::Waited;
use super::*;
use crate::authenticator::browser_commands::{faulty_authenticator, faulty_credential};
use crate::authenticator::tests::relying_party::RelyingParty;
use crate::authenticator::{Authenticator, CredentialStore};
use chromium::{Chromium, serve};

const LIMIT: Duration = Duration::from_secs(10);

#[tokio::test]
async fn a_passkey_registered_over_http_signs_in_through_chromium() {
    let rp = RelyingParty::new(1);
    let port = serve(rp.pages()).await;
    let mut passkeys = CredentialStore::default();
    rp.register_over_http(&mut Authenticator::new(&mut passkeys));
    rp.sign_in_over_http(&mut Authenticator::new(&mut passkeys)).unwrap();
    let chromium = Chromium::start().await;
    let id = chromium.session.add_authenticator().await.unwrap();
    chromium.session.add_credential(&id, &passkeys.credentials()[0]).await.unwrap();

    assert_eq!(press(&chromium.session, &format!("http://login.acme.localhost:{port}/login")).await, "accepted");

    assert_eq!(*rp.last_counter.lock(), 2, "the browser continues the counter of HTTP");
    for credential in chromium.session.credentials(&id).await.unwrap() {
        passkeys.store(credential);
    }
    rp.sign_in_over_http(&mut Authenticator::new(&mut passkeys)).unwrap();
    assert_eq!(*rp.last_counter.lock(), 3);
    chromium.stop().await;
}

#[tokio::test]
async fn a_passkey_created_in_chromium_signs_in_over_http() {
    let rp = RelyingParty::new(1);
    let port = serve(rp.pages()).await;
    let chromium = Chromium::start().await;
    let id = chromium.session.add_authenticator().await.unwrap();

    assert_eq!(press(&chromium.session, &format!("http://my.acme.localhost:{port}/register")).await, "accepted");

    let mut passkeys = CredentialStore::default();
    for credential in chromium.session.credentials(&id).await.unwrap() {
        passkeys.store(credential);
    }
    assert!(passkeys.credentials()[0].resident);
    rp.sign_in_over_http(&mut Authenticator::new(&mut passkeys)).unwrap();
    chromium.stop().await;
}

#[tokio::test]
async fn a_browser_that_has_no_credential_is_refused_until_it_is_given_one() {
    let rp = RelyingParty::new(1);
    let port = serve(rp.pages()).await;
    let mut passkeys = CredentialStore::default();
    rp.register_over_http(&mut Authenticator::new(&mut passkeys));
    let chromium = Chromium::start().await;
    let session = &chromium.session;
    let id = session.add_authenticator().await.unwrap();
    let login = format!("http://acme.localhost:{port}/login");

    assert_eq!(press(session, &login).await, "NotAllowedError");
    session.add_credential(&id, &passkeys.credentials()[0]).await.unwrap();
    assert_eq!(press(session, &login).await, "accepted");
    chromium.stop().await;
}

/// The page sees an exception, or the RP says why it refuses the assertion.
#[tokio::test]
async fn a_fault_of_an_authenticator_ends_a_ceremony_for_its_own_reason() {
    let rp = RelyingParty::new(1);
    let port = serve(rp.pages()).await;
    let mut passkeys = CredentialStore::default();
    rp.register_over_http(&mut Authenticator::new(&mut passkeys));
    for _ in 0..2 {
        rp.sign_in_over_http(&mut Authenticator::new(&mut passkeys)).unwrap();
    }
    let credential = &passkeys.credentials()[0];
    let chromium = Chromium::start().await;
    let session = &chromium.session;

    for (fault, said) in [
        (AuthenticatorFault::UserVerificationRefused, "NotAllowedError"),
        (AuthenticatorFault::Declined, "NotAllowedError"),
        (AuthenticatorFault::WrongOrigin, "NotAllowedError"),
        (AuthenticatorFault::CounterEqual, "CredentialPossibleCompromise"),
        (AuthenticatorFault::CounterLower, "CredentialPossibleCompromise"),
        (AuthenticatorFault::BackedUp, "CredentialMayNotBeHardwareBound"),
        (AuthenticatorFault::BackedUpIneligible, "CredentialMayNotBeHardwareBound"),
        (AuthenticatorFault::BackupEligible, "accepted"),
        (AuthenticatorFault::NotBackupEligible, "CredentialBackupEligibilityInconsistent"),
    ] {
        let id = session.add_authenticator_with(faulty_authenticator(fault).unwrap()).await.unwrap();
        session.add_credential(&id, &faulty_credential(credential, fault).unwrap()).await.unwrap();
        if let Some(flags) = fault.backup_flags() {
            session.set_backup_flags(&id, &credential.id, flags).await.unwrap();
        }
        let told = press(session, &format!("http://acme.localhost:{port}/login")).await;
        assert!(told.contains(said), "{fault}: {told}");
        session.remove_authenticator(&id).await.unwrap();
    }
    let id = session.add_authenticator().await.unwrap();
    session.add_credential(&id, credential).await.unwrap();
    assert_eq!(press(session, &format!("http://acme.localhost:{port}/register")).await, "InvalidStateError");
    chromium.stop().await;
}

#[tokio::test]
async fn a_killed_driver_leaves_no_process() {
    let chromium = Chromium::start().await;
    let folder = chromium.folder.path().to_str().unwrap().to_owned();
    assert!(!processes_that_name(&folder).is_empty(), "the browser's profile is in the folder");

    let Chromium { session, driver, folder: _kept } = chromium;
    drop(driver);

    let mut left = Vec::new();
    for _ in 0..100 {
        left = processes_that_name(&folder);
        if left.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(left.is_empty(), "{left:?}");
    assert!(session.page().await.is_err(), "the session is lost with its driver");
}

#[tokio::test]
async fn a_refused_certificate_and_a_closed_port_are_pages_of_the_browser() {
    let port = serve(Router::new()).await;
    let chromium = Chromium::start().await;

    chromium.session.goto("http://acme.localhost:9/").await.unwrap();
    assert_eq!(chromium.session.page().await.unwrap().name, PageName::BrowserError);
    chromium.session.goto(&format!("https://acme.localhost:{port}/")).await.unwrap();
    assert_eq!(chromium.session.page().await.unwrap().name, PageName::BrowserError);
    chromium.stop().await;
}

#[tokio::test]
async fn a_screenshot_hides_secrets_and_leaves_the_page_as_it_was() {
    let code = "<title>Verify</title><body><input id=tc name=tc type=text><p id=seen></p>
        <button id=count onclick='seen.textContent = `sheets: ${document.adoptedStyleSheets.length}`'>Count</button>";
    let port = serve(Router::new().route("/", get(move || page(code)))).await;
    let chromium = Chromium::start().await;
    let session = &chromium.session;
    session.goto(&format!("http://acme.localhost:{port}/")).await.unwrap();

    session.type_into("#tc", &Secret::new("111111")).await.unwrap();
    let first = session.screenshot().await.unwrap();
    session.type_into("#tc", &Secret::new("888888")).await.unwrap();
    let second = session.screenshot().await.unwrap();
    session.click("#count").await.unwrap();

    assert!(first.starts_with(b"\x89PNG"));
    assert_eq!(first, second, "the picture does not show the code");
    assert!(session.page().await.unwrap().text().contains("sheets: 0"));
    chromium.stop().await;
}

#[tokio::test]
async fn a_picture_hides_secrets_on_a_page_that_allows_no_style() {
    let pairing = |key: &str| {
        let page = format!("<title>Pair</title><p id=key>{key}</p><input id=tc name=tc value={key}>");
        ([(CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'self'")], Html(page))
    };
    let pages = Router::new()
        .route("/one", get(async move || pairing("JBSWY3DPEHPK3PXP")))
        .route("/other", get(async move || pairing("AAAAAAAAAAAAAAAA")));
    let port = serve(pages).await;
    let chromium = Chromium::start().await;
    let session = &chromium.session;
    let mut pictures = Vec::new();
    for path in ["one", "other"] {
        session.goto(&format!("http://acme.localhost:{port}/{path}")).await.unwrap();
        pictures.push((session.screenshot().await.unwrap(), session.small_picture().await.unwrap()));
    }

    assert!(pictures[0] == pictures[1], "the pictures show the key");
    chromium.stop().await;
}

#[tokio::test]
async fn the_console_is_read_once() {
    let noisy = "<title>noisy</title><script>console.error('the gate failed')</script>";
    let port = serve(Router::new().route("/", get(move || page(noisy)))).await;
    let chromium = Chromium::start().await;
    chromium.session.goto(&format!("http://acme.localhost:{port}/")).await.unwrap();

    let lines = chromium.session.console().await.unwrap();

    assert!(
        lines.iter().any(|line| line.text.starts_with("SEVERE") && line.text.contains("the gate failed")),
        "{lines:?}"
    );
    assert!(chromium.session.console().await.unwrap().is_empty());
    chromium.stop().await;
}

async fn page(html: &'static str) -> Html<&'static str> {
    Html(html)
}

/// Opens a page, presses its only button, and returns the title it gets.
async fn press(session: &WebDriverSession, url: &str) -> String {
    session.goto(url).await.unwrap();
    session.click("#go").await.unwrap();
    match session.wait_for(LIMIT, |page| page.title() != "waiting").await.unwrap() {
        Waited::Reached(page) => page.title().to_owned(),
        Waited::TimedOut(page) => panic!("still on {}", page.described()),
    }
}

fn processes_that_name(folder: &str) -> Vec<String> {
    let entries = fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let lines = entries.filter_map(|entry| fs::read(entry.path().join("cmdline")).ok());
    lines.map(|line| String::from_utf8_lossy(&line).replace('\0', " ")).filter(|line| line.contains(folder)).collect()
}
