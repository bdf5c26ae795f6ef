//! The built-in scenarios, which `vestibule run --built-in` runs.

use std::path::Path;

use include_dir::{Dir, DirEntry, include_dir};

use super::discover::SourceFile;

/// The files of `scenarios/` at the time of the build.
pub(crate) fn embedded_suites() -> Vec<SourceFile> {
    let mut files = Vec::new();
    collect(&SUITES, &mut files);
    files.sort_by(|one, other| Path::new(&one.id).cmp(Path::new(&other.id)));
    files
}

fn collect(folder: &Dir<'_>, files: &mut Vec<SourceFile>) {
    for entry in folder.entries() {
        match entry {
            DirEntry::Dir(folder) => collect(folder, files),
            DirEntry::File(file) => {
                let id = file.path().display().to_string();
                files.push(SourceFile { name: format!("scenarios/{id}"), id, bytes: file.contents().to_vec() });
            }
        }
    }
}

static SUITES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../scenarios");

#[cfg(test)]
mod tests;
