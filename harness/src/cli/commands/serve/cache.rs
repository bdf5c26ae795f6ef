//! The certificate that others must trust, beside the cached keys.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Writes the test CA's certificate where a suite can be pointed at, by rename, as two programs may start at once.
///
/// # Errors
/// Where the folder cannot be written to.
pub(super) fn write_authority(folder: &Path, pem: &str) -> io::Result<PathBuf> {
    let path = folder.join("authority.pem");
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(pem.as_bytes())?;
    file.persist(&path)?;
    Ok(path)
}
