//! `--token-from vault`: a token by a SOAP login with an account of the vault, under the rules of `probe`: no secret is sent
//! twice after a refusal, and after two refusals nothing is sent.

use std::path::Path;

use reqwest::Certificate;
use vestibule_model::Secret;

use super::AuditArgs;
use crate::actor::SecretGuard as _;
use crate::audit::{OrgAddress, SoapLoginError, soap_login};
use crate::cli::commands::probe::{Attempts, check_not_refused};
use crate::cli::output::console::Console;
use crate::cli::output::error::CliError;
use crate::cli::runtime;
use crate::outcome::ExitCode;
use crate::probe::RefusedLogins;
use crate::trace::TypedText;

/// Logs in, once. `ledger` is the folder of what orgs have refused.
///
/// # Errors
/// If the vault has no such account of this org, its password was refused before, or the org gives no token.
pub(super) fn token(
    args: &AuditArgs,
    address: &OrgAddress,
    authorities: Vec<Certificate>,
    ledger: &Path,
    console: &mut Console<'_>,
) -> Result<Secret, CliError> {
    let user = args.as_user.as_deref().unwrap_or_default();
    let account = args.vault.open(console)?.read()?.find(user, Some(address.host()))?.clone();
    let Some(password) = account.password.clone() else {
        return Err(CliError::usage(format!("the vault has no password of {user}, and a SOAP login needs one"))
            .hint("give a token of `sf` with --token-file"));
    };
    let broken = |error: &dyn std::error::Error| CliError::failed_to(error, ExitCode::Broken);
    let mut refused = RefusedLogins::read(ledger).map_err(|error| broken(&error))?;
    check_not_refused(&account, &refused)?;
    let attempts = Attempts::new(&account, &refused);
    attempts.sends(TypedText::Password).map_err(CliError::broken)?;
    let runtime = runtime::start()?;
    let login = soap_login(address, &account.username, &password, args.timeout, authorities);
    let token = runtime.block_on(login);
    if token.as_ref().err().is_none_or(|error| !SoapLoginError::may_count(error)) {
        attempts.settled();
    }
    let token = token.map_err(|error| broken(&error).hint_if(error.remedy()))?;
    refused.forget(&account.host, &account.username).map_err(|error| broken(&error))?;
    Ok(token)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use age::secrecy::ExposeSecret as _;
    use jiff::civil::date;
    use vestibule_model::{OrgSpec, UserSpec};
    use vestibule_simulator::Simulator;
    use vestibule_simulator::realm::HostRole;

    use super::*;
    use crate::cli::arguments::parse_one::parse;
    use crate::cli::output::console::TerminalTraits;
    use crate::vault::{Account, VaultFile, VaultKey};

    const USER: &str = "ada@acme.example.uat";
    const PASSWORD: &str = "Correct-horse-7-battery";

    /// Contract G1.1 and G1.2. Another wrong password is the second attempt, and there is no third.
    #[test]
    fn a_token_comes_from_one_login_and_a_refused_password_is_not_sent_again() {
        let runtime = runtime::start().unwrap();
        let mut org = OrgSpec::sandbox("acme--uat", date(2026, 6, 1));
        org.soap_login = Some(true);
        org.trusted_ip_ranges = vec!["127.0.0.1-127.0.0.255".parse().unwrap()];
        let ada = UserSpec::new("System Administrator").username(USER).password(PASSWORD);
        let simulator = runtime.block_on(Simulator::builder().org(org).user("ada", ada).start()).unwrap();
        let address: OrgAddress = simulator.realm().hosts.url(&HostRole::MyDomain, "/").parse().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        let identity = age::x25519::Identity::generate();
        fs::write(file("identity.txt"), identity.to_string().expose_secret()).unwrap();
        let vault = VaultFile::create(file("vault.age").into(), VaultKey::Identity(vec![identity])).unwrap();
        let token_with = |password: &str| {
            vault
                .update(|vault| {
                    let mut account = Account::new(address.host(), USER).unwrap();
                    account.password = Some(Secret::new(password));
                    vault.insert(account);
                    Ok(())
                })
                .unwrap();
            let (shown, vault, identity) = (address.shown(), file("vault.age"), file("identity.txt"));
            let words =
                [shown.as_str(), "--token-from=vault", "--as", USER, "--vault", &vault, "--identity", &identity];
            let args: AuditArgs = parse(&words).unwrap();
            let terminal = TerminalTraits {
                color_out: false,
                color_err: false,
                err_is_terminal: false,
                interactive: false,
                width: 100,
            };
            let (mut out, mut err) = (Vec::new(), Vec::new());
            let mut console = Console::new(&mut out, &mut err, terminal);
            let authorities = Certificate::from_pem_bundle(simulator.ca_pem().as_bytes()).unwrap();
            let token = token(&args, &address, authorities, &folder.path().join("ledger"), &mut console);
            token.map_err(|error| format!("{error:?}"))
        };
        let attempts = || simulator.realm().login_history.all().len();

        let good = token_with(PASSWORD).unwrap();
        let after_good = attempts();
        let wrong = token_with("not-the-password").unwrap_err();
        let again = token_with("not-the-password").unwrap_err();
        let other = token_with("nor-this-one").unwrap_err();
        let third = token_with("nor-the-third").unwrap_err();

        assert!(good.reveal().contains('!'), "a session id");
        assert!(wrong.contains("INVALID_LOGIN") && other.contains("INVALID_LOGIN"), "{wrong} {other}");
        assert!(again.contains("nothing is sent twice"), "{again}");
        assert!(third.contains("nothing was sent"), "{third}");
        for said in [&wrong, &again, &other, &third] {
            assert!(!said.contains("not-the-password") && !said.contains("nor-th"), "{said}");
        }
        assert_eq!((after_good, attempts()), (1, 3), "two wrong ones");
    }
}
