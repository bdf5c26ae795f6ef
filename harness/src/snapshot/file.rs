//! insta's file format: YAML front matter between two `---` lines, then the text and one line end.

use std::fs;
use std::path::{Path, PathBuf};

use super::SnapshotError;

/// What is written in the front matter of a snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct About {
    /// The scenario file, as the user gave it.
    pub source: String,
    /// One line for the reviewer: the title of the case.
    pub description: Option<String>,
}

/// The text of a snapshot, `None` if there is no such file.
pub(super) fn read(path: &Path) -> Result<Option<String>, SnapshotError> {
    if !path.exists() {
        return Ok(None);
    }
    let format = |reason: String| SnapshotError::Format { path: path.to_path_buf(), reason };
    // insta's reader treats a file without front matter as its oldest format and says so on stderr.
    let bytes = fs::read(path).map_err(|source| SnapshotError::Read { path: path.to_path_buf(), source })?;
    if !bytes.starts_with(b"---\n") && !bytes.starts_with(b"---\r\n") {
        return Err(format("it does not start with `---`".to_owned()));
    }
    let snapshot = insta::Snapshot::from_file(path).map_err(|error| format(error.to_string()))?;
    let text = snapshot.as_text().ok_or_else(|| format("it is binary".to_owned()))?;
    Ok(Some(text.to_string()))
}

/// Writes a snapshot, and its folder if that is missing.
pub(super) fn write(path: &Path, text: &str, about: &About) -> Result<(), SnapshotError> {
    let error = |source| SnapshotError::Write { path: path.to_path_buf(), source };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(error)?;
    }
    fs::write(path, serialize(text, about)).map_err(error)
}

/// Removes a file; a missing file is not an error.
pub(super) fn remove(path: &Path) -> Result<(), SnapshotError> {
    match fs::remove_file(path) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
            Err(SnapshotError::Write { path: path.to_path_buf(), source })
        }
        _ => Ok(()),
    }
}

/// The text as insta compares it: line ends are `\n`, none at the end.
pub(super) fn normalize(text: &str) -> String {
    text.trim_end().replace("\r\n", "\n")
}

/// `name.snap` -> `name.snap.new`.
pub(super) fn new_path(snap: &Path) -> PathBuf {
    let mut name = snap.as_os_str().to_owned();
    name.push(".new");
    PathBuf::from(name)
}

fn serialize(text: &str, about: &About) -> String {
    let mut front = String::new();
    for (key, value) in [("source", Some(&about.source)), ("description", about.description.as_ref())] {
        if let Some(value) = value {
            // A JSON string is a YAML string, whatever it holds.
            front.push_str(&format!("{key}: {}\n", serde_json::Value::from(value.as_str())));
        }
    }
    format!("---\n{front}---\n{}\n", normalize(text))
}
