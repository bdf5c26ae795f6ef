//! A real Firefox with geckodriver, where both are there: `make firefox` installs them. Our own logins, and suites.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use vestibule::outcome::RunOutcome;
use vestibule::{BrowserKind, BrowserOptions, Case, RunOptions, Scenarios};

use crate::clients::{MAPPINGS, installed};
use crate::program::vestibule;
use crate::suites::troubles;

/// In `make firefox` every case, else those of the authenticators and the first of each folder.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_built_in_scenarios_pass_in_firefox() {
    if !there_is_a_firefox() {
        return;
    }
    let mut folders = BTreeSet::new();
    let wanted = |case: &Case| required() || is_of_authenticators(case) || folders.insert(folder_of(case));

    let outcome = run_in_firefox(Scenarios::built_in().unwrap().filter(wanted)).await;

    assert!(troubles(&outcome).is_empty(), "{}", troubles(&outcome).join("\n\n"));
}

/// Without the fault, each of them reaches another page.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_fault_of_an_authenticator_turns_its_scenario_red_in_firefox() {
    if !there_is_a_firefox() {
        return;
    }

    let outcome = run_in_firefox(Scenarios::built_in().unwrap().twins().filter(is_of_authenticators)).await;

    assert!(troubles(&outcome).is_empty(), "{}", troubles(&outcome).join("\n\n"));
}

async fn run_in_firefox(scenarios: Scenarios) -> RunOutcome {
    assert!(scenarios.cases().len() > 10);
    let browser = BrowserOptions { kind: BrowserKind::Firefox, ..BrowserOptions::default() };
    let options = RunOptions { browser, ..RunOptions::default() };
    let outcome = vestibule::run(scenarios).options(options).await.unwrap();
    assert!(outcome.finished);
    outcome
}

/// Each fault has a case there.
fn is_of_authenticators(case: &Case) -> bool {
    folder_of(case) == "authenticator"
}

fn folder_of(case: &Case) -> String {
    case.id.split('/').next().unwrap_or_default().to_owned()
}

/// It is started by the suite: it meets the certificate of the simulated org as that of any other host, and reaches other
/// hosts by the proxy of the environment.
#[test]
fn a_firefox_that_a_suite_starts_is_left_working_and_judged_truly() {
    if !there_is_a_firefox() {
        return;
    }
    for (how, verdict, cause) in
        [("plain", "survived", "-"), ("strict", "stopped", "certificate-refused"), ("real", "stopped", "real-host")]
    {
        let line = survive(&[], how);

        assert_eq!(told(&line), (verdict, cause), "{how}: {line}");
    }
}

#[test]
fn a_firefox_behind_the_endpoint_survives_and_our_own_login_works_if_firefox_is_named() {
    if !there_is_a_firefox() {
        return;
    }
    let geckodriver = Geckodriver::start();
    let webdriver = format!("--webdriver={}", geckodriver.url);

    let line = survive(&[&webdriver], "remote");
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("own.yaml"), OWN).unwrap();
    let own = |browser: &[&str]| {
        let words = [&["run", "own.yaml", "--no-progress", &webdriver], browser].concat();
        let output = vestibule(&words).current_dir(folder.path()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        (output.status.code(), said.into_owned())
    };

    assert_eq!(told(&line), ("survived", "-"), "{line}");
    let (code, said) = own(&[]);
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("add `--browser firefox`") && !said.contains("chromedriver --version"), "{said}");
    let (code, said) = own(&["--browser=firefox"]);
    assert_eq!(code, Some(0), "{said}");
}

/// A geckodriver serves one session at a time.
#[test]
fn two_firefoxes_of_a_suite_sign_in_side_by_side() {
    if !there_is_a_firefox() {
        return;
    }

    let line = survive(&["--browser=firefox"], "two");

    assert_eq!(told(&line), ("survived", "-"), "{line}");
}

/// Says aloud that the test is left out, unless `make firefox` has installed what it needs.
#[expect(clippy::print_stderr, reason = "a test that is left out says so")]
fn there_is_a_firefox() -> bool {
    let runs = |program: &str| Command::new(program).arg("--version").output().is_ok_and(|it| it.status.success());
    let there = runs("geckodriver") && (runs("firefox") || runs("firefox-esr"));
    assert!(there || !required(), "there is no Firefox with geckodriver in PATH");
    if !there {
        eprintln!("LEFT OUT: there is no Firefox with geckodriver; `make firefox` installs them");
    }
    there
}

fn required() -> bool {
    std::env::var("VESTIBULE_TEST_FIREFOX").is_ok_and(|value| value == "required")
}

/// The line of one run of the Firefox suite.
fn survive(options: &[&str], how: &str) -> Value {
    let clients = installed();
    let folder = tempfile::tempdir().unwrap();
    let mut command = vestibule(&["survive", "--condition=two-step", "--date=2026-11-22", "--json", "--no-progress"]);
    command.args(MAPPINGS.iter().flat_map(|mapping| ["--env", mapping])).args(options);
    command.arg("--report-dir").arg(folder.path()).args(["--", "python3"]);
    command.arg(clients.join("selenium_firefox.py")).arg(how);
    command.env("PYTHONPATH", clients.join("python")).env("MOZ_HEADLESS", "1");
    let output = command.output().unwrap();
    let line = String::from_utf8_lossy(&output.stdout).into_owned();
    serde_json::from_str(&line).unwrap_or_else(|error| {
        panic!("{error}: {line}{}", String::from_utf8_lossy(&output.stderr));
    })
}

fn told(line: &Value) -> (&str, &str) {
    (line["verdict"].as_str().unwrap_or("-"), line["cause"].as_str().unwrap_or("-"))
}

const OWN: &str = "title: A rep signs in
org: { kind: production, date: 2026-01-01 }
users: { rep: {} }
steps: [{ sign-in: { user: rep } }]
expect: { page: home }
";

/// Ends with the test.
struct Geckodriver {
    process: Child,
    url: String,
}

impl Geckodriver {
    fn start() -> Self {
        let mut command = Command::new("sh");
        command.args(["-c", "exec geckodriver --port 0 2>&1"]).env("MOZ_HEADLESS", "1").stdin(Stdio::null());
        let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut lines = lines.map_while(Result::ok);
        let address = lines.find_map(|line| line.split_once("Listening on ").map(|(_, address)| address.to_owned()));
        let url = format!("http://{}", address.unwrap().trim());
        // What it says later must not fill the pipe.
        std::thread::spawn(move || lines.for_each(drop));
        Self { process, url }
    }
}

impl Drop for Geckodriver {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ended = self.process.kill().and_then(|()| self.process.wait());
    }
}
