//! Runs the unmodified clients of `tests/clients` with `vestibule survive`, and compares the results with a table.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::program::vestibule;

/// One after the other: a small machine has room for two clients at a time. Contract A1.8, A6.2, C5.11, J1.1, K1.6,
/// M1.4 and M1.16.
#[test]
fn each_client_gets_its_verdict_its_cause_and_its_owner() {
    let clients = installed();
    let (expected, extra) = (table("expected.tsv"), table("extra.tsv"));
    let all = all_clients();
    let mut wrong = Vec::new();
    for hosts in [Hosts::Localhost, Hosts::Real] {
        let asked = |row: &Row| if all { row.hosts.contains(&hosts) } else { row.make_test.contains(&hosts) };
        for (client, rows) in by_client(&expected, asked).into_iter().chain(by_client(&extra, asked)) {
            let lines = survive(&clients, client, &rows, hosts);
            wrong.extend(rows.iter().filter_map(|row| differs(row, hosts, &lines)));
        }
    }

    assert!(wrong.is_empty(), "{} cells differ\n\n{}", wrong.len(), wrong.join("\n\n"));
}

/// The naive and the coping clients, with a test of a refused login before their own login and after it.
#[test]
fn a_negative_test_beside_a_client_changes_neither_verdict_nor_cause() {
    let clients = installed();
    let expected = table("expected.tsv");
    let all = all_clients();
    let mut wrong = Vec::new();
    for order in ["before", "after"] {
        let asked = by_client(&expected, |row| {
            BESIDE_NEGATIVE.iter().any(|(client, usual_order, condition)| {
                row.client == *client && (all || (*usual_order == order && row.condition == *condition))
            })
        });
        for (client, rows) in asked {
            let command = ["python3".into(), clients.join("selenium_negative.py"), order.into()];
            let command = command.into_iter().chain(program(&clients, client)).collect();
            let lines = survive_with(command, &clients, client, &rows, Hosts::Localhost);
            let differing = rows.iter().filter_map(|row| differs(row, Hosts::Localhost, &lines));
            wrong.extend(differing.map(|text| format!("a refused login {order} it: {text}")));
        }
    }

    assert!(wrong.is_empty(), "{} cells differ\n\n{}", wrong.len(), wrong.join("\n\n"));
}

#[test]
fn the_table_has_each_condition_for_each_client_and_no_false_green_is_survived() {
    let (_, listed, _) = crate::program::run(&["survive", "--list", "--json", "--date", DATE]);
    let conditions: Vec<String> = listed.lines().map(|line| text(&parsed(line), "condition")).collect();
    let rows = table("expected.tsv");

    for (client, rows) in by_client(&rows, |_| true) {
        let mut found: Vec<&str> = rows.iter().map(|row| row.condition.as_str()).collect();
        let mut wanted: Vec<&str> = conditions.iter().map(String::as_str).collect();
        found.sort_unstable();
        wanted.sort_unstable();
        assert_eq!(found, wanted, "{client}");
        for row in rows {
            assert_eq!(row.cause == "-", row.verdict == "survived", "{client} in {}", row.condition);
            assert_ne!(row.cause, "unknown", "{client} in {}", row.condition);
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hosts {
    Localhost,
    Real,
}

/// The result of a client in a condition.
struct Row {
    /// Its name, and options of `vestibule survive`.
    client: String,
    condition: String,
    verdict: String,
    cause: String,
    owner: String,
    /// The runs of `make clients` that include it.
    hosts: Vec<Hosts>,
    /// Those of `make test`.
    make_test: Vec<Hosts>,
}

fn table(file: &str) -> Vec<Row> {
    let text = std::fs::read_to_string(folder().join(file)).unwrap();
    text.lines().filter(|line| !line.starts_with('#')).map(row).collect()
}

fn row(line: &str) -> Row {
    let fields: Vec<&str> = line.split('\t').collect();
    let (client, condition, verdict, cause, owner, hosts, make_test) = match fields[..] {
        [client, condition, verdict, cause, owner, make_test] => {
            (client, condition, verdict, cause, owner, "localhost,real", make_test)
        }
        [client, condition, verdict, cause, owner, hosts, make_test] => {
            (client, condition, verdict, cause, owner, hosts, make_test)
        }
        _ => panic!("six or seven fields: {line}"),
    };
    let named = |name: &str| match name {
        "localhost" => Hosts::Localhost,
        "real" => Hosts::Real,
        _ => panic!("no such hosts: {line}"),
    };
    let listed = |hosts: &str| hosts.split(',').filter(|name| *name != "-").map(named).collect();
    Row {
        client: client.to_owned(),
        condition: condition.to_owned(),
        verdict: verdict.to_owned(),
        cause: cause.to_owned(),
        owner: owner.to_owned(),
        hosts: listed(hosts),
        make_test: listed(make_test),
    }
}

fn by_client(rows: &[Row], wanted: impl Fn(&Row) -> bool) -> BTreeMap<&str, Vec<&Row>> {
    let mut clients: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    for row in rows.iter().filter(|row| wanted(row)) {
        clients.entry(&row.client).or_default().push(row);
    }
    clients
}

/// The lines of one run of a client, by condition.
fn survive(clients: &Path, client: &str, rows: &[&Row], hosts: Hosts) -> BTreeMap<String, Value> {
    let name = client.split(' ').next().expect("invariant: a split text has a first part");
    survive_with(program(clients, name), clients, client, rows, hosts)
}

fn survive_with(
    program: Vec<PathBuf>,
    clients: &Path,
    client: &str,
    rows: &[&Row],
    hosts: Hosts,
) -> BTreeMap<String, Value> {
    let report = tempfile::tempdir().unwrap();
    let words = client.split(' ').skip(1);
    let mut command =
        vestibule(&["survive", "--date", DATE, "--json", "--no-progress", "--timeout", "4m", "--workers", "2"]);
    command.args(MAPPINGS.iter().flat_map(|mapping| ["--env", mapping]));
    command.args(rows.iter().flat_map(|row| ["--condition", &row.condition]));
    command.arg("--report-dir").arg(report.path()).args(words);
    command.env("PYTHONPATH", clients.join("python")).current_dir(folder());
    if client.starts_with("selenium_two_users") {
        command.args(["--env", "SF_SECOND_USERNAME={user.admin}", "--env", "SF_SECOND_PASSWORD={password.admin}"]);
    }
    if hosts == Hosts::Real {
        command.arg("--real-hosts");
    }
    let output = command.arg("--").args(program).output().unwrap();
    let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    let lines: BTreeMap<_, _> = out.lines().map(parsed).map(|line| (text(&line, "condition"), line)).collect();
    assert_eq!(lines.len(), rows.len(), "{client} {hosts:?}: {err}");
    lines
}

fn program(clients: &Path, client: &str) -> Vec<PathBuf> {
    let python = clients.join(client).with_extension("py");
    if python.exists() {
        return vec!["python3".into(), python];
    }
    vec![clients.join("bin/node"), clients.join(client).with_extension("mjs")]
}

/// What differs from the table, for the person who reads the failure.
fn differs(row: &Row, hosts: Hosts, lines: &BTreeMap<String, Value>) -> Option<String> {
    let line = &lines[&row.condition];
    let found = [text(line, "verdict"), text(line, "cause"), text(line, "owner")];
    let expected = [&row.verdict, &row.cause, &row.owner];
    let differs = found.iter().ne(expected);
    differs
        .then(|| format!("{} in {} ({hosts:?})\n  expected {expected:?}\n  found    {line}", row.client, row.condition))
}

/// Whether `make clients` runs the tests.
pub(crate) fn all_clients() -> bool {
    std::env::var("VESTIBULE_TEST_CLIENTS").is_ok_and(|value| value == "all")
}

/// The folder into which `make test` has installed the clients.
pub(crate) fn installed() -> PathBuf {
    let built = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("invariant: it is in the target folder");
    let clients = built.join("clients");
    // Copies the suites as they are now, and installs only what is missing.
    if clients.join("installed").exists() {
        let installed = Command::new(folder().join("install")).arg(&clients).output().unwrap();
        assert!(installed.status.success(), "{}", String::from_utf8_lossy(&installed.stderr));
        return clients;
    }
    panic!(
        "the clients are not installed: run `harness/tests/clients/install target/clients`, or `make test`, which does"
    );
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients")
}

fn parsed(line: &str) -> Value {
    serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))
}

fn text(line: &Value, field: &str) -> String {
    line[field].as_str().unwrap_or("-").to_owned()
}

/// The clients beside which a negative test is run: in which order and condition `make test` does so.
const BESIDE_NEGATIVE: [(&str, &str, &str); 5] = [
    ("selenium_naive", "before", "two-step"),
    ("selenium_coping", "after", "device-activation"),
    ("playwright_naive", "before", "passkey-gate-hard"),
    ("playwright_naive", "after", "totp-required"),
    ("playwright_coping", "after", "lockout"),
];

/// After the last date of the rulebook, so everything applies.
const DATE: &str = "2026-11-22";

/// The variables that the suites read, under their own names.
pub(crate) const MAPPINGS: [&str; 6] = [
    "SF_URL={login-url}",
    "SF_ORG_URL={org-url}",
    "SF_USERNAME={user}",
    "SF_PASSWORD={password}",
    "SF_TOTP_SECRET={totp-secret}",
    "SF_TEMPORARY_CODE={temporary-code}",
];
