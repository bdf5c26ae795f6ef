//! Several processes with one vault. Each is this test program again, told by a variable to be one.

use std::collections::BTreeSet;
use std::env;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;
use vestibule_model::Secret;

use super::{USER, at, filled, forget_password};
use crate::authenticator::CodePlan;
use crate::vault::{Account, VaultFile, VaultKey, next_code};

/// The path of the vault and its identity, for a process that this one starts.
const VAULT: &str = "VESTIBULE_TEST_VAULT";
const IDENTITY: &str = "VESTIBULE_TEST_IDENTITY";

/// The times at which each process asks for a code.
const ROUNDS: i64 = 1000;

#[test]
fn two_processes_never_issue_one_code_or_one_counter_twice() {
    if let Some(file) = given() {
        return ask_for_codes_and_counters(&file);
    }
    let folder = memory();
    let (file, identity) = filled(folder.path());
    let name = "vault::tests::processes::two_processes_never_issue_one_code_or_one_counter_twice";

    let children = [(); 2].map(|()| start(name, &file, &identity));
    let said = children.map(|mut child| {
        let mut said = String::new();
        child.stdout.take().unwrap().read_to_string(&mut said).unwrap();
        assert!(child.wait().unwrap().success(), "{said}");
        said
    });

    let of = |kind: &str| {
        let numbers = |said: &String| -> Vec<i64> {
            said.lines().filter_map(|line| line.strip_prefix(kind)?.parse().ok()).collect()
        };
        said.iter().map(numbers).collect::<Vec<_>>()
    };
    let (codes, counters) = (of("step "), of("counter "));
    // Whoever comes first to a step gets its code, so that each is issued, and once.
    let mut steps: Vec<i64> = codes.concat();
    steps.sort_unstable();
    assert_eq!(steps, (FIRST_STEP..FIRST_STEP + ROUNDS).collect::<Vec<_>>());
    let all: Vec<i64> = counters.concat();
    assert_eq!(all.iter().copied().collect::<BTreeSet<_>>(), (8..8 + ROUNDS).collect::<BTreeSet<_>>());
    assert_eq!(i64::try_from(all.len()).unwrap(), ROUNDS, "no counter twice");
    let held = file.read().unwrap();
    assert_eq!(i64::from(held.accounts()[0].passkeys.credentials()[0].sign_count), 7 + ROUNDS);
}

/// A step of 60 seconds.
const FIRST_STEP: i64 = 29_666_667;

fn ask_for_codes_and_counters(file: &VaultFile) {
    for round in 0..ROUNDS {
        if let CodePlan::Ready { step, .. } = next_code(file, USER, None, at((FIRST_STEP + round) * 60)).unwrap() {
            println!("\nstep {step}");
        }
        // Half as often, so that both together count to the number of rounds.
        if round % 2 == 0 {
            let counter = file.update(|vault| {
                let account = vault.find_mut(USER, None)?;
                let mut passkey = account.passkeys.credentials()[0].clone();
                passkey.sign_count += 1;
                account.passkeys.store(passkey.clone());
                Ok(passkey.sign_count)
            });
            println!("\ncounter {}", counter.unwrap());
        }
    }
}

#[test]
fn a_process_that_is_killed_while_it_writes_loses_nothing() {
    if let Some(file) = given() {
        return count_until_killed(&file);
    }
    let folder = memory();
    let (file, identity) = filled(folder.path());
    let name = "vault::tests::processes::a_process_that_is_killed_while_it_writes_loses_nothing";
    file.update(|vault| {
        for number in 0..60 {
            let mut other = Account::new("other.example", format!("user-{number}")).unwrap();
            other.password = Some(Secret::new("p".repeat(1024)));
            vault.insert(other);
        }
        vault.find_mut(USER, None)?.password = Some(Secret::new("0"));
        Ok(())
    })
    .unwrap();

    let mut last = 0;
    for round in 0..24 {
        let mut child = start(name, &file, &identity);
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut written =
            || lines.by_ref().find_map(|line| line.unwrap().strip_prefix("written ")?.parse::<u64>().ok());
        for _ in 0..=round % 3 {
            last = written().expect("the process counts until it is killed");
        }
        // Reading takes as long as a part of its next write, and must succeed at any moment of it.
        for _ in 0..round % 5 {
            assert!(count(&file) >= last);
        }
        child.kill().unwrap();
        child.wait().unwrap();
        while let Some(said) = written() {
            last = said;
        }

        let held = count(&file);
        assert!(held == last || held == last + 1, "round {round}: {held} after {last}");
        assert_eq!(file.read().unwrap().accounts().len(), 61);
        last = held;
    }
    assert!(last >= 24);
    let left = std::fs::read_dir(folder.path()).unwrap().count();
    assert!(left <= 3, "the vault, its lock, and at most one file that was not finished");
    file.update(forget_password).unwrap();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
}

fn count_until_killed(file: &VaultFile) {
    loop {
        let number = file.update(|vault| {
            let account = vault.find_mut(USER, None)?;
            let number: u64 = account.password.as_ref().unwrap().reveal().parse().unwrap();
            account.password = Some(Secret::new((number + 1).to_string()));
            Ok(number + 1)
        });
        println!("\nwritten {}", number.unwrap());
    }
}

fn count(file: &VaultFile) -> u64 {
    file.read().unwrap().find(USER, None).unwrap().password.as_ref().unwrap().reveal().parse().unwrap()
}

/// The vault that this process was told of.
fn given() -> Option<VaultFile> {
    let key = VaultKey::from_identities(&Secret::new(env::var(IDENTITY).ok()?)).unwrap();
    Some(VaultFile::open(PathBuf::from(env::var_os(VAULT)?), key).unwrap())
}

/// This program again, with one test of it.
fn start(test: &str, file: &VaultFile, identity: &Secret) -> Child {
    Command::new(env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture", "--test-threads", "1"])
        .env(VAULT, file.path())
        .env(IDENTITY, identity.reveal())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap()
}

/// A folder in memory where there is one: writing to a disk would take most of the time.
fn memory() -> TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap()
}
