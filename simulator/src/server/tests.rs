//! Which requests reach a router, over real TLS.

use std::collections::BTreeMap;
use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use tempfile::TempDir;
use vestibule_certs::{CertStore, tls_provider};
use vestibule_model::{HostRole, IdpProtocol, IdpSpec, OrgSpec, RealmSpec, Secret};

use super::limits::Limits;
use super::listener::{Listener, Server};
use crate::control::{Console, ConsolePage};
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
        (
            "chunks without an end",
            format!("{head}Content-Type: {FORM}\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"),
            "408",
        ),
    ] {
        let ended = test.exchange(sent).await.unwrap();

        let expected = if answer.is_empty() { String::new() } else { format!("HTTP/1.1 {answer}") };
        assert!(ended.starts_with(&expected), "{name}: {ended}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_handshake_that_does_not_end_is_not_waited_for() {
    let test = Test::start(Limits { handshake: SOON, ..Limits::default() });
    let address = test.server.address();

    let read = tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(LONG)).unwrap();
        // The beginning of a handshake record (RFC 8446, 5.1).
        stream.write_all(&[22, 3, 1]).unwrap();
        stream.read(&mut [0])
    });

    assert_eq!(read.await.unwrap().unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_asks_nothing_more_is_closed() {
    let test = Test::start(Limits { headers: SOON, ..Limits::default() });

    let request = format!("{}\r\n", test.head("GET /vestibule/org.css HTTP/1.1", &HostRole::MyDomain));
    let ended = test.exchange(request).await.unwrap();

    assert!(ended.starts_with("HTTP/1.1 200"), "{ended}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_path_or_method_takes_little_room_in_the_journal() {
    let test = Test::start(Limits::default());
    let long = "X".repeat(50_000);
    let idp = HostRole::Idp("okta".to_owned());
    for (line, role) in [
        (format!("GET /{long} HTTP/1.1"), &HostRole::MyDomain),
        (format!("GET /{long} HTTP/1.1"), &HostRole::Login),
        (format!("GET /services/data/{long} HTTP/1.1"), &HostRole::MyDomain),
        (format!("{long} /services/unknown HTTP/1.1"), &HostRole::MyDomain),
        (format!("GET /{long} HTTP/1.1"), &idp),
    ] {
        test.exchange(format!("{}Connection: close\r\n\r\n", test.head(&line, role))).await.unwrap();
    }

    let events = test.realm.journal.events();
    assert!(events.len() > 2, "{}", events.len());
    for event in events {
        let length = serde_json::to_string(&event).unwrap().len();
        assert!(length < 2_000, "an event of {length} characters");
    }
    for request in test.realm.requests.all() {
        assert!(request.method.len() + request.path.len() < 1_000, "{}", request.host);
    }
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
        (
            "a body in chunks",
            form(&format!("Transfer-Encoding: chunked\r\n\r\n3e9\r\n{}\r\n0\r\n\r\n", "x".repeat(1001))),
            "413",
        ),
        ("a body that fits", form(&format!("Content-Length: 1000\r\n\r\n{}", "x".repeat(1000))), "200"),
    ] {
        let answer = test.exchange(sent).await.unwrap();

        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{name}: {answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_too_many_is_closed_until_another_one_ends() {
    let test = Test::start(Limits { connections: 2, ..Limits::default() });
    let (first, _second) = (test.connect().await.unwrap(), test.connect().await.unwrap());

    let refused = test.connect().await;
    drop(first);
    let mut next = test.connect().await;
    for _ in 0..50 {
        if next.is_ok() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
        next = test.connect().await;
    }

    assert!(refused.is_err());
    assert!(next.is_ok(), "a connection that ended makes room");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_shut_down_answers_the_request_that_it_reads_and_nothing_more() {
    let test = Test::start(Limits::default());
    let (mut idle, mut asking) = (test.connect().await.unwrap(), test.asking().await);
    let address = test.server.address();

    let ending = tokio::spawn(test.server.shut_down(LONG));
    let ended = tokio::task::spawn_blocking(move || {
        let rest = idle.read(&mut [0]);
        asking.write_all(b"bc")?;
        let mut answer = String::new();
        asking.read_to_string(&mut answer)?;
        rest.map(|rest| (rest, answer))
    });
    let (rest, answer) = ended.await.unwrap().unwrap();
    ending.await.unwrap();

    assert_eq!(rest, 0, "a connection without a request is closed at once");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert_eq!(TcpStream::connect(address).unwrap_err().kind(), io::ErrorKind::ConnectionRefused);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_dropped_or_out_of_time_answers_nothing_more() {
    for drops in [true, false] {
        let test = Test::start(Limits::default());
        let mut asking = test.asking().await;

        if drops {
            drop(test.server);
        } else {
            test.server.shut_down(SOON).await;
        }

        let ended = tokio::task::spawn_blocking(move || {
            let mut answer = Vec::new();
            let _closed = asking.read_to_end(&mut answer);
            answer
        });
        assert_eq!(ended.await.unwrap(), b"", "dropped: {drops}");
    }
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
async fn a_page_sends_a_body_as_a_form_or_not_at_all() {
    let test = Test::start(Limits::default());
    for role in [HostRole::MyDomain, HostRole::Lightning, HostRole::Login, idp()] {
        for (content_type, refused) in [
            ("Content-Type: text/plain\r\n", true),
            ("Content-Type: Text/Plain;charset=UTF-8\r\n", true),
            ("Content-Type: multipart/form-data; boundary=x\r\n", true),
            ("Content-Type: \r\n", true),
            ("", true),
            ("Content-Type: application/x-www-form-urlencoded\r\n", false),
            ("Content-Type: application/X-WWW-form-urlencoded; charset=utf-8\r\n", false),
        ] {
            let head = test.head("POST /no-such-page HTTP/1.1", &role);
            let origin = test.realm.hosts.origin(&role);
            let request =
                format!("{head}Origin: {origin}\r\n{content_type}Content-Length: 3\r\nConnection: close\r\n\r\na=b");

            let answer = test.exchange(request).await.unwrap();

            let status = if refused { "415" } else { "404" };
            assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{role:?} {content_type}: {answer}");
        }
    }
    let refused = |event: &Event| matches!(event, Event::RequestRefused { status: 415, .. });
    assert_eq!(test.realm.journal.events().iter().filter(|event| refused(event)).count(), 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_no_form_has_no_fields() {
    let test = Test::start(Limits::default());
    let trust = test.realm.trust("okta").unwrap();
    let client = STANDARD.encode(format!("{}:{}", trust.client_id, trust.client_secret.reveal()));
    let body = "grant_type=authorization_code&code=x&redirect_uri=y&code_verifier=z";
    for (content_type, error) in [(FORM, "invalid_grant"), ("text/plain", "invalid_request"), ("", "invalid_request")] {
        let head = test.head("POST /oidc/token HTTP/1.1", &idp());
        let length = body.len();
        let request = format!(
            "{head}Authorization: Basic {client}\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\n\
             Connection: close\r\n\r\n{body}"
        );

        let answer = test.exchange(request).await.unwrap();

        assert!(answer.contains(error), "{content_type}: {answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_another_origin_reaches_the_front_channel_only() {
    let test = Test::start(Limits::default());
    let hosts = &test.realm.hosts;
    let (my_domain, lightning, okta) =
        (hosts.origin(&HostRole::MyDomain), hosts.origin(&HostRole::Lightning), hosts.origin(&idp()));
    let other_port = format!("https://{}:1", test.name(&HostRole::MyDomain));
    let unencrypted = my_domain.replace("https", "http");
    let foreign = ["null", "https://evil.example", other_port.as_str(), unencrypted.as_str(), "", "https://"];
    let org_roles = [HostRole::MyDomain, HostRole::Lightning, HostRole::Setup, HostRole::Login];
    let mut rows: Vec<(HostRole, &str, &str, &str, bool)> = Vec::new();
    for origin in foreign {
        for role in &org_roles {
            rows.push((role.clone(), "POST", "/secur/frontdoor.jsp", origin, false));
            rows.push((role.clone(), "GET", "/vestibule/inbox", origin, false));
            rows.push((role.clone(), "POST", "/_ui/identity/verification/method/TotpVerificationUi/e", origin, false));
            rows.push((role.clone(), "GET", "/services/oauth2/userinfo", origin, false));
            rows.push((role.clone(), "OPTIONS", "/services/data", origin, false));
            rows.push((role.clone(), "GET", "/secur/logout.jsp", origin, true));
        }
        rows.push((HostRole::MyDomain, "POST", "/", origin, false));
        rows.push((HostRole::MyDomain, "POST", "/?acs", origin, true));
        rows.push((HostRole::MyDomain, "GET", "/services/authcallback/okta", origin, true));
        for path in ["/oidc/authorize", "/oidc/end-session"] {
            rows.push((idp(), "POST", path, origin, true));
        }
        for path in ["/sign-in", "/oidc/token", "/oidc/userinfo", "/oidc/jwks", "/.well-known/openid-configuration"] {
            rows.push((idp(), "POST", path, origin, false));
        }
    }
    for role in &org_roles {
        rows.push((role.clone(), "POST", "/secur/frontdoor.jsp", &my_domain, true));
        rows.push((role.clone(), "POST", "/secur/frontdoor.jsp", &lightning, true));
        rows.push((role.clone(), "POST", "/secur/frontdoor.jsp", &okta, false));
    }
    rows.push((HostRole::MyDomain, "POST", "/", &my_domain, true));
    rows.push((idp(), "POST", "/sign-in", &okta, true));
    rows.push((idp(), "POST", "/sign-in", &my_domain, false));
    rows.push((idp(), "POST", "/oidc/token", &my_domain, true));
    rows.push((idp(), "POST", "/oidc/token", &lightning, false));

    for (role, method, path, origin, admitted) in rows {
        let body = if path == "/?acs" { "SAMLResponse=x" } else { "un=x&pw=y" };
        let head = test.head(&format!("{method} {path} HTTP/1.1"), &role);
        let request = format!(
            "{head}Origin: {origin}\r\nContent-Type: {FORM}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );

        let answer = test.exchange(request).await.unwrap();

        let refused = answer.starts_with("HTTP/1.1 403") && answer.contains("A page of another origin sent");
        assert_eq!(!refused, admitted, "{role:?} {method} {path} from {origin}: {answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_of_the_registered_client_read_what_the_endpoints_answer() {
    let test = Test::start(Limits::default());
    let client = test.realm.hosts.origin(&HostRole::MyDomain);
    let allowed = format!("access-control-allow-origin: {client}");
    for path in ["/oidc/token", "/oidc/userinfo", "/oidc/jwks", "/.well-known/openid-configuration"] {
        for method in ["OPTIONS", if path == "/oidc/token" { "POST" } else { "GET" }] {
            let head = test.head(&format!("{method} {path} HTTP/1.1"), &idp());
            let preflight = "Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: authorization\r\n";
            let request = format!("{head}Origin: {client}\r\n{preflight}Connection: close\r\n\r\n");

            let answer = test.exchange(request).await.unwrap();

            assert!(answer.contains(&allowed), "{method} {path}: {answer}");
            assert_eq!(
                answer.contains("access-control-allow-headers"),
                method == "OPTIONS",
                "{method} {path}: {answer}"
            );
            let same_origin = test.exchange(format!("{head}Connection: close\r\n\r\n")).await.unwrap();
            assert!(!same_origin.contains("access-control-allow-origin"), "{same_origin}");
        }
    }
    let elsewhere = test.head("GET /sign-in HTTP/1.1", &idp());
    let answer = test.exchange(format!("{elsewhere}Connection: close\r\n\r\n")).await.unwrap();
    assert!(!answer.contains("access-control"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn plain_http_is_redirected_to_the_same_url_over_https() {
    let test = Test::start(Limits { header_bytes: 16 * 1024, ..Limits::default() });
    let own = format!("{}:{}", test.name(&HostRole::MyDomain), test.server.address().port());
    let head = |line: &str, host: &str| format!("{line} HTTP/1.1\r\nHost: {host}\r\n\r\n");
    let to = |path: &str| Some(format!("https://{own}{path}"));
    for (sent, location) in [
        (head("GET /", &own), to("/")),
        (head("HEAD /?a=b//c&d=%20", &own), to("/?a=b//c&d=%20")),
        (head(&format!("GET http://{own}/x"), &own), to("/x")),
        (format!("POST /x HTTP/1.1\r\nhost:{own}\r\nContent-Length: 9000\r\n\r\n{}", "x".repeat(9000)), to("/x")),
        (head("GET /", &test.name(&idp())), Some(format!("https://{}/", test.name(&idp())))),
        (head("GET /", "attacker.example"), None),
        (head("GET /", &format!("{own}@attacker.example")), None),
        (head("GET /", &format!("{own}:@attacker.example")), None),
        (head("GET http://attacker.example/", &own), None),
        (head("GET @attacker.example", &own), None),
        (head("OPTIONS *", &own), None),
        (format!("GET / HTTP/1.1\r\nHost: {own}\r\nHost: attacker.example\r\n\r\n"), None),
        ("GET / HTTP/1.1\r\n\r\n".to_owned(), None),
    ] {
        let answer = test.exchange_plainly(sent.clone()).await;

        let status = if location.is_some() { "307" } else { "421" };
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{sent}: {answer}");
        let found = answer.lines().find_map(|line| line.strip_prefix("Location: ")).map(str::to_owned);
        assert_eq!(found, location, "{sent}");
        assert!(answer.contains("no-store"), "{answer}");
    }
    for endless in [format!("GET / HTTP/1.1\r\nX: {}", "x".repeat(40_000)), "GET /".to_owned()] {
        assert_eq!(test.exchange_plainly(endless).await, "");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_never_says_what_it_speaks_is_not_waited_for() {
    let test = Test::start(Limits { headers: SOON, ..Limits::default() });
    let address = test.server.address();

    let read = tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(LONG)).unwrap();
        stream.read(&mut [0])
    });

    assert_eq!(read.await.unwrap().unwrap(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_console_answers_its_own_host_and_who_knows_the_token() {
    let test = Test::start(Limits::default());
    let address = format!("localhost:{}", test.server.address().port());
    let own = address.as_str();
    let before = test.exchange(format!("GET / HTTP/1.1\r\nHost: {own}\r\nConnection: close\r\n\r\n")).await.unwrap();
    assert!(before.starts_with("HTTP/1.1 421"), "{before}");
    test.server.set_console(&Secret::new("right-token"), Some(Arc::new(Shown)));
    let foreign = test.realm.hosts.origin(&HostRole::MyDomain);
    for (line, host, headers, status) in [
        ("GET /?token=right-token", own, String::new(), "200"),
        ("GET /", own, "Authorization: Bearer right-token\r\n".to_owned(), "200"),
        ("GET /", own, "Authorization: bearer right-token\r\n".to_owned(), "200"),
        ("HEAD /?token=right-token", own, String::new(), "200"),
        ("GET /?token=right-token", own, format!("Origin: https://{own}\r\n"), "200"),
        (
            "GET /?token=right-token",
            own,
            "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\n".to_owned(),
            "200",
        ),
        ("GET /?token=right-token", own, "Sec-Fetch-Site: same-site\r\nSec-Fetch-Mode: no-cors\r\n".to_owned(), "403"),
        ("GET /?token=right-token", own, format!("Origin: {foreign}\r\n"), "403"),
        ("GET /?token=right-token", own, "Origin: null\r\n".to_owned(), "403"),
        ("GET /?token=right-token", own, format!("Host: {own}\r\n"), "403"),
        ("GET /none?token=right-token", own, String::new(), "404"),
        ("POST /?token=right-token", own, "Content-Length: 0\r\n".to_owned(), "405"),
        ("GET /", own, String::new(), "401"),
        ("GET /?token=", own, String::new(), "401"),
        ("GET /?token=right-toke", own, String::new(), "401"),
        ("GET /?token=right-token2", own, String::new(), "401"),
        ("GET /?token=wrong&token=right-token", own, String::new(), "401"),
        ("GET /?token=right-token", "localhost", String::new(), "421"),
        ("GET /?token=right-token", "localhost:1", String::new(), "421"),
        ("GET /?token=right-token", "127.0.0.1", String::new(), "421"),
        ("GET /?token=right-token", "attacker.example", String::new(), "421"),
    ] {
        let request = format!("{line} HTTP/1.1\r\nHost: {host}\r\n{headers}Connection: close\r\n\r\n");

        let answer = test.exchange(request.clone()).await.unwrap();

        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{request}: {answer}");
        let shown = status == "200" && !line.starts_with("HEAD");
        assert_eq!(answer.contains("a password"), shown, "{request}: {answer}");
        if status != "421" {
            let guards = ["cache-control: no-store", "referrer-policy: same-origin", "security-policy: default-src"];
            assert!(guards.iter().all(|guard| answer.contains(guard)), "{request}: {answer}");
            assert!(!answer.contains("right-token"), "{answer}");
        }
    }
    let plain = test.exchange_plainly(format!("GET /?token=x HTTP/1.1\r\nHost: {own}\r\n\r\n")).await;
    assert!(plain.contains(&format!("Location: https://{own}/?token=x\r\n")), "{plain}");
}

/// A console with one page.
#[derive(Debug)]
struct Shown;

impl Console for Shown {
    fn page(&self, path: &str) -> Option<ConsolePage> {
        let (policy, body) = ("default-src 'self'".to_owned(), "a password".to_owned());
        (path == "/").then_some(ConsolePage { content_type: "text/html; charset=utf-8", policy, body })
    }
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
        let certs = CertStore::open(folder.path(), noon).unwrap();
        let mut spec = RealmSpec::new(OrgSpec::production("acme", jiff::civil::date(2026, 11, 2)));
        spec.idps.insert("okta".to_owned(), IdpSpec::new(IdpProtocol::Oidc));
        let listener = Listener::bind(Ipv4Addr::LOCALHOST.into(), 0).unwrap();
        let realm =
            Realm::start(spec, Arc::new(Rulebook::newest()), Arc::clone(&certs), listener.port(), BTreeMap::new());
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

    /// Sends these bytes without TLS, says that there are no more, and reads until the server closes the connection.
    async fn exchange_plainly(&self, sent: String) -> String {
        let address = self.server.address();
        let exchange = move || {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.set_read_timeout(Some(LONG)).unwrap();
            // The server may have closed the connection already.
            let _sent = stream.write_all(sent.as_bytes()).and_then(|()| stream.shutdown(Shutdown::Write));
            let mut received = Vec::new();
            let _end = stream.read_to_end(&mut received);
            String::from_utf8_lossy(&received).into_owned()
        };
        tokio::task::spawn_blocking(exchange).await.unwrap()
    }

    /// A connection to the org.
    async fn connect(&self) -> io::Result<Connection> {
        let (address, host, roots) = (self.server.address(), self.name(&HostRole::MyDomain), self.roots());
        tokio::task::spawn_blocking(move || connect(address, &host, roots)).await.unwrap()
    }

    /// A connection on which the server waits for the last two bytes of a form.
    async fn asking(&self) -> Connection {
        let head = self.head("POST / HTTP/1.1", &HostRole::MyDomain);
        let sent = format!("{head}Content-Type: {FORM}\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
        let mut stream = self.connect().await.unwrap();
        let begin = move || {
            stream.write_all(sent.as_bytes()).unwrap();
            let mut go_on = [0; 25];
            stream.read_exact(&mut go_on).unwrap();
            assert_eq!(go_on, *b"HTTP/1.1 100 Continue\r\n\r\n");
            stream.write_all(b"a").unwrap();
            stream
        };
        tokio::task::spawn_blocking(begin).await.unwrap()
    }

    /// Sends these bytes and reads until the server closes the connection.
    async fn exchange(&self, sent: String) -> io::Result<String> {
        let mut stream = self.connect().await?;
        let exchange = move || {
            // The server may have refused and closed the connection already.
            let _sent = stream.write_all(sent.as_bytes()).and_then(|()| stream.flush());
            let mut received = Vec::new();
            match stream.read_to_end(&mut received) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => Err(error),
                // What was received counts, however the connection ended.
                _ => Ok(String::from_utf8_lossy(&received).into_owned()),
            }
        };
        tokio::task::spawn_blocking(exchange).await.unwrap()
    }
}

fn idp() -> HostRole {
    HostRole::Idp("okta".to_owned())
}

type Connection = StreamOwned<ClientConnection, TcpStream>;

fn connect(address: SocketAddr, host: &str, roots: RootCertStore) -> io::Result<Connection> {
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
/// Longer than any answer takes.
const LONG: Duration = Duration::from_secs(10);
