//! What the clients of a suite trust: the simulator's CA, the machine's authorities, and what the suite itself brings.
//! Most clients take one file in place of all others, so all are joined in one.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use vestibule_certs::TrustedCertificates;
use vestibule_model::Secret;

use super::environment::Variables;
use super::java_options::{JavaOptions, JavaTrust};

/// Writes the joined certificates into the folder of the case, and names them under every variable that clients read.
/// `ca_file` holds those of the simulator and of the machine.
///
/// # Errors
///
/// If the files cannot be read or written.
pub(super) fn join(ca_file: &Path, folder: &Path, variables: &mut Variables) -> io::Result<JavaTrust> {
    let mut trusted = TrustedCertificates::default();
    trusted.add(&fs::read(ca_file)?, "");
    let given = |variables: &Variables, name: &str| variables.seen(name).filter(|value| !value.reveal().is_empty());
    let named = ALWAYS_SET.iter().chain(&JOINED).filter_map(|name| given(variables, name));
    let named: BTreeSet<PathBuf> = named.map(|file| PathBuf::from(file.reveal())).collect();
    for file in named.iter().flat_map(|named| files(named)) {
        // A suite that names a file that is not there runs without it elsewhere too.
        if let Ok(file) = fs::read(file) {
            trusted.add(&file, "");
        }
    }
    fs::create_dir_all(folder)?;
    let joined = folder.join("trusted.pem");
    fs::write(&joined, trusted.to_pem())?;
    let set: Vec<_> = JOINED.iter().filter(|name| given(variables, name).is_some()).chain(&ALWAYS_SET).collect();
    for name in set {
        variables.replace(name, Secret::new(joined.display().to_string()));
    }

    let own = variables.seen("JAVA_TOOL_OPTIONS").map(|own| JavaOptions::read(own.reveal())).unwrap_or_default();
    let java_home = variables.seen("JAVA_HOME").map(|home| PathBuf::from(home.reveal()));
    if let Some(roots) = java_roots(java_home).and_then(|roots| fs::read(roots).ok()) {
        trusted.add(&roots, DEFAULT_PASSWORD);
    }
    let password = own.property("javax.net.ssl.trustStorePassword").unwrap_or(DEFAULT_PASSWORD).to_owned();
    if let Some(store) = own.property("javax.net.ssl.trustStore").and_then(|store| fs::read(store).ok()) {
        trusted.add(&store, &password);
    }
    let store = folder.join("trusted.jks");
    fs::write(&store, trusted.to_jks(&password))?;
    Ok(JavaTrust { store, password })
}

/// The files that a variable names: one, or those of a folder.
fn files(named: &Path) -> Vec<PathBuf> {
    match fs::read_dir(named) {
        Ok(folder) => folder.filter_map(|entry| Some(entry.ok()?.path())).collect(),
        Err(_) => vec![named.to_owned()],
    }
}

/// The trust store of the Java that the suite starts. Java itself prefers `jssecacerts`.
fn java_roots(home: Option<PathBuf>) -> Option<PathBuf> {
    let of_program = || {
        let program = which::which("java").ok()?.canonicalize().ok()?;
        Some(program.parent()?.parent()?.to_owned())
    };
    let homes: Vec<PathBuf> = home.into_iter().chain(of_program()).collect();
    let folders = homes.iter().flat_map(|home| ["lib/security", "jre/lib/security"].map(|below| home.join(below)));
    folders.flat_map(|folder| ["jssecacerts", "cacerts"].map(|name| folder.join(name))).find(|file| file.is_file())
}

/// The variables that are always set. OpenSSL, and with it Python's `ssl`, Ruby and .NET, reads `SSL_CERT_FILE`, as Go
/// does.
const ALWAYS_SET: [&str; 5] =
    ["VESTIBULE_CA_FILE", "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"];

/// Variables of single tools, which are set only if the suite sets them.
const JOINED: [&str; 10] = [
    "AWS_CA_BUNDLE",
    "CARGO_HTTP_CAINFO",
    "DENO_CERT",
    "GIT_SSL_CAINFO",
    "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH",
    "HTTPLIB2_CA_CERTS",
    "NPM_CONFIG_CAFILE",
    "npm_config_cafile",
    "PIP_CERT",
    "WEBSOCKET_CLIENT_CA_BUNDLE",
];

/// The password of the trust store that comes with Java.
const DEFAULT_PASSWORD: &str = "changeit";

#[cfg(test)]
mod tests;
