//! The CA certificate for clients to trust, stored beside the cached keys.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Writes the test CA's certificate to a file that suites can use. Renames it into place, because two programs may
/// start at the same time.
///
/// # Errors
/// If the folder cannot be written to.
pub(super) fn write_authority(folder: &Path, pem: &str) -> io::Result<PathBuf> {
    let path = folder.join("authority.pem");
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(pem.as_bytes())?;
    file.persist(&path)?;
    Ok(path)
}
