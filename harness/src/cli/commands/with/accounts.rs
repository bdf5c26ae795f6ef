//! The accounts that a suite gets, what it is told of each, and what its browsers hold.

use std::collections::BTreeSet;

use url::{Host, Url};
use vestibule_model::vendor_hosts::is_production_host;
use vestibule_model::{Credential, TotpKey};

use super::Handed;
use crate::cli::output::error::CliError;
use crate::suite::{SuiteUser, Target};
use crate::vault::{Account, Vault};

/// The accounts that are asked for: those of these users, or else all; where a host is named, those of it.
///
/// # Errors
/// If a user or the host is not the vault's, a user has several accounts, or there is none.
pub(super) fn chosen(vault: &Vault, users: &[String], host: Option<&str>) -> Result<Vec<Account>, CliError> {
    let mut chosen: Vec<Account> = Vec::new();
    if users.is_empty() {
        let host = host.map(|host| vault.own_host(host)).transpose()?;
        let fits = |account: &&Account| host.as_deref().is_none_or(|host| account.may_use(host));
        chosen.extend(vault.accounts().iter().filter(fits).cloned());
    }
    for user in users {
        let account = vault.find(user, host)?;
        if !chosen.contains(account) {
            chosen.push(account.clone());
        }
    }
    if chosen.is_empty() {
        let hint = "`vestibule vault add` adds an account, and `vestibule vault import` those of a password manager";
        return Err(CliError::usage("the vault has no account; nothing ran").hint(hint));
    }
    Ok(chosen)
}

/// Refuses accounts of production orgs: what a suite does there is real.
///
/// # Errors
/// If there is one.
pub(super) fn refuse_production(accounts: &[Account]) -> Result<(), CliError> {
    let of = |account: &Account| hosts(account).find(|host| is_production_host(host)).map(str::to_owned);
    let Some((account, host)) = accounts.iter().find_map(|account| Some((account, of(account)?))) else {
        return Ok(());
    };
    let username = &account.username;
    let error =
        CliError::usage(format!("the credentials of {username} are for the production host {host}; nothing ran"));
    Err(error.hint(
        "name the accounts of the sandbox with `--account USER` or `--host HOST`; if you mean production, add \
         `--production`",
    ))
}

/// The hosts to which the credentials of an account may go.
pub(super) fn hosts(account: &Account) -> impl Iterator<Item = &str> {
    std::iter::once(&account.host).chain(&account.also).map(String::as_str)
}

/// The passkeys that browsers get: those for a host to which the credentials of their account may go. A browser uses a
/// passkey for its RP ID and what is below it only (WebAuthn Level 3, 5.1.4.1 step 7).
pub(super) fn for_browsers(account: &Account) -> impl Iterator<Item = &Credential> {
    account.passkeys.credentials().iter().filter(|passkey| account.may_use(&passkey.rp_id))
}

/// The RP IDs of the passkeys that no browser gets, each with its account.
pub(super) fn withheld(accounts: &[Account]) -> impl Iterator<Item = (&Account, &str)> {
    accounts.iter().flat_map(|account| {
        let passkeys = account.passkeys.credentials().iter().filter(|passkey| !account.may_use(&passkey.rp_id));
        let rp_ids: BTreeSet<&str> = passkeys.map(|passkey| passkey.rp_id.as_str()).collect();
        rp_ids.into_iter().map(move |rp_id| (account, rp_id))
    })
}

/// Whether others on the network can read the private keys of passkeys that go to this WebDriver server.
pub(super) fn is_in_the_clear(server: &Url) -> bool {
    let is_here = match server.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    };
    server.scheme() != "https" && !is_here
}

/// The addresses of the org of an account.
pub(super) fn target(account: &Account) -> Target {
    let my_domain = hosts(account).find_map(|host| host.strip_suffix(MY_DOMAIN));
    Target {
        login_url: format!("https://{}/", account.host),
        org_url: my_domain.map(|name| format!("https://{name}{MY_DOMAIN}")),
        lightning_url: my_domain.map(|name| format!("https://{name}{LIGHTNING}")),
        ..Target::default()
    }
}

/// What the suite is told of each account. Its key is what stands before the `@` of its user name, where no other account
/// has the same.
///
/// # Errors
/// If a TOTP secret is to be handed over, and nobody has one, or one of which a suite would make other codes.
pub(super) fn users(accounts: &[Account], handed: &[Handed]) -> Result<Vec<SuiteUser>, CliError> {
    let hands_totp = handed.contains(&Handed::TotpSecret);
    if hands_totp && accounts.iter().all(|account| account.totp.is_none()) {
        return Err(CliError::usage("`--give totp-secret`: no account here has a TOTP app; nothing ran")
            .hint("leave it out, or add the secret with `vestibule vault add`"));
    }
    let short = |account: &Account| account.username.split('@').next().unwrap_or_default().to_owned();
    accounts
        .iter()
        .map(|account| {
            let totp = account.totp.as_ref().map(|totp| &totp.key).filter(|_| hands_totp);
            if let Some(key) = totp.filter(|key| **key != TotpKey::usual(key.secret.clone())) {
                return Err(unusual(&account.username, key));
            }
            let own = short(account);
            let is_alone = accounts.iter().filter(|other| short(other) == own).count() == 1;
            Ok(SuiteUser {
                key: if is_alone { own } else { account.username.clone() },
                username: account.username.clone(),
                password: account.password.clone(),
                totp_secret: totp.map(|key| key.secret.base32().clone()),
                temporary_code: None,
                passkey: None,
                access_token: None,
                frontdoor_url: None,
            })
        })
        .collect()
}

/// One line that names the accounts, the hosts that their passkeys are for, and what the command is handed.
pub(super) fn summary(accounts: &[Account], handed: &[Handed]) -> String {
    let each = accounts.iter().map(|account| {
        let hosts = hosts(account).collect::<Vec<_>>().join(" and ");
        format!("{} at {hosts}", account.username)
    });
    let rp_ids: BTreeSet<&str> = accounts.iter().flat_map(for_browsers).map(|passkey| passkey.rp_id.as_str()).collect();
    let browsers = if rp_ids.is_empty() {
        "browsers hold no passkey yet".to_owned()
    } else {
        format!("browsers hold passkeys for {}", Vec::from_iter(rp_ids).join(", "))
    };
    let mut names = vec!["VESTIBULE_USERNAME"];
    if accounts.iter().any(|account| account.password.is_some()) {
        names.push("VESTIBULE_PASSWORD");
    }
    names.extend(handed.iter().map(|Handed::TotpSecret| "VESTIBULE_TOTP_SECRET"));
    format!("with {}; {browsers}; the command gets {}", each.collect::<Vec<_>>().join(", "), names.join(", "))
}

fn unusual(username: &str, key: &TotpKey) -> CliError {
    let TotpKey { algorithm, digits, period, .. } = key;
    let error = CliError::usage(format!(
        "the TOTP app of {username} makes codes of {digits} digits with {algorithm} every {period} s, which a suite cannot \
         make from the secret alone; nothing ran"
    ));
    error.hint("leave out `--give totp-secret`, and let the suite run `vestibule code USER`")
}

/// Ends of the hosts of one org.
const MY_DOMAIN: &str = ".my.salesforce.com";
const LIGHTNING: &str = ".lightning.force.com";
