//! Command-line arguments that make Chromium reach the realm, trust its certificates and stay away from real orgs.

use std::path::Path;

use nix::sys::statvfs::statvfs;
use serde::Serialize;
use vestibule_model::vendor_hosts::VENDOR_DOMAINS;
use vestibule_simulator::realm::resolver_rules;

use super::options::ConnectionOptions;

/// Arguments added to those of the suite for each browser.
#[derive(Debug, Clone)]
pub(super) struct BrowserArguments {
    /// `MAP host address, …`: the realm's hosts, then the vendor's domains, which are not resolved.
    rules: String,
    added: Vec<Added>,
}

/// One argument.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Added {
    /// `--name=value` or `--name`.
    pub(super) argument: String,
    /// Left out if the suite passes one of these names itself.
    pub(super) unless: &'static [&'static str],
}

impl BrowserArguments {
    /// The arguments for browsers that run on this machine.
    pub(super) fn local(options: &ConnectionOptions) -> Self {
        let mut arguments = Self::remote(options);
        let has_display =
            ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some_and(|it| !it.is_empty()));
        // Chromium refuses to start as root with its sandbox.
        if nix::unistd::geteuid().is_root() {
            arguments.add("--no-sandbox", &["no-sandbox"]);
        }
        if shared_memory_is_small(Path::new(SHARED_MEMORY)) {
            arguments.add("--disable-dev-shm-usage", &["disable-dev-shm-usage"]);
        }
        if !has_display {
            arguments.add("--headless=new", &["headless"]);
        }
        arguments
    }

    /// The arguments for browsers that the suite starts itself. They get a debugging port if passkeys must be added or
    /// pages copied.
    pub(super) fn launched(options: &ConnectionOptions) -> Self {
        let mut arguments = Self::local(options);
        if options.passkeys.is_some() || options.shots {
            arguments.add("--remote-debugging-port=0", &["remote-debugging-port"]);
        }
        arguments
    }

    /// The arguments for browsers of a WebDriver server on another machine, such as a Selenium Grid.
    pub(super) fn remote(options: &ConnectionOptions) -> Self {
        let rules = host_rules(options);
        let mut arguments = Self { added: Vec::new(), rules };
        arguments.add(&format!("--{HOST_RULES}={}", arguments.rules), &[]);
        arguments.add(&format!("--{PIN}={}", options.spki_pin), &[]);
        // Chromium drops input until the first paint, which comes late on a busy machine; a client that clicked
        // before it would wait forever.
        arguments.add("--allow-pre-commit-input", &["allow-pre-commit-input"]);
        // A proxy from the environment would resolve the hosts instead of the rules. The headless shell obeys the
        // environment despite `--no-proxy-server`.
        arguments.add(
            "--proxy-server=direct://",
            &["proxy-server", "proxy-pac-url", "proxy-auto-detect", "no-proxy-server"],
        );
        arguments
    }

    /// Value for `--host-resolver-rules`.
    pub(super) fn rules(&self) -> &str {
        &self.rules
    }

    /// All added arguments. Chromium takes the last of two with the same name.
    pub(super) fn added(&self) -> &[Added] {
        &self.added
    }

    /// The suite's arguments, unchanged, followed by ours. Only its host rules come after ours.
    pub(super) fn added_to(&self, own: &[String]) -> Vec<String> {
        let has = |wanted: &&str| own.iter().any(|argument| name(argument) == *wanted);
        let (rules, mut arguments): (Vec<_>, Vec<_>) =
            own.iter().cloned().partition(|argument| name(argument) == HOST_RULES);
        arguments.extend(self.added.iter().filter(|added| !added.unless.iter().any(has)).map(|added| {
            let theirs = rules.iter().filter_map(|rule| rule.split_once('=')).map(|(_, rule)| rule);
            if name(&added.argument) == HOST_RULES {
                std::iter::once(added.argument.as_str()).chain(theirs).collect::<Vec<_>>().join(", ")
            } else {
                added.argument.clone()
            }
        }));
        arguments
    }

    fn add(&mut self, argument: &str, unless: &'static [&'static str]) {
        self.added.push(Added { argument: argument.to_owned(), unless });
    }
}

/// The first rule that matches a host wins.
fn host_rules(options: &ConnectionOptions) -> String {
    let realm = resolver_rules(&options.hosts, options.realm);
    let nowhere = VENDOR_DOMAINS
        .iter()
        .flat_map(|domain| [format!("MAP {domain} ~NOTFOUND"), format!("MAP *.{domain} ~NOTFOUND")]);
    std::iter::once(realm).chain(nowhere).collect::<Vec<_>>().join(", ")
}

/// Whether Chromium would run out of shared memory here and crash: containers have 64 MB by default.
fn shared_memory_is_small(folder: &Path) -> bool {
    statvfs(folder).map_or(true, |found| found.blocks().saturating_mul(found.fragment_size()) < ENOUGH_SHARED_MEMORY)
}

/// `host-resolver-rules` of `--host-resolver-rules=MAP …`. ChromeDriver takes arguments without dashes too.
fn name(argument: &str) -> &str {
    argument.trim_start_matches('-').split('=').next().unwrap_or_default()
}

const HOST_RULES: &str = "host-resolver-rules";
/// Where Chromium keeps what its processes share.
const SHARED_MEMORY: &str = "/dev/shm";
/// Bytes.
const ENOUGH_SHARED_MEMORY: u64 = 256 << 20;
const PIN: &str = "ignore-certificate-errors-spki-list";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shared_memory_is_used_only_where_there_is_enough() {
        assert!(shared_memory_is_small(Path::new("/nowhere")), "a machine without the folder");
        assert!(shared_memory_is_small(Path::new("/proc")), "a file system without room");
        assert!(!shared_memory_is_small(Path::new("/")), "a disk");
    }
}
