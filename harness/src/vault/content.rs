//! What a vault holds while it is open.

use std::collections::{BTreeMap, BTreeSet};

use vestibule_model::diagnostic::suggest;

use super::account::Account;
use super::error::VaultError;

/// The accounts. Plain data: only [`super::VaultFile`] reads and writes it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Vault {
    accounts: Vec<Account>,
    /// The public keys, beside that of whoever opens the file, for which it is encrypted.
    recipients: Vec<String>,
}

impl Vault {
    /// With these accounts and recipients.
    pub(super) fn new(accounts: Vec<Account>, recipients: Vec<String>) -> Self {
        Self { accounts, recipients }
    }

    /// Every account, oldest first.
    pub(crate) fn accounts(&self) -> &[Account] {
        &self.accounts
    }

    /// The age public keys whose owners can also open the file.
    pub(crate) fn recipients(&self) -> &[String] {
        &self.recipients
    }

    /// Lets the owner of an age public key open the file too, from the next write on.
    pub(crate) fn add_recipient(&mut self, recipient: String) {
        if !self.recipients.contains(&recipient) {
            self.recipients.push(recipient);
        }
    }

    /// Every host that credentials of this vault may go to: bare names in lower case.
    pub(crate) fn hosts(&self) -> BTreeSet<&str> {
        self.accounts
            .iter()
            .flat_map(|account| account.also.iter().chain([&account.host]))
            .map(String::as_str)
            .collect()
    }

    /// The account of a user, at a host if the user has accounts at several.
    ///
    /// # Errors
    ///
    /// If the host is not the vault's, if there is no such user, or if the user has several accounts and no host is given.
    pub(crate) fn find(&self, user: &str, host: Option<&str>) -> Result<&Account, VaultError> {
        self.place(user, host).map(|place| &self.accounts[place])
    }

    /// The same, to change it.
    ///
    /// # Errors
    ///
    /// As [`Self::find`].
    pub(crate) fn find_mut(&mut self, user: &str, host: Option<&str>) -> Result<&mut Account, VaultError> {
        let place = self.place(user, host)?;
        Ok(&mut self.accounts[place])
    }

    /// Adds an account, or merges it into the account of the same host and user name: what it does not say stays, and
    /// counters never go back.
    pub(crate) fn insert(&mut self, account: Account) {
        let same = |held: &&mut Account| held.host == account.host && held.is_of(&account.username);
        match self.accounts.iter_mut().find(same) {
            Some(held) => held.merge(account),
            None => self.accounts.push(account),
        }
    }

    /// Takes out an account.
    ///
    /// # Errors
    ///
    /// As [`Self::find`].
    pub(crate) fn remove(&mut self, user: &str, host: Option<&str>) -> Result<Account, VaultError> {
        let place = self.place(user, host)?;
        Ok(self.accounts.remove(place))
    }

    /// Sets every counter to at least what it was in an earlier state of the vault.
    pub(super) fn advance_past(&mut self, earlier: &Self) {
        let key = |account: &Account| (account.host.clone(), account.username.to_ascii_lowercase());
        let held: BTreeMap<_, _> = earlier.accounts.iter().map(|account| (key(account), account)).collect();
        for account in &mut self.accounts {
            if let Some(held) = held.get(&key(account)) {
                account.advance_past(held);
            }
        }
    }

    fn place(&self, user: &str, host: Option<&str>) -> Result<usize, VaultError> {
        let host = host.map(|host| self.own_host(host)).transpose()?;
        let fits = |account: &Account| host.as_deref().is_none_or(|host| account.may_use(host));
        let found: Vec<usize> = (0..self.accounts.len())
            .filter(|place| fits(&self.accounts[*place]) && self.accounts[*place].is_of(user))
            .collect();
        match found[..] {
            [] => {
                let names =
                    self.accounts.iter().filter(|account| fits(account)).map(|account| account.username.as_str());
                let nearest = suggest(user, names).map(str::to_owned);
                Err(VaultError::UnknownUser { user: user.to_owned(), host, nearest })
            }
            [place] => Ok(place),
            _ => {
                // A host that another account of the user only may use, too, is that of the account that it is named by.
                let named = |place: &&usize| host.as_ref() == Some(&self.accounts[**place].host);
                if let Some(place) = found.iter().find(named) {
                    return Ok(*place);
                }
                let hosts = found.iter().map(|place| self.accounts[*place].host.clone()).collect();
                Err(VaultError::Ambiguous { user: user.to_owned(), hosts })
            }
        }
    }

    /// The bare name of a host of the vault.
    ///
    /// # Errors
    ///
    /// If no account names it.
    pub(crate) fn own_host(&self, host: &str) -> Result<String, VaultError> {
        let name = super::account::host_name(host).map_err(VaultError::NotAHost)?;
        let hosts = self.hosts();
        if hosts.contains(name.as_str()) {
            return Ok(name);
        }
        let nearest = suggest(&name, hosts).map(str::to_owned);
        Err(VaultError::UnknownHost { host: name, nearest })
    }
}
