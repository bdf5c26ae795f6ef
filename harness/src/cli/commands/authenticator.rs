//! `vestibule authenticator`: the TOTP codes and passkeys of a vault, for programs in any language.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, ValueEnum};
use serde::Serialize;
use vestibule_certs::AttestationKey;
use vestibule_model::{AuthenticatorFault, Secret};

use crate::authenticator::{Attestation, AuthenticatorSettings, PasskeyAlgorithm};
use crate::authenticator_service::{AuthenticatorService, Methods, new_token};
use crate::cli::arguments::suite::check_program;
use crate::cli::arguments::value_parsers::{port, word};
use crate::cli::arguments::vault::{SECRET_VARIABLES, VaultArgs};
use crate::cli::foreground;
use crate::cli::interrupt::StopSignals;
use crate::cli::output::console::Console;
use crate::cli::output::error::CliError;
use crate::cli::runtime;
use crate::outcome::ExitCode;
use crate::suite::{Launch, OutputLimit, Variables};

#[cfg(test)]
mod tests;

/// Serve the TOTP codes and passkeys of a vault over HTTP, for tests in any language
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  vestibule authenticator --vault team.age -- pytest tests/api     your HTTP tests, with URL and token exported
  vestibule authenticator --vault team.age --token-file token      until Ctrl-C; the token goes to a file
  vestibule authenticator --vault team.age --port 7700 --json      one JSON line when it is ready
  vestibule authenticator --vault team.age --fault counter-lower   does the app refuse a cloned passkey?
  vestibule authenticator --vault team.age --algorithm EdDSA --attestation packed
  vestibule authenticator --client python > vestibule_authenticator.py   a client of 60 lines to copy

What it answers, to requests with `Authorization: Bearer TOKEN`:
  GET  /accounts          users, hosts and what each account has, without secrets
  POST /totp              {user, host, wait} -> {code, good-for-seconds}; no code is given twice
  POST /webauthn/create   {user, origin, options} -> RegistrationResponseJSON (WebAuthn Level 3)
  POST /webauthn/get      {user, origin, options} -> AuthenticationResponseJSON
A request for a host that the vault does not name for the account is refused.

Faults of --fault, or of `fault` in the body of one request:
  absent, user-verification-refused, user-verification-absent, declined, timed-out, hanging, wrong-origin,
  counter-lower, counter-equal, backup-eligible, backed-up, backed-up-ineligible, not-backup-eligible,
  excluded-credential

Exit codes:
  0  stopped by a signal, or the command exited with 0
  1  the command exited with another code
  2  wrong usage, or a vault that cannot be opened
  3  the port is in use, or the machine failed")]
pub(crate) struct AuthenticatorArgs {
    #[command(flatten)]
    vault: VaultArgs,

    /// Port on 127.0.0.1; 0 picks a free port
    #[arg(long, value_name = "PORT", value_parser = port, default_value_t = 0, help_heading = "Run")]
    port: u16,

    /// Write the token to this file, which only you can read, instead of printing it
    #[arg(long, value_name = "FILE", help_heading = "Run")]
    token_file: Option<PathBuf>,

    /// What the authenticator does wrong in every ceremony
    #[arg(long, value_name = "FAULT", value_parser = word::<AuthenticatorFault>, help_heading = "Authenticator")]
    fault: Option<AuthenticatorFault>,

    /// The only algorithm of new passkeys: ES256, RS256 or EdDSA [default: the first that the site names]
    #[arg(long, value_name = "NAME", value_parser = word::<PasskeyAlgorithm>, help_heading = "Authenticator")]
    algorithm: Option<PasskeyAlgorithm>,

    /// The attestation of new passkeys: none, self, or packed with a test certificate [default: what the site asks for]
    #[arg(long, value_name = "KIND", value_enum, hide_possible_values = true, help_heading = "Authenticator")]
    attestation: Option<AttestationArg>,

    /// Print a client to copy into your tests, and serve nothing: python, javascript or java
    #[arg(long, value_name = "LANG", value_enum, hide_possible_values = true, help_heading = "Output")]
    #[arg(conflicts_with_all = ["json", "command"])]
    client: Option<ClientLanguage>,

    /// Print one JSON line instead of text when the authenticator is ready
    #[arg(long, help_heading = "Output")]
    json: bool,

    /// A command that gets the URL and the token, after `--`; the authenticator answers until it ends
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<String>,
}

/// The attestation of new passkeys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum AttestationArg {
    /// Nothing
    None,
    /// The passkey's own key
    #[value(name = "self")]
    SelfAttestation,
    /// A key with a certificate of a test authority
    Packed,
}

/// The languages of the clients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ClientLanguage {
    /// Python
    Python,
    /// JavaScript for Node
    Javascript,
    /// Java
    Java,
}

impl ClientLanguage {
    fn source(self) -> &'static str {
        match self {
            Self::Python => include_str!("../../../clients/python/vestibule_authenticator.py"),
            Self::Javascript => include_str!("../../../clients/javascript/vestibule-authenticator.mjs"),
            Self::Java => include_str!("../../../clients/java/VestibuleAuthenticator.java"),
        }
    }
}

/// Where the authenticator is. The token is printed on purpose: without it, nobody could ask.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Ready {
    url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_file: Option<PathBuf>,
    accounts: usize,
}

/// Answers until a signal comes, or until the command ends.
///
/// # Errors
/// If the vault cannot be opened, the port is in use, or the command cannot be started.
pub(crate) fn authenticator(args: &AuthenticatorArgs, console: &mut Console<'_>) -> Result<ExitCode, CliError> {
    if let Some(language) = args.client {
        write!(console.out, "{}", language.source())?;
        return Ok(ExitCode::Passed);
    }
    check_program(&args.command)?;
    let vault = args.vault.open(console)?;
    let accounts = vault.read()?.accounts().len();
    let settings = args.settings()?;
    let token = new_token().map_err(|error| CliError::broken(format!("failed to make a token: {error}")))?;
    let runtime = runtime::start()?;
    let code = runtime.block_on(async {
        // Signals are handled before the readiness line is printed: its reader may stop the program at once.
        let mut stop = StopSignals::listen()?;
        let methods = Methods::new(vault, settings);
        let started = AuthenticatorService::start(args.port, token.clone(), methods).await;
        let service = started.map_err(|error| port_taken(args.port, &error))?;
        if let Some(file) = &args.token_file {
            write_token(file, &token).map_err(|error| {
                CliError::broken(format!("failed to write the token to {}: {error}", file.display()))
                    .hint("name a file in a folder that you can write to with `--token-file FILE`")
            })?;
        }
        args.tell(&service, &token, accounts, console)?;
        if args.command.is_empty() {
            stop.wait().await;
            return Ok(ExitCode::Passed);
        }
        let mut process = foreground::start(&args.launch(service.url(), &token))?;
        Ok(foreground::ended(&mut process, &mut stop).await)
    });
    // A program that waits for a code must not keep this one.
    runtime.shutdown_background();
    code
}

impl AuthenticatorArgs {
    fn settings(&self) -> Result<AuthenticatorSettings, CliError> {
        let attestation = match self.attestation {
            None => None,
            Some(AttestationArg::None) => Some(Attestation::None),
            Some(AttestationArg::SelfAttestation) => Some(Attestation::OwnKey),
            Some(AttestationArg::Packed) => {
                let key = AttestationKey::make().map_err(|error| CliError::failed_to(&error, ExitCode::Broken))?;
                Some(Attestation::Packed(Arc::new(key)))
            }
        };
        Ok(AuthenticatorSettings { algorithm: self.algorithm, attestation, fault: self.fault })
    }

    fn tell(
        &self,
        service: &AuthenticatorService,
        token: &Secret,
        accounts: usize,
        console: &mut Console<'_>,
    ) -> Result<(), CliError> {
        let shown = (self.token_file.is_none() && self.command.is_empty()).then(|| token.reveal().to_owned());
        let ready = Ready { url: service.url(), token: shown, token_file: self.token_file.clone(), accounts };
        if self.json {
            console.out.json_line(&ready)?;
            return Ok(console.out.flush()?);
        }
        // The output of a command is its own.
        let out = if self.command.is_empty() { &mut console.out } else { &mut console.err };
        writeln!(out, "An authenticator with {} answers on this machine only.\n", counted(accounts))?;
        writeln!(out, "  export {URL}={}", ready.url)?;
        match (&ready.token, &ready.token_file) {
            (Some(token), _) => writeln!(out, "  export {TOKEN}={token}")?,
            (None, Some(file)) => writeln!(out, "  export {TOKEN}=\"$(cat {})\"", file.display())?,
            (None, None) => {}
        }
        out.flush()?;
        Ok(())
    }

    fn launch(&self, url: String, token: &Secret) -> Launch {
        let mut variables = Variables::default();
        // Who has the token needs no key to every account.
        for name in SECRET_VARIABLES {
            variables.remove(name);
        }
        variables.set(URL, Secret::new(url));
        variables.set(TOKEN, token.clone());
        Launch { command: self.command.clone(), variables, folder: None, output: OutputLimit::default() }
    }
}

/// Writes the token to a file that only its owner can read, in place of one that was there.
fn write_token(path: &Path, token: &Secret) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    writeln!(file, "{}", token.reveal())
}

fn counted(accounts: usize) -> String {
    if accounts == 1 { "1 account".to_owned() } else { format!("{accounts} accounts") }
}

fn port_taken(port: u16, error: &io::Error) -> CliError {
    CliError::broken(format!("failed to listen on port {port}: {error}"))
        .hint("name another port with `--port`, or 0 for a free one")
}

const URL: &str = "VESTIBULE_AUTHENTICATOR_URL";
const TOKEN: &str = "VESTIBULE_AUTHENTICATOR_TOKEN";
