//! The process-wide store: every key and certificate comes from here.

use std::collections::HashMap;
use std::fmt;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use jiff::Timestamp;
use parking_lot::{Mutex, RwLock};
use rustls::ServerConfig;
use rustls::pki_types::CertificateDer;

use crate::authority::Authority;
use crate::cache::Cache;
use crate::leaf::{self, Leaves};
use crate::signing::{KeyOwner, file_name};
use crate::{CertError, KeyAlgorithm, KeyState, SigningKey};

/// All keys and certificates of a process, cached in a folder that outlives it.
///
/// Opening the store reads two small files, or makes two P-256 keys the first time. A signing key is read or made on
/// first use, then kept.
pub struct CertStore {
    cache: Cache,
    now: Timestamp,
    authority: Arc<Authority>,
    leaves: Arc<Leaves>,
    server_config: OnceLock<Arc<ServerConfig>>,
    signing_keys: RwLock<HashMap<(KeyOwner, KeyAlgorithm, KeyState), Arc<SigningKey>>>,
    /// Held while a key is read or made, so that nobody makes it twice. Those that are kept can be had meanwhile.
    fetching: Mutex<()>,
}

impl CertStore {
    /// Opens the store in the folder `certs` inside `dir`. Files that are missing, damaged, readable by others or
    /// expired at `now` are replaced.
    ///
    /// # Errors
    /// If the folder cannot be made, locked or written.
    pub fn open(dir: &Path, now: Timestamp) -> Result<Arc<Self>, CertError> {
        let cache = Cache::open(dir)?;
        let authority = Arc::new(authority(&cache, "authority.pem", TEST_CA, now)?);
        let leaf_key = cache.load_or_make("leaf-key.pem", leaf::read_key, leaf::make_key)?;
        let leaves = Arc::new(Leaves::new(Arc::clone(&authority), leaf_key, now)?);
        Ok(Arc::new(Self {
            cache,
            now,
            authority,
            leaves,
            server_config: OnceLock::new(),
            signing_keys: RwLock::default(),
            fetching: Mutex::default(),
        }))
    }

    /// Certificate of the test CA, PEM.
    pub fn authority_pem(&self) -> &str {
        self.authority.pem()
    }

    /// Certificate of the test CA, DER.
    pub fn authority_der(&self) -> &CertificateDer<'static> {
        self.authority.certificate()
    }

    /// Base64 of the SHA-256 of the SubjectPublicKeyInfo that all leaves share, as Chromium's
    /// `--ignore-certificate-errors-spki-list` takes it.
    pub fn spki_pin(&self) -> &str {
        self.leaves.spki_pin()
    }

    /// TLS settings of a server that answers for any host: HTTP/1.1, TLS 1.2 and 1.3, no client certificates.
    ///
    /// # Errors
    /// If rustls refuses the settings.
    pub fn server_config(&self) -> Result<Arc<ServerConfig>, CertError> {
        if let Some(config) = self.server_config.get() {
            return Ok(Arc::clone(config));
        }
        let config = leaf::server_config(Arc::clone(&self.leaves), false)?;
        Ok(Arc::clone(self.server_config.get_or_init(|| config)))
    }

    /// The same for a server that asks its clients for a certificate, and takes any or none. A browser may ask its user which
    /// one to send, so use it only where somebody wants one.
    ///
    /// # Errors
    /// If rustls refuses the settings.
    pub fn server_config_asking(&self) -> Result<Arc<ServerConfig>, CertError> {
        leaf::server_config(Arc::clone(&self.leaves), true)
    }

    /// The test CA followed by other authorities (PEM, may be empty), for programs in which our bundle replaces the one
    /// of the system: `SSL_CERT_FILE`, `REQUESTS_CA_BUNDLE`.
    pub fn trust_bundle(&self, others: &str) -> String {
        format!("{}\n{others}", self.authority_pem())
    }

    /// The signing key of this algorithm in this state. All identity providers of a process share it.
    ///
    /// The first call for a key reads it from the cache or makes it, which takes tenths of a second for RSA. Call it
    /// where the thread may block.
    ///
    /// # Errors
    /// If the key can be neither read nor made and stored.
    pub fn signing_key(&self, algorithm: KeyAlgorithm, state: KeyState) -> Result<Arc<SigningKey>, CertError> {
        self.key_of(KeyOwner::IdentityProvider, algorithm, state)
    }

    /// Whether [`CertStore::signing_key`] has this key at hand, and so neither reads nor makes it.
    pub fn holds_signing_key(&self, algorithm: KeyAlgorithm, state: KeyState) -> bool {
        self.kept(KeyOwner::IdentityProvider, algorithm, state).is_some()
    }

    /// The key in this state with which an org signs its requests, RSA. All orgs of a process share it. As for
    /// [`CertStore::signing_key`], call it where the thread may block.
    ///
    /// # Errors
    /// If the key can be neither read nor made and stored.
    pub fn request_signing_key(&self, state: KeyState) -> Result<Arc<SigningKey>, CertError> {
        self.key_of(KeyOwner::Org, KeyAlgorithm::Rsa2048, state)
    }

    /// The key in this state with which an org decrypts assertions, RSA. All orgs of a process share it. As for
    /// [`CertStore::signing_key`], call it where the thread may block.
    ///
    /// # Errors
    /// If the key can be neither read nor made and stored.
    pub fn decryption_key(&self, state: KeyState) -> Result<Arc<SigningKey>, CertError> {
        self.key_of(KeyOwner::OrgDecryption, KeyAlgorithm::Rsa2048, state)
    }

    fn key_of(&self, owner: KeyOwner, algorithm: KeyAlgorithm, state: KeyState) -> Result<Arc<SigningKey>, CertError> {
        if let Some(key) = self.kept(owner, algorithm, state) {
            return Ok(key);
        }
        let _fetching = self.fetching.lock();
        if let Some(key) = self.kept(owner, algorithm, state) {
            return Ok(key);
        }
        let issuer = match state {
            KeyState::Foreign => Arc::new(authority(&self.cache, "foreign-authority.pem", FOREIGN_CA, self.now)?),
            _ => Arc::clone(&self.authority),
        };
        let key = Arc::new(self.cache.load_or_make(
            &file_name(owner, algorithm, state),
            |pem| SigningKey::read(pem, owner, algorithm, state, &issuer, self.now),
            || SigningKey::make(owner, algorithm, state, &issuer, self.now),
        )?);
        self.signing_keys.write().insert((owner, algorithm, state), Arc::clone(&key));
        Ok(key)
    }

    fn kept(&self, owner: KeyOwner, algorithm: KeyAlgorithm, state: KeyState) -> Option<Arc<SigningKey>> {
        self.signing_keys.read().get(&(owner, algorithm, state)).map(Arc::clone)
    }
}

impl fmt::Debug for CertStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CertStore")
            .field("folder", &self.cache.folder())
            .field("spki_pin", &self.spki_pin())
            .finish_non_exhaustive()
    }
}

fn authority(cache: &Cache, file: &str, name: &str, now: Timestamp) -> Result<Authority, CertError> {
    cache.load_or_make(file, |pem| Authority::read(pem, name, now), || Authority::make(name, now))
}

const TEST_CA: &str = "Vestibule Test CA";
const FOREIGN_CA: &str = "Vestibule Foreign Test CA (trusted by nobody)";

#[cfg(test)]
mod tests;
