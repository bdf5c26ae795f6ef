//! Why a vault cannot be used.

use std::io;
use std::path::PathBuf;

use crate::authenticator::TotpSecretError;

/// Why a vault cannot be used. Completes "failed to ..."; no secret is in any of these.
#[derive(Debug, thiserror::Error)]
pub(crate) enum VaultError {
    /// There is no such file.
    #[error("open the vault {}: there is no such file", .0.display())]
    Missing(PathBuf),
    /// There is a file already.
    #[error("create the vault {}: the file already exists", .0.display())]
    Exists(PathBuf),
    /// The passphrase is wrong.
    #[error("open the vault {}: the passphrase is wrong", .0.display())]
    WrongPassphrase(PathBuf),
    /// None of the identities opens it.
    #[error("open the vault {}: it is not encrypted for this identity", .0.display())]
    WrongIdentity(PathBuf),
    /// An identity was given, but a passphrase opens the file.
    #[error("open the vault {}: it is encrypted with a passphrase, not for an identity", .0.display())]
    NeedsPassphrase(PathBuf),
    /// A passphrase was given, but an identity opens the file.
    #[error("open the vault {}: it is encrypted for an identity, not with a passphrase", .0.display())]
    NeedsIdentity(PathBuf),
    /// The file asks for more work than this program does for one.
    #[error("open the vault {}: its passphrase needs 2^{work} rounds, and this program does at most 2^{most}", .path.display())]
    TooMuchWork {
        /// The file.
        path: PathBuf,
        /// The binary logarithm of the rounds that it asks for.
        work: u8,
        /// That of the rounds that are done at most.
        most: u8,
    },
    /// The file is not an age file.
    #[error("open the vault {}: it is not an age file", .0.display())]
    NotAge(PathBuf),
    /// The file is an age file, but damaged: cut off or changed.
    #[error("open the vault {}: it is damaged: {what}", .path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: &'static str,
    },
    /// The file is larger than any vault.
    #[error("open the vault {}: it is larger than {most} bytes", .path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// The largest size.
        most: u64,
    },
    /// The content is not that of a vault of this version.
    #[error("read the content of the vault {}: {what}", .path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        what: String,
    },
    /// The file is encrypted for keys that this program does not know and would lock out.
    #[error(
        "change the vault {}: it is encrypted for {found} keys, but names only {known} of them; the other keys could no longer open it",
        .path.display()
    )]
    UnknownRecipients {
        /// The file.
        path: PathBuf,
        /// How many keys open the file.
        found: usize,
        /// How many of them are known.
        known: usize,
    },
    /// A file or folder cannot be read or written.
    #[error("{doing} {}", .path.display())]
    Io {
        /// What failed, as a verb: `write`.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Encryption failed.
    #[error("encrypt the vault {}: {what}", .path.display())]
    Encryption {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// What should be a host is none.
    #[error("find the account: {0}")]
    NotAHost(String),
    /// No account names the host, so no credentials go there.
    #[error("find the account: the host `{host}` is not in the vault")]
    UnknownHost {
        /// The host.
        host: String,
        /// The host of the vault that was probably meant.
        nearest: Option<String>,
    },
    /// There is no such user.
    #[error("find the account: the vault has no user `{user}`{}", at(.host.as_deref()))]
    UnknownUser {
        /// The user name.
        user: String,
        /// The host, if one was given.
        host: Option<String>,
        /// The user name that was probably meant.
        nearest: Option<String>,
    },
    /// The user has accounts at several hosts.
    #[error("find the account: `{user}` has accounts at several hosts: {}", .hosts.join(", "))]
    Ambiguous {
        /// The user name.
        user: String,
        /// The hosts.
        hosts: Vec<String>,
    },
    /// The account has no TOTP app.
    #[error("make a code: the account of `{0}` has no TOTP secret")]
    NoTotp(String),
    /// The TOTP secret of the account cannot be used.
    #[error(transparent)]
    TotpSecret(#[from] TotpSecretError),
}

impl VaultError {
    /// What to do.
    pub(crate) fn remedy(&self) -> Option<String> {
        let nearest = |near: &Option<String>| near.as_ref().map(|near| format!("did you mean `{near}`?"));
        let fixed = |text: &str| Some(text.to_owned());
        match self {
            Self::Missing(path) => Some(format!("create it with `vestibule vault create --vault {}`", path.display())),
            Self::Exists(_) => fixed("name another file, or add to this one with `vestibule vault add`"),
            Self::WrongPassphrase(_) => fixed("nothing was changed; try again"),
            Self::WrongIdentity(_) => {
                fixed("name the identity that it was created with: `--identity FILE`, or VESTIBULE_VAULT_KEY")
            }
            Self::NeedsPassphrase(_) => fixed(
                "leave out `--identity` and VESTIBULE_VAULT_KEY; set VESTIBULE_VAULT_PASSPHRASE, or type it when asked",
            ),
            Self::NeedsIdentity(_) => fixed("name the identity: `--identity FILE`, or VESTIBULE_VAULT_KEY"),
            Self::TooMuchWork { .. } => fixed("encrypt it again with `age`, or create a new vault"),
            Self::NotAge(_) => fixed("a vault begins with `age-encryption.org/v1`; is this the right file?"),
            Self::Damaged { .. } | Self::TooLarge { .. } => fixed("restore the file from a backup"),
            Self::Content { .. } => {
                fixed("use the version of Vestibule that wrote it, or restore the file from a backup")
            }
            Self::UnknownRecipients { .. } => {
                fixed("create a new vault with `--recipient` for each key, and import the accounts into it")
            }
            Self::UnknownHost { nearest: near, .. } => nearest(near)
                .or_else(|| fixed("credentials go only to hosts that the vault names; see `vestibule vault list`")),
            Self::UnknownUser { nearest: near, .. } => nearest(near).or_else(|| fixed("see `vestibule vault list`")),
            Self::Ambiguous { .. } => fixed("say which with `--host`"),
            Self::NoTotp(_) => fixed("add it with `vestibule vault add HOST USER --totp prompt`"),
            Self::Io { .. } | Self::Encryption { .. } | Self::NotAHost(_) | Self::TotpSecret(_) => None,
        }
    }

    /// Whether the machine failed, rather than what the user asked for.
    pub(crate) fn is_environment(&self) -> bool {
        matches!(self, Self::Io { .. } | Self::Encryption { .. })
    }
}

fn at(host: Option<&str>) -> String {
    host.map(|host| format!(" at {host}")).unwrap_or_default()
}
