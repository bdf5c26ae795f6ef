//! Snapshots that wait for a decision, and snapshots that no scenario uses.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::{Diff, SnapshotError, file};

#[cfg(test)]
mod tests;

/// A new text that waits for a decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pending {
    /// The `.snap` file, which need not exist.
    pub snap: PathBuf,
    /// The `.snap.new` file.
    pub new: PathBuf,
}

/// Every pending snapshot below a folder, sorted.
///
/// # Errors
/// If a folder cannot be read.
pub(crate) fn pending(root: &Path) -> Result<Vec<Pending>, SnapshotError> {
    let mut found = Vec::new();
    walk(root, &mut |path| {
        if let Some(snap) =
            path.to_str().and_then(|text| text.strip_suffix(".new")).filter(|snap| snap.ends_with(".snap"))
        {
            found.push(Pending { snap: PathBuf::from(snap), new: path.to_path_buf() });
        }
    })?;
    found.sort_by(|a, b| a.snap.cmp(&b.snap));
    Ok(found)
}

/// Removes every `.snap` file in a `snapshots` folder below `root` that is not `in_use`, with its pending file, and
/// returns what it removed, sorted. `dry_run` only returns it.
///
/// # Errors
/// If a folder cannot be read or a file cannot be removed.
pub(crate) fn prune(root: &Path, in_use: &BTreeSet<PathBuf>, dry_run: bool) -> Result<Vec<PathBuf>, SnapshotError> {
    let mut stale = BTreeSet::new();
    walk(root, &mut |path| {
        let in_folder = path.parent().and_then(Path::file_name).is_some_and(|name| name == "snapshots");
        let is_snapshot = path.extension().is_some_and(|extension| extension == "snap");
        if in_folder && is_snapshot && !in_use.contains(path) {
            stale.insert(path.to_path_buf());
        }
    })?;
    if !dry_run {
        for snap in &stale {
            file::remove(snap)?;
            file::remove(&file::new_path(snap))?;
        }
    }
    Ok(stale.into_iter().collect())
}

impl Pending {
    /// The name of the snapshot.
    pub(crate) fn name(&self) -> String {
        self.snap.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
    }

    /// The difference from the recorded text (empty if there is none) to the new text.
    ///
    /// # Errors
    /// If either file is not a snapshot.
    pub(crate) fn diff(&self) -> Result<Diff, SnapshotError> {
        let old = file::read(&self.snap)?.unwrap_or_default();
        let new = file::read(&self.new)?.unwrap_or_default();
        Ok(Diff::between(&old, &new))
    }

    /// Makes the new text the recorded text.
    ///
    /// # Errors
    /// If the new file is not a snapshot or cannot be renamed.
    pub(crate) fn accept(&self) -> Result<(), SnapshotError> {
        file::read(&self.new)?;
        fs::rename(&self.new, &self.snap).map_err(|source| SnapshotError::Write { path: self.snap.clone(), source })
    }

    /// Discards the new text.
    ///
    /// # Errors
    /// If the file cannot be removed.
    pub(crate) fn reject(&self) -> Result<(), SnapshotError> {
        file::remove(&self.new)
    }
}

/// Calls `visit` for each file below a folder, except in hidden folders and `target`.
fn walk(folder: &Path, visit: &mut impl FnMut(&Path)) -> Result<(), SnapshotError> {
    let error = |source| SnapshotError::Read { path: folder.to_path_buf(), source };
    for entry in fs::read_dir(folder).map_err(error)? {
        let entry = entry.map_err(error)?;
        let name = entry.file_name();
        if name.to_string_lossy().starts_with('.') || name == "target" || name == "node_modules" {
            continue;
        }
        // A symbolic link is not followed: it may lead out of the folder, or back into it.
        let kind = entry.file_type().map_err(error)?;
        if kind.is_dir() {
            walk(&entry.path(), visit)?;
        } else if kind.is_file() {
            visit(&entry.path());
        }
    }
    Ok(())
}
