//! `vestibule probe --sso`: what the team's own identity provider sends, judged as `inspect` judges it.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::civil::Date;
use vestibule_model::Secret;
use vestibule_simulator::inspect::{Inspected, Keys, inspect_with};
use vestibule_simulator::policy::Rulebook;

use super::{ProbeArgs, Reach, check_not_refused, host_account, text};
use crate::actor::{HostAccount, VisitEnd};
use crate::authenticator::CredentialStore;
use crate::cli::message_answer::Answer;
use crate::cli::output::console::Console;
use crate::cli::output::error::CliError;
use crate::outcome::ExitCode;
use crate::probe::{RefusedLogins, Sso, follow_sso};
use crate::vault::{Account, VaultFile};

/// Follows the identity provider with this label.
pub(super) fn follow(
    args: &ProbeArgs,
    label: &str,
    reach: &Reach<'_>,
    vault: &Arc<VaultFile>,
    today: Date,
    console: &mut Console<'_>,
) -> Result<ExitCode, CliError> {
    let content = vault.read()?;
    // The account must be one of this org or of the identity provider: nobody else's is looked at.
    let own: Vec<Account> = content.accounts().iter().filter(|account| account.is_of(&args.user)).cloned().collect();
    if own.is_empty() {
        content.find(&args.user, None)?;
    }
    let refused = RefusedLogins::read(reach.ledger).map_err(|error| super::broken(&error))?;
    let mut passkeys = CredentialStore::default();
    for account in &own {
        check_not_refused(account, &refused)?;
        account.passkeys.credentials().iter().for_each(|credential| passkeys.store(credential.clone()));
    }
    let sso = Sso {
        host: args.org.host.clone(),
        login_url: args.org.login_url(),
        home_url: args.org.home_url(),
        label: label.to_owned(),
        accounts: host_accounts(&own, vault, &refused),
        passkeys,
    };
    let followed = args.with_browser(reach, async |probe| follow_sso(probe, sso).await)?;
    keep_passkeys(vault, &own, &followed.passkeys)?;
    match newest(&followed.answers) {
        Some(message) => judge(args, &message, today, console),
        None => Err(nothing_captured(&followed.end, &args.org.host)),
    }
}

/// What may be typed at the hosts of these accounts. At the host of one, the others are not used: their password may be
/// another one.
pub(super) fn host_accounts(own: &[Account], vault: &Arc<VaultFile>, refused: &RefusedLogins) -> Vec<HostAccount> {
    let named: BTreeSet<&str> = own.iter().map(|account| account.host.as_str()).collect();
    let accounts = own.iter().map(|account| {
        let mut typed = host_account(account, vault, refused);
        typed.hosts.retain(|host| *host == account.host || !named.contains(host.as_str()));
        typed
    });
    accounts.collect()
}

/// The last answer that can be read.
fn newest(answers: &[Secret]) -> Option<Inspected> {
    answers.iter().rev().find_map(|answer| inspect_with(answer.reveal(), &Keys::default()).ok())
}

/// Judges what was captured.
fn judge(args: &ProbeArgs, message: &Inspected, today: Date, console: &mut Console<'_>) -> Result<ExitCode, CliError> {
    let date = args.date.unwrap_or(today);
    let answer = Answer::of(message, &Rulebook::newest(), args.org.kind, Some(&args.profile), date);
    writeln!(console.out, "{}", answer.shown(args.json)?)?;
    Ok(if answer.refusal.is_some() { ExitCode::Failed } else { ExitCode::Passed })
}

fn nothing_captured(end: &VisitEnd, host: &str) -> CliError {
    match end {
        VisitEnd::Home | VisitEnd::Gate => CliError::broken(
            "the identity provider signed the user in, but its answer did not pass through the browser: with an authorization \
             code, the org fetches the ID token itself",
        )
        .hint("see Login History for what the org read, or give a token from the provider's log to `vestibule inspect`"),
        VisitEnd::Elsewhere { host: idp } => CliError::broken(format!(
            "the button leads to {idp}, which asks the user to sign in, and the vault has no account there; nothing was typed"
        ))
        .hint(format!("add the account of {idp} with `vestibule vault`")),
        other => {
            let (why, fix) = text::ended(other, host, None);
            CliError::broken(format!("nothing was captured: {why}")).hint(fix)
        }
    }
}

fn keep_passkeys(vault: &VaultFile, own: &[Account], passkeys: &CredentialStore) -> Result<(), CliError> {
    if passkeys.is_empty() {
        return Ok(());
    }
    vault.update(|vault| {
        for account in own {
            let kept = vault.find_mut(&account.username, Some(&account.host))?;
            for held in account.passkeys.credentials() {
                let used = passkeys.of(&held.rp_id).find(|credential| credential.id == held.id);
                if let Some(used) = used {
                    kept.passkeys.store(used.clone());
                }
            }
        }
        Ok(())
    })?;
    Ok(())
}
