//! The cache folder: private, shared between processes, repaired if damaged.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;
use std::sync::Barrier;
use std::thread;

use jiff::SignedDuration;
use vestibule_certs::{CertStore, KeyAlgorithm, KeyState};

use crate::now;

#[test]
fn the_folder_is_0700_and_every_file_in_it_is_0600() {
    let dir = tempfile::tempdir().unwrap();
    let store = CertStore::open(dir.path(), now()).unwrap();
    for state in [KeyState::Valid, KeyState::Foreign] {
        store.signing_key(KeyAlgorithm::EcP256, state).unwrap();
    }

    let folder = dir.path().join("certs");
    let modes: Vec<(String, u32)> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), mode(&entry.path())))
        .collect();

    assert_eq!(mode(&folder), 0o700);
    assert_eq!(modes.len(), 6, "{modes:?}");
    assert!(modes.iter().all(|(_, mode)| *mode == 0o600), "{modes:?}");
}

#[test]
fn the_second_open_returns_the_same_keys() {
    let dir = tempfile::tempdir().unwrap();
    let every = [
        (KeyAlgorithm::Rsa2048, KeyState::Valid),
        (KeyAlgorithm::EcP256, KeyState::Valid),
        (KeyAlgorithm::EcP256, KeyState::Expired),
        (KeyAlgorithm::EcP256, KeyState::RolledOver),
        (KeyAlgorithm::EcP256, KeyState::Foreign),
    ];
    let all = |seconds: i64| {
        let store = CertStore::open(dir.path(), now() + SignedDuration::from_secs(seconds)).unwrap();
        let keys: Vec<Vec<u8>> = every
            .iter()
            .map(|(algorithm, state)| store.signing_key(*algorithm, *state).unwrap().certificate_der().to_vec())
            .collect();
        (store.authority_pem().to_owned(), store.spki_pin().to_owned(), keys)
    };

    assert_eq!(all(0), all(86_400));
}

#[test]
fn stores_opened_at_once_over_an_empty_folder_share_one_authority_and_one_key() {
    let dir = tempfile::tempdir().unwrap();
    let start = Barrier::new(8);
    let open = || {
        start.wait();
        let store = CertStore::open(dir.path(), now()).unwrap();
        let key = store.signing_key(KeyAlgorithm::EcP256, KeyState::Valid).unwrap();
        (store.authority_pem().to_owned(), store.spki_pin().to_owned(), key.kid().to_owned())
    };

    let mut seen: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(open)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });

    seen.dedup();
    assert_eq!(seen.len(), 1, "{seen:?}");
}

/// The test below runs this one in several processes at once.
#[test]
fn a_process_opens_the_store_that_its_environment_names() {
    let Ok(dir) = std::env::var("VESTIBULE_CERTS_TEST_DIR") else { return };
    let store = CertStore::open(Path::new(&dir), now()).unwrap();
    let key = store.signing_key(KeyAlgorithm::Rsa2048, KeyState::Valid).unwrap();
    println!("pin={} kid={}", store.spki_pin(), key.kid());
}

#[test]
fn processes_that_start_at_once_over_an_empty_folder_share_one_authority_and_one_key() {
    let dir = tempfile::tempdir().unwrap();
    let spawn = || {
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "cache::a_process_opens_the_store_that_its_environment_names", "--nocapture"])
            .env("VESTIBULE_CERTS_TEST_DIR", dir.path())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap()
    };
    let children: Vec<_> = (0..3).map(|_| spawn()).collect();
    let mut seen: Vec<String> = children
        .into_iter()
        .map(|child| String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap())
        .map(|text| text.lines().find(|line| line.contains("pin=")).expect("the child printed its pin").to_owned())
        .map(|line| line[line.find("pin=").unwrap()..].to_owned())
        .collect();

    seen.dedup();
    assert_eq!(seen.len(), 1, "{seen:?}");
}

#[test]
fn a_damaged_file_is_replaced_by_a_sound_one() {
    let dir = tempfile::tempdir().unwrap();
    let files = ["authority.pem", "leaf-key.pem", "signing-ec-p256-valid.pem"];
    let damages: [fn(&str) -> String; 4] = [
        |_| String::new(),
        |_| "not PEM at all".to_owned(),
        |text| text[..text.len() / 2].to_owned(),
        |text| text.replacen("\nM", "\nA", 2),
    ];
    for file in files {
        for damage in damages {
            open_and_sign(dir.path());
            let path = dir.path().join("certs").join(file);
            let before = fs::read_to_string(&path).unwrap();
            fs::write(&path, damage(&before)).unwrap();

            open_and_sign(dir.path());

            let after = fs::read_to_string(&path).unwrap();
            assert!(after.contains("PRIVATE KEY-----"), "{file}");
            assert_ne!(after, damage(&before), "{file}");
            assert_eq!(mode(&path), 0o600, "{file}");
        }
    }
}

#[test]
fn a_key_that_others_could_read_is_replaced() {
    let dir = tempfile::tempdir().unwrap();
    let before = CertStore::open(dir.path(), now()).unwrap().authority_pem().to_owned();
    let path = dir.path().join("certs/authority.pem");
    fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();

    let after = CertStore::open(dir.path(), now()).unwrap().authority_pem().to_owned();

    assert_ne!(before, after);
    assert_eq!(mode(&path), 0o600);
}

#[test]
fn expired_material_is_replaced_and_signing_certificates_follow_their_authority() {
    let dir = tempfile::tempdir().unwrap();
    let kid_at = |days: i64| {
        let at = now() + SignedDuration::from_hours(24 * days);
        let store = CertStore::open(dir.path(), at).unwrap();
        let key = store.signing_key(KeyAlgorithm::EcP256, KeyState::Valid).unwrap();
        (store.authority_pem().to_owned(), key.kid().to_owned())
    };
    let first = kid_at(0);

    let signing_key_too_old = kid_at(1600);
    assert_eq!(signing_key_too_old.0, first.0);
    assert_ne!(signing_key_too_old.1, first.1);

    let authority_too_old = kid_at(3000);
    assert_ne!(authority_too_old.0, first.0);
    assert_ne!(authority_too_old.1, signing_key_too_old.1);
}

#[test]
fn a_folder_that_cannot_be_made_is_named_in_the_error() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("a-file");
    fs::write(&file, "").unwrap();

    let error = CertStore::open(&file, now()).unwrap_err().to_string();

    assert!(error.starts_with("create the cache folder `") && error.contains("a-file/certs"), "{error}");
}

fn open_and_sign(dir: &Path) {
    let store = CertStore::open(dir, now()).unwrap();
    store.signing_key(KeyAlgorithm::EcP256, KeyState::Valid).unwrap();
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}
