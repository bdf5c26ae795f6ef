//! One user of one org, and everything that this user signs in with.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use url::{Host, Url};
use vestibule_model::{Secret, TotpKey};

use crate::authenticator::{CodePlan, CredentialStore, TotpGenerator, TotpSecretError};

/// A user of an org.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Account {
    /// The org's login host or My Domain host, in lower case and without a port. The credentials go only there.
    pub(crate) host: String,
    /// Further hosts that the credentials may go to: the login host, the identity provider's.
    pub(crate) also: Vec<String>,
    /// The user name, as the user types it.
    pub(crate) username: String,
    /// The password.
    pub(crate) password: Option<Secret>,
    /// The TOTP app.
    pub(crate) totp: Option<Totp>,
    /// The passkeys and security keys.
    pub(crate) passkeys: CredentialStore,
    /// The ID of the org's own record of a passkey (`0mo…`), by credential ID, where it is known.
    pub(crate) registrations: BTreeMap<Vec<u8>, String>,
    /// Codes that each count once.
    pub(crate) backup_codes: Vec<Secret>,
}

/// A TOTP app, and the last step whose code left the vault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Totp {
    /// What the app makes codes of.
    pub(crate) key: TotpKey,
    /// The last step whose code was issued. It never goes back.
    pub(crate) last_step: Option<u64>,
}

impl Account {
    /// An account without credentials. The host is made bare; see [`host_name`].
    ///
    /// # Errors
    ///
    /// If the host is not one, or the user name is empty; says what is valid.
    pub(crate) fn new(host: &str, username: impl Into<String>) -> Result<Self, String> {
        let account = Self { host: host_name(host)?, username: username.into(), ..Self::default() };
        if account.username.is_empty() { Err("the user name is empty".to_owned()) } else { Ok(account) }
    }

    /// Whether the credentials may go to this host, given in lower case.
    pub(crate) fn may_use(&self, host: &str) -> bool {
        self.host == host || self.also.iter().any(|also| also == host)
    }

    /// Whether this is the account of a user name. The vendor compares user names without case.
    pub(crate) fn is_of(&self, username: &str) -> bool {
        self.username.eq_ignore_ascii_case(username)
    }

    /// Takes over what another record of the same account says. What it does not say stays; passkeys, codes and hosts are
    /// added. Counters never go back.
    pub(super) fn merge(&mut self, other: Self) {
        for host in other.also {
            if !self.may_use(&host) {
                self.also.push(host);
            }
        }
        if other.password.is_some() {
            self.password = other.password;
        }
        if let Some(mut totp) = other.totp {
            totp.advance_past(self.totp.as_ref());
            self.totp = Some(totp);
        }
        for credential in other.passkeys.credentials() {
            self.passkeys.store(credential.clone());
        }
        self.registrations.extend(other.registrations);
        for code in other.backup_codes {
            if !self.backup_codes.contains(&code) {
                self.backup_codes.push(code);
            }
        }
    }

    /// Sets every counter to at least what it was.
    pub(super) fn advance_past(&mut self, earlier: &Self) {
        if let Some(totp) = &mut self.totp {
            totp.advance_past(earlier.totp.as_ref());
        }
        let mut passkeys = self.passkeys.clone();
        for held in earlier.passkeys.credentials() {
            let still = self.passkeys.of(&held.rp_id).find(|credential| credential.id == held.id);
            if let Some(still) = still.filter(|credential| credential.sign_count < held.sign_count) {
                let mut still = still.clone();
                still.sign_count = held.sign_count;
                passkeys.store(still);
            }
        }
        self.passkeys = passkeys;
    }
}

impl Totp {
    /// An app of which no code was issued.
    pub(crate) fn new(key: TotpKey) -> Self {
        Self { key, last_step: None }
    }

    /// What makes the codes.
    ///
    /// # Errors
    ///
    /// If the secret is not base32, which a checked key never says.
    pub(crate) fn generator(&self) -> Result<TotpGenerator, TotpSecretError> {
        TotpGenerator::new(&self.key)
    }

    /// A code that is good for [`GOOD_FOR`], whose step is then the last one that was issued; or the time until which to
    /// wait.
    ///
    /// # Errors
    ///
    /// If the secret is not base32, which a checked key never says.
    pub(crate) fn issue(&mut self, now: Timestamp) -> Result<CodePlan, TotpSecretError> {
        let plan = self.generator()?.plan_good_for(GOOD_FOR, now, self.last_step);
        if let CodePlan::Ready { step, .. } = &plan {
            self.last_step = Some(*step);
        }
        Ok(plan)
    }

    /// Sets the last step to at least the earlier one, if that is of the same app.
    fn advance_past(&mut self, earlier: Option<&Self>) {
        if let Some(earlier) = earlier.filter(|earlier| earlier.key == self.key) {
            self.last_step = self.last_step.max(earlier.last_step);
        }
    }
}

/// The bare host of what a user writes as one: a name, a name with a port, or a URL.
///
/// # Errors
///
/// If it is not a host name; says what is valid.
pub(crate) fn host_name(text: &str) -> Result<String, String> {
    let text = text.trim();
    let url = if text.contains("://") { Url::parse(text) } else { Url::parse(&format!("https://{text}")) };
    // `rep@acme.example` is a URL without a scheme, but whoever writes that means a user name.
    let url = url.ok().filter(|url| url.username().is_empty() && url.password().is_none());
    let host = url.and_then(|url| match url.host() {
        Some(Host::Domain(name)) => Some(name.trim_end_matches('.').to_lowercase()),
        Some(Host::Ipv4(address)) => Some(address.to_string()),
        Some(Host::Ipv6(address)) => Some(address.to_string()),
        None => None,
    });
    host.filter(|host| !host.is_empty())
        .ok_or_else(|| format!("`{text}` is not a host: write its name or its URL, such as acme.my.salesforce.com"))
}

/// For how long a code is still good when it leaves the vault, or half its period where that is shorter.
pub(crate) const GOOD_FOR: Duration = Duration::from_secs(5);
