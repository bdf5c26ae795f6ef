//! What was started here ends when this program dies without a word.

use std::process::Stdio;

use tokio::process::{Child, Command};

/// Kills a process group once this program is gone. SIGKILL leaves nobody a chance to tidy up, so it is a shell that waits
/// for the end of its input, whose other end only this program holds. Dropping it ends the watch. It begins a few
/// milliseconds after the group: one that was started in just that moment is left behind.
#[derive(Debug)]
pub(crate) struct OrphanGuard {
    _shell: Option<Child>,
}

impl OrphanGuard {
    /// Watches over the group of this process id. Without a shell nothing is watched: what is missing then is only the
    /// tidying up.
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
