use std::net::Ipv4Addr;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use super::*;

#[test]
fn a_wrapped_browser_gets_the_suites_arguments_first_then_ours_unless_they_conflict() {
    let folder = tempfile::tempdir().unwrap();
    // A name that a shell would split.
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
fn selenium_manager_is_answered_for_chromium_and_finds_the_drivers_of_other_browsers() {
    let folder = tempfile::tempdir().unwrap();
    let shims = shims(&options(folder.path(), "/usr/lib/chromium/chromium".into()));
    let in_path = folder.path().join("a \"quoted\" folder");
    let kept = folder.path().join("cache/geckodriver/linux64/0.36.0");
    let module = folder.path().join("suite/node_modules/selenium-webdriver/bin/linux");
    for made in [&in_path, &kept, &module] {
        fs::create_dir_all(made).unwrap();
    }
    for program in [in_path.join("geckodriver"), in_path.join("firefox-esr"), kept.join("geckodriver")] {
        write_program(&program, "#!/bin/sh\n").unwrap();
    }
    // A machine may have a Firefox of its own beside these.
    let tools = folder.path().join("tools");
    fs::create_dir(&tools).unwrap();
    for tool in ["cat", "dirname", "readlink", "sed", "tr"] {
        let found = Command::new("sh").args(["-c", &format!("command -v {tool}")]).output().unwrap();
        std::os::unix::fs::symlink(String::from_utf8(found.stdout).unwrap().trim(), tools.join(tool)).unwrap();
    }
    let own = r#"{"result":{"code":0,"driver_path":"own","browser_path":"'"$SE_OFFLINE"'"}}"#;
    write_program(&module.join("selenium-manager"), &format!("#!/bin/sh\necho '{own}'\n")).unwrap();
    let ask = |arguments: &[&str], path: &Path, cache: &str, suite: &str| {
        let output = Command::new(shims.bin.join("selenium-manager"))
            .args(arguments)
            .env("PATH", format!("{}:{}", path.display(), tools.display()))
            .env("SE_CACHE_PATH", folder.path().join(cache))
            .env("SE_OFFLINE", "true")
            .current_dir(folder.path().join(suite))
            .output()
            .unwrap();
        let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let result = &answer["result"];
        let text = |name: &str| result[name].as_str().unwrap().to_owned();
        (output.status.code(), text("driver_path"), text("browser_path"))
    };
    let firefox = ["--browser", "firefox", "--output", "json"];
    let shown = |path: PathBuf| path.display().to_string();
    let nowhere = Path::new("/nowhere");

    let chrome = ask(&["--browser", "chrome", "--output", "json"], nowhere, "none", "");
    assert_eq!((chrome.0, chrome.1), (Some(0), shown(shims.bin.join("chromedriver"))));
    let found = ask(&firefox, &in_path, "none", "");
    assert_eq!(found, (Some(0), shown(in_path.join("geckodriver")), shown(in_path.join("firefox-esr"))));
    let cached = ask(&["--browser=firefox", "--browser-path=/own/firefox"], nowhere, "cache", "");
    assert_eq!(cached, (Some(0), shown(kept.join("geckodriver")), "/own/firefox".to_owned()));
    let left = ask(&["--browser", "safari"], nowhere, "none", "suite");
    assert_eq!(left, (Some(0), "own".to_owned(), String::new()), "the suite's own manager decides, online if it wants");
    assert_eq!(ask(&["--browser", "safari"], nowhere, "none", "").0, Some(65));
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
fn what_the_preload_wraps_keeps_every_property_in_node() {
    let folder = tempfile::tempdir().unwrap();
    let preload = shims(&options(folder.path(), "/bin/true".into())).preload;
    let functions = "
        const shape = (it) => Reflect.ownKeys(it).map((key) => {
            const { value, ...flags } = Object.getOwnPropertyDescriptor(it, key);
            const plain = Array.isArray(value) || ['string', 'number', 'boolean'].includes(typeof value);
            return JSON.stringify([String(key), flags, plain ? value : typeof value]);
        }).sort();
        const kind = (it) => Object.prototype.toString.call(it);
        const { ChildProcess } = require('child_process');
        const fs = require('fs'), dns = require('dns'), net = require('net'), http = require('http');
        const tls = require('tls'), https = require('https'), http2 = require('http2');
        const prototypes = [net.Socket, net.Server, tls.TLSSocket, http.Agent, https.Agent, dns.Resolver, ChildProcess];
        const modules = [fs, fs.promises, dns, dns.promises, net, tls, http, https, http2, require('child_process')];
        for (const holder of [...modules, ...prototypes.map((it) => it.prototype), globalThis]) {
            for (const [name, { value, ...flags }] of Object.entries(Object.getOwnPropertyDescriptors(holder))) {
                if (typeof value === 'function') console.log(name, JSON.stringify([kind(value), flags, shape(value)]));
            }
        }";
    let lookup = "
        const lookup = require('util').promisify(require('dns').lookup);
        const told = (answer) => JSON.stringify(answer);
        (async () => {
            console.log(told(await lookup('acme.localhost')));
            console.log(told(await lookup('127.0.0.9')));
            console.log(told(await lookup('acme.localhost', { all: true })));
            console.log(told(await require('dns').promises.lookup('acme.localhost')));
            require('dns').lookup('acme.localhost', (error, address, family) => console.log(told([error, address, family])));
        })();";

    let plain = node(&["-e", functions]);
    let wrapped = node(&["--require", preload.to_str().unwrap(), "-e", functions]);
    let answers = node(&["--require", preload.to_str().unwrap(), "-e", lookup]);

    assert!(plain.lines().count() > 100, "{plain}");
    for (before, after) in plain.lines().zip(wrapped.lines()) {
        assert_eq!(after, before);
    }
    assert_eq!(wrapped.lines().count(), plain.lines().count());
    let here = r#"{"address":"127.0.0.1","family":4}"#;
    let elsewhere = r#"{"address":"127.0.0.9","family":4}"#;
    assert_eq!(
        answers.lines().collect::<Vec<_>>(),
        [here, elsewhere, &format!("[{here}]"), here, r#"[null,"127.0.0.1",4]"#]
    );
}

/// The Node that the client suites of the tests use.
const NODE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/clients/bin/node");

fn node(arguments: &[&str]) -> String {
    let output = Command::new(NODE).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
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
