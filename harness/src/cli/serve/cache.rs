//! The folder of cached keys, and the certificate that others must trust.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// `$XDG_CACHE_HOME/vestibule`, or `~/.cache/vestibule`, or a folder of the temporary files.
pub(super) fn folder() -> PathBuf {
    let xdg = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let home = || std::env::var_os("HOME").map(|home| Path::new(&home).join(".cache"));
    xdg.or_else(home).unwrap_or_else(std::env::temp_dir).join("vestibule")
}

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
