//! Finds the scenario files in files and folders. The only part of `scenario` that reads the disk.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use vestibule_model::diagnostic::suggest;

/// A scenario file that is not yet parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SourceFile {
    /// Name as the user gave it: the argument, or the argument and the path below it.
    pub name: String,
    /// The first part of the ids of its cases: the path below the given folder, or the file as given.
    pub id: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// A file or folder that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum DiscoverError {
    /// Nothing has this name.
    #[error("find {}: no such file or folder", .0.display())]
    NotFound(PathBuf),
    /// It cannot be read.
    #[error("read {}", .path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A folder without a `.yaml` or `.yml` file.
    #[error("find a scenario in {}: no .yaml or .yml file below it", .0.display())]
    Empty(PathBuf),
}

impl DiscoverError {
    /// What was probably meant: the file of a case whose id was given, or the nearest name in the same folder.
    pub(crate) fn remedy(&self) -> Option<String> {
        let Self::NotFound(path) = self else { return None };
        let name = path.file_name()?.to_str()?;
        let begins_with_digit = |text: &str| text.starts_with(|first: char| first.is_ascii_digit());
        if let Some((file, line)) = name.rsplit_once(':')
            && begins_with_digit(line)
            && path.with_file_name(file).is_file()
        {
            let file = path.with_file_name(file);
            return Some(format!(
                "name the file, and choose the case by its ID: {} -g '{}'",
                file.display(),
                path.display()
            ));
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let entries = fs::read_dir(folder).ok()?.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let entries: Vec<String> = entries.collect();
        let near = suggest(name, entries.iter().map(String::as_str))?;
        Some(format!("did you mean `{}`?", path.with_file_name(near).display()))
    }
}

/// The scenario files of these files and folders, sorted by their names below each argument. Folders are searched
/// recursively, except those whose names begin with a dot, and `snapshots`.
///
/// # Errors
///
/// [`DiscoverError`] for the first argument without a scenario file.
pub(crate) fn discover(arguments: &[PathBuf]) -> Result<Vec<SourceFile>, DiscoverError> {
    let mut files = Vec::new();
    for argument in arguments {
        if !argument.exists() {
            return Err(DiscoverError::NotFound(argument.clone()));
        }
        if argument.is_dir() {
            let mut paths = Vec::new();
            search(argument, &mut paths)?;
            paths.sort();
            if paths.is_empty() {
                return Err(DiscoverError::Empty(argument.clone()));
            }
            for path in paths {
                let below = path.strip_prefix(argument).unwrap_or(&path);
                files.push(source_file(&path, &slashes(below))?);
            }
        } else {
            files.push(source_file(argument, &slashes(argument))?);
        }
    }
    let mut seen = std::collections::BTreeSet::new();
    files.retain(|file: &SourceFile| seen.insert(file.name.clone()));
    Ok(files)
}

fn search(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), DiscoverError> {
    let unreadable = |source| DiscoverError::Unreadable { path: folder.to_owned(), source };
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if path.is_dir() {
            if !name.starts_with('.') && name != "snapshots" {
                search(&path, found)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml") {
            found.push(path);
        }
    }
    Ok(())
}

fn source_file(path: &Path, id: &str) -> Result<SourceFile, DiscoverError> {
    let bytes = fs::read(path).map_err(|source| DiscoverError::Unreadable { path: path.to_owned(), source })?;
    Ok(SourceFile { name: slashes(path), id: id.to_owned(), bytes })
}

fn slashes(path: &Path) -> String {
    path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/").replace("//", "/")
}

#[cfg(test)]
mod tests;
