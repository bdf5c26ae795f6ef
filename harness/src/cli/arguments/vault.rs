//! The vault that a command uses, and what opens it.

use std::env;
use std::fs::File;
use std::io::{self, IsTerminal as _, Read as _};
use std::path::{Path, PathBuf};

use clap::Args;
use vestibule_model::Secret;

use crate::cli::output::console::Console;
use crate::cli::output::error::CliError;
use crate::outcome::ExitCode;
use crate::vault::{VaultError, VaultFile, VaultKey, VaultKeyError};

/// The vault, and what opens it.
#[derive(Debug, Clone, Args)]
pub(crate) struct VaultArgs {
    /// The vault
    #[arg(long = "vault", value_name = "FILE", env = "VESTIBULE_VAULT", hide_env_values = true)]
    #[arg(help_heading = "Vault")]
    vault_file: Option<PathBuf>,
    /// File with the age identity that opens the vault; without one, VESTIBULE_VAULT_KEY may hold the identity itself, or
    /// VESTIBULE_VAULT_PASSPHRASE the passphrase, which is otherwise asked for
    #[arg(long = "identity", value_name = "FILE", env = "VESTIBULE_VAULT_IDENTITY", hide_env_values = true)]
    #[arg(help_heading = "Vault")]
    vault_identity: Option<PathBuf>,
}

impl VaultArgs {
    /// Opens the vault.
    ///
    /// # Errors
    ///
    /// If none is named, the key is missing or wrong, or the file is damaged.
    pub(crate) fn open(&self, console: &mut Console<'_>) -> Result<VaultFile, CliError> {
        let path = self.path()?;
        // Nobody should type a passphrase for a file that is not there.
        if !path.exists() {
            return Err(VaultError::Missing(path).into());
        }
        let key = match self.given_key()? {
            Some(key) => key,
            None => VaultKey::Passphrase(ask(&format!("Passphrase of {}", path.display()), console)?),
        };
        Ok(VaultFile::open(path, key)?)
    }

    /// The files that are named, each under the variable that names it to another process.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&'static str, &Path)> {
        let vault = self.vault_file.as_deref().map(|file| ("VESTIBULE_VAULT", file));
        let identity = self.vault_identity.as_deref().map(|file| ("VESTIBULE_VAULT_IDENTITY", file));
        vault.into_iter().chain(identity)
    }

    /// The path of the vault.
    ///
    /// # Errors
    ///
    /// If none is named.
    pub(crate) fn path(&self) -> Result<PathBuf, CliError> {
        self.vault_file.clone().ok_or_else(|| {
            CliError::usage("no vault is named")
                .hint("name it with `--vault FILE` or VESTIBULE_VAULT; `vestibule vault create` makes one")
        })
    }

    /// The key that the options and the environment give, if they give one.
    ///
    /// # Errors
    ///
    /// If an identity cannot be read.
    pub(crate) fn given_key(&self) -> Result<Option<VaultKey>, CliError> {
        if let Some(file) = &self.vault_identity {
            let text = read_secret_file(file)?;
            return VaultKey::from_identities(&text)
                .map(Some)
                .map_err(|error| in_place(&error, &file.display().to_string()));
        }
        if let Some(text) = variable(KEY)? {
            return VaultKey::from_identities(&text).map(Some).map_err(|error| in_place(&error, KEY));
        }
        Ok(variable(PASSPHRASE)?.map(VaultKey::Passphrase))
    }
}

impl From<VaultError> for CliError {
    fn from(error: VaultError) -> Self {
        let code = if error.is_environment() { ExitCode::Broken } else { ExitCode::Usage };
        Self::failed_to(&error, code).hint_if(error.remedy())
    }
}

impl From<VaultKeyError> for CliError {
    fn from(error: VaultKeyError) -> Self {
        Self::failed_to(&error, ExitCode::Usage).hint(error.remedy())
    }
}

/// A secret that a person types, which the terminal does not show.
///
/// # Errors
///
/// If nobody can be asked, or nothing was typed.
pub(crate) fn ask(prompt: &str, console: &mut Console<'_>) -> Result<Secret, CliError> {
    if !(console.terminal.err_is_terminal && io::stdin().is_terminal()) {
        return Err(CliError::usage(format!("cannot ask for a secret: {prompt}"))
            .hint(format!("there is no terminal; set {KEY} or {PASSPHRASE} for the vault, and give secrets by `env:NAME`, `file:PATH` or `-`")));
    }
    CliError::unless_reader_gone(write!(console.err, "{prompt}: "))?;
    CliError::unless_reader_gone(console.err.flush())?;
    let typed = ::console::Term::stderr().read_secure_line();
    let typed = typed.map_err(|error| CliError::broken(format!("failed to read from the terminal: {error}")))?;
    if typed.is_empty() { Err(CliError::usage("nothing was typed")) } else { Ok(Secret::new(typed)) }
}

/// A secret in a variable of the environment; empty counts as unset.
///
/// # Errors
///
/// If it is not UTF-8.
pub(crate) fn variable(name: &str) -> Result<Option<Secret>, CliError> {
    match env::var(name) {
        Ok(text) if text.is_empty() => Ok(None),
        Ok(text) => Ok(Some(Secret::new(text))),
        Err(env::VarError::NotPresent) => Ok(None),
        Err(env::VarError::NotUnicode(_)) => Err(CliError::usage(format!("{name} is not UTF-8"))),
    }
}

/// The text of a file that holds secrets.
///
/// # Errors
///
/// If it cannot be read, is too large or is not UTF-8.
pub(crate) fn read_secret_file(file: &Path) -> Result<Secret, CliError> {
    let failed = |error| CliError::usage(format!("failed to read {}: {error}", file.display()));
    let mut bytes = Vec::new();
    File::open(file).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes)).map_err(failed)?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > LARGEST) {
        return Err(CliError::usage(format!("{} is larger than {LARGEST} bytes", file.display())));
    }
    let text = String::from_utf8(bytes);
    text.map(Secret::new).map_err(|_| CliError::usage(format!("{} is not UTF-8", file.display())))
}

fn in_place(error: &VaultKeyError, place: &str) -> CliError {
    CliError::usage(format!("{place}: failed to {error}")).hint(error.remedy())
}

/// The variables that hold what opens a vault.
pub(crate) const SECRET_VARIABLES: [&str; 2] = [KEY, PASSPHRASE];

const KEY: &str = "VESTIBULE_VAULT_KEY";
const PASSPHRASE: &str = "VESTIBULE_VAULT_PASSPHRASE";

/// Far more than an export of a password manager.
const LARGEST: u64 = 16 * 1024 * 1024;
