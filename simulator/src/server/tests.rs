//! What reaches a router and what does not, over real TLS and byte by byte.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use tempfile::TempDir;
use vestibule_certs::{CertStore, tls_provider};
use vestibule_model::{HostRole, IdpProtocol, IdpSpec, OrgSpec, RealmSpec};

use super::limits::Limits;
use super::listener::{Listener, Server};
use crate::policy::Rulebook;
use crate::realm::{Event, Realm};

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_is_slow_is_not_waited_for() {
    let test = Test::start(Limits { headers: SOON, body: SOON, ..Limits::default() });
    let head = test.head("POST / HTTP/1.1", &HostRole::MyDomain);
    for (name, sent, answer) in [
        ("nothing", String::new(), ""),
        ("half a request line", "GET /vesti".to_owned(), ""),
        ("headers without an end", head.clone(), ""),
        ("a body without an end", format!("{head}Content-Type: {FORM}\r\nContent-Length: 9\r\n\r\nabc"), "408"),
        ("chunks without an end", format!("{head}Content-Type: {FORM}\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"), "408"),
    ] {
        let ended = test.exchange(sent).await.unwrap();

        let expected = if answer.is_empty() { String::new() } else { format!("HTTP/1.1 {answer}") };
        assert!(ended.starts_with(&expected), "{name}: {ended}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_asks_nothing_more_is_closed() {
    let test = Test::start(Limits { headers: SOON, ..Limits::default() });

    let request = format!("{}\r\n", test.head("GET /vestibule/org.css HTTP/1.1", &HostRole::MyDomain));
    let ended = test.exchange(request).await.unwrap();

    assert!(ended.starts_with("HTTP/1.1 200"), "{ended}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_large_is_refused() {
    let test = Test::start(Limits { header_bytes: 16 * 1024, body_bytes: 1000, ..Limits::default() });
    let head = |method: &str| test.head(&format!("{method} / HTTP/1.1"), &HostRole::MyDomain);
    let form = |rest: &str| format!("{}Connection: close\r\nContent-Type: {FORM}\r\n{rest}", head("POST"));
    let many: String = (0..200).map(|number| format!("X-{number}: x\r\n")).collect();
    for (name, sent, status) in [
        ("one header", format!("{}X: {}\r\n\r\n", head("GET"), "x".repeat(20_000)), "431"),
        ("many headers", format!("{}{many}\r\n", head("GET")), "431"),
        ("a body as announced", form(&format!("Content-Length: 1001\r\n\r\n{}", "x".repeat(1001))), "413"),
        ("a body in chunks", form(&format!("Transfer-Encoding: chunked\r\n\r\n3e9\r\n{}\r\n0\r\n\r\n", "x".repeat(1001))), "413"),
        ("a body that fits", form(&format!("Content-Length: 1000\r\n\r\n{}", "x".repeat(1000))), "200"),
    ] {
        let answer = test.exchange(sent).await.unwrap();

        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{name}: {answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_too_many_is_closed_until_another_one_ends() {
    let test = Test::start(Limits { connections: 2, ..Limits::default() });
    let connect = || {
        let (address, host, roots) = (test.server.address(), test.name(&HostRole::MyDomain), test.roots());
        async move { tokio::task::spawn_blocking(move || connect(address, &host, roots)).await.unwrap() }
    };
    let (first, _second) = (connect().await.unwrap(), connect().await.unwrap());

    let refused = connect().await;
    drop(first);
    let mut next = connect().await;
    for _ in 0..50 {
        if next.is_ok() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
        next = connect().await;
    }

    assert!(refused.is_err());
    assert!(next.is_ok(), "a connection that ended makes room");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_of_no_realm_is_misdirected_and_told_of_no_host() {
    let test = Test::start(Limits::default());
    for host in ["attacker.example", "", "acme.my.salesforce.com", "okta.localhost.attacker.example"] {
        let request = format!("GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");

        let answer = test.exchange(request).await.unwrap();

        assert!(answer.starts_with("HTTP/1.1 421"), "{host}: {answer}");
        for name in test.realm.hosts.all() {
            assert!(!answer.contains(&name), "{answer}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_no_form_is_refused() {
    let test = Test::start(Limits::default());
    for role in [HostRole::MyDomain, HostRole::Lightning, HostRole::Login, idp()] {
        for (content_type, status) in [
            ("Content-Type: text/plain\r\n", "415"),
            ("Content-Type: Text/Plain;charset=UTF-8\r\n", "415"),
            ("Content-Type: multipart/form-data; boundary=x\r\n", "415"),
            ("Content-Type: \r\n", "415"),
            ("", "415"),
        ] {
            let head = test.head("POST /oidc/token HTTP/1.1", &role);
            let request = format!("{head}{content_type}Content-Length: 3\r\nConnection: close\r\n\r\na=b");

            let answer = test.exchange(request).await.unwrap();

            assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{role:?} {content_type}: {answer}");
        }
    }
    let refused = |event: &Event| matches!(event, Event::RequestRefused { status: 415, .. });
    assert_eq!(test.realm.journal.events().iter().filter(|event| refused(event)).count(), 20);
}

/// A served realm with the identity provider `okta`.
struct Test {
    realm: Arc<Realm>,
    server: Server,
    certs: Arc<CertStore>,
    _folder: TempDir,
}

impl Test {
    fn start(limits: Limits) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let noon: Timestamp = "2026-11-02T12:00:00Z".parse().unwrap();
        let certs = Arc::new(CertStore::open(folder.path(), noon).unwrap());
        let mut spec = RealmSpec::new(OrgSpec::production("acme", jiff::civil::date(2026, 11, 2)));
        spec.idps.insert("okta".to_owned(), IdpSpec::new(IdpProtocol::Oidc));
        let listener = Listener::bind(0).unwrap();
        let realm = Realm::start(spec, Arc::new(Rulebook::newest()), Arc::clone(&certs), listener.port());
        let server = listener.serve_within(limits, vec![Arc::clone(&realm)], &certs).unwrap();
        Self { realm, server, certs, _folder: folder }
    }

    fn name(&self, role: &HostRole) -> String {
        self.realm.hosts.name(role)
    }

    fn roots(&self) -> RootCertStore {
        let mut roots = RootCertStore::empty();
        roots.add(self.certs.authority_der().clone()).unwrap();
        roots
    }

    /// A request line and the `Host` header.
    fn head(&self, line: &str, role: &HostRole) -> String {
        format!("{line}\r\nHost: {}:{}\r\n", self.name(role), self.server.address().port())
    }

    /// Sends these bytes and reads until the server closes the connection.
    async fn exchange(&self, sent: String) -> io::Result<String> {
        let (address, host, roots) = (self.server.address(), self.name(&HostRole::MyDomain), self.roots());
        let exchange = move || {
            let mut stream = connect(address, &host, roots)?;
            // A server that has refused already may have closed its side.
            let _sent = stream.write_all(sent.as_bytes()).and_then(|()| stream.flush());
            let mut received = Vec::new();
            match stream.read_to_end(&mut received) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => Err(error),
                // However the connection ends, what came counts.
                _ => Ok(String::from_utf8_lossy(&received).into_owned()),
            }
        };
        tokio::task::spawn_blocking(exchange).await.unwrap()
    }
}

fn idp() -> HostRole {
    HostRole::Idp("okta".to_owned())
}

fn connect(
    address: SocketAddr,
    host: &str,
    roots: RootCertStore,
) -> io::Result<StreamOwned<ClientConnection, TcpStream>> {
    let config = ClientConfig::builder_with_provider(tls_provider()).with_safe_default_protocol_versions().unwrap();
    let config = config.with_root_certificates(roots).with_no_client_auth();
    let name = ServerName::try_from(host.to_owned()).unwrap();
    let mut connection = ClientConnection::new(Arc::new(config), name).map_err(io::Error::other)?;
    let mut socket = TcpStream::connect(address)?;
    socket.set_read_timeout(Some(LONG))?;
    while connection.is_handshaking() {
        connection.complete_io(&mut socket)?;
    }
    Ok(StreamOwned::new(connection, socket))
}

const FORM: &str = "application/x-www-form-urlencoded";
const SOON: Duration = Duration::from_millis(200);
/// Longer than any answer takes: what comes later does not come at all.
const LONG: Duration = Duration::from_secs(10);
