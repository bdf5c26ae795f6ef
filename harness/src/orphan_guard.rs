//! Ends what this program started when the program itself is killed.

use std::process::Stdio;

use tokio::process::{Child, Command};

/// Kills a process group once this program is gone. A program cannot act on SIGKILL, so a shell waits for the end of
/// its stdin, whose other end only this program holds. Dropping the guard ends the shell. The guard starts a few
/// milliseconds after the group: if the program is killed in between, the group is left behind.
#[derive(Debug)]
pub(crate) struct OrphanGuard {
    _shell: Option<Child>,
}

impl OrphanGuard {
    /// Guards the group of this process id. On a machine without a shell, does nothing.
    pub(crate) fn over(group: Option<u32>) -> Self {
        let shell = group.and_then(|group| {
            Command::new("/bin/sh")
                .args(["-c", WATCH, "vestibule-orphan-guard", &group.to_string()])
                .stdin(Stdio::piped())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .process_group(0)
                .kill_on_drop(true)
                .spawn()
                .ok()
        });
        Self { _shell: shell }
    }
}

const WATCH: &str = r#"read -r _; kill -s KILL -- "-$1""#;
