//! The program as people and build services use it: exit codes, streams, signals.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Output, Stdio};

pub(crate) fn vestibule(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vestibule"));
    command.args(arguments).env_remove("CI").env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE").stdin(Stdio::null());
    command
}

pub(crate) fn run(arguments: &[&str]) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = vestibule(arguments).output().expect("the program starts");
    let text = |bytes| String::from_utf8(bytes).expect("the program writes UTF-8");
    (status.code(), text(stdout), text(stderr))
}

/// Exit code, and both streams as one text.
pub(crate) fn said(arguments: &[&str]) -> (Option<i32>, String) {
    let (code, stdout, stderr) = run(arguments);
    (code, stderr + &stdout)
}

#[test]
fn answers_go_to_stdout_and_errors_to_stderr_each_with_its_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    let bad = folder.path().join("bad.yaml");
    std::fs::write(&bad, "title: A typo\nstpes: []\n").unwrap();
    let bad = bad.to_str().unwrap();

    for (arguments, code, on_stdout, on_stderr) in [
        (&["--version"][..], 0, "\nrulebook salesforce-", ""),
        (&["-V"], 0, concat!("vestibule ", env!("CARGO_PKG_VERSION"), "\n"), ""),
        (&["run", "--help"], 0, "Exit codes:", ""),
        (&["list"], 0, ".yaml:", ""),
        (&["check"], 0, "no errors", ""),
        (&[], 2, "", "Usage:"),
        (&["walk"], 2, "", "unrecognized subcommand"),
        (&["check", bad], 2, "", "did you mean `steps`?"),
        (&["check", "/no/such/folder"], 2, "", "error: failed to find /no/such/folder"),
        (&["run", bad], 2, "", "nothing ran"),
        (&["list", "-g", "no case has this title"], 4, "", "hint: "),
        (&["survive"], 2, "", "write it after `--`"),
        (&["survive", "--list"], 0, "two-step-slow", ""),
        (&["run", "--dry-run", "-g", "gate"], 0, ".yaml:", " cases would run\n"),
        (&["run", "--dry-run", bad], 2, "", "nothing ran"),
        (&["survive", "-c", "two-step", "--dry-run", "--", "true"], 0, "two-step", "would run in 1 condition\n"),
        (&["survive", "--dry-run", "--", "truue"], 2, "", "did you mean `true`?"),
        (&["survive", "-c", "two-stp", "--", "true"], 2, "", "did you mean `two-step`?"),
        (&["survive", "--", "truue"], 2, "", "did you mean `true`?"),
        (&["survive", "--hold", "--", "true"], 2, "", "--condition"),
        (&["survive", "-c", "classic,two-step", "--hold", "--", "true"], 2, "", "name one with `-c`"),
        (&["survive", "--env", "URL={login-ulr}", "--", "true"], 2, "", "did you mean `login-url`?"),
        (&["survive", "--users", "/no/such/file", "--", "true"], 2, "", "error: failed to find /no/such/file"),
        (&["survive", "--users", bad, "--", "true"], 2, "", "the users file cannot be read"),
        (&["serve", "--rulebook", "salesforce-1999"], 2, "", "there is no rulebook `salesforce-1999`"),
        (&["attack", "--list", "--only", "saml-wrapping"], 0, "saml.xsw.", ""),
        (&["attack", "--list", "--only", "nothing"], 2, "", "no family and no case"),
        (&["init", "--suite", "/no/such/folder"], 2, "", "the folder `/no/such/folder` does not exist"),
        (&["serve", "--condition", "two-stp"], 2, "", "did you mean `two-step`?"),
        (&["causes", "totp-missing", "--lang", "wdio"], 0, "from 'otpauth'", ""),
        (&["causes", "signal-weak", "--lang", "wdio"], 4, "", "its owner is the IdP admin"),
        (&["causes", "--lang", "wdio"], 2, "", "required arguments"),
        (&["explain", "--preset", "okat"], 2, "", "did you mean `okta`?"),
        (&["inspect", "/no/such/file"], 2, "", "error: failed to read /no/such/file"),
        (&["inspect", bad], 2, "", "error: failed to find a SAML response or an ID token in it"),
        (&["inspect", "-"], 2, "", "in an empty text"),
        (&["snapshots", "review", folder.path().to_str().unwrap()], 0, "", ""),
    ] {
        let (found, stdout, stderr) = run(arguments);

        assert_eq!(found, Some(code), "{arguments:?}: {stderr}");
        assert!(stdout.contains(on_stdout) && stdout.is_empty() == on_stdout.is_empty(), "{arguments:?}: {stdout}");
        assert!(stderr.contains(on_stderr) && stderr.is_empty() == on_stderr.is_empty(), "{arguments:?}: {stderr}");
    }
}

#[test]
fn without_a_path_the_scenarios_of_the_own_folder_are_read_and_that_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("vestibule");
    let listed = |arguments: &[&str]| {
        let output = vestibule(arguments).current_dir(folder.path()).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let (built_in, told) = listed(&["list"]);
    assert_eq!(told, "", "there is no such folder");

    std::fs::create_dir(&own).unwrap();
    std::fs::write(own.join("notes.txt"), "").unwrap();
    assert_eq!(listed(&["list"]), (built_in.clone(), String::new()), "it has no scenario");
    std::fs::write(own.join("own.yaml"), OWN).unwrap();

    let told = "reading the scenarios in vestibule/; `--built-in` reads those that come with Vestibule\n".to_owned();
    assert_eq!(listed(&["list"]), ("own.yaml:1  A rep signs in\n".to_owned(), told.clone()));
    assert_eq!(listed(&["check"]), ("1 case in 1 file, 0 with a twin: no errors\n".to_owned(), told.clone()));
    let (out, err) = listed(&["run", "--dry-run"]);
    assert_eq!((out.as_str(), err), ("own.yaml:1  A rep signs in\n", format!("{told}1 case would run\n")));
    assert_eq!(listed(&["list", "--built-in"]), (built_in, String::new()));
    assert_eq!(listed(&["list", "vestibule"]).1, "", "it was named");
}

const OWN: &str = "title: A rep signs in
org: { kind: production, date: 2026-01-01 }
users: { rep: {} }
steps: [{ sign-in: { user: rep } }]
expect: { page: home }
";

#[test]
fn a_closed_stdout_is_not_a_failure() {
    let mut child = vestibule(&["list"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());

    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();

    assert_eq!(child.wait().unwrap().code(), Some(0), "{said}");
    assert_eq!(said, "");
}

#[test]
fn colour_is_written_when_asked_for_and_never_with_no_color() {
    let colored = |arguments: &[&str], variable: Option<&str>| {
        let mut command = vestibule(arguments);
        variable.map(|name| command.env(name, "1"));
        command.output().unwrap().stderr.contains(&0x1b)
    };
    let wrong = ["check", "/no/such/folder"];

    assert!(!colored(&wrong, None), "stderr is not a terminal here");
    assert!(colored(&wrong, Some("CLICOLOR_FORCE")));
    assert!(colored(&["--color", "always", wrong[0], wrong[1]], None));
    assert!(colored(&["--color", "always", wrong[0], wrong[1]], Some("NO_COLOR")), "the flag wins");
    assert!(!colored(&["--color", "never", wrong[0], wrong[1]], Some("CLICOLOR_FORCE")));
    assert!(!colored(&wrong, Some("NO_COLOR")));
}

#[test]
fn the_report_is_opened_where_that_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let (recorded, opened) = (folder.path().join("run.jsonl"), folder.path().join("opened"));
    std::fs::write(&recorded, RECORDED).unwrap();
    let opener = folder.path().join("xdg-open");
    std::fs::write(&opener, format!("#!/bin/sh\necho \"$1\" > {0}.new; mv {0}.new {0}\n", opened.display())).unwrap();
    std::fs::set_permissions(&opener, std::fs::Permissions::from_mode(0o755)).unwrap();
    let report = |path: &str| {
        let mut command = vestibule(&["report", recorded.to_str().unwrap(), "--open"]);
        let output = command.env("PATH", path).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };

    let found = report(&format!("{}:{}", folder.path().display(), std::env::var("PATH").unwrap()));
    let missing = report("/nowhere");

    let html = folder.path().join("report.html").display().to_string();
    assert_eq!(found, (Some(4), String::new()), "the run has no case");
    let said = format!("warning: failed to open {html}: there is no program `xdg-open`\n");
    assert_eq!(missing, (Some(4), said));
    let mut looks = 0;
    while !opened.exists() {
        looks += 1;
        assert!(looks < 2_000, "nothing was opened");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    assert_eq!(std::fs::read_to_string(&opened).unwrap().trim_end(), html);
}

const RECORDED: &str = r#"{"run-started":{"schema":2,"version":"0.1.0","started-at":"2026-08-03T09:30:00Z","browser":null,"workers":1,"cases":[]}}
{"run-finished":{"at-ms":1,"interrupted":false}}
"#;

#[test]
fn serve_says_one_json_line_once_it_answers_and_ends_cleanly_on_sigterm() {
    let cache = tempfile::tempdir().unwrap();
    let mut child = vestibule(&["serve", "--port", "0", "--json", "--idp", "okta", "--user", "rep:verifiers=totp"])
        .env("XDG_CACHE_HOME", cache.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();

    let ready: serde_json::Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();

    let url: url::Url = ready["my-domain-url"].as_str().unwrap().parse().unwrap();
    let port = url.port().unwrap();
    std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
    assert!(std::fs::read_to_string(ready["ca-file"].as_str().unwrap()).unwrap().contains("BEGIN CERTIFICATE"));
    assert_eq!(ready["users"][0]["key"], "rep");
    assert!(ready["users"][0]["totp-secret"].is_string());
    assert!(ready["idp-urls"]["okta"].as_str().unwrap().starts_with("https://okta.localhost:"));
    let (code, _, said) = run(&["serve", "--port", &port.to_string()]);
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("hint: choose another port"), "{said}");

    let id = nix::unistd::Pid::from_raw(i32::try_from(child.id()).unwrap());
    nix::sys::signal::kill(id, nix::sys::signal::Signal::SIGTERM).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(lines.next().is_none());
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(said, "");
    assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_err());
}
