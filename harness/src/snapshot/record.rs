//! Compares a text with the recorded one.

use std::path::{Path, PathBuf};

use super::file::{self, About};
use super::{Diff, SnapshotError, SnapshotMode};

#[cfg(test)]
mod tests;

/// How a text compares with the recorded one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Compared {
    /// It is the same.
    Same,
    /// Nothing was recorded.
    Missing {
        /// The `.snap.new` file, if one was written.
        pending: Option<PathBuf>,
    },
    /// It differs.
    Different {
        /// From the recorded text to the new one.
        diff: Diff,
        /// The `.snap.new` file, if one was written.
        pending: Option<PathBuf>,
    },
    /// It was missing or different, and was written because the mode says so.
    Accepted {
        /// The `.snap` file.
        path: PathBuf,
    },
}

/// Compares `text` with `<folder>/<name>.snap`.
///
/// # Errors
/// If the name is not a plain file name, the recorded file is not a snapshot, or a file cannot be read or written.
pub(crate) fn record(
    folder: &Path,
    name: &str,
    text: &str,
    about: &About,
    mode: SnapshotMode,
) -> Result<Compared, SnapshotError> {
    if !is_plain_name(name) {
        return Err(SnapshotError::Name(name.to_owned()));
    }
    let snap = folder.join(format!("{name}.snap"));
    let new = file::new_path(&snap);
    let recorded = file::read(&snap)?;
    let text = file::normalize(text);

    if recorded.as_ref() == Some(&text) {
        // The pending file of an earlier run is now out of date.
        if mode != SnapshotMode::Verify {
            file::remove(&new)?;
        }
        return Ok(Compared::Same);
    }
    let pending = match mode {
        SnapshotMode::Accept => {
            file::write(&snap, &text, about)?;
            file::remove(&new)?;
            return Ok(Compared::Accepted { path: snap });
        }
        SnapshotMode::Record => {
            file::write(&new, &text, about)?;
            Some(new)
        }
        SnapshotMode::Verify => None,
    };
    Ok(match recorded {
        Some(recorded) => Compared::Different { diff: Diff::between(&recorded, &text), pending },
        None => Compared::Missing { pending },
    })
}

fn is_plain_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with('.')
        && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
}
