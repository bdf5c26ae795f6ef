//! Two independent verifiers, rustls-webpki and OpenSSL, check each chain.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use openssl::hash::MessageDigest;
use openssl::sign::Verifier;
use openssl::stack::Stack;
use openssl::x509::store::X509StoreBuilder;
use openssl::x509::verify::X509VerifyParam;
use openssl::x509::{X509, X509StoreContext};
use rcgen::{BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, SanType};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use webpki::{EndEntityCert, KeyUsage, anchor_from_trusted_cert};

use super::CertStore;
use crate::authority::Authority;
use crate::key::PrivateKey;
use crate::validity::Validity;
use crate::{KeyAlgorithm, KeyState, SigningKey, tls_provider};

#[test]
fn both_verifiers_accept_a_leaf_for_exactly_its_host() {
    let (store, _dir) = store();
    for host in ["acme--uat.sandbox.my.salesforce.com", "okta.localhost", "localhost"] {
        let leaf = leaf(&store, host);
        assert_eq!(verdicts(&store, &leaf, Some(host), now()), (true, true), "{host}");
        assert_eq!(verdicts(&store, &leaf, Some("evil.example"), now()), (false, false), "{host} for another host");
    }
}

/// Real clients are tried in `harness/tests/it/name_constraints.rs`.
#[test]
fn a_leaf_for_a_host_that_is_not_simulated_is_refused_though_the_authority_has_signed_it() {
    let (store, _dir) = store();
    for host in [
        "example.com",
        "www.example.com",
        "notsalesforce.com",
        "salesforce.com.example",
        "mylocalhost",
        "localhost.example",
        "google.com",
        "mail.google.com",
        "com",
    ] {
        assert_eq!(verdicts(&store, &leaf(&store, host), Some(host), now()), (false, false), "{host}");
    }
}

#[test]
fn a_leaf_for_every_host_that_is_simulated_is_accepted() {
    let (store, _dir) = store();
    for host in [
        "localhost",
        "okta.localhost",
        "acme--uat.sandbox.my.salesforce.localhost",
        "salesforce.com",
        "login.salesforce.com",
        "test.salesforce.com",
        "acme--uat.sandbox.my.salesforce.com",
        "acme.lightning.force.com",
        "acme.my.salesforce-setup.com",
        "login.microsoftonline.com",
        "acme.okta.com",
        "accounts.google.com",
    ] {
        assert_eq!(verdicts(&store, &leaf(&store, host), Some(host), now()), (true, true), "{host}");
    }
}

#[test]
fn an_address_that_is_not_loopback_is_refused_though_the_authority_has_signed_it() {
    let (store, _dir) = store();
    for (address, accepted) in
        [("127.0.0.1", true), ("127.1.2.3", true), ("::1", true), ("192.0.2.1", false), ("::2", false)]
    {
        let mut params = CertificateParams::default();
        params.subject_alt_names = vec![SanType::IpAddress(address.parse().unwrap())];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let key = PrivateKey::ec_p256().unwrap();
        let leaf = store.authority.issue(params, "A leaf for an address", Validity::around(now(), 1, 1), &key).unwrap();

        assert_eq!(verdicts(&store, leaf.der(), Some(address), now()), (accepted, accepted), "{address}");
    }
}

/// The authority of a version that set no name constraints, or fewer, is of no use to this one.
#[test]
fn a_cached_authority_that_an_earlier_version_made_is_replaced() {
    let dir = tempfile::tempdir().unwrap();
    let today = CertStore::open(dir.path(), now()).unwrap().authority_pem().to_owned();
    assert_eq!(CertStore::open(dir.path(), now()).unwrap().authority_pem(), today, "it is kept otherwise");
    let changes: [fn(&mut CertificateParams); 4] = [
        |params| params.name_constraints = None,
        |params| params.name_constraints.as_mut().unwrap().permitted_subtrees.truncate(3),
        |params| params.extended_key_usages.clear(),
        |params| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained),
    ];
    for change in changes {
        let older = Authority::pem_of_another_version("Vestibule Test CA", now(), change);
        let path = dir.path().join("certs/authority.pem");
        std::fs::write(&path, &older).unwrap();

        let replaced = CertStore::open(dir.path(), now()).unwrap().authority_pem().to_owned();

        assert!(!older.contains(&replaced) && replaced != today);
    }
}

#[test]
fn a_leaf_names_no_sibling_and_no_subdomain() {
    let (store, _dir) = store();
    let leaf = leaf(&store, "acme.my.salesforce.com");
    for host in
        ["salesforce.com", "my.salesforce.com", "x.acme.my.salesforce.com", "acme.my.salesforce.com.evil.example"]
    {
        assert_eq!(verdicts(&store, &leaf, Some(host), now()), (false, false), "{host}");
    }
}

#[test]
fn the_leaf_for_localhost_also_names_the_loopback_addresses() {
    let (store, _dir) = store();
    let leaf = leaf(&store, "localhost");
    assert_eq!(verdicts(&store, &leaf, Some("127.0.0.1"), now()), (true, true));
    assert_eq!(verdicts(&store, &leaf, Some("::1"), now()), (true, true));
    assert_eq!(verdicts(&store, &leaf, Some("127.0.0.2"), now()), (false, false));
}

#[test]
fn a_leaf_holds_for_a_year_and_not_longer_than_browsers_accept() {
    let (store, _dir) = store();
    let leaf = leaf(&store, "okta.localhost");
    let at = |days: i64| verdicts(&store, &leaf, Some("okta.localhost"), now() + SignedDuration::from_hours(24 * days));
    assert_eq!((at(-2), at(0), at(365), at(398)), ((false, false), (true, true), (true, true), (false, false)));
}

#[test]
fn leaves_share_a_key_and_differ_in_serial_number() {
    let (store, _dir) = store();
    let read = |host: &str| X509::from_der(&leaf(&store, host)).unwrap();
    let serial = |host: &str| read(host).serial_number().to_bn().unwrap().to_hex_str().unwrap().to_string();

    assert!(read("a.localhost").public_key().unwrap().public_eq(&read("b.localhost").public_key().unwrap()));
    assert_ne!(serial("a.localhost"), serial("b.localhost"));
    assert_eq!(serial("a.localhost"), serial("A.Localhost."));
}

#[test]
fn a_host_that_no_certificate_can_name_is_refused() {
    let (store, _dir) = store();
    for host in ["", "a host", "a/b", "*.localhost", "a..b", "127.0.0.1"] {
        let error = store.leaves.for_host(host).unwrap_err().to_string();
        assert!(error.contains("not a host name"), "{host}: {error}");
    }
}

#[test]
fn both_verifiers_accept_valid_and_rolled_over_signing_certificates_and_refuse_expired_and_foreign_ones() {
    let (store, _dir) = store();
    let table = [
        (KeyState::Valid, (true, true)),
        (KeyState::RolledOver, (true, true)),
        (KeyState::Expired, (false, false)),
        (KeyState::Foreign, (false, false)),
    ];
    for algorithm in [KeyAlgorithm::Rsa2048, KeyAlgorithm::EcP256] {
        for (state, expected) in table {
            let key = store.signing_key(algorithm, state).unwrap();
            let certificate = CertificateDer::from(key.certificate_der());
            assert_eq!(verdicts(&store, &certificate, None, now()), expected, "{algorithm:?} {state:?}");
        }
    }
}

#[test]
fn a_key_signs_one_message_after_another_and_several_at_once() {
    let (store, _dir) = store();
    let sign_and_verify = |key: &SigningKey, message: String| {
        let signature = key.sign_sha256(message.as_bytes()).unwrap();
        let mut verifier = Verifier::new(MessageDigest::sha256(), key.pkey()).unwrap();
        assert!(verifier.verify_oneshot(&signature, message.as_bytes()).unwrap(), "{key:?}: {message}");
    };
    for algorithm in [KeyAlgorithm::Rsa2048, KeyAlgorithm::EcP256] {
        let key = store.signing_key(algorithm, KeyState::Valid).unwrap();
        std::thread::scope(|scope| {
            for thread in 0..4 {
                let key = &key;
                scope.spawn(move || (0..20).for_each(|number| sign_and_verify(key, format!("{thread}-{number}"))));
            }
        });
    }
    let key = store.signing_key(KeyAlgorithm::Ed25519, KeyState::Valid).unwrap();
    key.sign_sha256(b"message").unwrap_err();
}

#[test]
fn a_signing_key_is_at_hand_once_somebody_had_it() {
    let (store, _dir) = store();
    let held =
        || [KeyState::Valid, KeyState::Expired].map(|state| store.holds_signing_key(KeyAlgorithm::EcP256, state));
    assert_eq!(held(), [false, false]);

    store.signing_key(KeyAlgorithm::EcP256, KeyState::Valid).unwrap();
    assert_eq!(held(), [true, false]);
    store.request_signing_key(KeyState::Expired).unwrap();
    assert_eq!(held(), [true, false], "the key of an org is none of an identity provider");
}

#[test]
fn an_expired_signing_certificate_held_until_one_day_ago() {
    let (store, _dir) = store();
    let key = store.signing_key(KeyAlgorithm::EcP256, KeyState::Expired).unwrap();
    let certificate = CertificateDer::from(key.certificate_der());
    let at = |hours: i64| verdicts(&store, &certificate, None, now() - SignedDuration::from_hours(hours));
    assert_eq!((at(25), at(23)), ((true, true), (false, false)));
}

#[test]
fn a_signing_certificate_cannot_issue_certificates() {
    let (store, _dir) = store();
    let key = store.signing_key(KeyAlgorithm::EcP256, KeyState::Valid).unwrap();
    let signer = X509::from_der(key.certificate_der()).unwrap();
    let text = String::from_utf8(signer.to_text().unwrap()).unwrap();
    assert!(text.contains("Digital Signature") && !text.contains("Certificate Sign"), "{text}");
    assert!(!text.contains("CA:TRUE"), "{text}");
}

#[test]
fn the_authority_says_in_its_name_that_it_is_a_test_ca_of_vestibule() {
    let (store, _dir) = store();
    let text = String::from_utf8(X509::from_pem(store.authority_pem().as_bytes()).unwrap().to_text().unwrap()).unwrap();
    // OpenSSL 3.0 and 3.2 write the spaces and quotes around a name differently.
    let plain = text.replace(" = ", "=").replace('"', "");
    assert!(
        plain.contains("Subject: O=Vestibule (test certificates, not for production), CN=Vestibule Test CA"),
        "{text}"
    );
    assert!(text.contains("CA:TRUE, pathlen:0"), "{text}");
}

/// A fixed instant: 2026-08-03 12:00 UTC.
fn now() -> Timestamp {
    Timestamp::from_second(1_785_758_400).unwrap()
}

/// The leaf that the server presents for this host.
fn leaf(store: &CertStore, host: &str) -> CertificateDer<'static> {
    store.leaves.for_host(host).unwrap().cert[0].clone()
}

fn store() -> (Arc<CertStore>, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    (CertStore::open(dir.path(), now()).unwrap(), dir)
}

/// The verdicts of rustls-webpki and OpenSSL, in this order.
fn verdicts(store: &CertStore, leaf: &CertificateDer<'_>, host: Option<&str>, at: Timestamp) -> (bool, bool) {
    (webpki_accepts(store, leaf, host, at), openssl_accepts(store, leaf, host, at))
}

fn webpki_accepts(store: &CertStore, leaf: &CertificateDer<'_>, host: Option<&str>, at: Timestamp) -> bool {
    let anchor = anchor_from_trusted_cert(store.authority_der()).unwrap();
    let leaf = EndEntityCert::try_from(leaf).unwrap();
    let usage = if host.is_some() { KeyUsage::server_auth() } else { KeyUsage::client_auth() };
    let time = UnixTime::since_unix_epoch(Duration::from_secs(u64::try_from(at.as_second()).unwrap()));
    let algorithms = tls_provider().signature_verification_algorithms.all;
    let chain = leaf.verify_for_usage(algorithms, &[anchor], &[], time, usage, None, None).is_ok();
    let name =
        host.is_none_or(|host| leaf.verify_is_valid_for_subject_name(&ServerName::try_from(host).unwrap()).is_ok());
    chain && name
}

fn openssl_accepts(store: &CertStore, leaf: &CertificateDer<'_>, host: Option<&str>, at: Timestamp) -> bool {
    let mut parameters = X509VerifyParam::new().unwrap();
    parameters.set_time(at.as_second());
    match host.map(|host| (host, host.parse())) {
        Some((_, Ok(address))) => parameters.set_ip(address).unwrap(),
        Some((host, Err(_))) => parameters.set_host(host).unwrap(),
        None => {}
    }
    let mut anchors = X509StoreBuilder::new().unwrap();
    anchors.add_cert(X509::from_der(store.authority_der()).unwrap()).unwrap();
    // What a TLS client sets; it makes OpenSSL look at the extended key usage of the authority, too.
    if host.is_some() {
        anchors.set_purpose(openssl::x509::X509PurposeId::SSL_SERVER).unwrap();
    }
    anchors.set_param(&parameters).unwrap();
    let leaf = X509::from_der(leaf).unwrap();
    X509StoreContext::new()
        .unwrap()
        .init(&anchors.build(), &leaf, &Stack::new().unwrap(), |context| context.verify_cert())
        .unwrap()
}
