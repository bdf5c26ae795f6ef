//! Lends the passkeys of a vault to browsers, and stores what they made of them.

use std::collections::{BTreeMap, BTreeSet};

use parking_lot::Mutex;
use vestibule_model::Credential;

use super::accounts::{for_browsers, hosts};
use crate::suite::PasskeyKeeper;
use crate::vault::{Account, Vault, VaultError, VaultFile};

/// The passkeys of the chosen accounts of a vault.
#[derive(Debug)]
pub(super) struct VaultKeeper {
    file: VaultFile,
    /// Host and user name of each chosen account.
    accounts: Vec<(String, String)>,
    /// The hosts to which their credentials may go.
    hosts: BTreeSet<String>,
    state: Mutex<State>,
}

/// What became of the passkeys.
#[derive(Debug, Default)]
pub(super) struct Kept {
    /// How many authenticators held them.
    pub(super) authenticators: u32,
    /// How many passkeys were made, and are in the vault now.
    pub(super) made: usize,
    /// RP IDs of passkeys that were made, and of which nobody knows the account.
    pub(super) unclaimed: Vec<String>,
    /// The first failure of the vault.
    pub(super) failure: Option<VaultError>,
}

#[derive(Debug, Default)]
struct State {
    kept: Kept,
    /// The passkeys of the vault with the first counter of the reserved ones.
    reserved: Vec<Credential>,
    /// How many authenticators can still be given their part of the reserved counters.
    left: u32,
    /// The counters in the vault, by RP ID and credential ID.
    counters: BTreeMap<(String, Vec<u8>), u32>,
}

impl VaultKeeper {
    /// For these accounts of this vault.
    pub(super) fn new(file: VaultFile, accounts: &[Account]) -> Self {
        let hosts = accounts.iter().flat_map(hosts).map(str::to_owned).collect();
        let accounts = accounts.iter().map(|account| (account.host.clone(), account.username.clone())).collect();
        Self { file, accounts, hosts, state: Mutex::default() }
    }

    /// What became of the passkeys since this was last asked.
    pub(super) fn kept(&self) -> Kept {
        std::mem::take(&mut self.state.lock().kept)
    }

    /// Takes counters of every passkey out of the vault, so that no other process, and no later run, lends them again.
    fn reserve(&self, state: &mut State) -> Result<(), VaultError> {
        let (reserved, counters) = self.file.update(|vault| {
            let mut reserved = Vec::new();
            for (host, username) in &self.accounts {
                let account = vault.find_mut(username, Some(host))?;
                let lent: Vec<Credential> = for_browsers(account).cloned().collect();
                for passkey in &lent {
                    let sign_count = passkey.sign_count.saturating_add(AUTHENTICATORS * COUNTS_PER_AUTHENTICATOR);
                    account.passkeys.store(Credential { sign_count, ..passkey.clone() });
                }
                reserved.extend(lent);
            }
            Ok((reserved, self.counters(vault)?))
        })?;
        *state = State { kept: std::mem::take(&mut state.kept), reserved, left: AUTHENTICATORS, counters };
        Ok(())
    }

    fn counters(&self, vault: &Vault) -> Result<BTreeMap<(String, Vec<u8>), u32>, VaultError> {
        let mut counters = BTreeMap::new();
        for (host, username) in &self.accounts {
            let account = vault.find(username, Some(host))?;
            counters.extend(for_browsers(account).map(|passkey| (key(passkey), passkey.sign_count)));
        }
        Ok(counters)
    }

    /// Stores passkeys that the vault does not have, or has with a lower counter.
    fn store(&self, state: &mut State, changed: Vec<Credential>) -> Result<(), VaultError> {
        let (made, unclaimed, counters) = self.file.update(|vault| {
            let (mut made, mut unclaimed) = (0, Vec::new());
            for passkey in changed {
                let Some((host, username)) = self.owner(vault, &passkey)? else {
                    unclaimed.push(passkey.rp_id);
                    continue;
                };
                let account = vault.find_mut(&username, Some(&host))?;
                made += usize::from(!holds(account, &passkey));
                account.passkeys.store(passkey);
            }
            Ok((made, unclaimed, self.counters(vault)?))
        })?;
        state.kept.made += made;
        for rp_id in unclaimed {
            if !state.kept.unclaimed.contains(&rp_id) {
                state.kept.unclaimed.push(rp_id);
            }
        }
        if made > 0 {
            // The next authenticator holds the new passkeys too.
            state.left = 0;
        }
        state.counters = counters;
        Ok(())
    }

    /// Host and user name of the account to which a passkey belongs: the one that holds it, or that the org named when it was
    /// made, or the only one that it can be.
    fn owner(&self, vault: &Vault, passkey: &Credential) -> Result<Option<(String, String)>, VaultError> {
        let mut possible = Vec::new();
        for place in &self.accounts {
            let account = vault.find(&place.1, Some(&place.0))?;
            if account.may_use(&passkey.rp_id) {
                possible.push((place, account));
            }
        }
        let named = |account: &Account| passkey.user_name.as_deref().is_some_and(|name| account.is_of(name));
        let owner = possible
            .iter()
            .find(|(_, account)| holds(account, passkey))
            .or_else(|| possible.iter().find(|(_, account)| named(account)))
            .or_else(|| possible.first().filter(|_| possible.len() == 1));
        Ok(owner.map(|(place, _)| (*place).clone()))
    }
}

impl PasskeyKeeper for VaultKeeper {
    fn lend(&self) -> Vec<Credential> {
        let mut guard = self.state.lock();
        let state = &mut *guard;
        if state.left == 0
            && let Err(failure) = self.reserve(state)
        {
            state.kept.failure.get_or_insert(failure);
            return Vec::new();
        }
        state.left -= 1;
        state.kept.authenticators += 1;
        let before = (AUTHENTICATORS - 1 - state.left) * COUNTS_PER_AUTHENTICATOR;
        let lent = state.reserved.iter();
        lent.map(|passkey| Credential { sign_count: passkey.sign_count.saturating_add(before), ..passkey.clone() })
            .collect()
    }

    fn give_back(&self, held: Vec<Credential>) {
        let mut guard = self.state.lock();
        let state = &mut *guard;
        let is_changed = |passkey: &Credential| {
            let known = state.counters.get(&key(passkey));
            // What a suite does at other hosts is its own.
            self.hosts.contains(&passkey.rp_id) && known.is_none_or(|count| *count < passkey.sign_count)
        };
        let changed: Vec<Credential> = held.into_iter().filter(is_changed).collect();
        if changed.is_empty() {
            return;
        }
        if let Err(failure) = self.store(state, changed) {
            state.kept.failure.get_or_insert(failure);
        }
    }
}

fn holds(account: &Account, passkey: &Credential) -> bool {
    account.passkeys.of(&passkey.rp_id).any(|held| held.id == passkey.id)
}

fn key(passkey: &Credential) -> (String, Vec<u8>) {
    (passkey.rp_id.clone(), passkey.id.clone())
}

/// How many authenticators are served before counters are reserved again.
const AUTHENTICATORS: u32 = 10;
/// No window of a suite signs in more often.
const COUNTS_PER_AUTHENTICATOR: u32 = 100;
