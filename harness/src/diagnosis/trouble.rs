//! Trouble around a suite that says nothing about its login: a port or a folder that another copy holds, a full disk, a
//! WebDriver server that is gone.

use super::Evidence;
use super::sign_ins::Progress;
use crate::outcome::Exit;

/// Trouble of the machine or of Vestibule that kept a suite from its login.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// Another process holds the port or the folder that the suite wants; a line of its output says so.
    Taken(String),
    /// No space is left on a disk; a line of its output says so.
    DiskFull(String),
    /// The WebDriver server does not answer, or has lost the session.
    DriverGone,
}

/// Looks for trouble where nobody is signed in and the suite does not claim success. What it prints counts only if it began
/// no sign-in: otherwise it got over the trouble.
pub(crate) fn trouble(evidence: &Evidence) -> Option<Trouble> {
    if evidence.signed_in || evidence.exit == Some(Exit::Code(0)) {
        return None;
    }
    if evidence.driver_gone {
        return Some(Trouble::DriverGone);
    }
    if evidence.journal.progress() > Progress::Opened {
        return None;
    }
    let taken = || evidence.line_with(&TAKEN_SIGNS).or_else(|| evidence.line_where(is_port_in_use)).map(Trouble::Taken);
    evidence.line_with(&DISK_FULL_SIGNS).map(Trouble::DiskFull).or_else(taken)
}

/// `Port 3000 is already in use`, `listen tcp :8080: bind: port is already allocated`.
fn is_port_in_use(line: &str) -> bool {
    let line = line.to_lowercase();
    line.split(|char: char| !char.is_ascii_alphanumeric()).any(|word| word == "port")
        && ["already in use", "already allocated", "is in use", "already used", "is taken"]
            .iter()
            .any(|words| line.contains(words))
}

/// How systems and runtimes say that an address or a browser profile is in use: libc and Python, Node, Windows, Java,
/// ChromeDriver.
const TAKEN_SIGNS: [&str; 6] = [
    "Address already in use",
    "EADDRINUSE",
    "Address in use",
    "Only one usage of each socket address",
    "BindException",
    "user data directory is already in use",
];

const DISK_FULL_SIGNS: [&str; 3] = ["No space left on device", "ENOSPC", "Disk quota exceeded"];
