//! The cache folder: files that only their owner can read, written under a lock and renamed into place.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::CertError;

/// The folder of cached keys: `$XDG_CACHE_HOME/vestibule`, or `~/.cache/vestibule`, or a folder below the temporary
/// folder.
pub fn cache_folder() -> PathBuf {
    let xdg = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let home = || std::env::var_os("HOME").map(|home| Path::new(&home).join(".cache"));
    xdg.or_else(home).unwrap_or_else(std::env::temp_dir).join("vestibule")
}

/// A folder of PEM files. Several processes may use it at once.
#[derive(Debug)]
pub(crate) struct Cache {
    folder: PathBuf,
}

impl Cache {
    /// Opens the folder `certs` inside `dir`; creates it if it is missing.
    ///
    /// The store has a folder to itself, so making it private never changes the permissions of another program's
    /// folder.
    pub(crate) fn open(dir: &Path) -> Result<Self, CertError> {
        let folder = dir.join("certs");
        fs::create_dir_all(&folder).map_err(CertError::cache("create the cache folder", &folder))?;
        private::folder(&folder).map_err(CertError::cache("restrict access to the cache folder", &folder))?;
        Ok(Self { folder })
    }

    /// The folder itself.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Returns the content of the file `name`, or calls `make` if the file is missing or `read` rejects it.
    ///
    /// Reading needs no lock. Before it calls `make`, it reads the file again under the lock: one of several processes
    /// makes the file, the others read it.
    pub(crate) fn load_or_make<T>(
        &self,
        name: &str,
        read: impl Fn(&str) -> Option<T>,
        make: impl FnOnce() -> Result<Made<T>, CertError>,
    ) -> Result<T, CertError> {
        let path = self.folder.join(name);
        if let Some(value) = load(&path, &read) {
            return Ok(value);
        }
        let _lock = self.lock()?;
        if let Some(value) = load(&path, &read) {
            return Ok(value);
        }
        let made = make()?;
        self.put(&path, &made.pem)?;
        Ok(made.value)
    }

    fn lock(&self) -> Result<File, CertError> {
        let path = self.folder.join("lock");
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true);
        private::new_file(&mut options);
        let file = options.open(&path).map_err(CertError::cache("open", &path))?;
        file.lock().map_err(CertError::cache("lock", &path))?;
        Ok(file)
    }

    fn put(&self, path: &Path, pem: &str) -> Result<(), CertError> {
        // `NamedTempFile` creates with mode 0600: the key is never readable by others, not even for an instant.
        let mut file = tempfile::NamedTempFile::new_in(&self.folder)
            .map_err(CertError::cache("create a file in", &self.folder))?;
        file.write_all(pem.as_bytes()).map_err(CertError::cache("write", path))?;
        file.persist(path).map_err(|error| CertError::cache("replace", path)(error.error))?;
        Ok(())
    }
}

/// A new value, and the text that the cache stores for it.
pub(crate) struct Made<T> {
    /// The value.
    pub(crate) value: T,
    /// Its private key and certificate.
    pub(crate) pem: String,
}

/// A file that other users can read counts as leaked: it is ignored, and a new one is made.
fn load<T>(path: &Path, read: impl Fn(&str) -> Option<T>) -> Option<T> {
    if !private::is_private(path) {
        return None;
    }
    read(&fs::read_to_string(path).ok()?)
}

#[cfg(unix)]
mod private {
    use std::fs::{self, OpenOptions, Permissions};
    use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
    use std::path::Path;

    pub(super) fn folder(path: &Path) -> std::io::Result<()> {
        if mode(path)? == 0o700 { Ok(()) } else { fs::set_permissions(path, Permissions::from_mode(0o700)) }
    }

    pub(super) fn new_file(options: &mut OpenOptions) {
        options.mode(0o600);
    }

    pub(super) fn is_private(path: &Path) -> bool {
        mode(path).is_ok_and(|mode| mode.trailing_zeros() >= 6)
    }

    fn mode(path: &Path) -> std::io::Result<u32> {
        Ok(fs::metadata(path)?.permissions().mode() & 0o777)
    }
}

/// On other systems the user's cache folder is already private.
#[cfg(not(unix))]
mod private {
    use std::fs::OpenOptions;
    use std::path::Path;

    pub(super) fn folder(_: &Path) -> std::io::Result<()> {
        Ok(())
    }

    pub(super) fn new_file(_: &mut OpenOptions) {}

    pub(super) fn is_private(_: &Path) -> bool {
        true
    }
}
