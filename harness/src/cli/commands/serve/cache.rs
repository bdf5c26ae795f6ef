//! The CA certificate for clients to trust, alone and joined with the machine's own, stored beside the cached keys.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The file with the test CA's certificate.
#[derive(Debug)]
pub(super) struct Exported {
    /// Its path.
    pub(super) path: PathBuf,
    /// Whether it held another certificate, which somebody may still trust.
    pub(super) replaced: bool,
}

/// Writes the test CA's certificate to a file that suites can use.
///
/// # Errors
/// If the folder cannot be written to.
pub(super) fn write_authority(folder: &Path, pem: &str) -> io::Result<Exported> {
    let path = folder.join("authority.pem");
    let replaced = write_unless_same(&path, pem)?;
    Ok(Exported { path, replaced })
}

/// Writes a bundle for programs that take one file in place of all that they trust.
///
/// # Errors
/// If the folder cannot be written to.
pub(super) fn write_bundle(folder: &Path, pem: &str) -> io::Result<PathBuf> {
    let path = folder.join("trusted.pem");
    write_unless_same(&path, pem)?;
    Ok(path)
}

/// Whether the file held another text. A file that is replaced is flushed to the disk, for which each start would wait.
fn write_unless_same(path: &Path, text: &str) -> io::Result<bool> {
    let old = fs::read(path).ok();
    let replaced = old.as_deref().is_some_and(|old| old != text.as_bytes());
    if replaced || old.is_none() {
        write(path, text)?;
    }
    Ok(replaced)
}

/// Writes a file that only its owner can read, and renames it into place: two programs may start at the same time.
///
/// # Errors
/// If its folder cannot be written to.
pub(super) fn write(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // The error of a temporary file names a path that nobody chose.
    fs::metadata(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.persist(path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{write, write_authority, write_bundle};

    #[test]
    fn a_file_in_a_folder_that_does_not_exist_is_an_error_without_another_path() {
        let folder = tempfile::tempdir().unwrap();

        let error = write(&folder.path().join("nosuch/env"), "").unwrap_err();

        assert_eq!(error.to_string(), "No such file or directory (os error 2)");
    }

    #[test]
    fn a_bundle_that_is_the_same_stays_the_same_file() {
        use std::os::unix::fs::MetadataExt as _;
        let folder = tempfile::tempdir().unwrap();
        let inode = |pem| std::fs::metadata(write_bundle(folder.path(), pem).unwrap()).unwrap().ino();

        let [first, same] = ["one", "one"].map(inode);

        assert_eq!(first, same);
        assert_eq!(std::fs::read_to_string(write_bundle(folder.path(), "two").unwrap()).unwrap(), "two");
    }

    #[test]
    fn a_certificate_that_replaces_another_is_told_apart_from_the_first_and_from_the_same() {
        let folder = tempfile::tempdir().unwrap();

        let replaced = ["one", "one", "two"].map(|pem| write_authority(folder.path(), pem).unwrap().replaced);

        assert_eq!(replaced, [false, false, true]);
        assert_eq!(std::fs::read_to_string(folder.path().join("authority.pem")).unwrap(), "two");
    }
}
