//! The server settings in real handshakes, and the exports that let clients trust them.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use openssl::sha::sha256;
use openssl::x509::X509;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, ServerConnection};
use vestibule_certs::{CertStore, tls_provider};

use crate::now;

#[test]
fn a_handshake_for_any_host_shows_a_leaf_with_that_name_and_the_pinned_key() {
    let (store, _dir) = system_time_store();
    for host in ["login.salesforce.com", "acme--uat.sandbox.my.salesforce.com", "okta.localhost", "127.0.0.1"] {
        let leaf = handshake(&store, host, store.authority_der()).unwrap();
        assert_eq!(pin(&leaf), store.spki_pin(), "{host}");
    }
}

#[test]
fn a_client_that_trusts_another_store_refuses_the_handshake() {
    let ((store, _dir), (other, _other_dir)) = (system_time_store(), system_time_store());
    let error = handshake(&store, "okta.localhost", other.authority_der()).unwrap_err();
    assert!(error.to_string().contains("invalid peer certificate"), "{error}");
}

#[test]
fn a_trust_bundle_holds_our_authority_first_and_then_the_others() {
    let dir = tempfile::tempdir().unwrap();
    let (store, (other, _other_dir)) = (CertStore::open(dir.path(), now()).unwrap(), system_time_store());

    let bundle = X509::stack_from_pem(store.trust_bundle(other.authority_pem()).as_bytes()).unwrap();
    let ders: Vec<Vec<u8>> = bundle.iter().map(|certificate| certificate.to_der().unwrap()).collect();

    assert_eq!(ders, [store.authority_der().to_vec(), other.authority_der().to_vec()]);
    assert_eq!(X509::stack_from_pem(store.trust_bundle("").as_bytes()).unwrap().len(), 1);
}

/// Handshakes are checked by rustls against the system clock, so these stores are opened today.
#[expect(clippy::disallowed_methods, reason = "rustls checks the handshake's certificate against the system clock")]
fn system_time_store() -> (Arc<CertStore>, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    (CertStore::open(dir.path(), jiff::Timestamp::now()).unwrap(), dir)
}

/// The leaf that a client sees if it trusts only `anchor`.
fn handshake(store: &CertStore, host: &str, anchor: &CertificateDer<'static>) -> Result<Vec<u8>, rustls::Error> {
    let mut roots = RootCertStore::empty();
    roots.add(anchor.clone()).unwrap();
    let config = ClientConfig::builder_with_provider(tls_provider())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(host.to_owned()).unwrap();
    let mut client = ClientConnection::new(Arc::new(config), name).unwrap();
    let mut server = ServerConnection::new(store.server_config().unwrap()).unwrap();
    while client.is_handshaking() || server.is_handshaking() {
        let mut to_server = Vec::new();
        client.write_tls(&mut to_server).unwrap();
        server.read_tls(&mut to_server.as_slice()).unwrap();
        server.process_new_packets()?;
        let mut to_client = Vec::new();
        server.write_tls(&mut to_client).unwrap();
        client.read_tls(&mut to_client.as_slice()).unwrap();
        client.process_new_packets()?;
    }
    Ok(client.peer_certificates().unwrap()[0].to_vec())
}

fn pin(leaf: &[u8]) -> String {
    let key = X509::from_der(leaf).unwrap().public_key().unwrap().public_key_to_der().unwrap();
    STANDARD.encode(sha256(&key))
}
