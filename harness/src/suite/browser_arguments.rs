//! Command-line arguments that make Chromium reach the realm, trust its certificates and stay away from real orgs; or that
//! keep it from trusting whatever it meets, where its org is a real one.

use std::net::SocketAddr;
use std::path::Path;

use nix::sys::statvfs::statvfs;
use serde::Serialize;
use vestibule_simulator::realm::resolver_rules;

use super::guarded_hosts::{GuardedHosts, vendor_patterns};
use super::options::{ConnectionOptions, Recording};
use super::reach::{RealmReach, Route};
use crate::browser::sandbox;

/// Arguments added to those of the suite for each browser.
#[derive(Debug, Clone)]
pub(super) struct BrowserArguments {
    /// `MAP host address, …`: the realm's hosts, then the vendor's domains, which are not resolved.
    rules: String,
    /// `host;*.host;…`: the hosts that no proxy is asked for.
    bypassed: String,
    /// Where there is a realm.
    guarded: Option<GuardedHosts>,
    added: Vec<Added>,
    /// Names with which no browser is started.
    refused: &'static [&'static str],
    /// Names that are taken out of the suite's own arguments.
    dropped: &'static [&'static str],
}

/// One argument.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Added {
    /// `--name=value` or `--name`.
    pub(super) argument: String,
    /// Left out if the suite passes this name itself.
    pub(super) unless: Option<&'static str>,
    /// How the suite's own value for the same name is kept. Without it, ours takes its place.
    pub(super) join: Option<Join>,
}

/// How a value of the suite is joined with ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(super) struct Join {
    pub(super) separator: &'static str,
    /// Whether ours comes first.
    pub(super) first: bool,
    /// Whether the suite's value is one of host rules, of which only the harmless ones are kept.
    pub(super) has_rules: bool,
}

/// An argument of a suite with which the browser could reach a real org.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "refused --{0}: a proxy that a script or the network names could lead the login to a real org; name the proxy with \
     --proxy-server, and it serves every other host"
)]
pub(super) struct RefusedArgument(pub(super) &'static str);

impl BrowserArguments {
    /// The arguments for browsers that run on this machine.
    pub(super) fn local(route: Route<'_>) -> Self {
        let mut arguments = Self::remote(route);
        let has_display =
            ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some_and(|it| !it.is_empty()));
        if sandbox::must_be_off() {
            arguments.add("--no-sandbox", Some("no-sandbox"));
        }
        if shared_memory_is_small(Path::new(SHARED_MEMORY)) {
            arguments.add("--disable-dev-shm-usage", Some("disable-dev-shm-usage"));
        }
        if !has_display {
            arguments.add("--headless=new", Some("headless"));
        }
        arguments
    }

    /// The arguments for browsers that the suite starts itself. They get a debugging port if passkeys must be added or
    /// pages copied.
    pub(super) fn launched(options: &ConnectionOptions, route: Route<'_>) -> Self {
        let mut arguments = Self::local(route);
        if options.passkeys.is_some() || options.recording == Recording::CommandsAndPages {
            arguments.add("--remote-debugging-port=0", Some("remote-debugging-port"));
        }
        arguments
    }

    /// The arguments for browsers of a WebDriver server on another machine, such as a Selenium Grid.
    pub(super) fn remote(route: Route<'_>) -> Self {
        match route {
            Route::Realm { realm, proxy } => Self::to_realm(realm, proxy),
            Route::AsIs => Self::as_is(),
        }
    }

    fn to_realm(realm: &RealmReach, proxy: SocketAddr) -> Self {
        let guarded = GuardedHosts { hosts: realm.hosts.clone(), address: realm.address };
        let not_mapped = not_mapped(&guarded);
        let (rules, bypassed) = (host_rules(realm), bypassed(&guarded));
        let guarded = Some(guarded);
        let mut arguments = Self { added: Vec::new(), rules, bypassed, guarded, refused: &PROXY_SCRIPTS, dropped: &[] };
        arguments.join(
            &format!("--{HOST_RULES}={}", arguments.rules),
            Join { separator: ", ", first: true, has_rules: true },
        );
        arguments.join(&format!("--{PIN}={}", realm.spki_pin), Join { separator: ",", first: true, has_rules: false });
        arguments.add(EARLY_INPUT, None);
        // A proxy resolves the hosts instead of the rules, so none is asked for a host of the realm or of the vendor:
        // neither that of the environment, which the headless shell obeys despite `--no-proxy-server`, nor one that
        // the suite names.
        let default = if realm.upstream.is_none() { "direct://".to_owned() } else { format!("http://{proxy}") };
        arguments.add(&format!("--{PROXY}={default}"), Some(PROXY));
        arguments.join(
            &format!("--{BYPASS}={}", arguments.bypassed),
            Join { separator: ";", first: false, has_rules: false },
        );
        // These rules name the end of a connection before anything resolves it.
        arguments.join(&format!("--{MAPPED}={not_mapped}"), Join { separator: ", ", first: true, has_rules: true });
        arguments
    }

    fn as_is() -> Self {
        let (rules, bypassed) = (String::new(), String::new());
        let mut arguments =
            Self { added: Vec::new(), rules, bypassed, guarded: None, refused: &[], dropped: &UNVERIFIED };
        arguments.add(EARLY_INPUT, None);
        arguments
    }

    /// Value for `--host-resolver-rules`.
    pub(super) fn rules(&self) -> &str {
        &self.rules
    }

    /// Value for `--proxy-bypass-list`.
    pub(super) fn bypassed(&self) -> &str {
        &self.bypassed
    }

    /// The hosts that no rule of the suite leads elsewhere, where there is a realm.
    pub(super) fn guarded(&self) -> Option<&GuardedHosts> {
        self.guarded.as_ref()
    }

    /// Names with which no browser is started.
    pub(super) fn refused(&self) -> &'static [&'static str] {
        self.refused
    }

    /// Names that are taken out of the suite's own arguments.
    pub(super) fn dropped(&self) -> &'static [&'static str] {
        self.dropped
    }

    /// All added arguments.
    pub(super) fn added(&self) -> &[Added] {
        &self.added
    }

    /// The suite's arguments, followed by ours.
    ///
    /// # Errors
    ///
    /// If one of them must not be given to a browser.
    pub(super) fn added_to(&self, own: &[String]) -> Result<Vec<String>, RefusedArgument> {
        if let Some(refused) =
            self.refused.iter().find(|refused| own.iter().any(|argument| name(argument) == **refused))
        {
            return Err(RefusedArgument(refused));
        }
        let replaced = |argument: &&String| {
            self.dropped.contains(&name(argument))
                || self.added.iter().any(|added| added.unless.is_none() && added.name() == name(argument))
        };
        let kept = own.iter().filter(|argument| !replaced(argument)).cloned();
        let added = self
            .added
            .iter()
            .filter(|added| added.unless.is_none_or(|unless| !own.iter().any(|argument| name(argument) == unless)));
        let added = added.map(|added| match added.join {
            Some(join) => added.joined(join, own, self.guarded.as_ref()),
            None => added.argument.clone(),
        });
        Ok(kept.chain(added).collect())
    }

    fn add(&mut self, argument: &str, unless: Option<&'static str>) {
        self.added.push(Added { argument: argument.to_owned(), unless, join: None });
    }

    fn join(&mut self, argument: &str, join: Join) {
        self.added.push(Added { argument: argument.to_owned(), unless: None, join: Some(join) });
    }
}

impl Added {
    /// `host-resolver-rules` of `--host-resolver-rules=MAP …`.
    pub(super) fn name(&self) -> &str {
        name(&self.argument)
    }

    fn joined(&self, join: Join, own: &[String], guarded: Option<&GuardedHosts>) -> String {
        let theirs = own.iter().filter(|argument| name(argument) == self.name());
        let values = theirs.filter_map(|argument| Some(argument.split_once('=')?.1));
        let values = values.map(|value| match guarded.filter(|_| join.has_rules) {
            Some(guarded) => guarded.harmless(value),
            None => value.to_owned(),
        });
        let mut values: Vec<String> = values.filter(|value| !value.is_empty()).collect();
        let ours = self.argument.split_once('=').map_or("", |(_, value)| value);
        values.insert(if join.first { 0 } else { values.len() }, ours.to_owned());
        format!("--{}={}", self.name(), values.join(join.separator))
    }
}

/// The first rule that matches a host wins.
fn host_rules(reach: &RealmReach) -> String {
    let realm = resolver_rules(&reach.hosts, reach.address);
    let nowhere = vendor_patterns().map(|pattern| format!("MAP {pattern} ~NOTFOUND"));
    std::iter::once(realm).chain(nowhere).collect::<Vec<_>>().join(", ")
}

/// Whether Chromium would run out of shared memory here and crash: containers have 64 MB by default.
fn shared_memory_is_small(folder: &Path) -> bool {
    statvfs(folder).map_or(true, |found| found.blocks().saturating_mul(found.fragment_size()) < ENOUGH_SHARED_MEMORY)
}

/// The hosts that no proxy is asked for. The last rule that matches a host wins.
fn bypassed(guarded: &GuardedHosts) -> String {
    guarded.patterns().collect::<Vec<_>>().join(";")
}

/// The hosts that no `--host-rules` of a suite leads elsewhere. A rule that excludes a host goes before all that map it.
fn not_mapped(guarded: &GuardedHosts) -> String {
    guarded.patterns().map(|pattern| format!("EXCLUDE {pattern}")).collect::<Vec<_>>().join(", ")
}

/// `host-resolver-rules` of `--host-resolver-rules=MAP …`. Chromium takes one dash too, and ChromeDriver none.
fn name(argument: &str) -> &str {
    argument.trim_start_matches('-').split('=').next().unwrap_or_default()
}

/// Arguments that Chromium would prefer to `--proxy-server`.
const PROXY_SCRIPTS: [&str; 2] = ["proxy-pac-url", "proxy-auto-detect"];

/// Arguments with which a browser would show the passkeys of real accounts to a host that it did not verify.
const UNVERIFIED: [&str; 3] = ["ignore-certificate-errors", PIN, "unsafely-treat-insecure-origin-as-secure"];

/// Chromium drops input until the first paint, which comes late on a busy machine; a client that clicked before it would
/// wait forever.
const EARLY_INPUT: &str = "--allow-pre-commit-input";

const HOST_RULES: &str = "host-resolver-rules";
/// Where Chromium keeps what its processes share.
const SHARED_MEMORY: &str = "/dev/shm";
/// Bytes.
const ENOUGH_SHARED_MEMORY: u64 = 256 << 20;
const PIN: &str = "ignore-certificate-errors-spki-list";
const PROXY: &str = "proxy-server";
const BYPASS: &str = "proxy-bypass-list";
const MAPPED: &str = "host-rules";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_of_a_real_org_keeps_its_own_arguments_but_those_that_verify_no_certificate() {
        let own = [
            "--window-size=800,600",
            "--proxy-pac-url=http://inside.example/pac",
            "--ignore-certificate-errors",
            "ignore-certificate-errors-spki-list=OWN",
            "-unsafely-treat-insecure-origin-as-secure=http://acme.my.salesforce.com",
            "--host-resolver-rules=MAP a b",
        ];

        let given = BrowserArguments::remote(Route::AsIs).added_to(&own.map(str::to_owned)).unwrap();

        assert_eq!(
            given,
            [
                "--window-size=800,600",
                "--proxy-pac-url=http://inside.example/pac",
                "--host-resolver-rules=MAP a b",
                EARLY_INPUT
            ]
        );
    }

    #[test]
    fn shared_memory_is_used_only_where_there_is_enough() {
        assert!(shared_memory_is_small(Path::new("/nowhere")), "a machine without the folder");
        assert!(shared_memory_is_small(Path::new("/proc")), "a file system without room");
        assert!(!shared_memory_is_small(Path::new("/")), "a disk");
    }
}
