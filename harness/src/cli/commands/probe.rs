//! `vestibule probe`: a login at a real org, and how it differs from that of the simulated one.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use clap::builder::FalseyValueParser;
use jiff::civil::Date;
use parking_lot::Mutex;
use tempfile::TempDir;
use vestibule_certs::CertStore;
use vestibule_model::{OrgSpec, Secret, UserSpec, VerificationMethod, profile_name, with_causes};

use crate::actor::{CodeSource, HostAccount, SecretGuard, VisitEnd};
use crate::browser::{Driver, Search, SessionOptions, locate};
use crate::cli::arguments::org_setting::{OrgSetting, org_with};
use crate::cli::arguments::value_parsers::{date, time_limit};
use crate::cli::arguments::vault::VaultArgs;
use crate::cli::output::console::Console;
use crate::cli::output::error::CliError;
use crate::cli::runtime;
use crate::outcome::ExitCode;
use crate::probe::{Noted, Probe, ProbeRequest, Probed, RefusedLogins, probe as probe_org};
use crate::runner::{Broken, cache_folder};
use crate::stopwatch;
use crate::trace::TypedText;
use crate::vault::{Account, VaultFile, next_code};

mod forget;
mod machine_proxy;
mod org_host;
mod sso;
#[cfg(test)]
mod tests;
mod text;

use machine_proxy::machine_proxy;
use org_host::OrgHost;

/// Sign in to your sandbox once, and say how it differs from the simulated org
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  vestibule probe acme--uat.sandbox.my.salesforce.com --as rep@acme.example.uat --vault vault.age
  vestibule probe acme--uat --as rep@acme.example.uat --output org.yaml    settings for the simulated org
  vestibule survive --like org.yaml -- npx playwright test                 your suite, in an org that looks like yours
  vestibule probe acme--uat --as admin@acme.example.uat --profile 'System Administrator'
  vestibule probe acme--uat --as rep@acme.example --sso Okta               what your identity provider sends
  vestibule probe acme--uat --as rep@acme.example.uat --forget-refused     after a login by hand

Exit codes:
  0  no drift; with --sso, an answer was captured and the org can read it
  1  drift; with --sso, the org refuses the answer
  2  wrong usage, or a host that the vault does not name for this user
  3  the login could not be completed: the password is wrong, a page is unknown, the browser broke")]
pub(crate) struct ProbeArgs {
    /// The org: its My Domain host or URL, or the My Domain name of a sandbox
    #[arg(value_name = "ORG")]
    org: OrgHost,

    /// The user name of an account of the vault
    #[arg(long = "as", value_name = "USER")]
    user: String,

    #[command(flatten)]
    vault: VaultArgs,

    /// Sign in through the identity provider with this label on the login page, and judge what it sends
    #[arg(long, value_name = "LABEL", help_heading = "Org")]
    sso: Option<String>,

    /// Allow an org that is not a sandbox
    #[arg(long, help_heading = "Org")]
    production: bool,

    /// Date of the simulated org [default: today]
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date, help_heading = "Org")]
    date: Option<Date>,

    /// A setting of your org, for the simulated org, as under `org` of a scenario: mfa-setting=true (repeatable)
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = setting, help_heading = "Org")]
    settings: Vec<OrgSetting>,

    /// Profile of the user; "System Administrator" is privileged
    #[arg(long, value_name = "NAME", value_parser = profile_name, default_value = "Standard User", help_heading = "Org")]
    profile: String,

    /// Forget what the org has refused of this user, after you have signed in there by hand; sends nothing
    #[arg(long, conflicts_with_all = ["output", "json"], help_heading = "Run")]
    forget_refused: bool,

    /// How long one page may take
    #[arg(long, value_name = "DURATION", value_parser = time_limit, default_value = "20s", help_heading = "Run")]
    timeout: Duration,

    /// Show the browser's window
    #[arg(long, value_parser = FalseyValueParser::new(), help_heading = "Run")]
    #[arg(env = "VESTIBULE_HEADED", hide_env_values = true)]
    headed: bool,

    /// The browser's binary
    #[arg(long, value_name = "FILE", help_heading = "Run", env = "VESTIBULE_BROWSER", hide_env_values = true)]
    browser: Option<PathBuf>,

    /// The ChromeDriver binary
    #[arg(long, value_name = "FILE", help_heading = "Run", env = "VESTIBULE_CHROMEDRIVER", hide_env_values = true)]
    chromedriver: Option<PathBuf>,

    /// Write settings that make the simulated org look like yours, for `--like` and `org.like`
    #[arg(long, value_name = "FILE", conflicts_with = "sso", help_heading = "Output")]
    output: Option<PathBuf>,

    /// Print JSON
    #[arg(long, help_heading = "Output")]
    json: bool,
}

/// Runs the command.
///
/// # Errors
/// If the account, the org or an option cannot be used, or the login stops before its end.
pub(crate) fn probe(args: &ProbeArgs, today: Date, console: &mut Console<'_>) -> Result<ExitCode, CliError> {
    let (proxy, proxy_bypass) = machine_proxy(|name| std::env::var(name).ok()).unzip();
    let proxy_bypass = proxy_bypass.unwrap_or_default();
    let reach =
        SessionOptions { proxy, proxy_bypass, headed: args.headed, page_copies: false, ..SessionOptions::default() };
    let reach = Reach { options: &reach, ledger: &cache_folder() };
    if args.forget_refused {
        return forget::forget(args, &reach, console, &mut std::io::stdin().lock());
    }
    probe_by(args, &reach, today, console)
}

/// How the org is reached.
struct Reach<'a> {
    /// How a browser goes there.
    options: &'a SessionOptions,
    /// The folder of what orgs have refused.
    ledger: &'a std::path::Path,
}

/// As [`probe`], with a browser that goes to the org in this way.
fn probe_by(args: &ProbeArgs, reach: &Reach<'_>, today: Date, console: &mut Console<'_>) -> Result<ExitCode, CliError> {
    org_with(&args.settings).map_err(CliError::usage)?;
    if args.org.is_production() && !args.production {
        return Err(CliError::usage(format!("{} is not a sandbox; nothing was sent", args.org.host))
            .hint("probe a sandbox of it, or repeat the command with `--production`"));
    }
    let vault = Arc::new(args.vault.open(console)?);
    if let Some(label) = &args.sso {
        return sso::follow(args, label, reach, &vault, today, console);
    }
    let account = vault.read()?.find(&args.user, Some(&args.org.host))?.clone();
    let mut refused = RefusedLogins::read(reach.ledger).map_err(|error| broken(&error))?;
    check_not_refused(&account, &refused)?;
    let request = args.request(&account, &vault, &refused, today)?;
    let probed = args.with_browser(reach, async |probe| probe_org(probe, request).await)?;
    keep_passkeys(&vault, args, &probed)?;
    if !matches!(probed.end, VisitEnd::Home | VisitEnd::Gate) {
        return Err(text::not_probed(&probed, &args.org.host));
    }
    refused.forget(&account.host, &account.username).map_err(|error| broken(&error))?;
    if let Some(file) = &args.output {
        let settings = text::file(&probed.settings, args.org.kind, args.date.unwrap_or(today));
        fs::write(file, settings)
            .map_err(|error| CliError::broken(format!("failed to write {}: {error}", file.display())))?;
    }
    let report = text::Report::of(&probed, args.org.kind, &args.org.host, args.date.unwrap_or(today));
    if args.json {
        console.out.json_line(&report)?;
    } else {
        write!(console.out, "{}", report.text(args.output.as_deref()))?;
    }
    Ok(if report.has_drift() { ExitCode::Failed } else { ExitCode::Passed })
}

impl ProbeArgs {
    /// The org and the user, and the simulated ones under the same facts.
    fn request(
        &self,
        account: &Account,
        vault: &Arc<VaultFile>,
        refused: &RefusedLogins,
        today: Date,
    ) -> Result<ProbeRequest, CliError> {
        let settings = org_with(&self.settings).map_err(CliError::usage)?;
        let date = self.date.unwrap_or(today);
        let my_domain = Some(self.org.my_domain.clone());
        let org = OrgSpec { kind: self.org.kind, date, my_domain, ..settings };
        let mut verifiers = BTreeSet::new();
        if account.totp.is_some() {
            verifiers.insert(VerificationMethod::TotpApp);
        }
        if account.passkeys.of(&self.org.host).next().is_some() {
            verifiers.insert(VerificationMethod::BuiltInAuthenticator);
        }
        let user = UserSpec { verifiers, ..UserSpec::new(self.profile.clone()) };
        Ok(ProbeRequest {
            host: self.org.host.clone(),
            login_url: self.org.login_url(),
            home_url: self.org.home_url(),
            account: host_account(account, vault, refused),
            passkeys: account.passkeys.clone(),
            org,
            user,
        })
    }

    /// Does something with a browser of this machine.
    fn with_browser<T>(
        &self,
        reach: &Reach<'_>,
        run: impl AsyncFnOnce(&Probe<'_>) -> Result<T, Broken>,
    ) -> Result<T, CliError> {
        let runtime = runtime::start()?;
        let ran = runtime.block_on(async {
            let certs = CertStore::open(&cache_folder(), stopwatch::now())?;
            let folder: TempDir = tempfile::Builder::new().prefix("vestibule-").tempdir().map_err(Broken::Folder)?;
            let search = Search::from_environment(self.browser.clone(), self.chromedriver.clone(), self.headed);
            let driver = Driver::start(locate(&search).await?, folder.path()).await?;
            let probe = Probe { driver: &driver, reach: reach.options, certs: &certs, limit: self.timeout };
            let ran = run(&probe).await;
            driver.stop().await;
            ran
        });
        ran.map_err(|error: Broken| broken(&error).hint_if(error.diagnostic().hint))
    }
}

/// What may be typed at the hosts of an account. Its codes are taken from the vault when one is needed, and each secret is
/// noted before it is typed.
fn host_account(account: &Account, vault: &Arc<VaultFile>, refused: &RefusedLogins) -> HostAccount {
    let codes = account.totp.as_ref().map(|_| -> CodeSource {
        let (vault, user, host) = (Arc::clone(vault), account.username.clone(), account.host.clone());
        Arc::new(move || next_code(&vault, &user, Some(&host), stopwatch::now()).map_err(|error| with_causes(&error)))
    });
    HostAccount {
        hosts: std::iter::once(&account.host).chain(&account.also).cloned().collect(),
        username: account.username.clone(),
        password: account.password.clone(),
        codes,
        guard: Some(Arc::new(Attempts::new(account, refused))),
    }
}

/// Notes the secrets of an account before they are sent.
pub(super) struct Attempts {
    account: Account,
    noted: Mutex<(RefusedLogins, Option<Noted>)>,
}

impl Attempts {
    pub(super) fn new(account: &Account, refused: &RefusedLogins) -> Self {
        Self { account: account.clone(), noted: Mutex::new((refused.clone(), None)) }
    }
}

impl SecretGuard for Attempts {
    fn sends(&self, what: TypedText) -> Result<(), String> {
        let secret = match what {
            TypedText::Password => self.account.password.clone(),
            TypedText::VerificationCode => totp_secret(&self.account),
            _ => None,
        };
        let Some(secret) = secret else { return Ok(()) };
        let mut guard = self.noted.lock();
        let (refused, noted) = &mut *guard;
        *noted = refused
            .note(&self.account.host, &self.account.username, &secret, MOST_REFUSALS)
            .map_err(|error| format!("failed to {}", with_causes(&error)))?;
        if noted.is_some() { Ok(()) } else { Err("another probe has just sent it".to_owned()) }
    }

    fn settled(&self) {
        let mut guard = self.noted.lock();
        let (refused, noted) = &mut *guard;
        if let Some(noted) = noted.take() {
            // One that stays counts as refused, which sends less and not more.
            let _struck = refused.strike(&noted);
        }
    }
}

/// Refuses to send what the org has refused, and anything after two refusals.
pub(super) fn check_not_refused(account: &Account, refused: &RefusedLogins) -> Result<(), CliError> {
    let (host, user) = (&account.host, &account.username);
    let times = refused.times(host, user).map_err(|error| broken(&error))?;
    if times >= MOST_REFUSALS {
        return Err(CliError::broken(format!(
            "{host} has refused the last {times} logins of {user}, or did not answer; one more may lock the user out, so \
             nothing was sent"
        ))
        .hint(format!("sign in there by hand, correct the vault, and then repeat the command with `{FORGET}`")));
    }
    for (secret, what) in [(account.password.as_ref(), "password"), (totp_secret(account).as_ref(), "TOTP secret")] {
        let Some(secret) = secret else { continue };
        if refused.has(host, user, secret).map_err(|error| broken(&error))? {
            return Err(CliError::broken(format!(
                "{host} has refused this {what} of {user} before, or did not answer, and nothing is sent twice"
            ))
            .hint(format!(
                "sign in there by hand to see whether the user is locked out, and correct the {what} in the vault; if it is \
                 right, repeat the command with `{FORGET}`"
            )));
        }
    }
    Ok(())
}

fn totp_secret(account: &Account) -> Option<Secret> {
    account.totp.as_ref().map(|totp| totp.key.secret.base32().clone())
}

/// Writes the counters of the passkeys back.
fn keep_passkeys(vault: &VaultFile, args: &ProbeArgs, probed: &Probed) -> Result<(), CliError> {
    if probed.passkeys.is_empty() {
        return Ok(());
    }
    vault.update(|vault| {
        let account = vault.find_mut(&args.user, Some(&args.org.host))?;
        for credential in probed.passkeys.credentials() {
            account.passkeys.store(credential.clone());
        }
        Ok(())
    })?;
    Ok(())
}

fn broken(error: &dyn std::error::Error) -> CliError {
    CliError::failed_to(error, ExitCode::Broken)
}

fn setting(text: &str) -> Result<OrgSetting, String> {
    OrgSetting::read(text, &[])
}

/// With one more an org may lock the user out.
const MOST_REFUSALS: usize = 2;
const FORGET: &str = "--forget-refused";
