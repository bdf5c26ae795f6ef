//! The proxy of a suite, with the clients that suites use, over real sockets.

use std::net::SocketAddr;
use std::path::Path;
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
use crate::stopwatch::Stopwatch;
use crate::suite::{Connection, ConnectionOptions, STANDARD, VARIABLES, Variables};

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
        let folder = tempfile::tempdir().unwrap();
        let org = OrgSpec::production("acme", date(2026, 3, 1)).login_page(LoginPage::TwoStep);
        let simulator = Simulator::builder().org(org).user("rep", UserSpec::new("Standard User")).naming(naming);
        let simulator = simulator.start().await.unwrap();
        let realm = Arc::clone(simulator.realm());
        let ca_file = folder.path().join("ca.pem");
        std::fs::write(&ca_file, simulator.ca_pem()).unwrap();
        let options = ConnectionOptions {
            realm: simulator.address(),
            hosts: realm.hosts.all(),
            real_hosts: naming == HostNaming::Real,
            spki_pin: simulator.spki_pin().to_owned(),
            ca_file,
            webdriver: "http://127.0.0.1:9515".parse().unwrap(),
            browser: Path::new("/usr/lib/chromium/chromium").into(),
            program: "/bin/true".into(),
            folder: folder.path().to_owned(),
            clock: Stopwatch::start(),
            passkeys: None,
            shots: false,
        };
        let connection = Connection::open(options).await.unwrap();
        let mut variables = Variables::default();
        connection.add_to(&mut variables);
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
