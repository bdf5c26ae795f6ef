use std::net::Ipv4Addr;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use super::*;

#[test]
fn a_wrapped_browser_gets_its_own_arguments_first_and_what_it_does_not_contradict() {
    let folder = tempfile::tempdir().unwrap();
    // A name that a shell would take apart.
    let browser = folder.path().join("it's a browser");
    write_program(&browser, "#!/bin/sh\nprintf '%s\\n' \"$@\"\n").unwrap();
    let options = options(folder.path(), browser);
    let shims = shims(&options);

    let said = |arguments: &[&str]| {
        let output = Command::new(shims.bin.join("google-chrome")).args(arguments).output().unwrap();
        String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let plain = said(&["--headless", "a b"]);
    let proxied = said(&["--proxy-server=p:1", "--user-data-dir=/x"]);

    assert_eq!(plain[..2], ["--headless", "a b"]);
    for expected in
        ["--user-data-dir=", "--host-resolver-rules=MAP acme.localhost 127.0.0.1:8443", "--proxy-server=direct"]
    {
        assert!(plain.iter().any(|argument| argument.starts_with(expected)), "{expected}: {plain:?}");
    }
    assert!(!plain.contains(&"--headless=new".to_owned()), "{plain:?}");
    assert_eq!(proxied.iter().filter(|argument| argument.starts_with("--proxy-server")).count(), 1, "{proxied:?}");
    assert_eq!(proxied.iter().filter(|argument| argument.starts_with("--user-data-dir")).count(), 1, "{proxied:?}");
    let profiles = fs::read_to_string(shims.profiles()).unwrap();
    assert!(profiles.starts_with(folder.path().to_str().unwrap()) && profiles.ends_with("\n/x\n"), "{profiles}");
}

#[test]
fn a_browser_that_is_given_passkeys_can_be_reached_beside_the_suite() {
    let folder = tempfile::tempdir().unwrap();
    let without = options(folder.path(), "/bin/echo".into());
    let with = ConnectionOptions { passkeys: Some(Vec::new()), ..without.clone() };
    let said = |options: &ConnectionOptions, argument: &str| {
        let output = Command::new(shims(options).bin.join("chrome")).arg(argument).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };

    assert!(!said(&without, "a").contains("--remote-debugging-port"));
    assert!(said(&with, "a").contains("--remote-debugging-port=0"));
    assert_eq!(said(&with, "--remote-debugging-port=9222").matches("debugging-port").count(), 1);
}

#[test]
fn selenium_manager_is_answered_for_chromium_only() {
    let folder = tempfile::tempdir().unwrap();
    let shims = shims(&options(folder.path(), "/usr/lib/chromium/chromium".into()));
    let ask = |browser| {
        let output = Command::new(shims.bin.join("selenium-manager"))
            .args(["--browser", browser, "--output", "json"])
            .output()
            .unwrap();
        let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        (output.status.code(), answer["result"]["driver_path"].as_str().unwrap().to_owned())
    };

    assert_eq!(ask("chrome"), (Some(0), shims.bin.join("chromedriver").display().to_string()));
    assert_eq!(ask("firefox"), (Some(65), String::new()));
}

#[test]
fn variables_that_hold_lists_are_extended() {
    let folder = tempfile::tempdir().unwrap();
    let shims = shims(&options(folder.path(), "/bin/true".into()));
    let mut variables = Variables::default();
    variables.set("NODE_OPTIONS", Secret::new("--max-old-space-size=512"));

    shims.add_to(&mut variables);

    let value = |name: &str| variables.get(name).unwrap().reveal().to_owned();
    let preload = folder.path().join("preload.cjs");
    assert_eq!(value("NODE_OPTIONS"), format!("--max-old-space-size=512 --require \"{}\"", preload.display()));
    assert!(value("PATH").starts_with(&shims.bin.display().to_string()));
    assert!(value("PATH").len() > shims.bin.display().to_string().len(), "the rest of PATH stays");
    assert_eq!(value("VESTIBULE_WEBDRIVER_URL"), "http://127.0.0.1:4444");
    let mode = fs::metadata(value("SE_CHROMEDRIVER")).unwrap().permissions().mode();
    assert_eq!(mode & 0o111, 0o111, "the shims can be run");
}

#[test]
fn connections_that_the_preload_refused_are_read_and_broken_lines_are_not() {
    let folder = tempfile::tempdir().unwrap();
    let shims = shims(&options(folder.path(), "/bin/true".into()));
    assert!(shims.refused().is_empty());

    let now = stopwatch::now().as_millisecond();
    fs::write(&shims.refused, format!("{{\"at\":{now},\"host\":\"x.salesforce.com:443\"}}\n{{\"at\":")).unwrap();

    let refused = shims.refused();
    assert_eq!((refused.len(), refused[0].host.as_str()), (1, "x.salesforce.com:443"));
    assert_eq!(refused[0].fate, ProxyFate::RefusedRealHost);
    assert!(refused[0].at_ms < 60_000, "{}", refused[0].at_ms);
}

fn shims(options: &ConnectionOptions) -> Shims {
    Shims::write(options, (Ipv4Addr::LOCALHOST, 4444).into()).unwrap()
}

fn options(folder: &Path, browser: PathBuf) -> ConnectionOptions {
    ConnectionOptions {
        realm: (Ipv4Addr::LOCALHOST, 8443).into(),
        hosts: vec!["acme.localhost".to_owned()],
        real_hosts: false,
        spki_pin: "PIN".to_owned(),
        ca_file: folder.join("ca.pem"),
        webdriver: "http://127.0.0.1:9515".parse().unwrap(),
        browser,
        program: "/bin/true".into(),
        folder: folder.to_owned(),
        clock: Stopwatch::start(),
        passkeys: None,
        shots: false,
    }
}
