//! Recorded expectations in insta's file format, without its macros, panics and process-wide variables.
//!
//! [`record()`] compares a text with `<folder>/<name>.snap` and, depending on the [`SnapshotMode`], writes
//! `<name>.snap.new` beside it. `cargo insta review` and `vestibule snapshots review` both understand the files.

mod diff;
mod file;
mod folder;
mod mode;
mod pending;
mod record;

pub(crate) use diff::{ChangeKind, Diff};
pub(crate) use file::About;
pub(crate) use folder::folder_beside;
pub use mode::SnapshotMode;
pub(crate) use pending::{Pending, pending, prune};
pub(crate) use record::{Compared, record};

use std::io;
use std::path::PathBuf;

/// Completes "failed to ...".
#[derive(Debug, thiserror::Error)]
pub(crate) enum SnapshotError {
    /// The name would leave its folder, or cannot be a file name everywhere.
    #[error("use `{0}` as the name of a snapshot: letters, digits, `-`, `_` and `.` only, not starting with `.`")]
    Name(String),
    /// The file is not a snapshot.
    #[error("read the snapshot {}: {reason}", .path.display())]
    Format {
        /// The file.
        path: PathBuf,
        /// What insta's reader says.
        reason: String,
    },
    /// A file or folder could not be read.
    #[error("read {}", .path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A file could not be written, renamed or removed.
    #[error("write {}", .path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}
