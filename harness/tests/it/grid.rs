//! Browsers on a server that has places for a number of them, and may lose some: a small stand-in, and a real Selenium Grid,
//! a hub and two nodes that ask for a user and a password, which `make grid-test` installs.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::http::{Method, StatusCode, Uri};
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;
use parking_lot::{Mutex, MutexGuard};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::program::vestibule;

/// The built-in scenarios on four workers, passkeys included. One of two nodes is killed in the midst: what ran there runs
/// again on the other node, and the reports say so.
#[test]
fn no_case_is_lost_when_a_node_dies() {
    let Some(mut grid) = Grid::start(2) else { return };
    let folder = tempfile::tempdir().unwrap();
    let reports = folder.path().join("reports");
    let mut command = vestibule(&["run", "--built-in", "--workers=4", "--json", "--no-progress", "--timeout=2m"]);
    command.arg(format!("--webdriver={}", grid.url())).arg("--report-dir").arg(&reports);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut run = command.spawn().unwrap();
    let said = drained(run.stderr.take().unwrap());

    let mut events = Vec::new();
    for line in BufReader::new(run.stdout.take().unwrap()).lines() {
        let event: Value = serde_json::from_str(&line.unwrap()).unwrap();
        events.push(event);
        let ends = events.iter().filter(|event| event.get("case-finished").is_some()).count();
        if ends == ENDS_BEFORE_THE_KILL && grid.nodes.len() == 2 && events.last().unwrap().get("case-started").is_some()
        {
            grid.kill_node();
        }
    }
    let code = run.wait().unwrap().code();
    let said = said.join().unwrap();

    assert_eq!(grid.nodes.len(), 1, "a node was killed while cases ran");
    assert_eq!(code, Some(0), "{said}");
    let cases = Cases::of(&events);
    assert!(cases.all.len() > 100, "{} cases", cases.all.len());
    assert!(cases.without_end().is_empty(), "lost: {:?}", cases.without_end());
    let not_passed: Vec<_> = cases.verdicts().filter(|(_, verdict)| *verdict != "passed").collect();
    assert!(not_passed.is_empty(), "{not_passed:?}");
    let lost = cases.codes_of_first_attempts();
    assert!(lost.contains("webdriver-lost"), "what ran on the dead node ran again: {lost:?}");
    assert!(said.contains("recovered: ") && said.contains("the WebDriver session is lost"), "{said}");
    let junit = std::fs::read_to_string(reports.join("junit.xml")).unwrap();
    assert!(junit.contains("the WebDriver session is lost"), "the reports say what happened");
    assert!(!said.contains(PASSWORD) && !junit.contains(PASSWORD));
    assert!(grid.sessions_left().is_empty(), "{:?}", grid.sessions_left());
}

/// With the last node every case that is left is broken, with the reason; none is silently missing.
#[test]
fn without_any_node_the_cases_that_are_left_are_broken() {
    let Some(mut grid) = Grid::start(1) else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut command = vestibule(&["run", "--built-in", "-g=passkey", "--workers=2", "--json", "--no-progress"]);
    command.arg(format!("--webdriver={}", grid.url())).arg("--report-dir").arg(folder.path());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut run = command.spawn().unwrap();
    let said = drained(run.stderr.take().unwrap());

    let mut events: Vec<Value> = Vec::new();
    for line in BufReader::new(run.stdout.take().unwrap()).lines() {
        let event: Value = serde_json::from_str(&line.unwrap()).unwrap();
        if event.get("case-started").is_some() && !grid.nodes.is_empty() {
            grid.kill_node();
        }
        events.push(event);
    }
    let code = run.wait().unwrap().code();
    let said = said.join().unwrap();

    assert_eq!(code, Some(3), "{said}");
    let cases = Cases::of(&events);
    assert!(cases.all.len() > 3 && cases.without_end().is_empty(), "lost: {:?}", cases.without_end());
    assert!(cases.verdicts().all(|(_, verdict)| verdict == "broken"), "{:?}", cases.verdicts().collect::<Vec<_>>());
    assert!(said.contains("open a WebDriver session"), "{said}");
}

/// Ctrl-C in the midst of a case leaves no browser on the Grid.
#[test]
fn an_interrupted_run_leaves_no_session() {
    let Some(grid) = Grid::start(1) else { return };
    let mut command = vestibule(&["run", "--built-in", "--workers=2", "--json", "--no-progress"]);
    let folder = tempfile::tempdir().unwrap();
    command.arg(format!("--webdriver={}", grid.url())).arg("--report-dir").arg(folder.path());
    let mut run = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(run.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().starts_with("{\"case-finished\"")));
    assert!(!grid.sessions_left().is_empty(), "browsers are at work");

    kill(Pid::from_raw(i32::try_from(run.id()).unwrap()), Signal::SIGINT).unwrap();
    lines.for_each(drop);

    assert_eq!(run.wait().unwrap().code(), Some(130));
    assert!(grid.gets_empty(), "{:?}", grid.sessions_left());
}

/// Three workers share two places, of which one is lost with its browser: the cases wait, and run again.
#[test]
fn a_lost_place_costs_time_but_no_case() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let driver = ChromeDriver::start();
    let (grid, _) = runtime.block_on(SmallGrid::serve(&driver.url, 2, Some(TYPED_BEFORE_THE_LOSS)));
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("own.yaml"), OWN).unwrap();
    let run = vestibule(&["run", "own.yaml", "--repeat=8", "--workers=3", "--json", "--no-progress", "--timeout=2m"])
        .arg(format!("--webdriver={grid}"))
        .current_dir(folder.path())
        .output()
        .unwrap();

    let said = String::from_utf8(run.stderr).unwrap();
    let events = String::from_utf8(run.stdout).unwrap();
    let events: Vec<Value> = events.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(run.status.code(), Some(0), "{said}");
    let cases = Cases::of(&events);
    assert_eq!(cases.all.len(), 8);
    assert!(cases.without_end().is_empty(), "{:?}", cases.without_end());
    assert!(cases.verdicts().all(|(_, verdict)| verdict == "passed"), "{said}");
    assert_eq!(cases.codes_of_first_attempts().into_iter().collect::<Vec<_>>(), ["webdriver-lost"], "{said}");
    assert!(said.contains("recovered: A rep signs in"), "{said}");
}

/// It has one browser for two workers, which is lost, and no other: nothing is counted as passed, failed or skipped.
#[test]
fn without_any_place_every_case_is_broken() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("own.yaml"), OWN).unwrap();
    let (refusing, grid) = runtime.block_on(SmallGrid::serve("http://127.0.0.1:9", 2, None));
    let run = vestibule(&["run", "own.yaml", "--repeat=5", "--workers=2", "--json", "--no-progress"])
        .arg(format!("--webdriver={refusing}"))
        .current_dir(folder.path())
        .output()
        .unwrap();

    let said = String::from_utf8(run.stderr).unwrap();
    let events = String::from_utf8(run.stdout).unwrap();
    let events: Vec<Value> = events.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(run.status.code(), Some(3), "{said}");
    let cases = Cases::of(&events);
    assert!(cases.without_end().is_empty(), "{:?}", cases.without_end());
    assert_eq!(cases.verdicts().filter(|(_, verdict)| *verdict == "broken").count(), 5, "{said}");
    assert!(said.contains("no node has a place"), "{said}");
    // A Grid may let each request wait for minutes: no case asks again.
    assert!(
        grid.asked.load(Ordering::Relaxed) <= 2 * 3,
        "each worker asks three times: {}",
        grid.asked.load(Ordering::Relaxed)
    );
}

/// As by `ssh -R 1080 NODE`, whose end on the node is a proxy like this one.
#[test]
fn a_tunnel_leads_browsers_on_another_machine_to_the_simulator() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let driver = ChromeDriver::start();
    let (grid, _) = runtime.block_on(SmallGrid::serve(&driver.url, 2, None));
    let passed_on = Arc::new(AtomicUsize::new(0));
    let tunnel = runtime.block_on(serve_socks(Arc::clone(&passed_on)));
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("own.yaml"), OWN).unwrap();
    let run = |proxy: &str| {
        vestibule(&["run", "own.yaml", "--no-progress", "--timeout=2m"])
            .args([format!("--webdriver={grid}"), format!("--browser-proxy={proxy}")])
            .current_dir(folder.path())
            .output()
            .unwrap()
    };

    let through = run(&tunnel);
    let nowhere = run("socks4://127.0.0.1:9");

    assert_eq!(through.status.code(), Some(0), "{}", String::from_utf8_lossy(&through.stderr));
    assert!(passed_on.load(Ordering::Relaxed) > 0, "every request went through the tunnel");
    let said = String::from_utf8(nowhere.stderr).unwrap() + &String::from_utf8(nowhere.stdout).unwrap();
    assert_eq!(nowhere.status.code(), Some(3), "{said}");
    assert!(said.contains("the browser does not reach it") && said.contains("ssh -R 1080 NODE"), "{said}");
    assert!(!said.contains("retrying"), "another browser does not reach it either: {said}");
}

/// Serves SOCKS 4 as long as the runtime lives, and counts the connections that it passes on; returns its URL.
async fn serve_socks(passed_on: Arc<AtomicUsize>) -> String {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("socks4://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut browser, _)) = listener.accept().await {
            let passed_on = Arc::clone(&passed_on);
            tokio::spawn(async move {
                // Version, command, port, IPv4 address, and a user that ends with 0.
                let mut request = [0; 8];
                browser.read_exact(&mut request).await.unwrap();
                while browser.read_u8().await.unwrap() != 0 {}
                let [4, 1, high, low, address @ ..] = request else { panic!("no SOCKS 4: {request:?}") };
                let mut simulator =
                    TcpStream::connect((std::net::Ipv4Addr::from(address), u16::from_be_bytes([high, low])))
                        .await
                        .unwrap();
                browser.write_all(&[0, 90, 0, 0, 0, 0, 0, 0]).await.unwrap();
                passed_on.fetch_add(1, Ordering::Relaxed);
                // Either side may end a connection at any time.
                let _ended = tokio::io::copy_bidirectional(&mut browser, &mut simulator).await;
            });
        }
    });
    url
}

const OWN: &str = "title: A rep signs in
org: { kind: production, date: 2026-01-01 }
users: { rep: {} }
steps: [{ sign-in: { user: rep } }]
expect: { page: home }
";
/// How often a session types before its browser is lost. A case types twice, a username and a password, so this is in the
/// midst of the second case. A count of all commands could end between two cases, where a lost browser is replaced unseen.
const TYPED_BEFORE_THE_LOSS: usize = 3;

/// Passes commands on to one ChromeDriver, for as many sessions at a time as it has places.
struct SmallGrid {
    driver: String,
    client: reqwest::Client,
    places: Arc<Semaphore>,
    /// The place of each session, and how often it typed.
    sessions: Mutex<BTreeMap<String, (OwnedSemaphorePermit, usize)>>,
    /// How often the first session that is lost has typed then.
    lost_at: Mutex<Option<usize>>,
    /// How often a session was asked for.
    asked: AtomicUsize,
}

impl SmallGrid {
    /// Serves as long as the runtime lives; returns its URL too.
    async fn serve(driver: &str, places: usize, lost_at: Option<usize>) -> (String, Arc<Self>) {
        vestibule_certs::install_tls_provider();
        let grid = Arc::new(Self {
            driver: driver.to_owned(),
            client: reqwest::Client::builder().no_proxy().build().unwrap(),
            places: Arc::new(Semaphore::new(places)),
            sessions: Mutex::default(),
            lost_at: Mutex::new(lost_at),
            asked: AtomicUsize::default(),
        });
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let served = Arc::clone(&grid);
        let answer = move |method: Method, uri: Uri, body: String| {
            let grid = Arc::clone(&served);
            async move {
                let (status, body) = grid.answer(method, uri.path(), body).await;
                (status, [(CONTENT_TYPE, "application/json")], body)
            }
        };
        tokio::spawn(async move { axum::serve(listener, Router::new().fallback(answer)).await });
        (url, grid)
    }

    async fn answer(&self, method: Method, path: &str, body: String) -> (StatusCode, String) {
        if method == Method::POST && path == "/session" {
            return self.open(body).await;
        }
        let id = path.split('/').nth(2).unwrap_or_default();
        if path.starts_with("/session/") {
            if path.ends_with("/value") && self.loses(id) {
                self.pass_on(Method::DELETE, &format!("/session/{id}"), String::new()).await;
                // Its place is lost with it.
                self.sessions.lock().remove(id).unwrap().0.forget();
            }
            if !self.sessions.lock().contains_key(id) {
                return error(StatusCode::NOT_FOUND, "invalid session id", "the node of this session is gone");
            }
        }
        let answer = self.pass_on(method.clone(), path, body).await;
        if method == Method::DELETE && path == format!("/session/{id}") {
            self.sessions.lock().remove(id);
        }
        answer
    }

    /// Waits for a free place, as a Grid lets a request wait.
    async fn open(&self, body: String) -> (StatusCode, String) {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let place = Arc::clone(&self.places).acquire_owned().await.unwrap();
        let mut wanted: Value = serde_json::from_str(&body).unwrap();
        wanted["capabilities"]["alwaysMatch"]["goog:chromeOptions"]["binary"] = HEADLESS_SHELL.into();
        let (status, answer) = self.pass_on(Method::POST, "/session", wanted.to_string()).await;
        let opened: Value = serde_json::from_str(&answer).unwrap_or_default();
        if let Some(id) = opened["value"]["sessionId"].as_str() {
            self.sessions.lock().insert(id.to_owned(), (place, 0));
        }
        (status, answer)
    }

    /// Counts a command by which a session types. Returns whether the session is lost at it.
    fn loses(&self, id: &str) -> bool {
        let mut sessions = self.sessions.lock();
        let Some((_, typed)) = sessions.get_mut(id) else { return false };
        *typed += 1;
        self.lost_at.lock().take_if(|at| *typed == *at).is_some()
    }

    async fn pass_on(&self, method: Method, path: &str, body: String) -> (StatusCode, String) {
        let sent = self.client.request(method, format!("{}{path}", self.driver));
        let sent = sent.header("content-type", "application/json").body(body).send().await;
        match sent {
            Ok(answer) => (answer.status(), answer.text().await.unwrap()),
            Err(_) => error(StatusCode::INTERNAL_SERVER_ERROR, "session not created", "no node has a place"),
        }
    }
}

fn error(status: StatusCode, error: &str, message: &str) -> (StatusCode, String) {
    (status, json!({ "value": { "error": error, "message": message, "stacktrace": "" } }).to_string())
}

/// Ends with the test, with its browsers.
struct ChromeDriver {
    process: Child,
    url: String,
}

impl ChromeDriver {
    fn start() -> Self {
        let mut command = Command::new("chromedriver");
        command.arg("--port=0").process_group(0).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = command.spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines().map_while(Result::ok);
        let port =
            lines.find_map(|line| Some(line.split_once("successfully on port ")?.1.trim_end_matches('.').to_owned()));
        let url = format!("http://127.0.0.1:{}", port.unwrap());
        std::thread::spawn(move || lines.for_each(drop));
        Self { process, url }
    }
}

impl Drop for ChromeDriver {
    fn drop(&mut self) {
        end_group(&mut self.process);
    }
}

/// Ends a process that leads a group, and all others of the group.
fn end_group(process: &mut Child) {
    let group = Pid::from_raw(i32::try_from(process.id()).unwrap_or_default());
    // It may have ended by itself.
    let _ended = killpg(group, Signal::SIGKILL);
    let _reaped = process.wait();
}

/// What the events say of the cases.
struct Cases {
    all: BTreeSet<String>,
    /// The results of each case, oldest first: whether another attempt follows, and the result.
    results: BTreeMap<String, Vec<(bool, Value)>>,
}

impl Cases {
    fn of(events: &[Value]) -> Self {
        let started = events.iter().find_map(|event| event["run-started"]["cases"].as_array()).unwrap();
        let all = started.iter().map(|case| case["id"].as_str().unwrap().to_owned()).collect();
        let mut results: BTreeMap<String, Vec<(bool, Value)>> = BTreeMap::new();
        for event in events.iter().filter_map(|event| event.get("case-finished")) {
            let of_case = results.entry(event["case"].as_str().unwrap().to_owned()).or_default();
            of_case.push((event["again"] == true, event["result"].clone()));
        }
        Self { all, results }
    }

    /// The cases that have no last result.
    fn without_end(&self) -> Vec<&String> {
        let ended =
            |case: &String| self.results.get(case).and_then(|results| results.last()).is_some_and(|last| !last.0);
        self.all.iter().filter(|case| !ended(case)).collect()
    }

    fn verdicts(&self) -> impl Iterator<Item = (&str, &str)> {
        let last = self.results.iter().filter_map(|(case, results)| Some((case, &results.last()?.1)));
        last.map(|(case, result)| (case.as_str(), result["verdict"].as_str().unwrap()))
    }

    /// Why first attempts did not pass.
    fn codes_of_first_attempts(&self) -> BTreeSet<&str> {
        let first = self.results.values().filter_map(|results| results.first()).filter(|first| first.0);
        first.filter_map(|first| first.1["failures"][0]["code"].as_str()).collect()
    }
}

/// A hub with its nodes. Ends with the test.
struct Grid {
    port: u16,
    _hub: Server,
    nodes: Vec<Server>,
    logs: TempDir,
    /// Two Grids at once are too much for a small machine.
    _turn: MutexGuard<'static, ()>,
}

impl Grid {
    /// A Grid with this many nodes of two places each. `None`, said aloud, unless `make grid-test` asks for it.
    fn start(nodes: usize) -> Option<Self> {
        let jar = jar()?;
        let turn = TURN.lock();
        let logs = tempfile::tempdir().unwrap();
        let [port, publish, subscribe] = free_ports();
        let bus = [
            format!("--publish-events=tcp://127.0.0.1:{publish}"),
            format!("--subscribe-events=tcp://127.0.0.1:{subscribe}"),
        ];
        let hub = [
            format!("--port={port}"),
            format!("--username={USER}"),
            format!("--password={PASSWORD}"),
            "--session-request-timeout=20".to_owned(),
            "--session-request-timeout-period=1".to_owned(),
            // Otherwise it takes two minutes until a hub notices that a node is dead.
            "--healthcheck-interval=2".to_owned(),
        ];
        let hub = Server::start(&jar, "hub", hub.iter().chain(&bus), &logs.path().join("hub.log"));
        let node = |number: usize| {
            let [port] = free_ports();
            let own = [
                format!("--port={port}"),
                format!("--hub=http://127.0.0.1:{}", hub.port),
                "--selenium-manager=false".to_owned(),
                "--detect-drivers=false".to_owned(),
                "--max-sessions=2".to_owned(),
                "--override-max-sessions=true".to_owned(),
                "--register-cycle=1".to_owned(),
            ];
            let driver = [
                "--driver-configuration".to_owned(),
                "display-name=chrome".to_owned(),
                "max-sessions=2".to_owned(),
                "webdriver-executable=/usr/bin/chromedriver".to_owned(),
                format!(
                    "stereotype={}",
                    json!({ "browserName": "chrome", "goog:chromeOptions": { "binary": HEADLESS_SHELL } })
                ),
            ];
            let log = logs.path().join(format!("node-{number}.log"));
            Server::start(&jar, "node", own.iter().chain(&bus).chain(&driver), &log)
        };
        let count = nodes;
        let nodes = (1..=count).map(node).collect();
        let grid = Self { port, _hub: hub, nodes, logs, _turn: turn };
        grid.wait_for(count);
        Some(grid)
    }

    /// Its address, with the user and the password.
    fn url(&self) -> String {
        format!("http://{USER}:{PASSWORD}@127.0.0.1:{}", self.port)
    }

    /// Kills the first node, with its drivers and browsers.
    fn kill_node(&mut self) {
        drop(self.nodes.remove(0));
    }

    fn wait_for(&self, nodes: usize) {
        let is_ready = |status: Value| {
            let up = status["nodes"].as_array().into_iter().flatten().filter(|node| node["availability"] == "UP");
            status["ready"] == true && up.count() == nodes
        };
        for _ in 0..START_POLLS {
            if self.status().is_some_and(is_ready) {
                return;
            }
            std::thread::sleep(Duration::from_millis(200));
        }
        panic!("the Grid is not ready: {}", self.log());
    }

    fn status(&self) -> Option<Value> {
        let asked =
            Command::new("curl").args(["--silent", "--max-time", "5"]).arg(format!("{}/status", self.url())).output();
        let mut answer: Value = serde_json::from_slice(&asked.unwrap().stdout).ok()?;
        Some(answer["value"].take())
    }

    /// The ids of the sessions on nodes that live.
    fn sessions_left(&self) -> Vec<String> {
        let status = self.status().unwrap();
        let living: Vec<String> = self.nodes.iter().map(|node| format!("http://127.0.0.1:{}", node.port)).collect();
        let nodes = status["nodes"].as_array().into_iter().flatten();
        let nodes = nodes.filter(|node| living.iter().any(|living| node["uri"] == living.as_str()));
        let slots = nodes.flat_map(|node| node["slots"].as_array().into_iter().flatten());
        slots.filter_map(|slot| Some(slot["session"]["sessionId"].as_str()?.to_owned())).collect()
    }

    fn gets_empty(&self) -> bool {
        (0..50).any(|_| {
            let empty = self.sessions_left().is_empty();
            std::thread::sleep(Duration::from_millis(if empty { 0 } else { 200 }));
            empty
        })
    }

    fn log(&self) -> String {
        let read = |name: &str| std::fs::read_to_string(self.logs.path().join(name)).unwrap_or_default();
        format!("{}\n{}", read("hub.log"), read("node-1.log"))
    }
}

/// A part of a Grid, with all processes that it started.
struct Server {
    process: Child,
    port: u16,
}

impl Server {
    fn start<'a>(jar: &Path, role: &str, arguments: impl Iterator<Item = &'a String>, log: &Path) -> Self {
        let arguments: Vec<&String> = arguments.collect();
        let port = arguments.iter().find_map(|one| one.strip_prefix("--port=")?.parse().ok()).unwrap();
        let mut command = Command::new("java");
        // A small heap and the quick compiler: it starts in half the time.
        command.args(["-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-jar"]).arg(jar);
        command.arg(role).args(["--host", "127.0.0.1", "--tracing", "false"]).process_group(0).stdin(Stdio::null());
        for argument in arguments {
            // An option and its value are arguments of their own.
            match argument.split_once('=').filter(|(name, _)| name.starts_with("--")) {
                Some((name, value)) => command.args([name, value]),
                None => command.arg(argument),
            };
        }
        let log = File::create(log).unwrap();
        let process = command.stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap();
        Self { process, port }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        end_group(&mut self.process);
    }
}

/// What another process writes, read to its end so that it never waits for a reader.
fn drained(mut stream: impl std::io::Read + Send + 'static) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        text
    })
}

/// The server as npm has it. Says aloud that a test is left out, unless `make grid-test` has installed what it needs.
#[expect(clippy::print_stderr, reason = "a test that is left out says so")]
fn jar() -> Option<PathBuf> {
    if std::env::var("VESTIBULE_TEST_GRID").as_deref() != Ok("required") {
        eprintln!("LEFT OUT: a Selenium Grid takes minutes; `make grid-test` runs it");
        return None;
    }
    let built = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("invariant: it is in the target folder");
    // `make clients` installs it beside the clients in Java.
    let jars = ["grid", "java"].map(|folder| built.join("clients").join(folder).join("selenium.jar"));
    let jar = jars.into_iter().find(|jar| jar.is_file());
    assert!(jar.is_some(), "there is no server in {}: `make grid-test` installs it", built.display());
    jar
}

/// Free ports of the loopback address. Something else could take one before it is used, which then says so.
fn free_ports<const N: usize>() -> [u16; N] {
    let listeners = [(); N].map(|()| TcpListener::bind(("127.0.0.1", 0)).unwrap());
    listeners.map(|listener| listener.local_addr().unwrap().port())
}

static TURN: Mutex<()> = Mutex::new(());
const USER: &str = "tester";
const PASSWORD: &str = "canary-of-the-grid";
/// Debian's smallest Chromium.
const HEADLESS_SHELL: &str = "/usr/lib/chromium/chromium-headless-shell";
/// How many cases end before a node is killed.
const ENDS_BEFORE_THE_KILL: usize = 20;
const START_POLLS: u32 = 900;
