//! A container gives its programs a `/dev/shm` of 64 MB, in which Chromium has no room.

use std::process::Command;

use crate::clients::{MAPPINGS, all_clients, installed};
use crate::left_out::left_out;

/// In a mount namespace of its own, where another program has taken all but a megabyte.
#[test]
fn a_suite_survives_where_the_shared_memory_of_a_container_is_full() {
    let works = |way: &&[&str]| in_container(way).arg("true").output().is_ok_and(|tried| tried.status.success());
    let Some(unshare) = WAYS.into_iter().find(works) else {
        left_out("no file system can be mounted over /dev/shm for the test");
        return;
    };
    let clients = installed();
    let selenium = vec!["python3".into(), clients.join("selenium_coping.py")];
    let playwright = vec![clients.join("bin/node"), clients.join("playwright_coping.mjs")];
    let suites = if all_clients() { vec![selenium, playwright] } else { vec![selenium] };
    for suite in suites {
        let folder = tempfile::tempdir().unwrap();
        let mut command = in_container(unshare);
        command.arg(env!("CARGO_BIN_EXE_vestibule"));
        command.args(["survive", "--condition=two-step", "--date=2026-11-22", "--no-progress", "--json"]);
        command.args(MAPPINGS.iter().flat_map(|mapping| ["--env", mapping]));
        command.arg("--report-dir").arg(folder.path().join("report")).arg("--").args(&suite);
        command.env("PYTHONPATH", clients.join("python")).env_remove("CI").current_dir(folder.path());

        let output = command.output().unwrap();

        let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
        assert!(said.contains("\"verdict\":\"survived\""), "{suite:?}: {said}");
    }
}

/// Runs the rest of its arguments with such a `/dev/shm`.
fn in_container(unshare: &[&str]) -> Command {
    let mut command = Command::new("unshare");
    command.args(unshare).args(["sh", "-c", MOUNT, "sh"]);
    command
}

/// As root, also in a changed root folder, which is no mount of its own, and as another user.
const WAYS: [&[&str]; 3] = [&["--mount"], &["--mount", "--propagation=unchanged"], &["--map-root-user", "--mount"]];
/// Nobody else sees the new mount.
const MOUNT: &str = r#"
mount --make-private "$(findmnt --noheadings --output TARGET --target /dev/shm | tail -n 1)" &&
    mount -t tmpfs -o size=64m tmpfs /dev/shm && head -c 63M /dev/zero >/dev/shm/taken && exec "$@"
"#;
