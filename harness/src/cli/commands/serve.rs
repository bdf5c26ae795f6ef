//! `vestibule serve`: a simulated org and its identity providers, for manual use and for suites. `vestibule idp`:
//! identity providers alone.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use clap::builder::FalseyValueParser;
use jiff::civil::Date;
use vestibule_certs::CertStore;
use vestibule_model::{Credential, HostNaming, IdpSpec, LoginPage, MyDomain, OrgKind, Secret, UserSpec};
use vestibule_simulator::Simulator;
use vestibule_simulator::realm::Realm;

use crate::cli::arguments::org_like::LikeArgs;
use crate::cli::arguments::org_setting::OrgSetting;
use crate::cli::arguments::parties::PartyArgs;
use crate::cli::arguments::rulebook::chosen_rulebook;
use crate::cli::arguments::suite::check_program;
use crate::cli::arguments::value_parsers::{date, port, word};
use crate::cli::foreground;
use crate::cli::interrupt::StopSignals;
use crate::cli::output::console::Console;
use crate::cli::output::error::CliError;
use crate::cli::output::warning::warn;
use crate::cli::runtime;
use crate::outcome::ExitCode;
use crate::runner::{Access, cache_folder, prepare_users};
use crate::stopwatch;
use crate::suite::launch_plan::machine_authorities;

mod alone;
mod answers;
mod cache;
mod decisions;
mod env_file;
mod logins;
mod products;
mod ready;
mod snippets;
mod spec;
mod start_page;
#[cfg(test)]
mod tests;
mod told;

pub(crate) use alone::{IdpArgs, idp};

use answers::AnswerArgs;
use decisions::DecisionLog;
use ready::{Ready, Trusted, exports};
use spec::Named;
use start_page::StartPages;

/// Serve a simulated org and its identity providers
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  vestibule serve                                   a sandbox with an admin and a standard user
  vestibule serve --org-kind production --date 2026-09-01 --login-page passkey-first
  vestibule serve scenario.yaml                     the org, users and identity providers of a scenario
  vestibule serve --condition passkey-gate-hard     a condition of `vestibule survive --list`
  vestibule serve --user 'rep:profile=Standard User,verifiers=totp' --user admin
  vestibule serve --set device-activation=true      settings of the org, as under `org` of a scenario
  vestibule serve --idp 'okta:protocol=oidc,method=push' --idp entra
  vestibule serve --idp corp:metadata=idp.xml       your own identity provider, by its SAML metadata
  vestibule serve --idp okta --sp entity=my-app,acs=http://localhost:3000/acs   an app of yours beside the org
  vestibule serve --port 0 --json > ready.json &    one JSON line once the org answers
  vestibule serve -- npx playwright test --ui       your command with everything exported
  vestibule serve --real-hosts -- python3 sync.py   the same, for a client that knows only the vendor's hosts
  vestibule serve --env-file .env.vestibule         for `set -a; . .env.vestibule` or `node --env-file`

Exit codes:
  0  stopped by a signal, or the command exited with 0
  1  the command exited with another code
  2  wrong usage
  3  the port is in use, keys cannot be made, or the command cannot be started")]
pub(crate) struct ServeArgs {
    /// A scenario file: the org, users and identity providers of its first scenario are served
    #[arg(value_name = "FILE")]
    #[arg(conflicts_with_all = ["condition", "org_kind", "my_domain", "date", "login_page", "rulebook"])]
    #[arg(conflicts_with_all = ["settings", "users", "idps"])]
    file: Option<PathBuf>,

    /// Port on 127.0.0.1; 0 picks a free port
    #[arg(long, value_name = "PORT", value_parser = port, default_value_t = 8443, help_heading = "Run")]
    #[arg(env = "VESTIBULE_PORT", hide_env_values = true)]
    port: u16,

    /// The org, users and identity providers of a condition of `vestibule survive --list`
    #[arg(short = 'c', long, value_name = "NAME", help_heading = "Org")]
    #[arg(conflicts_with_all = ["org_kind", "my_domain", "date", "login_page", "rulebook", "settings", "users", "idps"])]
    condition: Option<String>,

    /// production, sandbox, trial, converted-trial, scratch, developer-edition, partner-developer-edition or trailhead-playground
    #[arg(long, value_name = "KIND", value_parser = word::<OrgKind>, default_value = "sandbox", help_heading = "Org")]
    org_kind: OrgKind,

    /// My Domain name, or one of the hosts of your own org [default: acme; for a sandbox, acme--uat]
    #[arg(long, value_name = "NAME", help_heading = "Org")]
    my_domain: Option<MyDomain>,

    /// Answer under the vendor's real host names and the default port; then only COMMAND, and programs that read the
    /// file of --env-file, reach the org
    #[arg(long, value_parser = FalseyValueParser::new(), help_heading = "Org")]
    #[arg(env = "VESTIBULE_REAL_HOSTS", hide_env_values = true)]
    real_hosts: bool,

    /// The org's date, which decides what is enforced [default: today]
    #[arg(long, value_name = "DATE", value_parser = date, help_heading = "Org")]
    date: Option<Date>,

    /// classic, two-step or passkey-first [default: by the rules and the date]
    #[arg(long, value_name = "PAGE", value_parser = word::<LoginPage>, help_heading = "Org")]
    login_page: Option<LoginPage>,

    /// Name of a built-in rulebook, or a rulebook file [default: the newest]
    #[arg(long, value_name = "NAME|FILE", help_heading = "Org")]
    rulebook: Option<String>,

    /// A setting of the org, as under `org` of a scenario: device-activation=true, gate=leavable, methods=totp+passkey
    /// (repeatable)
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = spec::setting, help_heading = "Org")]
    settings: Vec<OrgSetting>,

    #[command(flatten)]
    like: LikeArgs,

    /// A user: KEY or KEY:profile=...,password=...,verifiers=totp+passkey,totp-secret=...,username=... (repeatable)
    #[arg(long = "user", value_name = "USER", help_heading = "Org")]
    users: Vec<Named<UserSpec>>,

    /// An identity provider: KEY or KEY:preset=...,protocol=saml|oidc,method=...; or your own, not simulated:
    /// KEY:metadata=FILE|URL, or KEY:discovery=FILE|URL,client-id=...,client-secret=... (repeatable)
    #[arg(long = "idp", value_name = "IDP", help_heading = "Org")]
    idps: Vec<Named<IdpSpec>>,

    #[command(flatten)]
    answers: AnswerArgs,

    #[command(flatten)]
    parties: PartyArgs,

    /// Also write every variable of `vestibule env`, with proxy and trusted certificates, to this file; only you can read
    /// it, and it is valid while the org is served
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    env_file: Option<PathBuf>,

    /// One JSON line instead of text, once the org answers
    #[arg(long, help_heading = "Output")]
    json: bool,

    /// A command with everything exported, after `--`; the org is served until it ends
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<String>,
}

/// Serves until a signal comes, or until the command ends.
///
/// # Errors
/// If the port is in use, keys cannot be made, or the rulebook is not known.
pub(crate) fn serve(args: &ServeArgs, console: &mut Console<'_>) -> Result<ExitCode, CliError> {
    check_program(&args.command)?;
    let runtime = runtime::start()?;
    let folder = cache_folder();
    // The keys and the rules are read at the same time: each takes a third of the start.
    let certs = runtime.spawn_blocking({
        let folder = folder.clone();
        move || CertStore::open(&folder, stopwatch::now())
    });
    let (spec, choice) = match (&args.file, &args.condition) {
        (Some(file), _) => spec::of_file(file, args.like.settings()?.as_ref())?,
        (None, Some(name)) => spec::of_condition(name, args.like.settings()?.as_ref())?,
        (None, None) => (args.spec(stopwatch::today())?, args.rulebook()),
    };
    let mut spec = spec::with_lasting_secrets(spec);
    if args.real_hosts {
        spec.naming = HostNaming::Real;
    }
    if !spec.org.weaknesses.is_empty() {
        let names: Vec<&str> = spec.org.weaknesses.iter().map(Into::into).collect();
        let text =
            format!("the org leaves out checks on purpose: {}; no login to it proves anything", names.join(", "));
        warn(&text, console)?;
    }
    let rulebook = chosen_rulebook(&choice)?;
    runtime.block_on(async {
        let certs = certs.await.map_err(|error| CliError::broken(format!("failed to read the keys: {error}")))?;
        let certs = certs.map_err(|error| CliError::failed_to(&error, ExitCode::Broken).hint_if(error.remedy()))?;
        args.parties.register(&mut spec.idps).await?;
        args.answers.set_up(&mut spec.idps, &spec.users)?;
        let trusted = write_trusted(&folder, &certs, console)?;
        // Signals are handled before the readiness line is printed: its reader may stop the program at once.
        let stop = StopSignals::listen()?;
        let simulator = Simulator::builder().spec(spec).rulebook(rulebook).certs(certs).port(args.port).start().await;
        let simulator =
            simulator.map_err(|error| CliError::failed_to(&error, ExitCode::Broken).hint_if(error.remedy()))?;
        let code = args.serve_realm(&simulator, &trusted, stop, console).await?;
        simulator.shut_down(GRACE).await;
        Ok(code)
    })
}

/// Writes the certificates for other programs to trust.
fn write_trusted(folder: &Path, certs: &CertStore, console: &mut Console<'_>) -> Result<Trusted, CliError> {
    let authority = cache::write_authority(folder, certs.authority_pem())
        .map_err(|error| CliError::broken(format!("failed to write the test CA's certificate: {error}")))?;
    let bundle = cache::write_bundle(folder, &certs.trust_bundle(&machine_authorities()))
        .map_err(|error| CliError::broken(format!("failed to write the bundle of authorities: {error}")))?;
    warn_if_replaced(&authority, console)?;
    Ok(Trusted { authority: authority.path, bundle })
}

impl ServeArgs {
    /// Prints where everything is and tells of each decision, until a signal comes or the command ends.
    async fn serve_realm(
        &self,
        simulator: &Simulator,
        trusted: &Trusted,
        mut stop: StopSignals,
        console: &mut Console<'_>,
    ) -> Result<ExitCode, CliError> {
        let realm = simulator.realm();
        make_signing_keys(realm);
        let passkeys = prepare_users(realm).map_err(|error| CliError::failed_to(&error, ExitCode::Broken))?;
        let start_url = open_start_page(simulator, passkeys.clone(), trusted)?;
        let ready = Ready::of(realm, &passkeys, &start_url, trusted);
        let access = self.access(realm, &passkeys).await?;
        if self.json {
            ready.write_json(console)?;
        } else {
            ready.write_text(console)?;
            writeln!(console.err, "\n{}", if self.command.is_empty() { STOP } else { ENDS })?;
        }
        let code = match &access {
            Some(access) if !self.command.is_empty() => {
                let mut process = foreground::start(access.launch())?;
                tell_decisions(realm, console, foreground::ended(&mut process, &mut stop)).await?
            }
            _ => {
                let stopped = async {
                    stop.wait().await;
                    ExitCode::Passed
                };
                tell_decisions(realm, console, stopped).await?
            }
        };
        if let Some(access) = access {
            access.close().await;
        }
        Ok(code)
    }

    /// The way into the realm for other programs, where one is asked for; its variables are in the file then.
    async fn access(
        &self,
        realm: &Arc<Realm>,
        passkeys: &BTreeMap<String, Vec<Credential>>,
    ) -> Result<Option<Access>, CliError> {
        if self.command.is_empty() && self.env_file.is_none() {
            return Ok(None);
        }
        let opened = Access::of_realm(realm, &self.command, passkeys).await;
        let access =
            opened.map_err(|error| CliError::failed_to(&error, ExitCode::Broken).hint_if(error.diagnostic().hint))?;
        if let Some(file) = &self.env_file {
            let written = cache::write(file, &env_file::text(&access.launch().variables));
            written.map_err(|error| CliError::broken(format!("failed to write {}: {error}", file.display())))?;
        }
        Ok(Some(access))
    }
}

/// Serves the start page, and returns its URL.
fn open_start_page(
    simulator: &Simulator,
    passkeys: BTreeMap<String, Vec<Credential>>,
    trusted: &Trusted,
) -> Result<Secret, CliError> {
    let mut exports = exports(&trusted.authority, &trusted.bundle);
    exports.push(("chromium", format!("--ignore-certificate-errors-spki-list={}", simulator.spki_pin())));
    let pages = StartPages::new(Arc::clone(simulator.realm()), passkeys, exports);
    let pages = pages.map_err(|error| CliError::broken(format!("failed to draw the start page: {error}")))?;
    Ok(simulator.serve_console(Arc::new(pages)))
}

/// Makes the keys of the simulated identity providers while nobody waits: on a slow machine a new RSA key takes longer than an org
/// waits for an answer. Whoever needs a key that cannot be made learns why then.
fn make_signing_keys(realm: &Realm) {
    for trust in realm.trusts.iter().filter(|trust| trust.foreign.is_none()) {
        let (certs, algorithm, state) = (Arc::clone(&realm.certs), trust.spec.algorithm, trust.spec.key_state);
        tokio::task::spawn_blocking(move || certs.signing_key(algorithm, state).is_ok());
    }
}

/// Writes a line for each decision until something is over, and returns what it gave.
async fn tell_decisions<T>(
    realm: &Realm,
    console: &mut Console<'_>,
    over: impl Future<Output = T>,
) -> Result<T, CliError> {
    let mut log = DecisionLog::of(realm);
    let mut over = std::pin::pin!(over);
    // Under load, telling must not take the time of those who are told about.
    let mut pause = Duration::ZERO;
    loop {
        let next = async {
            tokio::time::sleep(pause).await;
            log.grown(&realm.journal).await;
        };
        let given = tokio::select! {
            given = &mut over => Some(given),
            () = next => None,
        };
        let telling = stopwatch::Stopwatch::start();
        let lines = log.lines(realm).map_err(|error| CliError::failed_to(&error, ExitCode::Broken))?;
        let text: String = lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect();
        CliError::unless_reader_gone(write!(console.err, "{text}"))?;
        if let Some(given) = given {
            return Ok(given);
        }
        pause = LEAST_PAUSE.max(PAUSE_AFTER_TELLING * telling.elapsed());
    }
}

/// Whoever trusted the certificate by hand must know that another has taken its place.
fn warn_if_replaced(authority: &cache::Exported, console: &mut Console<'_>) -> Result<(), CliError> {
    if !authority.replaced {
        return Ok(());
    }
    let text = format!(
        "the test CA in {} is a new one: where you trusted the old one by hand, remove it and trust this one, which can vouch \
         for simulated hosts only",
        authority.path.display()
    );
    warn(&text, console)
}

const STOP: &str = "Press Ctrl-C to stop it.";
const ENDS: &str = "It ends with the command.";

/// How many times as long as the lines took, nothing more is told.
const PAUSE_AFTER_TELLING: u32 = 20;
/// Nobody reads faster.
const LEAST_PAUSE: Duration = Duration::from_millis(50);
/// How long open requests may take after a stop signal.
const GRACE: Duration = Duration::from_secs(2);
