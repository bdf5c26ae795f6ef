//! Nothing that a suite sends leaves the machine: real clients run in a network whose only way out leads to a recorder.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use vestibule::bench_internals::{Search, locate};

use crate::clients::{MAPPINGS, installed};

/// The clients of `make test`, and all of them in `make clients`.
#[test]
fn no_client_sends_a_packet_or_asks_for_a_name_outside_this_machine() {
    let Some(network) = Network::available() else { return };
    let clients = installed();
    let mut wrong = Vec::new();
    for client in of_this_run(&clients) {
        for hosts in [&[][..], &["--real-hosts"]] {
            let run = network.run(hosts, &client.command);
            if !run.sent.is_empty() || !run.said.contains(client.says) {
                wrong.push(format!("{} {hosts:?}: {:?}\n{}", client.name, run.sent, run.said));
            }
        }
    }

    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// Each takes one rule away, and the recorder sees it.
#[tokio::test]
async fn without_one_of_the_rules_the_recorder_is_asked_for_the_real_org() {
    let Some(network) = Network::available() else { return };
    let browser = locate(&Search::from_environment(None, None, false)).await.unwrap().browser;
    let browser = browser.display();
    let rows = [
        ("curl without the proxy", format!("unset HTTPS_PROXY https_proxy; exec curl -sS -m 5 https://{VENDOR}/")),
        (
            "Python without the preload and the proxy",
            format!(
                "unset HTTPS_PROXY https_proxy PYTHONPATH; \
                 exec python3 -c 'import socket; socket.create_connection((\"{VENDOR}\", 443), 5)'"
            ),
        ),
        (
            "a browser without the host rules",
            format!(
                "unset HTTPS_PROXY https_proxy; exec timeout 30 '{browser}' --headless --no-sandbox --dump-dom \
                 --user-data-dir=profile https://{VENDOR}/"
            ),
        ),
    ];
    for (name, script) in rows {
        let run = network.run(&["--real-hosts"], &["sh".to_owned(), "-c".to_owned(), script]);

        let asked = run.sent.iter().any(|sent| sent["question"] == VENDOR);
        assert!(asked, "{name}: {:?}\n{}", run.sent, run.said);
    }
}

struct Client {
    name: &'static str,
    command: Vec<String>,
    /// What its run says if it did what it should.
    says: &'static str,
}

fn of_this_run(clients: &Path) -> Vec<Client> {
    let shell = |name, says, script: &str| Client {
        name,
        command: vec!["sh".to_owned(), "-c".to_owned(), script.replace("VENDOR", VENDOR)],
        says,
    };
    let file = |name: &str| clients.join(name).display().to_string();
    let python = |name, file: String| Client { name, command: vec!["python3".to_owned(), file], says: SURVIVED };
    let node = |name, suite: &str| Client { name, command: vec![file("bin/node"), file(suite)], says: SURVIVED };
    let mut of_run = vec![
        shell("curl", REFUSED, "curl -sSf $SF_ORG_URL/services/data && ! curl -sS https://VENDOR/"),
        shell(
            "Python that knows no proxy",
            REFUSED,
            "python3 -c 'import socket; socket.create_connection((\"VENDOR\", 443))'",
        ),
        python("Selenium for Python", file("selenium_naive.py")),
    ];
    if !std::env::var("VESTIBULE_TEST_CLIENTS").is_ok_and(|value| value == "all") {
        return of_run;
    }
    of_run.extend([
        python("Selenium for Python, a suite that copes", file("selenium_coping.py")),
        node("Playwright", "playwright_naive.mjs"),
        node("WebdriverIO", "webdriverio_naive.mjs"),
        shell("fetch of Node", REFUSED, "\"$NODE\" -e 'fetch(\"https://VENDOR/\").catch((e) => console.log(e.cause))'"),
        shell(
            "Java",
            REFUSED,
            "java $CLIENTS/Client.java $SF_ORG_URL/services/data && ! java $CLIENTS/Client.java https://VENDOR/",
        ),
    ]);
    of_run
}

/// A network without a way out.
struct Network {
    /// Options of `unshare`.
    unshare: &'static [&'static str],
    /// Whether the name server can be replaced there.
    resolver: &'static str,
}

/// What a run left.
struct Run {
    /// Connections begun and datagrams, other than on the loopback and other than questions for it.
    sent: Vec<Value>,
    said: String,
}

impl Network {
    /// Linux lets root make one, and on most machines others too. Where it does not, the test is left out aloud; in CI that
    /// is a failure.
    #[expect(clippy::print_stderr, reason = "a test that is left out says so")]
    fn available() -> Option<Self> {
        let mut refused = Vec::new();
        for network in WAYS {
            let folder = tempfile::tempdir().unwrap();
            let tried = network.command(folder.path()).arg("true").output();
            if tried.as_ref().is_ok_and(|tried| tried.status.success()) {
                return Some(network);
            }
            refused.push(tried);
        }
        let in_ci = std::env::var_os("CI").is_some_and(|value| !value.is_empty());
        assert!(!in_ci, "there is no network of its own for the test: {refused:?}");
        eprintln!("LEFT OUT: there is no network of its own for the test: {refused:?}");
        None
    }

    fn command(&self, folder: &Path) -> Command {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/nothing-leaves/namespace.sh");
        let mut command = Command::new("unshare");
        command.args(self.unshare).arg(script).arg(self.resolver).arg(folder);
        command
    }

    /// Runs a suite, once, against the classic login.
    fn run(&self, options: &[&str], suite: &[String]) -> Run {
        let folder = tempfile::tempdir().unwrap();
        let clients = installed();
        let mut command = self.command(folder.path());
        command.arg(env!("CARGO_BIN_EXE_vestibule"));
        command.args(["survive", "--condition=classic", "--date=2026-11-22", "--no-progress", "--timeout=2m"]);
        command.args(MAPPINGS.iter().flat_map(|mapping| ["--env", mapping])).args(options);
        command.arg("--report-dir").arg(folder.path().join("report")).arg("--").args(suite);
        command.env("PYTHONPATH", clients.join("python")).env("NODE", clients.join("bin/node"));
        command.env("CLIENTS", Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/nothing-leaves"));
        command.env_remove("CI").current_dir(folder.path());
        let Output { stdout, stderr, .. } = command.output().unwrap();
        let sink = std::fs::read_to_string(folder.path().join("sink.jsonl")).unwrap_or_default();
        let journal = std::fs::read_to_string(folder.path().join("report/run.jsonl")).unwrap_or_default();
        let sent = sink.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        // Where the machine's own file of hosts has no address of both kinds for it, the resolver asks for the loopback.
        let sent = sent.filter(|sent| sent["question"] != "localhost").collect();
        Run { sent, said: format!("{}{}{journal}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr)) }
    }
}

/// As root, as another user, and in a root folder that was changed, where nothing can be mounted.
const WAYS: [Network; 3] = [
    Network { unshare: &["--net", "--mount"], resolver: "mounts" },
    Network { unshare: &["--map-root-user", "--net", "--mount"], resolver: "mounts" },
    Network { unshare: &["--net"], resolver: "as-is" },
];
/// A host that no case simulates, not even under real host names.
const VENDOR: &str = "login.another.my.salesforce.com";
const SURVIVED: &str = "survived";
/// The cause.
const REFUSED: &str = "real-host";
