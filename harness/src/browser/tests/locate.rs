//! Finding a browser and a driver of the same version.

use std::path::{Path, PathBuf};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::chromium::Chromium;
use crate::browser::{Binaries, BrowserError, BrowserKind, Driver, Search, SessionOptions, locate};

#[tokio::test]
async fn a_named_browser_and_driver_of_one_major_version_are_taken() {
    let found = locate(&good_search()).await.unwrap();

    assert_eq!(found.version, "156.0.8078.79");
    assert_eq!(found.browser, fake("chromium-156"));
    assert!(!found.headless_shell);
}

#[tokio::test]
async fn another_major_version_is_reported_with_the_command_that_fixes_it() {
    let error = locate(&Search { driver: Some(fake("chromedriver-150")), ..good_search() }).await.unwrap_err();

    assert!(matches!(error, BrowserError::Mismatch { .. }), "{error}");
    let told = error.diagnostic();
    assert_eq!(
        told.title,
        "failed to drive Chromium 156.0.8078.79 with ChromeDriver 150.0.8078.79: their major versions differ"
    );
    assert!(told.hint.unwrap().contains("apt-get install chromium chromium-driver chromium-headless-shell"));
}

#[tokio::test]
async fn a_missing_browser_and_a_missing_driver_are_reported_differently() {
    let nowhere = Search { browser: None, driver: None, ..good_search() };
    let error = locate(&nowhere).await.unwrap_err();
    assert!(matches!(error, BrowserError::NoBrowser { .. }), "{error}");
    assert!(error.remedy().contains("VESTIBULE_BROWSER"));

    let error = locate(&Search { driver: None, ..good_search() }).await.unwrap_err();
    assert!(matches!(error, BrowserError::NoDriver { .. }), "{error}");

    let named = Search { browser: Some(PathBuf::from("/no/such/chromium")), ..good_search() };
    let error = locate(&named).await.unwrap_err();
    assert!(error.to_string().contains("/no/such/chromium"), "{error}");
}

#[tokio::test]
async fn a_missing_firefox_or_geckodriver_is_reported_with_how_to_install_it() {
    let nowhere = Search { kind: BrowserKind::Firefox, browser: None, driver: None, ..good_search() };
    let error = locate(&nowhere).await.unwrap_err();
    assert!(error.to_string().contains("there is no Firefox at `/no/such/folder/firefox-esr` and in PATH"), "{error}");
    assert!(error.remedy().contains("apt-get install firefox-esr && cargo install geckodriver"), "{}", error.remedy());

    let error = locate(&Search { browser: Some(fake("chromium-156")), ..nowhere }).await.unwrap_err();
    assert!(error.to_string().contains("find geckodriver"), "{error}");
    assert!(error.remedy().contains("VESTIBULE_GECKODRIVER"), "{}", error.remedy());
}

#[tokio::test]
async fn the_version_of_a_firefox_and_of_its_driver_need_not_agree() {
    let search = Search {
        kind: BrowserKind::Firefox,
        browser: Some(fake("firefox-153")),
        driver: Some(fake("geckodriver-0.37")),
        ..good_search()
    };

    let found = locate(&search).await.unwrap();

    assert_eq!((found.kind, found.version.as_str()), (BrowserKind::Firefox, "153.8.0esr"));
}

#[tokio::test]
async fn a_program_that_reports_no_version_is_refused() {
    let error = locate(&Search { browser: Some(fake("silent")), ..good_search() }).await.unwrap_err();

    assert!(matches!(error, BrowserError::Version { .. }), "{error}");
    assert!(error.to_string().contains("no version here"));
}

#[tokio::test]
async fn the_version_of_another_program_is_not_taken_for_chromiums() {
    let error = locate(&Search { browser: Some("/bin/true".into()), ..good_search() }).await.unwrap_err();

    let told = error.diagnostic().title;
    let begins = "failed to ask `/bin/true` for its version: it answered `true (GNU coreutils) ";
    assert!(told.starts_with(begins), "{told}");
    assert!(told.ends_with("`, as no Chromium or ChromeDriver does"), "{told}");
}

#[tokio::test]
async fn headless_prefers_the_real_shell_binary_and_headed_never_takes_it() {
    let real = Search {
        kind: BrowserKind::Chromium,
        browser: None,
        driver: None,
        folder: "/usr/lib/chromium".into(),
        path: "/usr/bin".into(),
        headed: false,
    };
    let headless = locate(&real).await.unwrap();
    let headed = locate(&Search { headed: true, ..real }).await.unwrap();

    assert_eq!(headless.browser, Path::new("/usr/lib/chromium/chromium-headless-shell"));
    assert!(headless.headless_shell);
    assert_eq!(headed.browser, Path::new("/usr/lib/chromium/chromium"));
    assert!(!headed.headless_shell);
}

#[tokio::test]
async fn a_driver_that_ends_at_once_is_broken_with_its_log() {
    vestibule_certs::install_tls_provider();
    let folder = tempfile::tempdir().unwrap();
    let binaries = Binaries {
        kind: BrowserKind::Chromium,
        browser: fake("chromium-156"),
        driver: fake("failing-driver"),
        version: "156.0".to_owned(),
        headless_shell: false,
    };

    let error = Driver::start(binaries, folder.path()).await.unwrap_err();

    assert!(matches!(&error, BrowserError::DriverNotReady { why, .. } if why.contains("ended")), "{error}");
}

#[tokio::test]
async fn a_driver_whose_port_was_taken_is_started_again() {
    vestibule_certs::install_tls_provider();
    let folder = tempfile::tempdir().unwrap();
    let binaries = Binaries { driver: fake("unlucky-driver"), ..locate(&good_search()).await.unwrap() };

    let mut driver = Driver::start(binaries, folder.path()).await.unwrap();

    assert!(driver.is_alive().await);
    assert!(folder.path().join("chromedriver.log.met").exists(), "the first start failed");
    driver.stop().await;
}

#[tokio::test]
async fn a_session_that_finds_no_room_for_its_profile_names_the_folder() {
    let Chromium { driver, folder, session } = Chromium::start().await;
    session.close().await.unwrap();
    std::fs::remove_dir_all(folder.path()).unwrap();

    let error = driver.open(&SessionOptions::default()).await.unwrap_err();

    assert!(matches!(&error, BrowserError::Machine { path, .. } if path == folder.path()), "{error}");
    assert!(error.remedy().contains("exists and that you may use it"), "{}", error.remedy());
}

#[tokio::test]
async fn a_driver_that_hangs_is_not_taken_for_alive() {
    let mut driver = Chromium::start().await.driver;
    assert!(driver.is_alive().await);

    let id = Pid::from_raw(i32::try_from(driver.process_id().unwrap()).unwrap());
    kill(id, Signal::SIGSTOP).unwrap();

    assert!(!driver.is_alive().await);
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_named() {
    vestibule_certs::install_tls_provider();
    let binaries = locate(&good_search()).await.unwrap();

    let error = Driver::start(binaries, Path::new("/proc/no/such")).await.unwrap_err();

    assert!(matches!(&error, BrowserError::Machine { path, .. } if path == Path::new("/proc/no/such")), "{error}");
}

fn good_search() -> Search {
    Search {
        kind: BrowserKind::Chromium,
        browser: Some(fake("chromium-156")),
        driver: Some(fake("chromedriver-156")),
        headed: false,
        folder: PathBuf::from("/no/such/folder"),
        path: "/no/such/folder".into(),
    }
}

fn fake(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fakes").join(name)
}
