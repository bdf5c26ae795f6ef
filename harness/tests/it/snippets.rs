//! The code that `vestibule causes NAME --lang LANG` prints, in suites: without it a suite stops by that very cause, and with
//! it the suite gets home.
//!
//! A suite is the template of its client in `tests/snippets/`, with one step after the other: it opens the login page, signs
//! in, and waits for home. Each step is a printed snippet. The suite without a fix has in its place the usual step, nothing, or
//! what `tests/snippets/unfixed/` holds.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::clients::installed;
use crate::program::{run, vestibule};

#[test]
fn each_snippet_fixes_the_cause_for_which_it_is_printed() {
    let clients = installed();
    let all = std::env::var("VESTIBULE_TEST_CLIENTS").is_ok_and(|value| value == "all");
    let mut wrong = Vec::new();
    for client in CLIENTS.iter().filter(|client| all || client.language == SHORT) {
        for row in ROWS.iter().filter(|row| all || row.short) {
            let (fixed, unfixed) = std::thread::scope(|scope| {
                let unfixed = scope.spawn(|| survive(&clients, client, row, false));
                (survive(&clients, client, row, true), unfixed.join().unwrap())
            });
            if unfixed["verdict"] == "survived" || unfixed["cause"] != row.cause {
                wrong.push(format!("{} in {}, without the fix: {unfixed}", row.cause, client.language));
            }
            if fixed["verdict"] != "survived" {
                wrong.push(format!("{} in {}, with the fix: {fixed}", row.cause, client.language));
            }
        }
    }

    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn every_snippet_of_a_tested_client_has_its_row() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("snippets");
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let (mut causes, mut rows): (Vec<String>, Vec<&str>) =
        (names.collect(), ROWS.iter().map(|row| row.cause).collect());
    causes.sort_unstable();
    rows.sort_unstable();

    assert_eq!(causes, rows);
}

/// A client whose snippets are run.
struct Client {
    language: &'static str,
    /// The name of a suite, without which no runner would find it.
    extension: &'static str,
    /// Whether a variable of one snippet may have the name of one in another.
    in_blocks: bool,
}

/// A cause that a suite without the fix has in this condition.
struct Row {
    cause: &'static str,
    condition: &'static str,
    options: &'static [&'static str],
    fixes: Step,
    /// Whether the suite without the fix goes to a page that it does not know: it has a step in place of the fix.
    goes_astray: bool,
    /// Whether `make test` runs it.
    short: bool,
}

/// The step that the fix is, or before or after which it comes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Open,
    BeforeLogin,
    LogIn,
    AfterLogin,
    SeeHome,
}

/// The result of one suite in one condition.
fn survive(clients: &Path, client: &Client, row: &Row, fixed: bool) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let suite = write_suite(clients, client, row, fixed);
    let mut command = vestibule(&["survive", "--json", "--no-progress", "--date", DATE, "--timeout", "3m"]);
    command
        .args(["--condition", row.condition])
        .args(row.options)
        .arg("--report-dir")
        .arg(folder.path().join("report"));
    command.arg("--").args(program(clients, client, &suite, folder.path()));
    let output = command.env("PYTHONPATH", clients.join("python")).current_dir(folder.path()).output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error}: {out}{err}"))
}

fn program(clients: &Path, client: &Client, suite: &Path, folder: &Path) -> Vec<PathBuf> {
    let node = clients.join("bin/node");
    match client.language {
        "selenium-python" => vec!["python3".into(), suite.to_owned()],
        "selenium-java" => {
            let jar = clients.join("java/selenium.jar");
            assert!(
                jar.exists(),
                "run `harness/tests/clients/install target/clients all`, or `make clients`, which does"
            );
            vec!["java".into(), "-cp".into(), jar, suite.to_owned()]
        }
        "playwright-ts" => vec![
            node,
            clients.join("node_modules/@playwright/test/cli.js"),
            "test".into(),
            "--config".into(),
            clients.join("snippets/playwright.config.ts"),
            "--output".into(),
            folder.join("results"),
            suite.file_name().unwrap().into(),
        ],
        _ => vec![node, suite.to_owned()],
    }
}

/// Writes the suite beside the modules that it imports.
fn write_suite(clients: &Path, client: &Client, row: &Row, fixed: bool) -> PathBuf {
    let template = read(&format!("{}.{}", client.language, client.extension));
    let comment = if client.language == "selenium-python" { "#" } else { "//" };
    let (mut imports, mut steps) = (Vec::new(), String::new());
    for text in texts(client, row, fixed) {
        let is_import = |line: &&str| line.starts_with("import ") || line.starts_with("from ");
        imports.extend(text.lines().filter(is_import).map(str::to_owned));
        let code: String = text.lines().filter(|line| !is_import(line)).map(|line| format!("{line}\n")).collect();
        steps += &if client.in_blocks { format!("{{\n{code}}}\n") } else { code };
    }
    imports.sort_unstable();
    imports.dedup();
    let text = template.replace(&format!("{comment} IMPORTS"), &imports.join("\n"));
    let text = text.replace(&format!("{comment} STEPS"), &steps);

    let folder = clients.join("snippets");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("playwright.config.ts"), read("playwright.config.ts")).unwrap();
    let state = if fixed { "fixed" } else { "unfixed" };
    let spec = if client.language == "playwright-ts" { ".spec" } else { "" };
    let suite = folder.join(format!("{}-{}-{state}{spec}.{}", client.language, row.cause, client.extension));
    fs::write(&suite, text).unwrap();
    suite
}

/// The steps of a suite.
fn texts(client: &Client, row: &Row, fixed: bool) -> Vec<String> {
    let snippet = |cause: &str| {
        let text = printed(cause, client);
        if fixed { text } else { impatient(&text) }
    };
    let unfixed = || read(&format!("unfixed/{}.{}.{}", row.cause, client.language, client.extension));
    let step = |step: Step, usual: &str| match (row.fixes == step, fixed) {
        (true, true) => snippet(row.cause),
        (true, false) if row.cause == usual => unfixed(),
        _ => snippet(usual),
    };
    let beside = |step: Step| match (row.fixes == step, fixed) {
        (true, true) => Some(snippet(row.cause)),
        (true, false) if row.goes_astray => Some(unfixed()),
        _ => None,
    };
    let code_before = (row.cause == "totp-reused").then(|| snippet("totp-missing"));
    let code_behind = (row.cause == "method-not-chosen").then(|| snippet("totp-missing"));
    let mut texts = vec![step(Step::Open, "real-host")];
    texts.extend(beside(Step::BeforeLogin));
    texts.push(step(Step::LogIn, "password-before-field"));
    texts.extend(code_before);
    texts.extend(beside(Step::AfterLogin));
    texts.extend(code_behind);
    texts.push(step(Step::SeeHome, "home-not-recognised"));
    texts
}

/// A suite that must stop need not wait as long for it. What a time step of 30 seconds is stays as it is.
fn impatient(text: &str) -> String {
    TIME_LIMITS.iter().fold(text.to_owned(), |text, limit| text.replace(limit, &limit.replace("30", "8")))
}

/// What the program prints.
fn printed(cause: &str, client: &Client) -> String {
    let (code, out, err) = run(&["causes", cause, "--lang", client.language]);
    assert_eq!(code, Some(0), "{cause} in {}: {err}", client.language);
    out
}

fn read(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/snippets").join(file);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// How the snippets say that a wait ends after 30 seconds.
const TIME_LIMITS: [&str; 3] = ["timeout: 30_000", "(driver, 30)", "ofSeconds(30)"];

const CLIENTS: [Client; 4] = [
    Client { language: "selenium-python", extension: "py", in_blocks: false },
    Client { language: "playwright-ts", extension: "ts", in_blocks: true },
    Client { language: "selenium-java", extension: "java", in_blocks: true },
    Client { language: "wdio", extension: "js", in_blocks: true },
];
/// The client of `make test`.
const SHORT: &str = "selenium-python";

/// One for each folder of `snippets/`.
const ROWS: [Row; 16] = [
    row("real-host", "two-step", Step::Open).short(),
    row("password-before-field", "two-step", Step::LogIn).short(),
    row("form-rendered-anew", "late-re-render", Step::LogIn),
    row("click-lost", "click-lost-on-page-one", Step::LogIn).with(OWN_CONDITIONS),
    row("remembered-username", "remembered-username", Step::BeforeLogin),
    row("passkey-asked-before-password", "passkey-offered-first", Step::LogIn).with(OWN_CONDITIONS),
    row("totp-missing", "totp-required", Step::AfterLogin).short(),
    row("totp-reused", "totp-shared", Step::AfterLogin),
    row("temporary-code-missing", "temporary-code", Step::AfterLogin),
    row("method-not-chosen", "two-methods", Step::AfterLogin).with(OWN_CONDITIONS).astray(),
    row("gate-not-handled", "passkey-gate-hard", Step::AfterLogin).short(),
    row("gate-not-clicked", "passkey-gate-hard", Step::AfterLogin).with(&["--passkey"]),
    row("ceremony-without-authenticator", "passkey-verification", Step::AfterLogin).short(),
    row("passkey-page-not-handled", "passkey-verification", Step::AfterLogin).with(&["--passkey"]),
    row("phone-registration-in-the-way", "phone-registration", Step::AfterLogin),
    row("home-not-recognised", "two-step", Step::SeeHome).short(),
];

const fn row(cause: &'static str, condition: &'static str, fixes: Step) -> Row {
    Row { cause, condition, options: &[], fixes, goes_astray: false, short: false }
}

impl Row {
    const fn short(self) -> Self {
        Self { short: true, ..self }
    }

    const fn astray(self) -> Self {
        Self { goes_astray: true, ..self }
    }

    const fn with(self, options: &'static [&'static str]) -> Self {
        Self { options, ..self }
    }
}

const OWN_CONDITIONS: &[&str] =
    &["--add-conditions", concat!(env!("CARGO_MANIFEST_DIR"), "/tests/snippets/conditions.yaml")];

/// After the last date of the rulebook, so everything applies.
const DATE: &str = "2026-11-22";
