//! A real Selenium Grid, a hub and two nodes that ask for a user and a password: `make grid-test` installs it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::net::TcpListener;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;
use parking_lot::{Mutex, MutexGuard};
use serde_json::Value;
use tempfile::TempDir;

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
    hub: Server,
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
                format!("stereotype={STEREOTYPE}"),
            ];
            let log = logs.path().join(format!("node-{number}.log"));
            Server::start(&jar, "node", own.iter().chain(&bus).chain(&driver), &log)
        };
        let nodes_started = (1..=nodes).map(node).collect();
        let grid = Self { port, hub, nodes: nodes_started, logs, _turn: turn };
        grid.wait_for(nodes);
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
        let begun = Instant::now();
        while self.status().is_none_or(|status| {
            let up = status["nodes"].as_array().into_iter().flatten().filter(|node| node["availability"] == "UP");
            status["ready"] != true || up.count() != nodes
        }) {
            assert!(begun.elapsed() < START_LIMIT, "the Grid is not ready: {}", self.log());
            std::thread::sleep(Duration::from_millis(200));
        }
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
        command
            .args([role, "--host=127.0.0.1", "--tracing=false"])
            .args(arguments)
            .process_group(0)
            .stdin(Stdio::null());
        let log = File::create(log).unwrap();
        let process = command.stdout(log.try_clone().unwrap()).stderr(log).spawn().unwrap();
        Self { process, port }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let group = Pid::from_raw(i32::try_from(self.process.id()).unwrap_or_default());
        // It may have ended by itself.
        let _ended = killpg(group, Signal::SIGKILL);
        let _reaped = self.process.wait();
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
/// What a node offers: Debian's smallest Chromium.
const STEREOTYPE: &str =
    r#"{"browserName":"chrome","goog:chromeOptions":{"binary":"/usr/lib/chromium/chromium-headless-shell"}}"#;
/// How many cases end before a node is killed.
const ENDS_BEFORE_THE_KILL: usize = 20;
const START_LIMIT: Duration = Duration::from_secs(180);
