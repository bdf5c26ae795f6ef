//! The vault: accounts of real orgs, with their passwords, TOTP apps, passkeys and backup codes, in one encrypted file.
//!
//! [`VaultFile`] is the file: an `age` file, which a passphrase or an age identity opens. [`Vault`] is its content while
//! it is open. Only [`VaultFile::update`] changes it: locked against other processes, and so that a process that is
//! killed leaves either the old content or the new one.

mod account;
mod code;
mod content;
mod document;
mod error;
mod file;
pub(crate) mod formats;
mod key;

pub(crate) use account::{Account, GOOD_FOR, Totp, host_name};
pub(crate) use code::next_code;
pub(crate) use content::Vault;
pub(crate) use error::VaultError;
pub(crate) use file::VaultFile;
pub(crate) use key::{VaultKey, VaultKeyError, parse_recipient};

#[cfg(test)]
pub(crate) mod tests;
