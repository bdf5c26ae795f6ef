//! Who is answered by the listeners of a case, and for how long: one table for all of them. The debugging ports of browsers
//! are not ours; `webdriver::tests::debugging_ports` shows what they refuse.

use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::date;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::unistd::geteuid;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use vestibule_simulator::Simulator;
use vestibule_simulator::realm::{HostRole, OrgSpec, UserSpec};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::suite::unconnected::{nowhere, unconnected};
use crate::suite::{ChromeDriverShim, Connection, ConnectionOptions, Limits, Reach, RealmReach, Variables};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_listener_answers_a_page_or_waits_for_a_slow_a_large_or_a_greedy_client() {
    let limits = Limits { headers: Duration::from_secs(4), ..Limits::default() };
    let (case, listeners) = Case::open(limits).await;

    let table = tokio::task::spawn_blocking(move || {
        let (_, most) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
        setrlimit(Resource::RLIMIT_NOFILE, most.min(8192), most).unwrap();
        let mut wrong = wrong_answers(&listeners);
        for listener in &listeners {
            let open = listener.open_of(2000);
            if !(1..=limits.connections).contains(&open) {
                wrong.push(format!("{}: {open} connections are open", listener.name));
            }
            // They are closed: there is room again.
            let good = listener.post(&[JSON]);
            if !(0..100).any(|_| listener.answers(&good)) {
                wrong.push(format!("{}: no answer afterwards", listener.name));
            }
        }
        wrong
    });

    assert_eq!(table.await.unwrap(), Vec::<String>::new());
    assert_eq!(case.passed_on().await, 2, "one good request by the endpoint, one by the shim");
}

/// All users of a machine can connect to its loopback. Only root can try it as another user.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_program_of_another_user_is_refused_whether_or_not_it_waits_for_the_answer() {
    if !geteuid().is_root() {
        let in_ci = std::env::var_os("CI").is_some_and(|value| !value.is_empty());
        assert!(!in_ci, "only root can start a program of another user");
        eprintln!("LEFT OUT: only root can start a program of another user");
        return;
    }
    let (case, listeners) = Case::open(Limits::default()).await;
    let of_suite: Vec<&Listener> = listeners.iter().filter(|listener| listener.tls.is_none()).collect();

    for listener in &of_suite {
        let request = listener.post(&[JSON, "Connection: close"]);
        let answer = as_another_user(listener.port, &request, "cat <&3").await;
        assert!(answer.starts_with("HTTP/1.1 40") && answer.contains(" user"), "{}: {answer}", listener.name);
        for _ in 0..10 {
            as_another_user(listener.port, &request, "exec 3<&- 3>&-").await;
        }
    }

    let own = tokio::task::spawn_blocking(move || {
        let answered = |listener: &Listener| listener.tls.is_some() || listener.answers(&listener.post(&[JSON]));
        listeners.iter().filter(|listener| !answered(listener)).map(|listener| listener.name).collect::<Vec<_>>()
    });
    assert_eq!(own.await.unwrap(), Vec::<&str>::new(), "the own user is answered");
    assert_eq!(case.passed_on().await, 2, "what the own user sent, by the endpoint and by the shim");
}

/// Sends a request as the user `nobody`, and then does this with the connection, which is number 3. Returns what it prints.
async fn as_another_user(port: u16, request: &str, then: &str) -> String {
    let script = format!("exec 3<>/dev/tcp/127.0.0.1/{port}; printf %s \"$1\" >&3; {then}");
    let mut program = tokio::process::Command::new("bash");
    program.args(["-c", &script, "bash", request]).uid(NOBODY).gid(NOBODY).current_dir("/");
    program.env_clear().env("PATH", "/usr/bin:/bin").stdin(Stdio::null());
    let output = program.output().await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// What listeners answer wrongly: all are tried at the same time, since a slow client waits for the limits of each.
fn wrong_answers(listeners: &[Listener]) -> Vec<String> {
    std::thread::scope(|scope| {
        let tried: Vec<_> = listeners.iter().map(|listener| scope.spawn(move || listener.wrong_answers())).collect();
        tried.into_iter().flat_map(|tried| tried.join().unwrap()).collect()
    })
}

/// A listener of ours, and a request that it would answer.
struct Listener {
    name: &'static str,
    port: u16,
    host: String,
    path: &'static str,
    /// For a listener that speaks TLS, with a time limit of its own.
    tls: Option<Arc<ClientConfig>>,
}

/// What came back: the status; 0 if the connection was closed without one.
type Answer = io::Result<u16>;

trait Duplex: io::Read + io::Write {}
impl<T: io::Read + io::Write> Duplex for T {}

impl Listener {
    fn wrong_answers(&self) -> Vec<String> {
        let large = format!("X-Large: {}", "a".repeat(200 << 10));
        let cases = [
            ("a foreign Host", self.post_to("attacker.example", &[JSON])),
            ("a foreign Origin", self.post(&["Origin: https://attacker.example", JSON])),
            ("text/plain", self.post(&["Origin: null", "Content-Type: text/plain"])),
            ("a huge header", self.post(&[JSON, &large])),
            ("a slow header", format!("POST {} HTTP/1.1\r\nHost: {}\r\n", self.path, self.host)),
        ];
        let mut wrong = Vec::new();
        for (case, request) in cases {
            let answer = self.exchange(&request);
            if !self.refuses(&answer) {
                wrong.push(format!("{}, {case}: {answer:?}", self.name));
            }
        }
        wrong
    }

    /// A whole request.
    fn post(&self, headers: &[&str]) -> String {
        self.post_to(&self.host, headers)
    }

    fn post_to(&self, host: &str, headers: &[&str]) -> String {
        let (path, headers) = (self.path, headers.join("\r\n"));
        format!("POST {path} HTTP/1.1\r\nHost: {host}\r\n{headers}\r\nContent-Length: 2\r\n\r\n{{}}")
    }

    /// Nothing that a page or a greedy client sent is answered but by an error.
    fn refuses(&self, answer: &Answer) -> bool {
        match answer {
            Ok(status) => *status == 0 || (400..500).contains(status),
            // Its limit is longer than the client waits; `server::tests` tries it with a short one.
            Err(error) => self.tls.is_some() && error.kind() == io::ErrorKind::WouldBlock,
        }
    }

    /// Whether a request is answered at all.
    fn answers(&self, request: &str) -> bool {
        let answered = self.exchange(request).is_ok_and(|status| status != 0);
        if !answered {
            std::thread::sleep(Duration::from_millis(50));
        }
        answered
    }

    fn connect(&self) -> io::Result<TcpStream> {
        let stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(ANSWER_TIMEOUT))?;
        Ok(stream)
    }

    fn exchange(&self, request: &str) -> Answer {
        let stream = self.connect()?;
        let mut stream: Box<dyn Duplex> = match &self.tls {
            None => Box::new(stream),
            Some(config) => {
                let name = ServerName::try_from(self.host.split(':').next().unwrap().to_owned()).unwrap();
                Box::new(StreamOwned::new(ClientConnection::new(Arc::clone(config), name).unwrap(), stream))
            }
        };
        // A server that has read enough may close before everything is written.
        let _written = stream.write_all(request.as_bytes()).and_then(|()| stream.flush());
        let mut answer = Vec::new();
        let mut byte = [0; 1];
        while !answer.ends_with(b"\r\n") {
            match stream.read(&mut byte) {
                Ok(0) => return Ok(0),
                Ok(_) => answer.push(byte[0]),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Err(error),
                Err(_) => return Ok(0),
            }
        }
        let line = String::from_utf8_lossy(&answer).into_owned();
        Ok(line.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default())
    }

    /// How many of so many connections are open once the listener has seen them.
    fn open_of(&self, count: usize) -> usize {
        let all: Vec<TcpStream> = (0..count).filter_map(|_| self.connect().ok()).collect();
        let is_open = |mut stream: &TcpStream| {
            stream.set_nonblocking(true).unwrap();
            stream.read(&mut [0; 1]).is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
        };
        let open = || all.iter().filter(|stream| is_open(stream)).count();
        // Those that it has not seen yet look open; it closes idle ones later than this.
        for _ in 0..50 {
            if open() < count / 2 {
                break;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        std::thread::sleep(Duration::from_millis(200));
        open()
    }
}

struct Case {
    driver: MockServer,
    _connection: Connection,
    _simulator: Simulator,
    _folder: tempfile::TempDir,
}

impl Case {
    async fn open(limits: Limits) -> (Self, Vec<Listener>) {
        let driver = MockServer::start().await;
        let answer = ResponseTemplate::new(200).set_body_raw(r#"{"value":null}"#, "application/json");
        Mock::given(wiremock::matchers::any()).respond_with(answer).mount(&driver).await;
        let org = OrgSpec::production("acme", date(2026, 3, 1));
        let simulator =
            Simulator::builder().org(org).user("rep", UserSpec::new("Standard User")).start().await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let ca_file = folder.path().join("ca.pem");
        std::fs::write(&ca_file, simulator.ca_pem()).unwrap();
        let reach = RealmReach {
            address: simulator.address(),
            hosts: simulator.realm().hosts.all(),
            spki_pin: simulator.spki_pin().to_owned(),
            ca_file,
            ..nowhere(folder.path())
        };
        let connection = Connection::open(ConnectionOptions {
            reach: Reach::Realm(reach),
            webdriver: driver.uri().parse::<url::Url>().unwrap().into(),
            limits,
            ..unconnected(folder.path())
        });
        let connection = connection.await.unwrap();
        let mut variables = Variables::default();
        connection.add_to(&mut variables).unwrap();
        let port = |name: &str| variables.get(name).unwrap().reveal().parse::<url::Url>().unwrap().port().unwrap();
        let endpoint = variables.get("VESTIBULE_WEBDRIVER_URL").unwrap().reveal().parse().unwrap();
        let shim = ChromeDriverShim::bind_within(limits, &endpoint, 0).await.unwrap();
        let of_commands = |name, port| Listener {
            name,
            port,
            host: format!("127.0.0.1:{port}"),
            path: "/session/s/timeouts",
            tls: None,
        };
        let proxy = port("VESTIBULE_PROXY_URL");
        let host = simulator.realm().hosts.name(&HostRole::MyDomain);
        let listeners = vec![
            of_commands("the WebDriver endpoint", port("VESTIBULE_WEBDRIVER_URL")),
            of_commands("the ChromeDriver shim", shim.port().unwrap()),
            Listener { name: "the proxy", port: proxy, host: format!("127.0.0.1:{proxy}"), path: "/", tls: None },
            Listener {
                name: "the simulator",
                port: simulator.address().port(),
                host: format!("{host}:{}", simulator.address().port()),
                path: "/lightning/page/home",
                tls: Some(trusting(simulator.ca_pem())),
            },
        ];
        tokio::spawn(shim.run());
        (Self { driver, _connection: connection, _simulator: simulator, _folder: folder }, listeners)
    }

    async fn passed_on(&self) -> usize {
        self.driver.received_requests().await.unwrap().len()
    }
}

fn trusting(pem: &str) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()).unwrap();
    Arc::new(ClientConfig::builder().with_root_certificates(roots).with_no_client_auth())
}

const JSON: &str = "Content-Type: application/json";
/// The user id of `nobody`, who owns nothing.
const NOBODY: u32 = 65_534;
/// Longer than the limits of the test.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(8);
