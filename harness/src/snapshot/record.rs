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
        /// The `.snap.new` file, where one was written.
        pending: Option<PathBuf>,
    },
    /// It differs.
    Different {
        /// From the recorded text to the new one.
        diff: Diff,
        /// The `.snap.new` file, where one was written.
        pending: Option<PathBuf>,
    },
    /// It was missing or different, and was written as the mode demands.
    Accepted {
        /// The `.snap` file.
        path: PathBuf,
    },
}

/// Compares `text` with `<folder>/<name>.snap`.
///
/// # Errors
/// Where the name is no plain file name, the recorded file is no snapshot, or a file cannot be read or written.
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
        // A pending file of an earlier run is out of date now.
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
