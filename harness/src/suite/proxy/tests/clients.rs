//! The proxy of a suite, with the clients that suites use, over real sockets.

use std::net::SocketAddr;
use std::process::{Output, Stdio};
use std::sync::Arc;

use jiff::civil::date;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::Command;
use vestibule_model::LoginPage;
use vestibule_simulator::Simulator;
use vestibule_simulator::realm::{HostNaming, HostRole, OrgSpec, Realm, UserSpec};
use wiremock::matchers::{body_bytes, method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::outcome::ProxyFate;
use crate::suite::environment::Target;
use crate::suite::unconnected::unconnected;
use crate::suite::{Connection, ConnectionOptions, Reach, RealmReach, STANDARD, UpstreamProxy, VARIABLES, Variables};

#[tokio::test]
async fn curl_and_python_reach_the_realm_by_the_variables_alone() {
    for naming in [HostNaming::Localhost, HostNaming::Real] {
        let case = Case::start(naming).await;
        let url = case.realm.hosts.url(&HostRole::MyDomain, "/services/data");
        let python = "import sys, urllib.request as r; print(r.urlopen(sys.argv[1]).read().decode())";
        for command in [&["curl", "-sS", &url][..], &["python3", "-c", python, &url]] {
            let (code, out, err) = case.run(command).await;

            assert_eq!(code, Some(0), "{command:?}: {err}");
            assert!(out.contains("\"version\""), "{command:?}: {out}");
        }
        let port = if naming == HostNaming::Real { 443 } else { case.realm.hosts.port() };
        let host = format!("{}:{port}", case.realm.hosts.name(&HostRole::MyDomain));
        assert_eq!(case.fates(), [(host.clone(), ProxyFate::Realm), (host, ProxyFate::Realm)]);
    }
}

#[tokio::test]
async fn every_variable_that_a_suite_is_given_is_documented() {
    let case = Case::start(HostNaming::Localhost).await;
    let sentences: String = STANDARD.iter().map(|variable| format!("{} {}; ", variable.name, variable.about)).collect();
    let documented = |name: &str| {
        let ours = VARIABLES.iter().any(|variable| variable.name == name);
        ours || sentences
            .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .any(|word| word == name.to_uppercase())
    };

    let unknown: Vec<_> = case.variables.iter().map(|(name, _)| name).filter(|name| !documented(name)).collect();

    assert!(unknown.is_empty(), "not documented: {unknown:?}");
    for variable in STANDARD.iter().filter(|variable| variable.name != "PYTHONUNBUFFERED") {
        assert!(case.variables.get(variable.name).is_some(), "documented, and not given: {}", variable.name);
    }
}

#[tokio::test]
async fn a_real_host_of_the_vendor_is_refused_by_name() {
    let case = Case::start(HostNaming::Localhost).await;

    let (code, _, err) = case.run(&["curl", "-sS", "https://login.salesforce.com/"]).await;
    assert_eq!(code, Some(56), "{err}");
    let python = "import urllib.request as r; r.urlopen('https://acme.my.salesforce.com/')";
    let (_, _, err) = case.run(&["python3", "-c", python]).await;
    assert!(err.contains("403 Vestibule refuses the host acme.my.salesforce.com"), "{err}");
    let (_, out, _) = case.run(&["curl", "-sS", "http://test.salesforce.com/secret?pw=x"]).await;
    assert!(out.contains("refused to connect to test.salesforce.com") && out.contains("VESTIBULE_LOGIN_URL"), "{out}");
    assert!(out.contains(&case.realm.hosts.name(&HostRole::MyDomain)) && !out.contains("pw=x"), "{out}");

    let refused = |host: &str| (host.to_owned(), ProxyFate::RefusedRealHost);
    let hosts = ["login.salesforce.com:443", "acme.my.salesforce.com:443", "test.salesforce.com:80"];
    assert_eq!(case.fates(), hosts.map(refused));
}

#[tokio::test]
async fn a_client_that_does_not_trust_the_realm_is_seen() {
    let case = Case::start(HostNaming::Real).await;
    let url = case.realm.hosts.url(&HostRole::MyDomain, "/services/data");
    let python = "import sys, ssl, urllib.request as r
r.urlopen(sys.argv[1], context=ssl.create_default_context(cafile='/etc/ssl/certs/ca-certificates.crt'))";
    let node = "const [,url,proxy]=process.argv,u=new URL(url),p=new URL(proxy);
require('http').request({host:p.hostname,port:p.port,method:'CONNECT',path:u.hostname+':443'}).on('connect',(_,socket)=>{
  require('tls').connect({socket,servername:u.hostname,ca:[]},()=>process.exit(0)).on('error',()=>process.exit(9));
}).end()";
    let tls12 = ["curl", "-sS", "--tls-max", "1.2", "--cacert", "/etc/ssl/certs/ca-certificates.crt", &url];
    let tls13 = ["curl", "-sS", "--cacert", "/etc/ssl/certs/ca-certificates.crt", &url];
    for (command, code) in [
        (&tls12[..], 60),
        (&tls13, 60),
        (&["python3", "-c", python, &url], 1),
        (&[NODE, "-e", node, &url, &case.proxy], 9),
    ] {
        let before = case.fates().len();

        let (found, _, err) = case.run(command).await;

        assert_eq!(found, Some(code), "{command:?}: {err}");
        case.until(|fates| fates.get(before).is_some_and(|(_, fate)| *fate == ProxyFate::CertificateRefused)).await;
    }
}

#[tokio::test]
async fn other_hosts_get_every_byte_untouched() {
    let case = Case::start(HostNaming::Localhost).await;
    let there = MockServer::start().await;
    let large: Vec<u8> = (0..=255).cycle().take(3_000_000).collect();
    let answer = ResponseTemplate::new(207).insert_header("X-Their-Own", "kept").set_body_bytes(large.clone());
    let given = body_bytes(large.clone());
    Mock::given(method("PUT")).and(path("/upload")).and(given).respond_with(answer).mount(&there).await;
    let file = case.folder.path().join("large");
    std::fs::write(&file, &large).unwrap();
    let url = format!("http://localhost:{}/upload", there.address().port());
    let upload = format!("@{}", file.display());

    for tunnel in [&[][..], &["--proxytunnel"]] {
        let out = case.folder.path().join("answer");
        let words =
            ["curl", "-sSD-", "-XPUT", "-HTE: trailers", "-HProxy-Authorization: Basic c2VjcmV0", "--data-binary"];
        let command = [&words[..], &[&upload, "-o", out.to_str().unwrap(), &url], tunnel].concat();

        let (code, head, err) = case.run(&command).await;

        assert_eq!(code, Some(0), "{command:?}: {err}");
        assert!(head.contains(" 207 ") && head.contains("kept"), "{head}");
        assert!(std::fs::read(&out).unwrap() == large, "the answer was changed");
    }

    let seen = there.received_requests().await.unwrap();
    assert!(!seen[0].headers.contains_key("proxy-authorization") && !seen[0].headers.contains_key("te"));
    let host = format!("localhost:{}", there.address().port());
    assert_eq!(case.fates(), [(host.clone(), ProxyFate::PassedOn), (host, ProxyFate::PassedOn)]);
}

#[tokio::test]
async fn a_tunnel_to_an_address_is_judged_by_the_server_that_its_client_asks_for() {
    let case = Case::start(HostNaming::Real).await;
    // An address of no host (RFC 5737).
    let address = "192.0.2.1:443";

    let mut tunnel = case.connect(address).await;
    tunnel.write_all(&hello("login.another.my.salesforce.com")).await.unwrap();
    assert_eq!(tunnel.read(&mut [0; 1]).await.unwrap_or(0), 0, "the tunnel is closed");

    let my_domain = case.realm.hosts.name(&HostRole::MyDomain);
    let mut tunnel = case.connect(address).await;
    for half in hello(&my_domain).chunks(100) {
        tunnel.write_all(half).await.unwrap();
        tunnel.flush().await.unwrap();
    }
    let mut answer = [0; 1];
    tunnel.read_exact(&mut answer).await.unwrap();
    assert_eq!(answer, [22], "a handshake message of the realm");

    // A tunnel may carry plain HTTP too.
    let mut tunnel = case.connect("192.0.2.1:80").await;
    tunnel.write_all(b"GET / HTTP/1.1\r\nHost: login.another.my.salesforce.com\r\n\r\n").await.unwrap();
    assert_eq!(tunnel.read(&mut [0; 1]).await.unwrap_or(0), 0, "the tunnel is closed");

    // A name that is not the vendor's may lead to an address of the vendor.
    let mut tunnel = case.connect(&format!("localhost:{}", case.realm.hosts.port())).await;
    tunnel.write_all(&hello("login.another.my.salesforce.com")).await.unwrap();
    assert_eq!(tunnel.read(&mut [0; 1]).await.unwrap_or(0), 0, "the tunnel is closed");

    let refused = ("login.another.my.salesforce.com:443".to_owned(), ProxyFate::RefusedRealHost);
    let fates = case.fates();
    let plain = ("login.another.my.salesforce.com:80".to_owned(), ProxyFate::RefusedRealHost);
    assert_eq!(fates[..3], [refused, (format!("{my_domain}:443"), ProxyFate::Realm), plain]);
    assert_eq!((fates.len(), fates[3].1), (4, ProxyFate::RefusedRealHost));
}

#[tokio::test]
async fn a_request_to_an_address_is_judged_by_its_host_and_a_user_is_no_part_of_it() {
    let case = Case::start(HostNaming::Localhost).await;
    let there = MockServer::start().await;
    Mock::given(method("GET")).respond_with(ResponseTemplate::new(200)).mount(&there).await;
    let asked = async |target: &str, host: &str| {
        let mut stream = TcpStream::connect(case.address()).await.unwrap();
        let request = format!("GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    };
    let port = there.address().port();

    let refused = asked("http://192.0.2.1/", "login.salesforce.com").await;
    let passed = asked(&format!("http://user:word@localhost:{port}/"), "ignored.example").await;

    assert!(refused.starts_with("HTTP/1.1 403 Vestibule refuses the host login.salesforce.com"), "{refused}");
    assert!(passed.starts_with("HTTP/1.1 200"), "{passed}");
    let seen = there.received_requests().await.unwrap();
    assert_eq!(seen[0].headers["host"], format!("localhost:{port}"));
}

#[tokio::test]
async fn the_proxy_of_the_environment_is_asked_for_all_but_the_realm_and_the_vendor() {
    let corporate = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut environment = Variables::default();
    let url = format!("http://user:word@{}", corporate.local_addr().unwrap());
    for name in ["HTTPS_PROXY", "HTTP_PROXY"] {
        environment.set(name, vestibule_model::Secret::new(&url));
    }
    environment.set("NO_PROXY", vestibule_model::Secret::new("excepted.example"));
    let asked = Arc::new(parking_lot::Mutex::new(Vec::new()));
    let heard = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = corporate.accept().await {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                head.push(stream.read_u8().await.unwrap());
            }
            let head = String::from_utf8(head).unwrap().to_ascii_lowercase();
            let tunnel = head.starts_with("connect");
            heard.lock().push(head);
            let answer =
                if tunnel { "HTTP/1.1 200 OK\r\n\r\n" } else { "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok" };
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    let case = Case::with(HostNaming::Localhost, UpstreamProxy::seen_in(&environment)).await;

    let (_, out, _) = case.run(&["curl", "-sS", "http://plain.example/path?query"]).await;
    let _ended = case.run(&["curl", "-sS", "https://secure.example/"]).await;
    let (_, refused, _) = case.run(&["curl", "-sS", "http://login.salesforce.com/"]).await;
    let realm = case.run(&["curl", "-sS", &case.realm.hosts.url(&HostRole::MyDomain, "/services/data")]).await;
    let (_, excepted, _) = case.run(&["curl", "-sS", "http://excepted.example/"]).await;

    assert_eq!(out, "ok");
    assert!(refused.contains("refused to connect to login.salesforce.com"), "{refused}");
    assert!(realm.1.contains("\"version\""), "{realm:?}");
    assert!(excepted.contains("failed to connect"), "{excepted}");
    let asked = asked.lock().clone();
    assert_eq!(asked.len(), 2, "{asked:?}");
    assert!(asked[0].starts_with("get http://plain.example/path?query http/1.1\r\n"), "{asked:?}");
    assert!(asked[1].starts_with("connect secure.example:443 http/1.1\r\n"), "{asked:?}");
    for head in &asked {
        assert!(head.contains("proxy-authorization: basic dxnlcjp3b3jk\r\n"), "{head}");
    }
}

#[tokio::test]
async fn what_a_suite_maps_to_the_proxy_variables_does_not_lead_around_ours() {
    let case = Case::start(HostNaming::Localhost).await;
    let mappings =
        ["HTTPS_PROXY=http://corporate:3128", "https_proxy=", "ALL_PROXY=socks5://corporate:1080", "NO_PROXY=*"];
    let mappings = mappings.map(|mapping| mapping.parse().unwrap());
    let mut variables = Variables::new(&Target::default(), &[], &mappings).unwrap();
    assert!(UpstreamProxy::seen_in(&variables).is_some(), "it is asked by ours");

    case.connection.add_to(&mut variables).unwrap();

    let seen = |name: &str| variables.get(name).map(|value| value.reveal().to_owned());
    assert_eq!((seen("HTTPS_PROXY"), seen("https_proxy")), (Some(case.proxy.clone()), Some(case.proxy.clone())));
    assert_eq!((seen("NO_PROXY").as_deref(), seen("ALL_PROXY")), (Some("127.0.0.1,::1"), None));
    assert!(variables.removed().any(|name| name == "ALL_PROXY"));
}

#[tokio::test]
async fn java_reaches_the_realm_by_its_options_alone_and_keeps_what_the_suite_trusts() {
    let Some(java) = java() else { return };
    let case = Case::start(HostNaming::Real).await;
    let url = case.realm.hosts.url(&HostRole::MyDomain, "/services/data");
    let mut command = [java.as_str(), JAVA, &url];

    let (code, out, err) = case.run(&command).await;

    assert_eq!(code, Some(0), "{out} {err}");
    assert_eq!(out.lines().filter(|line| line.contains("\"version\"")).count(), 2, "{out}");
    command[2] = "https://login.another.my.salesforce.com/";
    let (code, out, err) = case.run(&command).await;
    assert!(code != Some(0) && err.contains("403"), "{out} {err}");
    let fates: Vec<_> = case.fates().into_iter().map(|(_, fate)| fate).collect();
    assert_eq!(fates, [ProxyFate::Realm, ProxyFate::Realm, ProxyFate::RefusedRealHost]);
}

#[tokio::test]
async fn bytes_flow_both_ways_before_either_side_has_ended() {
    let case = Case::start(HostNaming::Localhost).await;
    let echo = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = echo.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = echo.accept().await.unwrap();
        let (mut read, mut write) = stream.split();
        tokio::io::copy(&mut read, &mut write).await.unwrap();
        write.write_all(b"bye").await.unwrap();
    });
    let mut stream = case.connect(&format!("{address}")).await;
    for word in [&b"\x16\x03\x01 no handshake"[..], b"\0\xff", b"more"] {
        stream.write_all(word).await.unwrap();
        let mut back = vec![0; word.len()];
        stream.read_exact(&mut back).await.unwrap();
        assert_eq!(back, word);
    }

    stream.shutdown().await.unwrap();
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).await.unwrap();
    assert_eq!(rest, b"bye");
}

#[tokio::test]
async fn an_unreachable_host_and_a_plain_request_get_readable_answers() {
    let case = Case::start(HostNaming::Localhost).await;
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    for (url, expected) in [
        (format!("http://{free}/"), "failed to connect: Connection refused"),
        ("http://no-such-host.invalid/".to_owned(), "failed to connect: "),
    ] {
        let (_, out, _) = case.run(&["curl", "-sS", "--noproxy", "", &url]).await;
        assert!(out.contains(expected), "{url}: {out}");
    }
    assert!(case.fates().iter().all(|(_, fate)| *fate == ProxyFate::Unreachable), "{:?}", case.fates());

    let (_, out, _) = case.run(&["curl", "-sS", "--noproxy", "*", &case.proxy]).await;
    assert!(out.contains("an HTTP proxy of Vestibule"), "{out}");
    let my_domain = case.realm.hosts.name(&HostRole::MyDomain);
    let (_, out, _) =
        case.run(&["curl", "-sSo/dev/null", "-w%{redirect_url}", &format!("http://{my_domain}/x?y=z")]).await;
    assert_eq!(out, format!("https://{my_domain}:{}/x?y=z", case.realm.hosts.port()));
}

#[tokio::test]
async fn the_proxy_and_its_tunnels_end_with_the_case() {
    let case = Case::start(HostNaming::Localhost).await;
    let mut tunnel = case.connect(&format!("{}:443", case.realm.hosts.name(&HostRole::MyDomain))).await;
    let address = case.address();

    case.connection.close().await;

    assert_eq!(tunnel.read(&mut [0; 1]).await.unwrap_or(0), 0, "the tunnel is closed");
    assert!(TcpStream::connect(address).await.is_err(), "the port is closed");
}

struct Case {
    realm: Arc<Realm>,
    connection: Connection,
    variables: Variables,
    proxy: String,
    folder: TempDir,
    _simulator: Simulator,
}

impl Case {
    async fn start(naming: HostNaming) -> Self {
        Self::with(naming, None).await
    }

    async fn with(naming: HostNaming, upstream: Option<UpstreamProxy>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let org = OrgSpec::production("acme", date(2026, 3, 1)).login_page(LoginPage::TwoStep);
        let simulator = Simulator::builder().org(org).user("rep", UserSpec::new("Standard User")).naming(naming);
        let simulator = simulator.start().await.unwrap();
        let realm = Arc::clone(simulator.realm());
        let ca_file = folder.path().join("ca.pem");
        std::fs::write(&ca_file, simulator.ca_pem()).unwrap();
        let reach = RealmReach {
            address: simulator.address(),
            hosts: realm.hosts.all(),
            real_hosts: naming == HostNaming::Real,
            spki_pin: simulator.spki_pin().to_owned(),
            ca_file,
            upstream,
        };
        let options = ConnectionOptions {
            reach: Reach::Realm(reach),
            browser: Some("/usr/lib/chromium/chromium".into()),
            ..unconnected(folder.path())
        };
        let connection = Connection::open(options).await.unwrap();
        let mut variables = Variables::default();
        connection.add_to(&mut variables).unwrap();
        let proxy = variables.get("VESTIBULE_PROXY_URL").unwrap().reveal().to_owned();
        Self { realm, connection, variables, proxy, folder, _simulator: simulator }
    }

    /// Runs a client with the variables of a suite.
    async fn run(&self, command: &[&str]) -> (Option<i32>, String, String) {
        let mut process = Command::new(command[0]);
        process.args(&command[1..]).env_clear().stdin(Stdio::null()).kill_on_drop(true);
        process.env("PATH", std::env::var_os("PATH").unwrap());
        // The preload and the shims belong to the browser.
        let of_clients = self.variables.iter().filter(|(name, _)| !["PATH", "NODE_OPTIONS"].contains(name));
        process.envs(of_clients.map(|(name, value)| (name, value.reveal())));
        let Output { status, stdout, stderr } = process.output().await.unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (status.code(), text(&stdout), text(&stderr))
    }

    fn fates(&self) -> Vec<(String, ProxyFate)> {
        self.connection.records().proxied.into_iter().map(|record| (record.host, record.fate)).collect()
    }

    /// Waits until the records say so: a tunnel is judged when its client has gone.
    async fn until(&self, holds: impl Fn(&[(String, ProxyFate)]) -> bool) {
        for _ in 0..500 {
            if holds(&self.fates()) {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("it did not come: {:?}", self.fates());
    }

    fn address(&self) -> SocketAddr {
        self.proxy.strip_prefix("http://").unwrap().parse().unwrap()
    }

    /// A tunnel to this host and port.
    async fn connect(&self, target: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.address()).await.unwrap();
        let request = format!("CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\n") {
            answer.push(stream.read_u8().await.unwrap());
        }
        assert!(answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer));
        stream
    }
}

/// The Node that the clients of the tests run on.
const NODE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/clients/bin/node");

/// The first message of a TLS client that asks for a server.
fn hello(name: &str) -> Vec<u8> {
    vestibule_certs::install_tls_provider();
    let config =
        rustls::ClientConfig::builder().with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth();
    let name = rustls::pki_types::ServerName::try_from(name.to_owned()).unwrap();
    let mut client = rustls::ClientConnection::new(Arc::new(config), name).unwrap();
    let mut hello = Vec::new();
    client.write_tls(&mut hello).unwrap();
    hello
}

/// A Java from 11 on, which runs a source file. Where there is none, the test is left out aloud.
fn java() -> Option<String> {
    let java = which::which("java").ok().map(|java| java.display().to_string());
    if java.is_none() {
        eprintln!("LEFT OUT: there is no java");
    }
    java
}

/// Reads a URL with both clients that come with Java.
const JAVA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/nothing-leaves/Client.java");
