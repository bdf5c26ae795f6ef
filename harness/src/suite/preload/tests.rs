use std::net::Ipv4Addr;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;
use std::sync::Arc;

use super::*;
use crate::suite::reach::{Reach, RealmReach};
use crate::suite::unconnected::{nowhere, unconnected};
use crate::suite::{PasskeyKeeper, UpstreamProxy};

#[test]
fn a_wrapped_browser_gets_the_suites_arguments_and_ours_joined_where_both_have_a_value() {
    let folder = tempfile::tempdir().unwrap();
    // A name that a shell would split.
    let browser = folder.path().join("it's a browser");
    write_program(&browser, "#!/bin/sh\nprintf '%s\\n' \"$@\"\n").unwrap();
    // What leaves out harmful rules, as the shims see it.
    let program = folder.path().join("its program");
    write_program(&program, "#!/bin/sh\nfor last; do :; done\nprintf '%s\\n' \"$1: $last\"\n").unwrap();
    let options = ConnectionOptions { program, ..options(folder.path(), browser.clone()) };
    let shims = shims(&options);
    let by_shim = |arguments: &[&str]| {
        let output = Command::new(shims.bin.join("google-chrome")).args(arguments).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.success(), text(output.stdout), text(output.stderr))
    };
    // Node finds a browser of its own name in any folder.
    let named = folder.path().join("chrome");
    std::os::unix::fs::symlink(&browser, &named).unwrap();
    let script = format!(
        "const {{ spawn }} = require('child_process');
         try {{ spawn({named:?}, process.argv.slice(1), {{ stdio: 'inherit' }}); }}
         catch (error) {{ console.error(error.message); process.exit(1); }}"
    );
    let by_node = |arguments: &[&str]| {
        let mut command = Command::new(NODE);
        command.arg("--require").arg(&shims.preload).args(["-e", &script, "--"]).args(arguments);
        let output = command.output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.success(), text(output.stdout), text(output.stderr))
    };

    type Way<'a> = &'a dyn Fn(&[&str]) -> (bool, String, String);
    let ways: [Way<'_>; 2] = [&by_shim, &by_node];
    for said in ways {
        let lines = |arguments: &[&str]| said(arguments).1.lines().map(str::to_owned).collect::<Vec<_>>();
        let one = |lines: &[String], name: &str| {
            let found: Vec<_> = lines.iter().filter(|line| line.trim_start_matches('-').starts_with(name)).collect();
            assert_eq!(found.len(), 1, "{name}: {lines:?}");
            found[0].clone()
        };
        let plain = lines(&["--headless", "--user-data-dir=/x", "a b"]);
        let proxied = lines(&[
            "--proxy-server=p:1",
            "-proxy-bypass-list=own.example",
            "--user-data-dir=/x",
            "--host-resolver-rules=MAP a b",
            "--host-rules=MAP a c",
            "--ignore-certificate-errors-spki-list=OWN",
            "--",
            "--proxy-pac-url=a page",
        ]);

        assert!(plain.contains(&"--headless".to_owned()) && plain.contains(&"a b".to_owned()), "{plain:?}");
        assert!(!plain.contains(&"--headless=new".to_owned()), "{plain:?}");
        assert!(
            one(&plain, "host-resolver-rules").starts_with("--host-resolver-rules=MAP acme.localhost 127.0.0.1:8443")
        );
        assert_eq!(one(&plain, "proxy-server"), "--proxy-server=direct://");
        assert!(one(&plain, "proxy-bypass-list").starts_with("--proxy-bypass-list=acme.localhost;salesforce.com;"));
        assert_eq!(one(&proxied, "proxy-server"), "--proxy-server=p:1");
        let bypassed = one(&proxied, "proxy-bypass-list");
        assert!(bypassed.starts_with("--proxy-bypass-list=own.example;acme.localhost;salesforce.com;"), "{bypassed}");
        assert!(one(&proxied, "host-resolver-rules").ends_with(" ~NOTFOUND, host-rules-shim: MAP a b"));
        let mapped = one(&proxied, "host-rules");
        assert!(mapped.starts_with("--host-rules=EXCLUDE acme.localhost, EXCLUDE salesforce.com, "), "{mapped}");
        assert!(
            mapped.ends_with(", host-rules-shim: MAP a c") && !one(&plain, "host-rules").contains("MAP"),
            "{mapped}"
        );
        assert_eq!(
            one(&proxied, "ignore-certificate-errors-spki-list"),
            "--ignore-certificate-errors-spki-list=PIN,OWN"
        );
        // What is behind the end of the arguments is a page, and ours are before it.
        assert_eq!(proxied[proxied.len() - 2..], ["--", "--proxy-pac-url=a page"]);
        for refused in ["--proxy-pac-url=http://p/", "-proxy-pac-url=http://p/", "--proxy-auto-detect"] {
            let (started, out, err) = said(&["--headless", refused]);
            let name = refused.trim_start_matches('-').split('=').next().unwrap();
            assert!(!started && out.is_empty() && err.contains(&format!("vestibule: refused --{name}")), "{err}");
        }
    }
    let (_, unnamed, _) = by_shim(&[]);
    assert!(unnamed.contains("--user-data-dir="), "{unnamed}");
    let browsers = fs::read_to_string(shims.browsers()).unwrap();
    assert!(browsers.contains(folder.path().to_str().unwrap()) && browsers.contains("/x\t\n"), "{browsers}");
    let mut of_a_session = Command::new(shims.bin.join("chromium"));
    assert!(of_a_session.env(OF_OUR_DRIVER, "1").arg("--user-data-dir=/y").status().unwrap().success());
    assert_eq!(fs::read_to_string(shims.browsers()).unwrap(), browsers, "it would get a second authenticator");
}

/// As of TestCafe, which looks for the page that Chromium opens by itself.
#[test]
fn a_headless_shell_that_is_given_no_page_opens_an_empty_one() {
    let folder = tempfile::tempdir().unwrap();
    let browser = folder.path().join("chromium-headless-shell");
    write_program(&browser, "#!/bin/sh\nprintf '[%s]\\n' \"$@\"\n").unwrap();
    let shims = shims(&options(folder.path(), browser.clone()));
    let said_by = |mut command: Command, arguments: &[&str]| {
        let output = command.args(arguments).output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim_end().to_owned()
    };
    let by_shim = |arguments: &[&str]| said_by(Command::new(shims.bin.join("chromium")), arguments);
    let by_node = |arguments: &[&str]| {
        let script =
            format!("require('child_process').spawn({browser:?}, process.argv.slice(1), {{ stdio: 'inherit' }})");
        let mut command = Command::new(NODE);
        command.arg("--require").arg(&shims.preload).args(["-e", &script, "--"]);
        said_by(command, arguments)
    };

    type Way<'a> = &'a dyn Fn(&[&str]) -> String;
    let ways: [Way<'_>; 2] = [&by_shim, &by_node];
    for said in ways {
        let opens_blank = |arguments: &[&str]| {
            let said = said(&[&["--user-data-dir=/x"], arguments].concat());
            assert!(!said.contains("[]"), "it takes each page for another target: {said}");
            said.ends_with("[about:blank]")
        };
        for nothing in [&[][..], &[""], &["--headless", "--remote-debugging-port=9222"]] {
            assert!(opens_blank(nothing), "{nothing:?}");
        }
        for something in
            [&["https://acme.localhost/"][..], &["--no-startup-window"], &["--", "https://acme.localhost/"]]
        {
            assert!(!opens_blank(something), "{something:?}");
        }
    }
}

/// As of `require('chromedriver').path`, which leads past the shims.
#[test]
fn a_chromedriver_that_node_starts_by_its_path_leads_to_the_endpoint() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("program");
    write_program(&program, "#!/bin/sh\nprintf '%s ' \"$@\"\n").unwrap();
    let shims = shims(&ConnectionOptions { program, ..options(folder.path(), "/bin/true".into()) });
    let script = "require('child_process').spawn('/opt/own/chromedriver', ['--port=4444'], { stdio: 'inherit' })";

    let said = node(&["--require", shims.preload.to_str().unwrap(), "-e", script]);

    assert!(said.starts_with("chromedriver-shim --endpoint ") && said.ends_with(" -- --port=4444 "), "{said}");
}

#[test]
fn a_browser_that_is_given_passkeys_can_be_reached_beside_the_suite() {
    let folder = tempfile::tempdir().unwrap();
    let without = options(folder.path(), "/bin/echo".into());
    let with = ConnectionOptions { passkeys: Some(Passkeys::Fixed(Vec::new())), ..without.clone() };
    let said = |options: &ConnectionOptions, argument: &str| {
        let output = Command::new(shims(options).bin.join("chrome")).arg(argument).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };

    assert!(!said(&without, "a").contains("--remote-debugging-port"));
    assert!(said(&with, "a").contains("--remote-debugging-port=0"));
    assert_eq!(said(&with, "--remote-debugging-port=9222").matches("debugging-port").count(), 1);
}

#[test]
fn a_browser_uses_the_proxy_of_the_case_if_the_environment_names_one_for_it_to_ask() {
    let folder = tempfile::tempdir().unwrap();
    let mut variables = Variables::default();
    variables.set("HTTPS_PROXY", Secret::new("http://corporate:3128"));
    let upstream = UpstreamProxy::seen_in(&variables);
    let reach = Reach::Realm(RealmReach { upstream, ..realm(folder.path()) });
    let options = ConnectionOptions { reach, ..options(folder.path(), "/bin/echo".into()) };

    let output = Command::new(shims(&options).bin.join("chrome")).output().unwrap();

    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.contains("--proxy-server=http://127.0.0.1:3128 "), "{said}");
}

/// The commands and connections of a suite whose hosts are as they are.
#[test]
fn without_a_realm_connections_lead_where_they_lead_and_browsers_verify_certificates() {
    let folder = tempfile::tempdir().unwrap();
    let options = ConnectionOptions {
        reach: Reach::AsIs,
        passkeys: Some(Passkeys::Kept(Arc::new(NoPasskeys))),
        ..options(folder.path(), "/bin/echo".into())
    };
    let shims = shims(&options);
    let mut variables = Variables::default();
    shims.add_to(&mut variables);

    let unverified = ["--ignore-certificate-errors", "--ignore-certificate-errors-spki-list=OWN", "--lang=de"];
    let started = Command::new(shims.bin.join("chrome")).args(unverified).output().unwrap();
    let commands = "
        const told = (method, params) => console.log(JSON.stringify({ id: 1, method, params }));
        told('Security.setIgnoreCertificateErrors', { ignore: true });
        told('WebAuthn.addVirtualAuthenticator', { options: { protocol: 'ctap2', transport: 'internal' } });
        told('WebAuthn.addVirtualAuthenticator', { options: { protocol: 'ctap2', transport: 'ble' } });
        told('Target.createBrowserContext', { proxyServer: 'p:1' });
        told('some.rpc', [1, 2]);
        const lookup = (host, options, done) => done(new Error(`asked for ${host}`));
        require('net').connect({ port: 9, host: 'login.salesforce.com', lookup }).on('error', (error) => console.log(error.message));";
    let told = node(&["--require", shims.preload.to_str().unwrap(), "-e", commands]);

    let started = String::from_utf8(started.stdout).unwrap();
    assert!(started.contains("--lang=de") && started.contains("--remote-debugging-port=0"), "{started}");
    for absent in ["certificate", "host-resolver-rules", "proxy"] {
        assert!(!started.contains(absent), "{absent}: {started}");
    }
    let lines: Vec<_> = told.lines().collect();
    assert_eq!(
        lines[..5],
        [
            r#"{"id":1,"method":"Security.setIgnoreCertificateErrors","params":{"ignore":false}}"#,
            r#"{"id":1,"method":"WebAuthn.addVirtualAuthenticator","params":{"options":{"protocol":"ctap2","transport":"usb","automaticPresenceSimulation":false}}}"#,
            r#"{"id":1,"method":"WebAuthn.addVirtualAuthenticator","params":{"options":{"protocol":"ctap2","transport":"ble"}}}"#,
            r#"{"id":1,"method":"Target.createBrowserContext","params":{"proxyServer":"p:1"}}"#,
            r#"{"id":1,"method":"some.rpc","params":[1,2]}"#,
        ]
    );
    assert_eq!(lines[5], "asked for login.salesforce.com", "it is not refused");
    for name in ["PYTHONPATH", "VESTIBULE_SPKI_PIN", "VESTIBULE_HOST_RULES"] {
        assert!(variables.get(name).is_none(), "{name}");
    }
    assert!(variables.get("VESTIBULE_WEBDRIVER_URL").is_some());
}

#[derive(Debug)]
struct NoPasskeys;

impl PasskeyKeeper for NoPasskeys {
    fn lend(&self) -> Vec<vestibule_model::Credential> {
        Vec::new()
    }

    fn give_back(&self, _: Vec<vestibule_model::Credential>) {}
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
        for (const holder of [...modules, ...prototypes.map((it) => it.prototype), globalThis, JSON]) {
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
    let questions = "
        const dns = require('dns'), { promisify } = require('util');
        const told = (promise) => promise.then((answer) => JSON.stringify(answer), (error) => error.code);
        (async () => {
            for (const answer of [
                promisify(dns.resolve4)('acme.localhost'),
                dns.promises.resolve('acme.localhost', 'A'),
                new dns.promises.Resolver().resolve4('acme.localhost', { ttl: true }),
                promisify(dns.resolveCname)('acme.localhost'),
                promisify(dns.resolve)('acme.localhost', 'AAAA'),
                new Promise((_, no) => new dns.Resolver().resolveCname('login.salesforce.com', (error) => no(error))),
                dns.promises.resolve4('login.salesforce.com'),
                dns.promises.lookup('login.salesforce.com'),
                promisify(dns.lookup)('login.salesforce.com'),
            ]) console.log(await told(answer));
        })();";

    let plain = node(&["-e", functions]);
    let wrapped = node(&["--require", preload.to_str().unwrap(), "-e", functions]);
    let answers = node(&["--require", preload.to_str().unwrap(), "-e", lookup]);

    let answered = node(&["--require", preload.to_str().unwrap(), "-e", questions]);
    let (address, timed) = (r#"["127.0.0.1"]"#, r#"[{"address":"127.0.0.1","ttl":0}]"#);
    let missing = "ENOTFOUND";
    assert_eq!(
        answered.lines().collect::<Vec<_>>(),
        [address, address, timed, "ENODATA", "ENODATA", missing, missing, missing, missing],
        "no name server is asked for a host of the org or of the vendor"
    );
    let context = "console.log(JSON.stringify({ method: 'Target.createBrowserContext', params: { proxyServer: 'p:1', proxyBypassList: 'own' } }));";
    let proxied = node(&["--require", preload.to_str().unwrap(), "-e", context]);
    assert!(proxied.contains(r#""proxyBypassList":"own;acme.localhost;salesforce.com;"#), "{proxied}");
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

/// Contract K1.5.
#[test]
fn python_reaches_the_realm_by_name_and_no_real_org_whatever_its_client_knows_of_proxies() {
    let folder = tempfile::tempdir().unwrap();
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let hosts = vec!["acme.my.salesforce.com".to_owned()];
    let reach = Reach::Realm(RealmReach { address, hosts, ..realm(folder.path()) });
    let shims = shims(&ConnectionOptions { reach, ..options(folder.path(), "/bin/true".into()) });
    let mut variables = Variables::default();
    let own = folder.path().join("own");
    fs::create_dir(&own).unwrap();
    fs::write(own.join("sitecustomize.py"), "import builtins; builtins.own_module = True\n").unwrap();
    let resolver = "class DNSResolver:\n    def getaddrinfo(self, host, port=None): return host, port\n";
    fs::write(own.join("aiodns.py"), resolver).unwrap();
    let looping = "class Loop:
    def create_connection(self, factory, host=None, port=None, **named): return host, port, named.get('server_hostname')
    def getaddrinfo(self, host, port, **named): return host, port
";
    fs::write(own.join("uvloop.py"), looping).unwrap();
    variables.set("PYTHONPATH", Secret::new(own.display().to_string()));
    shims.add_to(&mut variables);
    let python = |script: &str| {
        let mut command = Command::new("python3");
        command.args(["-c", script]).env("PYTHONPATH", variables.get("PYTHONPATH").unwrap().reveal());
        let output = command.output().unwrap();
        assert!(output.status.success(), "{script}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    let port = address.port();

    for (script, expected) in [
        ("import socket; print(socket.create_connection(('ACME.my.salesforce.com.', 443)).getpeername())", port),
        (
            "import socket; s = socket.socket(); s.connect(('acme.my.salesforce.com', 443)); print(s.getpeername())",
            port,
        ),
        ("import socket; print(socket.getaddrinfo(host='acme.my.salesforce.com', port='https')[0][4])", port),
        (
            "import asyncio
async def main():
    _, writer = await asyncio.open_connection('acme.my.salesforce.com', 443)
    print(writer.get_extra_info('peername'))
asyncio.run(main())",
            port,
        ),
        ("import aiodns; print(aiodns.DNSResolver().getaddrinfo('acme.my.salesforce.com', port=443))", port),
        ("import uvloop; print(uvloop.Loop().getaddrinfo('acme.my.salesforce.com', 443))", port),
        ("import socket; print(socket.getaddrinfo('127.0.0.9', 9)[0][4])", 9),
    ] {
        let address = if expected == 9 { "127.0.0.9" } else { "127.0.0.1" };
        assert_eq!(python(script), format!("('{address}', {expected})"), "{script}");
    }
    assert_eq!(python("import socket; print(socket.gethostbyname('acme.my.salesforce.com'))"), "127.0.0.1");
    let over_tls =
        "import uvloop; print(uvloop.Loop().create_connection(None, 'acme.my.salesforce.com', 443, ssl=True))";
    assert_eq!(python(over_tls), format!("('127.0.0.1', {port}, 'acme.my.salesforce.com')"));
    for call in [
        "socket.create_connection(('login.salesforce.com', 443))",
        "socket.socket().connect(('login.salesforce.com', 443))",
        "socket.gethostbyname('login.salesforce.com.')",
    ] {
        let told = python(&format!("import socket\ntry: {call}\nexcept OSError as error: print(error)"));
        assert!(told.contains("vestibule: login.salesforce.com is a real host of the vendor"), "{call}: {told}");
    }
    let refused: Vec<_> = shims.refused().into_iter().map(|refused| refused.host).collect();
    assert_eq!(refused, ["login.salesforce.com:443", "login.salesforce.com:443", "login.salesforce.com:0"]);
    assert_eq!(python("print(own_module)"), "True", "the suite's own module is imported too");
    for request in ["CONNECT login.salesforce.com:443 HTTP/1.1", "GET http://login.salesforce.com/ HTTP/1.1"] {
        let told = python(&format!(
            "import socket
ends = socket.socketpair(socket.AF_UNIX)
for words in (b'CONNECT own.example:443 HTTP/1.1', b'POST /http://login.salesforce.com'): ends[0].sendall(words)
try: ends[0].sendall(b'{request}')
except OSError as error: print(error)"
        ));
        assert!(told.contains("vestibule: login.salesforce.com is a real host of the vendor"), "{request}: {told}");
    }
    for request in [
        r"b'\x05\x01\x00\x03\x14login.salesforce.com\x01\xbb'",
        r"memoryview(b'\x05\x01\x00\x03\x15Login.salesforce.com.\x01\xbb')",
        r"b'\x04\x01\x01\xbb\x00\x00\x00\x01me\x00login.salesforce.com\x00'",
    ] {
        let told = python(&format!(
            "import socket
ends = socket.socketpair(socket.AF_UNIX)
for words in (b'\\x05\\x01\\x00', b'\\x05', b'\\x05\\x01\\x00\\x03\\x0bown.example\\x01\\xbb', b''): ends[0].sendall(words)
try: ends[0].sendall({request})
except OSError as error: print(error)"
        ));
        assert!(told.contains("vestibule: login.salesforce.com is a real host of the vendor"), "{request}: {told}");
    }
    // PySocks names the destination as its peer, and has none before it is connected.
    let told = python(
        "import socket
class Socks(socket.socket):
    def getpeername(self): return None
server = socket.create_server(('127.0.0.1', 0))
client = Socks()
client.connect(server.getsockname())
try: client.sendall(b'CONNECT login.salesforce.com:443 HTTP/1.1')
except OSError as error: print(error)",
    );
    assert!(told.contains("vestibule: login.salesforce.com is a real host of the vendor"), "{told}");
    let told = python(
        "import json
command = {'id': 1, 'method': 'Target.createBrowserContext', 'params': {'proxyServer': 'p:1', 'proxyBypassList': 'own'}}
print(json.dumps(command), json.dumps({'method': 'Target.createBrowserContext', 'params': {}}, sort_keys=True))",
    );
    assert!(told.contains(r#""proxyBypassList": "own;acme.my.salesforce.com;salesforce.com;"#), "{told}");
    assert!(told.ends_with(r#"{"method": "Target.createBrowserContext", "params": {}}"#), "{told}");
    let shape = "import socket; print(socket.getaddrinfo.__name__, socket.socket.connect.__name__)";
    assert_eq!(python(shape), "getaddrinfo connect");
}

#[test]
fn a_proxy_that_a_node_suite_names_is_not_asked_for_the_vendor() {
    let folder = tempfile::tempdir().unwrap();
    let shims = shims(&options(folder.path(), "/bin/true".into()));
    // A proxy that says what it is asked for.
    let script = "
        const net = require('net'), http = require('http');
        const proxy = net.createServer((socket) => socket.on('data', (words) => {
            console.log('asked', String(words).split(' HTTP')[0]);
            socket.end('HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\n\\r\\n');
        })).on('connection', (socket) => socket.on('error', () => {}));
        const ask = (options) => new Promise((done) => {
            http.request({ host: '127.0.0.1', port: proxy.address().port, agent: false, ...options })
                .on('error', (error) => done(console.log(error.message)))
                .on('connect', (_, socket) => done(socket.destroy()))
                .on('response', (response) => done(response.resume())).end();
        });
        proxy.listen(0, '127.0.0.1', async () => {
            await ask({ method: 'CONNECT', path: 'own.example:443' });
            await ask({ method: 'CONNECT', path: 'login.salesforce.com:443' });
            await ask({ method: 'POST', path: 'http://u:p@login.salesforce.com./x' });
            await ask({ path: 'http://own.example/?http://login.salesforce.com/' });
            proxy.close();
        });";

    let said = node(&["--require", shims.preload.to_str().unwrap(), "-e", script]);

    let refusal =
        "vestibule: login.salesforce.com is a real host of the vendor, and this suite runs against a simulated org";
    assert_eq!(
        said.lines().collect::<Vec<_>>(),
        [
            "asked CONNECT own.example:443",
            refusal,
            refusal,
            "asked GET http://own.example/?http://login.salesforce.com/"
        ]
    );
    let refused: Vec<_> = shims.refused().into_iter().map(|refused| refused.host).collect();
    assert_eq!(refused, ["login.salesforce.com:443", "login.salesforce.com:80"]);
}

#[test]
fn a_node_suite_reaches_no_real_org_by_a_socks_proxy_or_an_address_that_it_looked_up_itself() {
    let folder = tempfile::tempdir().unwrap();
    let shims = shims(&options(folder.path(), "/bin/true".into()));
    let script = "
        const net = require('net'), tls = require('tls');
        const name = (host) => [host.length, ...Buffer.from(host)];
        const words = [
            [5, 1, 0],
            [5, 1, 0, 3, ...name('own.example'), 1, 187],
            [5, 1, 0, 3, ...name('Login.salesforce.com.'), 1, 187],
            [4, 1, 1, 187, 0, 0, 0, 1, 109, 101, 0, ...Buffer.from('login.salesforce.com'), 0],
        ];
        const proxy = net.createServer((socket) => socket.on('data', (said) => socket.end(`heard ${said.length}`)));
        const ask = (request) => new Promise((done) => {
            const socket = net.connect(proxy.address().port, '127.0.0.1', () => socket.write(Buffer.from(request)));
            socket.on('data', (said) => done(console.log(String(said)))).on('error', (error) => done(console.log(error.message)));
        });
        proxy.listen(0, '127.0.0.1', async () => {
            for (const request of words) await ask(request);
            for (const servername of ['login.salesforce.com', 'own.example']) {
                await new Promise((done) => tls.connect({ host: '127.0.0.9', port: 9, servername })
                    .on('error', (error) => done(console.log(error.message))));
            }
            proxy.close();
        });";

    let said = node(&["--require", shims.preload.to_str().unwrap(), "-e", script]);

    let refusal =
        "vestibule: login.salesforce.com is a real host of the vendor, and this suite runs against a simulated org";
    let direct = "connect ECONNREFUSED 127.0.0.9:9";
    assert_eq!(said.lines().collect::<Vec<_>>(), ["heard 3", "heard 18", refusal, refusal, refusal, direct]);
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
    let route = match &options.reach {
        Reach::Realm(realm) => Route::Realm { realm, proxy: (Ipv4Addr::LOCALHOST, 3128).into() },
        Reach::AsIs => Route::AsIs,
    };
    Shims::write(options, (Ipv4Addr::LOCALHOST, 4444).into(), route).unwrap()
}

fn options(folder: &Path, browser: PathBuf) -> ConnectionOptions {
    ConnectionOptions { reach: Reach::Realm(realm(folder)), browser: Some(browser), ..unconnected(folder) }
}

fn realm(folder: &Path) -> RealmReach {
    RealmReach {
        address: (Ipv4Addr::LOCALHOST, 8443).into(),
        hosts: vec!["acme.localhost".to_owned()],
        spki_pin: "PIN".to_owned(),
        ..nowhere(folder)
    }
}
