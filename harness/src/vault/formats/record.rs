//! What a file says about one account, and whose account that is.

use std::collections::BTreeMap;

use vestibule_model::{Credential, Secret, TotpKey};

use super::error::FormatError;
use crate::vault::account::{Account, Totp, host_name};
use crate::vault::content::Vault;

/// What a file says about one account. Not every format says who it is and where.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Record {
    /// Line and column of the record in the file.
    pub(super) at: (u64, u64),
    /// Hosts, bare and in lower case; the first is the account's.
    pub(super) hosts: Vec<String>,
    /// The user name.
    pub(super) username: Option<String>,
    /// The password.
    pub(super) password: Option<Secret>,
    /// The TOTP app, or why it cannot be read: that does not matter if the record is left out.
    pub(super) totp: Option<Result<TotpKey, FormatError>>,
    /// A passkey.
    pub(super) passkey: Option<Credential>,
    /// The ID of the org's record of the passkey.
    pub(super) registration: Option<String>,
}

/// Where records go: what the user says, and what the vault already knows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Placement {
    /// The host of records that name none.
    pub(crate) host: Option<String>,
    /// The user name of records that name none, and of passkeys.
    pub(crate) user: Option<String>,
    /// Only records of these hosts, or of hosts below them; all if empty.
    pub(crate) only: Vec<String>,
}

impl Placement {
    /// With host names made bare.
    ///
    /// # Errors
    ///
    /// If a host is not one; says what is valid.
    pub(crate) fn new(host: Option<&str>, user: Option<&str>, only: &[String]) -> Result<Self, String> {
        Ok(Self {
            host: host.map(host_name).transpose()?,
            user: user.map(str::to_owned),
            only: only.iter().map(|host| host_name(host)).collect::<Result<_, _>>()?,
        })
    }

    /// The accounts of these records, each to be inserted into the vault, and how many records `only` left out.
    ///
    /// # Errors
    ///
    /// If it is not known whose account a record is, or where.
    pub(crate) fn accounts(
        &self,
        file: &str,
        records: Vec<Record>,
        vault: &Vault,
    ) -> Result<(Vec<Account>, usize), FormatError> {
        let (mut accounts, mut left_out) = (Vec::new(), 0);
        for record in records {
            if self.wants(&record) {
                accounts.push(self.account(file, record, vault)?);
            } else {
                left_out += 1;
            }
        }
        Ok((accounts, left_out))
    }

    fn wants(&self, record: &Record) -> bool {
        let below = |host: &str| {
            let is_below = |only: &String| host.strip_suffix(only.as_str()).is_some_and(|rest| rest.ends_with('.'));
            self.only.iter().any(|only| host == only || is_below(only))
        };
        let hosts = if record.hosts.is_empty() { self.host.as_slice() } else { &record.hosts };
        self.only.is_empty() || hosts.iter().any(|host| below(host))
    }

    fn account(&self, file: &str, record: Record, vault: &Vault) -> Result<Account, FormatError> {
        let known = vault.accounts();
        let at_host = |account: &&Account| {
            let hosts = if record.hosts.is_empty() { self.host.as_slice() } else { &record.hosts };
            hosts.iter().any(|host| account.may_use(host))
        };
        // The user name of a passkey is what the org calls the user, which need not be what the user types.
        let given = match (&record.passkey, &self.user) {
            (Some(_), Some(user)) => Some(user),
            (_, user) => record.username.as_ref().or(user.as_ref()),
        };
        let username = given.cloned().or_else(|| {
            let mut there = known.iter().filter(at_host);
            there.next().filter(|_| there.next().is_none()).map(|account| account.username.clone())
        });
        let username = username.ok_or_else(|| {
            FormatError::at(
                file,
                record.at,
                "it does not name the user, and the vault does not have exactly one account at this host",
                "name the user with `--user`, or choose what to import with `--only HOST`",
            )
        })?;
        let mut held = known.iter().filter(|account| account.is_of(&username));
        let held_at = held.clone().find(at_host);
        let only_held = held.next().filter(|_| held.next().is_none());
        let host = match (record.hosts.first().or(self.host.as_ref()), held_at, only_held) {
            (_, Some(account), _) => account.host.clone(),
            (Some(host), None, _) => host.clone(),
            (None, None, Some(account)) => account.host.clone(),
            (None, None, None) => {
                return Err(FormatError::at(
                    file,
                    record.at,
                    "it does not name the host, and the vault does not have exactly one account of this user",
                    "name the host with `--host`, or choose what to import with `--only HOST`",
                ));
            }
        };
        let mut account = Account {
            also: record.hosts.into_iter().filter(|also| *also != host).collect(),
            host,
            username,
            password: record.password,
            totp: record.totp.transpose()?.map(Totp::new),
            ..Account::default()
        };
        if let Some(passkey) = record.passkey {
            let registration = record.registration.map(|registration| (passkey.id.clone(), registration));
            account.registrations = BTreeMap::from_iter(registration);
            account.passkeys.store(passkey);
        }
        Ok(account)
    }
}
