//! The folders of a suite: the one in which it was started, and those in it that a command may change into first.

use std::fs;
use std::path::{Path, PathBuf};

/// The folder itself, the folders in it with the team's own files, and those in them: `apps/e2e` of a monorepo.
pub(super) fn roots(folder: &Path) -> Vec<PathBuf> {
    let inner = own_in(folder);
    let innermost: Vec<PathBuf> = inner.iter().flat_map(|folder| own_in(folder)).take(MOST_FOLDERS).collect();
    std::iter::once(folder.to_owned()).chain(inner).chain(innermost).collect()
}

fn own_in(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let own = entries.filter(|entry| {
        entry.file_type().is_ok_and(|kind| kind.is_dir()) && entry.file_name().to_str().is_some_and(is_own)
    });
    let mut inner: Vec<PathBuf> = own.map(|entry| entry.path()).collect();
    inner.sort();
    inner
}

/// Whether a folder of this name may hold files that the team wrote.
pub(super) fn is_own(name: &str) -> bool {
    !name.starts_with('.') && !is_foreign(name) && !["bin", "build", "obj", "target"].contains(&name)
}

/// Whether a folder of this name holds other people's code.
pub(super) fn is_foreign(name: &str) -> bool {
    FOREIGN.contains(&name)
}

/// Of the innermost ones: each is looked into after each case.
const MOST_FOLDERS: usize = 1_000;
const FOREIGN: [&str; 9] =
    ["node_modules", "site-packages", "dist-packages", ".venv", "venv", ".tox", ".nox", "vendor", ".yarn"];
