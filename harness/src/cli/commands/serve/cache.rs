//! The CA certificate for clients to trust, stored beside the cached keys.

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

/// Writes the test CA's certificate to a file that suites can use. Renames it into place, because two programs may
/// start at the same time.
///
/// # Errors
/// If the folder cannot be written to.
pub(super) fn write_authority(folder: &Path, pem: &str) -> io::Result<Exported> {
    let path = folder.join("authority.pem");
    let replaced = fs::read_to_string(&path).is_ok_and(|old| old != pem);
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(pem.as_bytes())?;
    file.persist(&path)?;
    Ok(Exported { path, replaced })
}

#[cfg(test)]
mod tests {
    use super::write_authority;

    #[test]
    fn a_certificate_that_replaces_another_is_told_apart_from_the_first_and_from_the_same() {
        let folder = tempfile::tempdir().unwrap();

        let replaced = ["one", "one", "two"].map(|pem| write_authority(folder.path(), pem).unwrap().replaced);

        assert_eq!(replaced, [false, false, true]);
        assert_eq!(std::fs::read_to_string(folder.path().join("authority.pem")).unwrap(), "two");
    }
}
