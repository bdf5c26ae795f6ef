//! `vestibule authenticator` as HTTP tests use it: each client of `harness/clients` signs in to an org, without a browser.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

use crate::clients::{all_clients, installed};
use crate::program::vestibule;

/// Password and TOTP, a new passkey at the gate, and that passkey at the next login. `make clients` adds Java.
#[test]
fn each_client_signs_in_with_a_code_and_with_a_passkey() {
    let folder = TempDir::new().unwrap();
    let mut clients = vec![python(), node()];
    if all_clients() {
        clients.push(java(folder.path()));
    }
    for client in clients {
        let stand = Stand::new();
        for (user, pages) in [
            ("rep", "verify-totp home unknown-host"),
            ("admin", "create-passkey home unknown-host"),
            ("pia", "create-passkey home unknown-host verify-passkey home unknown-host"),
        ] {
            let output = stand.sign_in(&client, user);
            let (out, err) = (text(&output.stdout), text(&output.stderr));
            // The first line is that of the org.
            let walked: Vec<&str> = out.lines().skip(1).collect();
            assert!(output.status.success(), "{client:?} as {user}:\n{out}\n{err}");
            assert_eq!(walked.join(" "), pages, "{client:?} as {user}: {err}");
        }
    }
}

#[test]
fn the_clients_have_at_most_sixty_lines() {
    for file in [
        "python/vestibule_authenticator.py",
        "javascript/vestibule-authenticator.mjs",
        "java/VestibuleAuthenticator.java",
    ] {
        let lines = std::fs::read_to_string(libraries().join(file)).unwrap().lines().count();
        assert!(lines <= 60, "{file} has {lines} lines");
    }
}

#[test]
fn what_cannot_be_served_is_refused_before_anything_starts() {
    let stand = Stand::new();
    for (arguments, code, said) in [
        (&["--", "true"][..], 2, "no vault is named"),
        (&["--vault", "/no/such/vault.age"], 2, "there is no such file"),
        (&["--fault", "declind"], 2, "declined"),
        (&["--algorithm", "ES25"], 2, "ES256"),
        (&["--attestation", "x509"], 2, "invalid value 'x509'"),
        (&["--port", "70000"], 2, "write a port"),
        (&["--", "truue"], 2, "did you mean `true`?"),
    ] {
        let output = vestibule(&["authenticator"]).args(arguments).env_remove("VESTIBULE_VAULT").output().unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", text(&output.stderr));
        assert!(text(&output.stderr).contains(said), "{arguments:?}: {}", text(&output.stderr));
    }
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let output = stand.authenticator(&["--port", &port]).output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("name another port"), "{}", text(&output.stderr));
}

/// The token is for the owner of the file alone, and is printed nowhere else.
#[test]
fn the_token_goes_to_a_file_or_to_the_command_and_not_to_the_output() {
    use std::os::unix::fs::PermissionsExt as _;
    let stand = Stand::new();
    let file = stand.folder.path().join("token");
    let shown = "echo \"$VESTIBULE_AUTHENTICATOR_URL\"; test -n \"$VESTIBULE_AUTHENTICATOR_TOKEN\"; exit 5";
    let arguments = ["--token-file", file.to_str().unwrap(), "--", "sh", "-c", shown];

    let output = stand.authenticator(&arguments).output().unwrap();

    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    assert!(text(&output.stdout).starts_with("http://127.0.0.1:"), "{}", text(&output.stdout));
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    let token = std::fs::read_to_string(&file).unwrap();
    assert!(token.trim().len() >= 43, "{token}");
    for stream in [&output.stdout, &output.stderr] {
        assert!(!text(stream).contains(token.trim()));
    }
}

/// A vault with the accounts of an org that is served.
struct Stand {
    folder: TempDir,
}

impl Stand {
    fn new() -> Self {
        let stand = Self { folder: TempDir::new().unwrap() };
        let identity = stand.path("identity");
        done(&stand.vault(&["create", "--new-identity", identity.to_str().unwrap()], None));
        for (user, totp) in [("rep", Some(SECRET)), ("admin", None), ("pia", None)] {
            let username = username(user);
            let mut arguments = vec!["add", HOST, &username];
            arguments.extend(totp.map(|_| ["--totp", "env:SECRET"]).into_iter().flatten());
            done(&stand.vault(&arguments, Some(&identity)));
        }
        stand
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn vault(&self, arguments: &[&str], identity: Option<&Path>) -> Output {
        let mut command = vestibule(&["vault"]);
        command.args(arguments).arg("--vault").arg(self.path("vault.age")).env("SECRET", SECRET);
        if let Some(identity) = identity {
            command.arg("--identity").arg(identity);
        }
        command.output().unwrap()
    }

    fn authenticator(&self, arguments: &[&str]) -> Command {
        let mut command = vestibule(&["authenticator"]);
        command.arg("--vault").arg(self.path("vault.age")).arg("--identity").arg(self.path("identity"));
        command.args(arguments);
        command
    }

    /// Signs in once, or twice where the passkey is to be used again.
    fn sign_in(&self, client: &Client, user: &str) -> Output {
        let mut command = vestibule(&["serve", "--json", "--port", "0", "--date", "2026-11-02"]);
        for user in [
            format!("rep:username={},verifiers=totp,totp-secret={SECRET}", username("rep")),
            format!("admin:profile=System Administrator,username={}", username("admin")),
            format!("pia:profile=System Administrator,username={}", username("pia")),
        ] {
            command.arg("--user").arg(user);
        }
        command.env("XDG_CACHE_HOME", self.folder.path()).arg("--").arg(env!("CARGO_BIN_EXE_vestibule"));
        command.arg("authenticator").arg("--vault").arg(self.path("vault.age"));
        command.arg("--identity").arg(self.path("identity")).arg("--");
        let words = client.command(user);
        if user == "pia" {
            command.args(["sh", "-c", "\"$@\" && \"$@\"", "sh"]);
        }
        command.args(words).envs(client.environment.iter().map(|(name, value)| (name, value)));
        command.output().unwrap()
    }
}

/// A client and how it is started.
#[derive(Debug)]
struct Client {
    command: Vec<PathBuf>,
    environment: Vec<(&'static str, PathBuf)>,
}

impl Client {
    fn command(&self, user: &str) -> Vec<PathBuf> {
        self.command.iter().cloned().chain([user.into()]).collect()
    }
}

fn python() -> Client {
    Client {
        command: vec!["python3".into(), scripts().join("sign_in.py")],
        environment: vec![("PYTHONPATH", libraries().join("python"))],
    }
}

fn node() -> Client {
    let node = installed().join("bin/node");
    Client {
        command: vec![node, scripts().join("sign_in.mjs"), libraries().join("javascript")],
        environment: Vec::new(),
    }
}

fn java(folder: &Path) -> Client {
    let mut javac = Command::new("javac");
    javac.arg("-d").arg(folder).arg(libraries().join("java/VestibuleAuthenticator.java"));
    let compiled = javac.arg(scripts().join("SignIn.java")).output().unwrap();
    assert!(compiled.status.success(), "{}", text(&compiled.stderr));
    Client { command: vec!["java".into(), "-cp".into(), folder.into(), "SignIn".into()], environment: Vec::new() }
}

fn libraries() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("clients")
}

fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/authenticator")
}

fn username(user: &str) -> String {
    format!("{user}@acme.example")
}

fn done(output: &Output) {
    assert!(output.status.success(), "{}", text(&output.stderr));
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

const HOST: &str = "acme--uat.sandbox.my.salesforce.localhost";
const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
