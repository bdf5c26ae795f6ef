//! Programs and variables that lead a suite to the endpoint and to the machine's browser when it would otherwise start
//! its own ChromeDriver or download a browser, and preloads for clients that obey no proxy variable.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::json;
use vestibule_model::Secret;
use vestibule_model::vendor_hosts::VENDOR_DOMAINS;

use super::browser_arguments::{Added, BrowserArguments, Join, RefusedArgument};
use super::environment::Variables;
use super::options::ConnectionOptions;
use super::passkeys::Passkeys;
use super::reach::Route;
use crate::browser::{BrowserError, OF_OUR_DRIVER};
use crate::outcome::{Proxied, ProxyFate};
use crate::stopwatch::{self, Stopwatch};

/// The shims of one case: programs in a folder at the head of `PATH`, and preloads for Node and Python.
#[derive(Debug)]
pub(super) struct Shims {
    /// First in the suite's `PATH`.
    bin: PathBuf,
    preload: PathBuf,
    /// What leads to a realm; `None` where every host is what it is on this machine.
    realm: Option<ForRealm>,
    refused: PathBuf,
    browsers: PathBuf,
    /// Where the suite's programs keep temporary files; removed with the folder of the case.
    temporary: PathBuf,
    endpoint: String,
    clock: Stopwatch,
}

/// What a suite of a realm has besides.
#[derive(Debug)]
struct ForRealm {
    /// First in the suite's `PYTHONPATH`.
    python: PathBuf,
    pin: String,
    rules: String,
}

/// A line that the preload writes when it refuses a connection.
#[derive(Debug, Deserialize)]
struct Refused {
    /// Unix time, milliseconds.
    at: u64,
    host: String,
}

impl Shims {
    /// Writes the shims for an endpoint at this address into the folder of the case.
    pub(super) fn write(
        options: &ConnectionOptions,
        endpoint: SocketAddr,
        route: Route<'_>,
    ) -> Result<Self, BrowserError> {
        let arguments = &BrowserArguments::launched(options, route);
        let endpoint = format!("http://{endpoint}");
        let realm = match route {
            Route::Realm { realm, .. } => Some(ForRealm {
                python: options.folder.join("python"),
                pin: realm.spki_pin.clone(),
                rules: arguments.rules().to_owned(),
            }),
            Route::AsIs => None,
        };
        let shims = Self {
            bin: options.folder.join("bin"),
            preload: options.folder.join("preload.cjs"),
            realm,
            refused: options.folder.join("refused.jsonl"),
            browsers: options.folder.join("browsers.txt"),
            temporary: options.folder.join("tmp"),
            endpoint,
            clock: options.clock,
        };
        let broken = |source| BrowserError::Machine { path: options.folder.clone(), source };
        fs::create_dir_all(&shims.bin).map_err(broken)?;
        fs::create_dir_all(&shims.temporary).map_err(broken)?;
        shims.write_programs(options, arguments).map_err(broken)?;
        shims.write_preload(options, arguments, route).map_err(broken)?;
        Ok(shims)
    }

    /// Adds the variables that lead to the shims. Variables that hold lists are extended.
    pub(super) fn add_to(&self, variables: &mut Variables) {
        let mut set = |name: &str, value: String| variables.set(name, Secret::new(value));
        let program = |name: &str| self.bin.join(name).display().to_string();
        set("VESTIBULE_WEBDRIVER_URL", self.endpoint.clone());
        set("VESTIBULE_BROWSER_PATH", program("chromium"));
        if let Some(realm) = &self.realm {
            set("VESTIBULE_SPKI_PIN", realm.pin.clone());
            set("VESTIBULE_HOST_RULES", realm.rules.clone());
        }
        for name in ["CHROME_BIN", "CHROME_PATH", "PUPPETEER_EXECUTABLE_PATH", "CHROMIUM_PATH", "TAIKO_BROWSER_PATH"] {
            set(name, program("chromium"));
        }
        for name in ["SE_CHROMEDRIVER", "CHROMEDRIVER_PATH", "CHROMEDRIVER_FILEPATH"] {
            set(name, program("chromedriver"));
        }
        set("SE_MANAGER_PATH", program("selenium-manager"));
        // A suite that is ended leaves the profiles of its browsers behind.
        set("TMPDIR", self.temporary.display().to_string());
        for (name, value) in SWITCHES {
            set(name, value.to_owned());
        }
        let path = variables.seen("PATH").map(|path| path.reveal().to_owned());
        let path = path.map_or_else(|| std::env::var_os("PATH").unwrap_or_default(), OsString::from);
        let folders = std::iter::once(self.bin.clone()).chain(std::env::split_paths(&path));
        let path = std::env::join_paths(folders).unwrap_or_else(|_| OsString::from(&self.bin));
        variables.replace("PATH", Secret::new(path.to_string_lossy().into_owned()));

        // Node has its own quoting rules, which differ from the shell's.
        let preload = self.preload.display().to_string().replace('\\', r"\\").replace('"', r#"\""#);
        variables.extend("NODE_OPTIONS", &format!("--require \"{preload}\""));
        if let Some(realm) = &self.realm {
            // Python looks here first for the module that it imports at its start.
            let python = realm.python.display().to_string();
            let own = variables.seen("PYTHONPATH").filter(|own| !own.reveal().is_empty());
            let path = own.map_or_else(|| python.clone(), |own| format!("{python}:{}", own.reveal()));
            variables.replace("PYTHONPATH", Secret::new(path));
        }
    }

    /// A ChromeDriver that leads to the endpoint.
    pub(super) fn driver(&self) -> PathBuf {
        self.bin.join("chromedriver")
    }

    /// The file that lists the browsers that the suite started itself: `PROFILE<tab>PORT`.
    pub(super) fn browsers(&self) -> PathBuf {
        self.browsers.clone()
    }

    /// Connections to the vendor's real hosts that the preload refused.
    pub(super) fn refused(&self) -> Vec<Proxied> {
        let text = fs::read_to_string(&self.refused).unwrap_or_default();
        let started = u64::try_from(stopwatch::now().as_millisecond()).unwrap_or_default();
        let started = started.saturating_sub(self.clock.elapsed_ms());
        let lines = text.lines().filter_map(|line| serde_json::from_str::<Refused>(line).ok());
        lines
            .map(|line| Proxied {
                at_ms: line.at.saturating_sub(started),
                host: line.host,
                fate: ProxyFate::RefusedRealHost,
            })
            .collect()
    }

    fn write_programs(&self, options: &ConnectionOptions, arguments: &BrowserArguments) -> std::io::Result<()> {
        let path = browser_path(options);
        let browser = BROWSER
            .replace("@FOLDER@", &quoted_path(&options.folder)?)
            .replace("@BROWSERS@", &quoted_path(&self.browsers)?)
            .replace("@OF_OUR_DRIVER@", OF_OUR_DRIVER)
            .replace("@UNKNOWN@", &unknown(arguments))
            .replace("@TAKEN@", &taken(arguments)?)
            .replace("@HARMLESS@", &harmless(options, arguments)?)
            .replace("@ARGUMENTS@", &lines(arguments)?)
            .replace("@BROWSER@", &quoted_path(path)?);
        for name in BROWSERS {
            write_program(&self.bin.join(name), &browser)?;
        }
        let driver =
            CHROMEDRIVER.replace("@PROGRAM@", &quoted_path(&options.program)?).replace("@ENDPOINT@", &self.endpoint);
        write_program(&self.bin.join("chromedriver"), &driver)?;
        let result = json!({
            "code": 0,
            "message": "",
            "driver_path": self.bin.join("chromedriver"),
            "browser_path": path,
        });
        let answer = json!({ "logs": [], "result": result }).to_string();
        // A suite asks this program for codes, whether or not it is installed.
        let program = VESTIBULE.replace("@PROGRAM@", &quoted_path(&options.program)?);
        write_program(&self.bin.join("vestibule"), &program)?;
        write_program(&self.bin.join("selenium-manager"), &SELENIUM_MANAGER.replace("@ANSWER@", &answer))
    }

    fn write_preload(
        &self,
        options: &ConnectionOptions,
        arguments: &BrowserArguments,
        route: Route<'_>,
    ) -> std::io::Result<()> {
        let refusals = arguments.refused().iter().map(|name| (*name, RefusedArgument(name).to_string()));
        let mut config = json!({
            "shims": self.bin,
            "browser": browser_path(options),
            "arguments": arguments.added(),
            "hostRules": host_rules_command(options, arguments),
            "dropped": arguments.dropped(),
            "bypassed": arguments.bypassed(),
            "refusals": refusals.collect::<BTreeMap<_, _>>(),
            "browsers": self.browsers,
            "verifies": matches!(route, Route::AsIs),
            "keeps": matches!(options.passkeys, Some(Passkeys::Kept(_))),
            "realm": null,
        });
        if let (Route::Realm { realm, proxy }, Some(ForRealm { python, .. })) = (route, &self.realm) {
            config["hosts"] = json!(realm.hosts);
            config["realm"] = json!({ "host": realm.address.ip(), "port": realm.address.port() });
            config["proxy"] = json!({ "host": proxy.ip(), "port": proxy.port() });
            config["vendor"] = json!(VENDOR_DOMAINS);
            config["refused"] = json!(self.refused);
            fs::create_dir_all(python)?;
            fs::write(python.join("sitecustomize.json"), config.to_string())?;
            fs::write(python.join("sitecustomize.py"), SITECUSTOMIZE)?;
        }
        fs::write(self.preload.with_extension("json"), config.to_string())?;
        fs::write(&self.preload, PRELOAD)
    }
}

/// The machine's browser, for the programs that start it. An empty path starts nothing.
fn browser_path(options: &ConnectionOptions) -> &Path {
    options.browser.as_deref().unwrap_or(Path::new(""))
}

/// One line of shell for each argument that is joined: nothing of the suite is known yet.
fn unknown(arguments: &BrowserArguments) -> String {
    let joined = arguments.added().iter().filter(|added| added.join.is_some());
    joined.map(|added| format!("{}=''", own(added.name()))).collect::<Vec<_>>().join("\n")
}

/// The program that leaves out what a suite's host rules may not say, and its arguments before the rules.
fn host_rules_command(options: &ConnectionOptions, arguments: &BrowserArguments) -> Vec<String> {
    let Some(guarded) = arguments.guarded() else { return Vec::new() };
    let program = options.program.display().to_string();
    let begin = [program, "host-rules-shim".to_owned(), format!("--address={}", guarded.address)];
    let hosts = guarded.hosts.iter().map(|host| format!("--host={host}"));
    begin.into_iter().chain(hosts).chain(["--".to_owned()]).collect()
}

/// One line of shell for each argument whose value is host rules.
fn harmless(options: &ConnectionOptions, arguments: &BrowserArguments) -> std::io::Result<String> {
    let command = host_rules_command(options, arguments);
    let command = command.iter().map(|word| quoted(word)).collect::<std::io::Result<Vec<_>>>()?.join(" ");
    let ruled = arguments.added().iter().filter(|added| added.join.is_some_and(|join| join.has_rules));
    let line = |added: &Added| {
        let own = own(added.name());
        format!("[ -z \"${own}\" ] || {own}=$({command} \"${own}\") || exit 1")
    };
    Ok(ruled.map(line).collect::<Vec<_>>().join("\n"))
}

/// A case of shell for each name that is taken out of the suite's arguments. The separators need no quotes inside
/// double quotes.
fn taken(arguments: &BrowserArguments) -> std::io::Result<String> {
    let refused = arguments.refused().iter().map(|name| {
        let why = quoted(&format!("vestibule: {}", RefusedArgument(name)))?;
        Ok(format!("    {name}) printf '%s\\n' {why} >&2; exit 1 ;;"))
    });
    let dropped = arguments.dropped().iter().map(|name| Ok(format!("    {name}) ;;")));
    let ours = arguments.added().iter().filter(|added| added.unless.is_none()).map(|added| {
        let name = added.name();
        Ok(match added.join {
            Some(Join { separator, .. }) => {
                let own = own(name);
                format!("    {name}) [ -z \"$value\" ] || {own}=\"${own}${{{own}:+{separator}}}$value\" ;;")
            }
            None => format!("    {name}) ;;"),
        })
    });
    Ok(refused.chain(dropped).chain(ours).collect::<std::io::Result<Vec<_>>>()?.join("\n"))
}

/// One line of shell for each argument.
fn lines(arguments: &BrowserArguments) -> std::io::Result<String> {
    let line = |added: &Added| {
        let unless = added.unless.map(|name| format!("has {name} || ")).unwrap_or_default();
        let argument = quoted(&added.argument)?;
        Ok(match added.join {
            None => format!("{unless}set -- {argument} \"$@\""),
            Some(Join { separator, first: true, .. }) => {
                let own = own(added.name());
                format!("set -- {argument}\"${{{own}:+{separator}${own}}}\" \"$@\"")
            }
            Some(Join { separator, first: false, .. }) => {
                let (name, value) = added.argument.split_once('=').unwrap_or((&added.argument, ""));
                let (own, value) = (own(added.name()), quoted(value)?);
                format!("set -- {name}=\"${{{own}:+${own}{separator}}}\"{value} \"$@\"")
            }
        })
    };
    Ok(arguments.added().iter().map(line).collect::<std::io::Result<Vec<_>>>()?.join("\n"))
}

/// The shell variable that holds the suite's value for an argument.
fn own(name: &str) -> String {
    format!("own_{}", name.replace('-', "_"))
}

/// A text quoted as one shell word.
fn quoted(text: &str) -> std::io::Result<String> {
    shlex::try_quote(text).map(std::borrow::Cow::into_owned).map_err(std::io::Error::other)
}

fn quoted_path(path: &Path) -> std::io::Result<String> {
    quoted(&path.display().to_string())
}

fn write_program(path: &Path, text: &str) -> std::io::Result<()> {
    fs::write(path, text)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(path, fs::Permissions::from_mode(0o755))?;
    }
    Ok(())
}

/// Selenium Manager and Playwright must not use the network, and Playwright must not check the libraries of a browser
/// that it did not download.
const SWITCHES: [(&str, &str); 4] = [
    ("SE_OFFLINE", "true"),
    ("SE_AVOID_STATS", "true"),
    ("PLAYWRIGHT_SKIP_VALIDATE_HOST_REQUIREMENTS", "1"),
    ("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"),
];

/// The names under which suites look for a browser.
const BROWSERS: [&str; 6] =
    ["chromium", "chromium-browser", "chrome", "google-chrome", "google-chrome-stable", "chromium-headless-shell"];

const BROWSER: &str = include_str!("preload/browser.sh");
const CHROMEDRIVER: &str = include_str!("preload/chromedriver.sh");
const VESTIBULE: &str = include_str!("preload/vestibule.sh");
const SELENIUM_MANAGER: &str = include_str!("preload/selenium-manager.sh");
const PRELOAD: &str = include_str!("preload/preload.cjs");
const SITECUSTOMIZE: &str = include_str!("preload/sitecustomize.py");

#[cfg(test)]
mod tests;
