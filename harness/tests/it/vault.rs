//! The vault as people and build services use it: many processes, and no secret where none belongs.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use crate::left_out::left_out;
use crate::program::vestibule;

const HOST: &str = "acme--uat.sandbox.my.salesforce.com";
const USER: &str = "rep@acme.example.uat";
const PASSWORD: &str = "canary-password-77c1";
const TOTP_SECRET: &str = "JBSWY3DPEHPK3PXPCANARYQQ";

/// A folder with a vault, the identity that opens it and an account, whose codes count for a third of a century.
fn stand() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let created = vestibule(&["vault", "create", "--vault", "vault.age", "--new-identity", "key"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(created.status.success(), "{}", shown(&created));
    let mut add = with_key(folder.path(), &["vault", "add", HOST, USER, "--password", "env:PW", "--totp", "env:TOTP"]);
    let added = add
        .env("PW", PASSWORD)
        .env("TOTP", format!("otpauth://totp/x?secret={TOTP_SECRET}&period=1000000000"))
        .output()
        .unwrap();
    assert!(added.status.success(), "{}", shown(&added));
    folder
}

/// The program in this folder, with the vault and its identity in variables, as in CI.
fn with_key(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = vestibule(arguments);
    let key = fs::read_to_string(folder.join("key")).unwrap();
    command.current_dir(folder).env("VESTIBULE_VAULT", "vault.age").env("VESTIBULE_VAULT_KEY", key);
    command
}

fn shown(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn of_many_processes_one_prints_the_code_and_the_others_exit_with_1() {
    let folder = stand();
    let start = |_| {
        let mut command = with_key(folder.path(), &["code", USER]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };

    let children: Vec<_> = (0..8).map(start).collect();
    let outputs: Vec<Output> = children.into_iter().map(|child| child.wait_with_output().unwrap()).collect();

    let codes: Vec<String> = outputs
        .iter()
        .filter(|output| output.status.success())
        .map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
        .collect();
    assert_eq!(codes.len(), 1, "{codes:?}");
    assert!(codes[0].len() == 6 && codes[0].chars().all(|digit| digit.is_ascii_digit()), "{codes:?}");
    for output in outputs.iter().filter(|output| !output.status.success()) {
        assert_eq!(output.status.code(), Some(1), "{}", shown(output));
        assert!(shown(output).contains("--wait"), "{}", shown(output));
    }
}

#[test]
fn no_secret_is_in_what_commands_write_except_in_the_vault() {
    let folder = stand();
    let key = fs::read_to_string(folder.path().join("key")).unwrap();
    let secret_key = key.lines().last().unwrap();
    let commands: [&[&str]; 9] = [
        &["vault", "list"],
        &["vault", "list", "--json"],
        &["vault", "show", USER],
        &["vault", "show", USER, "--json"],
        &["vault", "show", "nobody"],
        &["code", USER],
        &["code", USER, "--host", "nowhere.example"],
        &["vault", "import", "key"],
        &["vault", "remove", USER, "--only", "password"],
    ];

    let mut said = String::new();
    for words in commands {
        said += &shown(&with_key(folder.path(), words).output().unwrap());
    }

    assert!(said.contains("password, TOTP secret"), "{said}");
    for canary in [PASSWORD, TOTP_SECRET, secret_key] {
        assert!(!said.contains(canary), "{said}");
        for entry in fs::read_dir(folder.path()).unwrap() {
            let path = entry.unwrap().path();
            let bytes = fs::read(&path).unwrap();
            let found = bytes.windows(canary.len()).any(|part| part == canary.as_bytes());
            assert!(!found || path.ends_with("key"), "{canary} is in {}", path.display());
        }
    }
}

#[test]
fn the_program_age_reads_the_vault_and_writes_one() {
    if Command::new("age").arg("--version").output().is_err() {
        return left_out("there is no `age`");
    }
    let folder = stand();
    let age = |arguments: &[&str]| Command::new("age").args(arguments).current_dir(folder.path()).output().unwrap();

    let decrypted = age(&["--decrypt", "-i", "key", "-o", "plain.json", "vault.age"]);
    assert!(decrypted.status.success(), "{}", shown(&decrypted));
    let plain = fs::read_to_string(folder.path().join("plain.json")).unwrap();
    assert!(plain.contains(PASSWORD) && plain.starts_with("{\"version\":1,"), "{plain}");

    let encrypted = age(&["--encrypt", "-i", "key", "-o", "second.age", "plain.json"]);
    assert!(encrypted.status.success(), "{}", shown(&encrypted));
    let listed = with_key(folder.path(), &["vault", "list", "--vault", "second.age"]).output().unwrap();
    assert!(shown(&listed).contains("password, TOTP secret"), "{}", shown(&listed));
}
