//! `vestibule probe --forget-refused`: what an org has refused of a user is forgotten after a login by hand. Only a person can
//! say that there was one, so only a person is asked.

use std::io::BufRead;

use super::{FORGET, ProbeArgs, Reach, broken};
use crate::cli::output::console::Console;
use crate::cli::output::error::CliError;
use crate::outcome::ExitCode;
use crate::probe::RefusedLogins;
use crate::vault::Account;

/// Asks, and forgets.
///
/// # Errors
/// If the account or the file cannot be used, nobody can be asked, or the answer is no.
pub(super) fn forget(
    args: &ProbeArgs,
    reach: &Reach<'_>,
    console: &mut Console<'_>,
    input: &mut dyn BufRead,
) -> Result<ExitCode, CliError> {
    let content = args.vault.open(console)?.read()?;
    let of_org = content.find(&args.user, Some(&args.org.host));
    let accounts: Vec<&Account> = match &args.sso {
        // Its account is at the identity provider.
        Some(_) => content.accounts().iter().filter(|account| account.is_of(&args.user)).collect(),
        None => vec![of_org?],
    };
    let mut refused = RefusedLogins::read(reach.ledger).map_err(|error| broken(&error))?;
    for account in accounts {
        let (host, user) = (&account.host, &account.username);
        let times = refused.times(host, user).map_err(|error| broken(&error))?;
        if times == 0 {
            writeln!(console.out, "{host} has refused nothing of {user}: there is nothing to forget")?;
            continue;
        }
        if !console.terminal.interactive {
            return Err(CliError::usage(format!(
                "`{FORGET}` asks a person, and there is no terminal; nothing was forgotten"
            ))
            .hint(
                "run it in a terminal, after a login by hand: a script that forgets would send a third wrong password",
            ));
        }
        let counted = if times == 1 { "1 login".to_owned() } else { format!("{times} logins") };
        writeln!(console.out, "{host} has refused {counted} of {user}, or did not answer.\n{LESSON}")?;
        write!(console.out, "If you have just signed in there by hand, type the user name to forget them: ")?;
        console.out.flush()?;
        let mut line = String::new();
        let read = input.read_line(&mut line);
        read.map_err(|error| CliError::broken(format!("failed to read the answer: {error}")))?;
        writeln!(console.out)?;
        if !line.trim().eq_ignore_ascii_case(user) {
            return Err(CliError::usage(format!("that is not {user}; nothing was forgotten")));
        }
        refused.forget(host, user).map_err(|error| broken(&error))?;
        writeln!(console.out, "forgotten; the next probe may send one wrong secret, and the one after it the last")?;
    }
    Ok(ExitCode::Passed)
}

const LESSON: &str = "\
An org counts wrong passwords and codes, and locks the user out after a few. A login that succeeds sets its count back to
zero, and nothing else does before the lock ends. So sign in by hand first, with what the vault holds; correct the vault if
that fails. Whoever forgets without that login sends a third wrong one, and may lock the user out.";
