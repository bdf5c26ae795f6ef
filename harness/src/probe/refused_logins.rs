//! Which passwords and TOTP apps an org has refused: none is sent there again, and after two refusals nothing is sent for the user.
//! Each is noted before it is sent, so that one whose fate nobody learned counts as refused too: the program may be killed.
//!
//! The file holds digests only: of an account, and of what was refused, each with a salt and as slow to try out as a password
//! store's (PBKDF2, RFC 8018).

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use openssl::hash::MessageDigest;
use openssl::pkcs5::pbkdf2_hmac;
use serde::{Deserialize, Serialize};
use vestibule_model::Secret;

/// What was refused so far.
#[derive(Debug, Clone)]
pub(crate) struct RefusedLogins {
    path: PathBuf,
    refused: Vec<Refused>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Refused {
    salt: String,
    account: String,
    secret: String,
}

/// A secret that was noted.
#[derive(Debug)]
pub(crate) struct Noted {
    salt: String,
}

/// The file cannot be read or written. Completes "failed to ...".
#[derive(Debug, thiserror::Error)]
pub(crate) enum LedgerError {
    /// The file.
    #[error("use {}, which keeps what an org has refused", .path.display())]
    File {
        /// Its path.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Its content.
    #[error("read {}, which keeps what an org has refused: {why}", .path.display())]
    Content {
        /// Its path.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
    /// A digest.
    #[error("make a digest")]
    Digest(#[from] openssl::error::ErrorStack),
}

impl RefusedLogins {
    /// Reads the file of this folder; one that is not there has nothing.
    ///
    /// # Errors
    ///
    /// If it cannot be read. Nothing may be sent then.
    pub(crate) fn read(folder: &Path) -> Result<Self, LedgerError> {
        let path = folder.join(FILE);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Self { path, refused: Vec::new() }),
            Err(source) => return Err(LedgerError::File { path, source }),
        };
        match serde_json::from_str(&text) {
            Ok(refused) => Ok(Self { path, refused }),
            Err(error) => Err(LedgerError::Content { path, why: error.to_string() }),
        }
    }

    /// Its path.
    #[cfg(test)]
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// How often the org has refused something of this user since the last login that succeeded.
    ///
    /// # Errors
    ///
    /// If no digest can be made.
    pub(crate) fn times(&self, host: &str, user: &str) -> Result<usize, LedgerError> {
        let mut times = 0;
        for refused in &self.refused {
            times += usize::from(digest(&refused.salt, &account(host, user))? == refused.account);
        }
        Ok(times)
    }

    /// Whether the org has refused this secret of the user.
    ///
    /// # Errors
    ///
    /// If no digest can be made.
    pub(crate) fn has(&self, host: &str, user: &str, secret: &Secret) -> Result<bool, LedgerError> {
        for refused in &self.refused {
            if digest(&refused.salt, &account(host, user))? == refused.account
                && digest(&refused.salt, secret.reveal())? == refused.secret
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Notes that this secret of the user is about to be sent. `None` if another process has sent it meanwhile, or `most`
    /// others: then it must not be.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or written. Nothing may be sent then.
    pub(crate) fn note(
        &mut self,
        host: &str,
        user: &str,
        secret: &Secret,
        most: usize,
    ) -> Result<Option<Noted>, LedgerError> {
        let _lock = self.lock()?;
        if self.times(host, user)? >= most || self.has(host, user, secret)? {
            return Ok(None);
        }
        let mut salt = [0; SALT_BYTES];
        openssl::rand::rand_bytes(&mut salt)?;
        let salt = STANDARD.encode(salt);
        let (account, secret) = (digest(&salt, &account(host, user))?, digest(&salt, secret.reveal())?);
        self.refused.push(Refused { salt: salt.clone(), account, secret });
        self.write()?;
        Ok(Some(Noted { salt }))
    }

    /// Forgets a secret that was not refused.
    ///
    /// # Errors
    ///
    /// If the file cannot be read or written.
    pub(crate) fn strike(&mut self, noted: &Noted) -> Result<(), LedgerError> {
        let _lock = self.lock()?;
        self.refused.retain(|refused| refused.salt != noted.salt);
        self.write()
    }

    /// Forgets what was refused of a user who has signed in.
    ///
    /// # Errors
    ///
    /// If the file cannot be written.
    pub(crate) fn forget(&mut self, host: &str, user: &str) -> Result<(), LedgerError> {
        let _lock = self.lock()?;
        let mut kept = Vec::new();
        for refused in &self.refused {
            if digest(&refused.salt, &account(host, user))? != refused.account {
                kept.push(refused.clone());
            }
        }
        if kept.len() == self.refused.len() {
            return Ok(());
        }
        self.refused = kept;
        self.write()
    }

    /// Keeps other processes from the file until the lock is dropped, and reads what they have written.
    fn lock(&mut self) -> Result<File, LedgerError> {
        let failed = |source| LedgerError::File { path: self.path.clone(), source };
        let folder = self.path.parent().unwrap_or(Path::new(".")).to_owned();
        fs::create_dir_all(&folder).map_err(failed)?;
        let mut options = OpenOptions::new();
        let lock = options.read(true).write(true).create(true).truncate(false).open(folder.join(LOCK));
        let lock = lock.map_err(failed)?;
        lock.lock().map_err(failed)?;
        self.refused = Self::read(&folder)?.refused;
        Ok(lock)
    }

    fn write(&self) -> Result<(), LedgerError> {
        let failed = |source| LedgerError::File { path: self.path.clone(), source };
        let text = serde_json::to_vec(&self.refused).map_err(|error| failed(error.into()))?;
        let folder = self.path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder).map_err(failed)?;
        let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
        file.write_all(&text).and_then(|()| file.as_file().sync_all()).map_err(failed)?;
        file.persist(&self.path).map_err(|error| failed(error.error))?;
        Ok(())
    }
}

fn account(host: &str, user: &str) -> String {
    format!("{host}\n{}", user.to_lowercase())
}

fn digest(salt: &str, text: &str) -> Result<String, LedgerError> {
    let mut digest = [0; DIGEST_BYTES];
    pbkdf2_hmac(text.as_bytes(), salt.as_bytes(), ROUNDS, MessageDigest::sha256(), &mut digest)?;
    Ok(STANDARD.encode(digest))
}

const FILE: &str = "refused-logins.json";
const LOCK: &str = "refused-logins.lock";
const SALT_BYTES: usize = 16;
const DIGEST_BYTES: usize = 32;
/// As many as OWASP asks for with SHA-256.
const ROUNDS: usize = 600_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_refused_is_known_again_and_forgotten_after_a_login() {
        let folder = tempfile::tempdir().unwrap();
        let secret = Secret::new("wrong-horse");
        let mut first = RefusedLogins::read(folder.path()).unwrap();
        assert_eq!(first.times("acme.my.salesforce.com", "ada@acme.example").unwrap(), 0);

        first.note("acme.my.salesforce.com", "Ada@acme.example", &secret, 2).unwrap().unwrap();
        let mut later = RefusedLogins::read(folder.path()).unwrap();

        assert!(later.has("acme.my.salesforce.com", "ada@acme.example", &secret).unwrap());
        assert!(!later.has("acme.my.salesforce.com", "ada@acme.example", &Secret::new("another")).unwrap());
        assert!(!later.has("other.my.salesforce.com", "ada@acme.example", &secret).unwrap());
        assert_eq!(later.times("acme.my.salesforce.com", "ada@acme.example").unwrap(), 1);
        let text = fs::read_to_string(later.path()).unwrap();
        assert!(!text.contains("wrong-horse") && !text.contains("acme"), "{text}");
        later.forget("acme.my.salesforce.com", "ada@acme.example").unwrap();
        let after = RefusedLogins::read(folder.path()).unwrap();
        assert_eq!(after.times("acme.my.salesforce.com", "ada@acme.example").unwrap(), 0);
    }

    /// Two probes that were started at once.
    #[test]
    fn what_one_process_notes_another_neither_sends_nor_overwrites() {
        let folder = tempfile::tempdir().unwrap();
        let (host, user) = ("acme.my.salesforce.com", "ada@acme.example");
        let secret = Secret::new("wrong-horse");
        let mut one = RefusedLogins::read(folder.path()).unwrap();
        let mut other = one.clone();

        let noted = one.note(host, user, &secret, 2).unwrap().unwrap();
        assert!(other.note(host, user, &secret, 2).unwrap().is_none(), "the same");
        assert!(other.note(host, user, &Secret::new("another"), 1).unwrap().is_none(), "one was enough");
        other.note(host, "bob@acme.example", &secret, 2).unwrap().unwrap();
        one.strike(&noted).unwrap();

        let after = RefusedLogins::read(folder.path()).unwrap();
        assert_eq!(after.times(host, user).unwrap(), 0);
        assert_eq!(after.times(host, "bob@acme.example").unwrap(), 1, "it is still there");
    }

    #[test]
    fn a_file_that_cannot_be_understood_lets_nothing_be_sent() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(FILE), "{").unwrap();

        assert!(matches!(RefusedLogins::read(folder.path()), Err(LedgerError::Content { .. })));
    }
}
