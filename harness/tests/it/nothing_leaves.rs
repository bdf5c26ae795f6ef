//! Nothing that a suite sends leaves the machine: real clients run in a network whose only way out leads to a recorder.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use vestibule::bench_internals::{Search, locate};

use crate::clients::{MAPPINGS, all_clients, installed};
use crate::left_out::left_out;

/// In `make test`, curl with Python, and Selenium. In `make clients` every client, under both kinds of host names.
#[test]
fn no_client_sends_a_packet_or_asks_for_a_name_outside_this_machine() {
    let Some(network) = Network::available() else { return };
    let clients = installed();
    let runs = if all_clients() { every_run(&clients) } else { usual_runs(&clients) };
    let mut wrong = Vec::new();
    for (client, hosts) in runs {
        let run = network.run(hosts, &client.command);
        if !run.sent.is_empty() || !run.said.contains(client.says) {
            wrong.push(format!("{} {hosts:?}: {:?}\n{}", client.name, run.sent, run.said));
        }
    }

    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// Each takes one rule away, and the recorder sees it: all three in one suite, at the same time, each with a host of its own.
#[tokio::test]
async fn without_one_of_the_rules_the_recorder_is_asked_for_the_real_org() {
    let Some(network) = Network::available() else { return };
    let browser = locate(&Search::from_environment(None, None, false)).await.unwrap().browser;
    let browser = browser.display();
    let rows = [
        (
            "curl without the proxy",
            "curl.another.my.salesforce.com",
            "unset HTTPS_PROXY https_proxy; exec curl -sS -m 5 https://HOST/".to_owned(),
        ),
        (
            "Python without the preload and the proxy",
            "python.another.my.salesforce.com",
            "unset HTTPS_PROXY https_proxy PYTHONPATH; \
             exec python3 -c 'import socket; socket.create_connection((\"HOST\", 443), 5)'"
                .to_owned(),
        ),
        (
            "a browser without the host rules",
            "browser.another.my.salesforce.com",
            format!(
                "unset HTTPS_PROXY https_proxy; exec timeout 30 '{browser}' --headless --no-sandbox --dump-dom \
                 --user-data-dir=profile https://HOST/"
            ),
        ),
    ];
    let each = rows.iter().map(|(_, host, script)| format!("({}) &\n", script.replace("HOST", host)));
    // Nobody answers: one question, which is not repeated for long.
    let script = format!("export RES_OPTIONS='timeout:2 attempts:1'\n{}wait", each.collect::<String>());

    let run = network.run(&["--real-hosts"], &["sh".to_owned(), "-c".to_owned(), script]);

    for (name, host, _) in rows {
        let asked = run.sent.iter().any(|sent| sent["question"] == host);
        assert!(asked, "{name}: {:?}\n{}", run.sent, run.said);
    }
}

struct Client {
    name: &'static str,
    command: Vec<String>,
    /// What its run says if it did what it should.
    says: &'static str,
}

/// A client, and the options that choose the host names.
type ClientRun = (Client, &'static [&'static str]);

/// The clients of `make test`. Names of the vendor are the harder ones.
fn usual_runs(clients: &Path) -> Vec<ClientRun> {
    let both = || {
        let script = format!("{CURL} && ! {PYTHON}");
        shell("curl, and Python that knows no proxy", REFUSED, &script)
    };
    let selenium = python("Selenium for Python", clients.join("selenium_naive.py"));
    vec![(both(), LOCALHOST), (both(), REAL), (selenium, REAL)]
}

/// Every client, under both kinds of host names.
fn every_run(clients: &Path) -> Vec<ClientRun> {
    let node = |name, suite: &str| Client {
        name,
        command: [clients.join("bin/node"), clients.join(suite)].map(|path| path.display().to_string()).into(),
        says: SURVIVED,
    };
    let every = || {
        [
            shell("curl", REFUSED, CURL),
            shell("Python that knows no proxy", REFUSED, PYTHON),
            python("Selenium for Python", clients.join("selenium_naive.py")),
            python("Selenium for Python, a suite that copes", clients.join("selenium_coping.py")),
            shell("Selenium for Java", SURVIVED, "java -cp \"$JAVA/selenium.jar:$JAVA\" SeleniumNaive"),
            node("Playwright", "playwright_naive.mjs"),
            python("Playwright for Python", clients.join("playwright_python.py")),
            node("WebdriverIO", "webdriverio_naive.mjs"),
            shell(
                "fetch of Node",
                REFUSED,
                "\"$NODE\" -e 'fetch(\"https://VENDOR/\").catch((e) => console.log(e.cause))'",
            ),
            shell(
                "Java",
                REFUSED,
                "java $CLIENTS/Client.java $SF_ORG_URL/services/data && ! java $CLIENTS/Client.java https://VENDOR/",
            ),
        ]
    };
    [LOCALHOST, REAL].into_iter().flat_map(|hosts| every().map(|client| (client, hosts))).collect()
}

fn shell(name: &'static str, says: &'static str, script: &str) -> Client {
    Client { name, command: vec!["sh".to_owned(), "-c".to_owned(), script.replace("VENDOR", VENDOR)], says }
}

fn python(name: &'static str, suite: PathBuf) -> Client {
    Client { name, command: vec!["python3".to_owned(), suite.display().to_string()], says: SURVIVED }
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
    /// Linux lets root make one, and on most machines others too.
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
        left_out(&format!("there is no network of its own for the test: {refused:?}"));
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
        let python = ["python", "python-all"].map(|folder| clients.join(folder).display().to_string()).join(":");
        command.env("PYTHONPATH", python).env("NODE", clients.join("bin/node")).env("JAVA", clients.join("java"));
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
const LOCALHOST: &[&str] = &[];
const REAL: &[&str] = &["--real-hosts"];
const CURL: &str = "curl -sSf $SF_ORG_URL/services/data && ! curl -sS https://VENDOR/";
const PYTHON: &str = "python3 -c 'import socket; socket.create_connection((\"VENDOR\", 443))'";
/// A host that no case simulates, not even under real host names.
const VENDOR: &str = "login.another.my.salesforce.com";
const SURVIVED: &str = "survived";
/// The cause.
const REFUSED: &str = "real-host";
