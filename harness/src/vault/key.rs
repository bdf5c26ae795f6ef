//! What opens the file: a passphrase or an age identity. The bytes are those of the `age` program (age-encryption.org/v1).

use std::fmt;
use std::io::{Read as _, Write as _};
use std::iter;

use age::secrecy::{ExposeSecret as _, SecretString};
use age::{DecryptError, Decryptor, EncryptError, Encryptor, Identity, Recipient, scrypt, x25519};
use vestibule_model::Secret;

/// What opens a vault.
#[derive(Clone)]
pub(crate) enum VaultKey {
    /// A passphrase that a person remembers.
    Passphrase(Secret),
    /// Identities of age, any of which opens the file. It is written for all of them.
    Identity(Vec<x25519::Identity>),
}

/// Why a text is not an age identity. The text is not repeated. Completes "failed to ...".
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum VaultKeyError {
    /// No line holds an identity.
    #[error("read the identity: there is none")]
    Empty,
    /// It is the public half.
    #[error("read the identity: line {0} is a recipient, the public half of one")]
    Recipient(usize),
    /// It is of a kind that is not read.
    #[error("read the identity: line {0} is an identity of another kind (plugin, SSH, post-quantum or encrypted)")]
    OtherKind(usize),
    /// It is something else.
    #[error("read the identity: line {0} is not an age identity")]
    Malformed(usize),
    /// It is not a public key of age.
    #[error("read the recipient `{0}`: it is not a public key of age")]
    NotARecipient(String),
}

/// Why bytes cannot be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OpenError {
    /// They are not an age file.
    NotAge,
    /// They were cut off or changed.
    Damaged(&'static str),
    /// The passphrase is wrong.
    WrongPassphrase,
    /// None of the identities fits.
    WrongIdentity,
    /// A passphrase is needed.
    NeedsPassphrase,
    /// An identity is needed.
    NeedsIdentity,
    /// More work is needed than is done.
    TooMuchWork(u8),
}

impl VaultKeyError {
    /// What to do.
    pub(crate) fn remedy(&self) -> &'static str {
        match self {
            Self::NotARecipient(_) => "a recipient begins with `age1`; `age-keygen -y FILE` prints that of an identity",
            _ => {
                "an identity begins with `AGE-SECRET-KEY-1`; make one with `vestibule vault create --new-identity FILE`"
            }
        }
    }
}

impl VaultKey {
    /// The identities of an identity file: one a line, with empty lines and `#` comments between them.
    ///
    /// # Errors
    ///
    /// If there is none, or a line is something else.
    pub(crate) fn from_identities(text: &Secret) -> Result<Self, VaultKeyError> {
        let mut identities = Vec::new();
        for (line, number) in text.reveal().lines().map(str::trim).zip(1..) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            identities.push(line.parse().map_err(|_| malformed(line, number))?);
        }
        if identities.is_empty() { Err(VaultKeyError::Empty) } else { Ok(Self::Identity(identities)) }
    }

    /// A new identity: the key, the text of its identity file, and its public half.
    pub(crate) fn generate() -> (Self, Secret, String) {
        let identity = x25519::Identity::generate();
        let recipient = identity.to_public().to_string();
        let text = Secret::new(identity.to_string().expose_secret());
        (Self::Identity(vec![identity]), text, recipient)
    }

    /// Encrypts for this key and, if it is not a passphrase, for these recipients.
    ///
    /// # Errors
    ///
    /// If a recipient is malformed; says which.
    pub(super) fn encrypt(&self, plain: &[u8], recipients: &[String]) -> Result<Vec<u8>, String> {
        let recipients = self.recipients(recipients)?;
        let failed = |error: &dyn fmt::Display| error.to_string();
        let encryptor = Encryptor::with_recipients(recipients.iter().map(AsRef::as_ref));
        let encryptor = encryptor.map_err(|error: EncryptError| failed(&error))?;
        let mut bytes = Vec::new();
        let mut writer = encryptor.wrap_output(&mut bytes).map_err(|error| failed(&error))?;
        writer.write_all(plain).map_err(|error| failed(&error))?;
        writer.finish().map_err(|error| failed(&error))?;
        Ok(bytes)
    }

    /// Decrypts.
    pub(super) fn decrypt(&self, bytes: &[u8]) -> Result<Secret, OpenError> {
        if !bytes.starts_with(FIRST_LINE) {
            return Err(if FIRST_LINE.starts_with(bytes) { OpenError::Damaged(CUT_OFF) } else { OpenError::NotAge });
        }
        // The header is parsed again with each of its lines.
        let ends = |part: &[u8]| part == b"\n---";
        if bytes.len() > LONGEST_HEADER && !bytes[..LONGEST_HEADER].windows(4).any(ends) {
            return Err(OpenError::Damaged("its header has no end"));
        }
        let decryptor = Decryptor::new_buffered(bytes).map_err(|error| header_error(&error))?;
        let mut reader = match (self, decryptor.is_scrypt()) {
            (Self::Identity(_), true) => return Err(OpenError::NeedsPassphrase),
            (Self::Passphrase(_), false) => return Err(OpenError::NeedsIdentity),
            (Self::Passphrase(passphrase), true) => {
                let mut identity = scrypt::Identity::new(SecretString::from(passphrase.reveal()));
                identity.set_max_work_factor(MOST_WORK);
                decryptor.decrypt(iter::once::<&dyn Identity>(&identity)).map_err(|error| match error {
                    DecryptError::DecryptionFailed | DecryptError::KeyDecryptionFailed => OpenError::WrongPassphrase,
                    error => header_error(&error),
                })?
            }
            (Self::Identity(identities), false) => {
                let identities: Vec<&dyn Identity> =
                    identities.iter().map(|identity| -> &dyn Identity { identity }).collect();
                decryptor.decrypt(identities.into_iter()).map_err(|error| header_error(&error))?
            }
        };
        let mut plain = String::new();
        // The payload is authenticated to its last chunk, so what was read is whole; text that is not UTF-8 was not written
        // by this program.
        reader
            .read_to_string(&mut plain)
            .map_err(|_| OpenError::Damaged("its end is missing, or its content was changed"))?;
        Ok(Secret::new(plain))
    }

    /// How many recipients of a file this key and the vault's own list account for; `None` for a passphrase, which stands
    /// alone.
    pub(super) fn known_recipients(&self, recipients: &[String]) -> Option<usize> {
        match self {
            Self::Passphrase(_) => None,
            Self::Identity(_) => self.public_keys(recipients).map(|keys| keys.len()).ok(),
        }
    }

    /// The public keys of the identities.
    pub(super) fn own_recipients(&self) -> Vec<String> {
        match self {
            Self::Passphrase(_) => Vec::new(),
            Self::Identity(identities) => identities.iter().map(|identity| identity.to_public().to_string()).collect(),
        }
    }

    fn recipients(&self, recipients: &[String]) -> Result<Vec<Box<dyn Recipient>>, String> {
        match self {
            Self::Passphrase(passphrase) => {
                let mut recipient = scrypt::Recipient::new(SecretString::from(passphrase.reveal()));
                recipient.set_work_factor(WORK);
                Ok(vec![Box::new(recipient)])
            }
            Self::Identity(_) => {
                let keys = self.public_keys(recipients).map_err(|error| error.to_string())?;
                keys.iter()
                    .map(|key| -> Result<Box<dyn Recipient>, VaultKeyError> { Ok(Box::new(parse_recipient(key)?)) })
                    .collect::<Result<_, VaultKeyError>>()
                    .map_err(|error| error.to_string())
            }
        }
    }

    /// Every public key for which a file is written, each once.
    fn public_keys(&self, recipients: &[String]) -> Result<Vec<String>, VaultKeyError> {
        let mut keys = self.own_recipients();
        for recipient in recipients {
            let key = parse_recipient(recipient)?.to_string();
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        Ok(keys)
    }
}

impl fmt::Debug for VaultKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Passphrase(_) => "Passphrase([redacted])",
            Self::Identity(_) => "Identity([redacted])",
        })
    }
}

/// Reads a public key of age: `age1…`.
///
/// # Errors
///
/// If it is not one.
pub(crate) fn parse_recipient(text: &str) -> Result<x25519::Recipient, VaultKeyError> {
    text.trim().parse().map_err(|_| VaultKeyError::NotARecipient(text.to_owned()))
}

/// How many recipients the header of an age file lists (age-encryption.org/v1, "Header").
pub(super) fn listed_recipients(bytes: &[u8]) -> usize {
    let lines = bytes.split(|byte| *byte == b'\n');
    lines.take_while(|line| !line.starts_with(b"---")).filter(|line| line.starts_with(b"-> X25519 ")).count()
}

fn malformed(line: &str, number: usize) -> VaultKeyError {
    let other = ["AGE-PLUGIN-", "AGE-SECRET-KEY-PQ-", "-----BEGIN", "age-encryption.org"];
    if line.starts_with("age1") {
        VaultKeyError::Recipient(number)
    } else if other.iter().any(|beginning| line.starts_with(beginning)) {
        VaultKeyError::OtherKind(number)
    } else {
        VaultKeyError::Malformed(number)
    }
}

fn header_error(error: &DecryptError) -> OpenError {
    match error {
        DecryptError::NoMatchingKeys => OpenError::WrongIdentity,
        DecryptError::ExcessiveWork { required, .. } => OpenError::TooMuchWork(*required),
        DecryptError::UnknownFormat => OpenError::NotAge,
        DecryptError::Io(_) => OpenError::Damaged(CUT_OFF),
        DecryptError::InvalidMac | DecryptError::InvalidHeader => {
            OpenError::Damaged("its header was cut off or changed")
        }
        DecryptError::DecryptionFailed | DecryptError::KeyDecryptionFailed => {
            OpenError::Damaged("its header was changed")
        }
    }
}

/// Far more than the header for a hundred recipients.
const LONGEST_HEADER: usize = 64 * 1024;

const FIRST_LINE: &[u8] = b"age-encryption.org/v1\n";
const CUT_OFF: &str = "its end is missing";

/// The binary logarithm of the rounds of scrypt: what OWASP asks for at least, with 128 MB of memory.
const WORK: u8 = 17;

/// The most that is done for a file that another program wrote: eight times that.
pub(super) const MOST_WORK: u8 = 20;
