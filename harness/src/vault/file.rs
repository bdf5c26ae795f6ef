//! The file: locked while it is changed, and never half written.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use super::content::Vault;
use super::document;
use super::error::VaultError;
use super::key::{MOST_WORK, OpenError, VaultKey, listed_recipients};

/// The file of a vault, with the key that opens it.
#[derive(Debug, Clone)]
pub(crate) struct VaultFile {
    path: PathBuf,
    key: VaultKey,
}

impl VaultFile {
    /// Makes an empty vault.
    ///
    /// # Errors
    ///
    /// If there is a file already, or it cannot be written.
    pub(crate) fn create(path: PathBuf, key: VaultKey) -> Result<Self, VaultError> {
        let file = Self { path, key };
        let _lock = file.lock()?;
        // A link that leads nowhere is there too.
        if fs::symlink_metadata(&file.path).is_ok() {
            return Err(VaultError::Exists(file.path));
        }
        file.write(&Vault::default())?;
        Ok(file)
    }

    /// Opens a vault. It is read once, so that a wrong key fails here.
    ///
    /// # Errors
    ///
    /// If there is no such file, the key does not open it, or it is damaged.
    pub(crate) fn open(path: PathBuf, key: VaultKey) -> Result<Self, VaultError> {
        let file = Self { path, key };
        file.read()?;
        Ok(file)
    }

    /// The path, as it was given.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The content now.
    ///
    /// # Errors
    ///
    /// As [`Self::open`].
    pub(crate) fn read(&self) -> Result<Vault, VaultError> {
        self.decode(&self.bytes()?)
    }

    /// Changes the content, while every other process waits. If `change` fails, or changes nothing, nothing is written;
    /// otherwise the file holds the whole new content when this returns, and at each moment before that the whole old one.
    /// Signature counters and issued TOTP steps never go back, whatever `change` does.
    ///
    /// # Errors
    ///
    /// As [`Self::open`], if `change` fails, or if the file cannot be written.
    pub(crate) fn update<T>(&self, change: impl FnOnce(&mut Vault) -> Result<T, VaultError>) -> Result<T, VaultError> {
        let _lock = self.lock()?;
        let bytes = self.bytes()?;
        let earlier = self.decode(&bytes)?;
        let mut vault = earlier.clone();
        let result = change(&mut vault)?;
        vault.advance_past(&earlier);
        if vault != earlier {
            self.keeps_every_recipient(&bytes, &earlier)?;
            self.write(&vault)?;
        }
        Ok(result)
    }

    /// Holds the lock, an advisory one on the file beside the vault, until it is dropped or the process ends.
    fn lock(&self) -> Result<File, VaultError> {
        let path = beside(&self.target()?, ".lock");
        let failed = |source| VaultError::Io { doing: "lock", path: path.clone(), source };
        let mut options = OpenOptions::new();
        let file = options.read(true).write(true).create(true).truncate(false).mode(OWNER_ONLY).open(&path);
        let file = file.map_err(failed)?;
        file.lock().map_err(failed)?;
        Ok(file)
    }

    fn bytes(&self) -> Result<Vec<u8>, VaultError> {
        let failed = |source: io::Error| match source.kind() {
            io::ErrorKind::NotFound => VaultError::Missing(self.path.clone()),
            _ => VaultError::Io { doing: "read the vault", path: self.path.clone(), source },
        };
        let mut bytes = Vec::new();
        File::open(&self.path).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes)).map_err(failed)?;
        if u64::try_from(bytes.len()).is_ok_and(|length| length <= LARGEST) {
            Ok(bytes)
        } else {
            Err(VaultError::TooLarge { path: self.path.clone(), most: LARGEST })
        }
    }

    fn decode(&self, bytes: &[u8]) -> Result<Vault, VaultError> {
        let path = || self.path.clone();
        let plain = self.key.decrypt(bytes).map_err(|error| match error {
            OpenError::NotAge => VaultError::NotAge(path()),
            OpenError::Damaged(what) => VaultError::Damaged { path: path(), what },
            OpenError::WrongPassphrase => VaultError::WrongPassphrase(path()),
            OpenError::WrongIdentity => VaultError::WrongIdentity(path()),
            OpenError::NeedsPassphrase => VaultError::NeedsPassphrase(path()),
            OpenError::NeedsIdentity => VaultError::NeedsIdentity(path()),
            OpenError::TooMuchWork(work) => VaultError::TooMuchWork { path: path(), work, most: MOST_WORK },
        })?;
        document::read(&plain).map_err(|what| VaultError::Content { path: path(), what })
    }

    /// Checks that whoever can open the file now still can when this program has written it.
    fn keeps_every_recipient(&self, bytes: &[u8], earlier: &Vault) -> Result<(), VaultError> {
        let found = listed_recipients(bytes);
        match self.key.known_recipients(earlier.recipients()) {
            Some(known) if known < found => {
                Err(VaultError::UnknownRecipients { path: self.path.clone(), found, known })
            }
            _ => Ok(()),
        }
    }

    /// Replaces the file as a whole. Only who holds the lock may call it.
    fn write(&self, vault: &Vault) -> Result<(), VaultError> {
        // Whoever else opens it writes it for this key too.
        let mut vault = vault.clone();
        self.key.own_recipients().into_iter().for_each(|own| vault.add_recipient(own));
        let encrypted =
            document::write(&vault).and_then(|plain| self.key.encrypt(plain.reveal().as_bytes(), vault.recipients()));
        let bytes = encrypted.map_err(|what| VaultError::Encryption { path: self.path.clone(), what })?;
        let target = self.target()?;
        let new = beside(&target, ".new");
        let failed = |source| VaultError::Io { doing: "write the vault", path: self.path.clone(), source };
        replace(&target, &new, &bytes).map_err(|error| {
            // Nobody needs half of it, and the next write removes it otherwise.
            let _gone = fs::remove_file(&new);
            failed(error)
        })
    }

    /// The file itself, behind any link: a rename would replace the link.
    fn target(&self) -> Result<PathBuf, VaultError> {
        match fs::canonicalize(&self.path) {
            Ok(target) => Ok(target),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(self.path.clone()),
            Err(source) => Err(VaultError::Io { doing: "find the vault", path: self.path.clone(), source }),
        }
    }
}

/// Writes the new file to disk, then gives it the name, then writes the name to disk.
fn replace(target: &Path, new: &Path, bytes: &[u8]) -> io::Result<()> {
    // One that a killed process left.
    match fs::remove_file(new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(OWNER_ONLY).open(new)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(new, target)?;
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

/// The path with this at its end.
fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

/// What others than the owner may do: nothing.
const OWNER_ONLY: u32 = 0o600;

/// Far more than thousands of accounts need.
const LARGEST: u64 = 16 * 1024 * 1024;
