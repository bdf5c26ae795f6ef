//! `vestibule inspect`: what a SAML response or an ID token will do at the org.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use clap::Args;
use jiff::civil::Date;
use vestibule_model::{OrgKind, profile_name};
use vestibule_simulator::inspect::{Inspected, KeyError, Keys};
use vestibule_simulator::policy::Rulebook;

use crate::cli::arguments::message::message;
use crate::cli::arguments::rules::RulesArgs;
use crate::cli::arguments::value_parsers::word;
use crate::cli::message_answer::Answer;
use crate::cli::output::console::Console;
use crate::cli::output::error::CliError;
use crate::outcome::ExitCode;

#[cfg(test)]
mod tests;

/// Say what a SAML response or an ID token will do at the org
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  vestibule inspect response.xml                        a SAML response as a tracer shows it
  vestibule inspect - < copied.txt                      the value of SAMLResponse, an address, a token response
  vestibule inspect --date 2026-05-01 export.json       on that day; of several messages, the last
  vestibule inspect --org-kind sandbox --json token.txt
  vestibule inspect --cert idp.pem --profile 'System Administrator' response.xml
  vestibule inspect --jwks jwks.json token.txt          the signature is verified too

Exit codes:
  0  the message was read
  2  wrong usage or rulebook, or no message in the file")]
pub(crate) struct InspectArgs {
    /// File with the message, or the message itself; - reads stdin
    ///
    /// XML, base64, URL-escaped or deflated, the body of a form, a page with the form, a line or a whole export of a SAML
    /// tracer (also HAR), an ID token, a token response, or decoded claims.
    #[arg(value_name = "FILE|-")]
    file: PathBuf,
    #[command(flatten)]
    rules: RulesArgs,
    /// production, sandbox, trial, converted-trial, scratch, developer-edition, partner-developer-edition or trailhead-playground
    #[arg(long, value_name = "KIND", default_value = "production", value_parser = word::<OrgKind>)]
    #[arg(help_heading = "Org")]
    org_kind: OrgKind,
    /// Decrypt with the private key of the receiver, PEM; may be repeated
    #[arg(long = "key", value_name = "FILE", help_heading = "Keys")]
    private_keys: Vec<PathBuf>,
    /// Verify a SAML response with this certificate, PEM or DER; may be repeated
    #[arg(long = "cert", value_name = "FILE", help_heading = "Keys")]
    certificates: Vec<PathBuf>,
    /// Verify an ID token with this JWK set
    #[arg(long, value_name = "FILE", help_heading = "Keys")]
    jwks: Option<PathBuf>,
    /// Profile of the user who signs in; "System Administrator" is privileged [default: an employee and a privileged user]
    #[arg(long, value_name = "NAME", value_parser = profile_name, help_heading = "User")]
    profile: Option<String>,
    /// Print JSON
    #[arg(long, help_heading = "Output")]
    json: bool,
}

/// Runs the command.
///
/// # Errors
/// If the file has no message that can be read, the rulebook is invalid, or stdout cannot be written to.
pub(crate) fn inspect(args: &InspectArgs, today: Date, console: &mut Console<'_>) -> Result<ExitCode, CliError> {
    let rulebook = args.rules.rulebook()?;
    let date = args.rules.date.unwrap_or(today);
    let message = message(&args.file, &args.keys()?, console)?;
    write_answer(args, &message, &rulebook, date, console)?;
    Ok(ExitCode::Passed)
}

impl InspectArgs {
    /// The keys in the files that were named.
    fn keys(&self) -> Result<Keys, CliError> {
        let mut keys = Keys::default();
        for file in &self.certificates {
            keys = keys.with_certificates(&read(file)?).map_err(|error| unusable(file, &error))?;
        }
        for file in &self.private_keys {
            keys = keys.with_private_key(&read(file)?).map_err(|error| unusable(file, &error))?;
        }
        if let Some(file) = &self.jwks {
            keys = keys.with_jwks(&read(file)?).map_err(|error| unusable(file, &error))?;
        }
        Ok(keys)
    }
}

fn read(file: &Path) -> Result<Vec<u8>, CliError> {
    let failed = |error| CliError::usage(format!("failed to read {}: {error}", file.display()));
    let mut bytes = Vec::new();
    File::open(file).and_then(|file| file.take(LARGEST_KEY_FILE).read_to_end(&mut bytes)).map_err(failed)?;
    Ok(bytes)
}

fn unusable(file: &Path, error: &KeyError) -> CliError {
    CliError::usage(format!("{}: failed to {error}", file.display()))
        .hint(
            "take the certificate from the identity provider's metadata, the JWK set from its `jwks_uri`, and the private key \
             from the service provider",
        )
}

fn write_answer(
    args: &InspectArgs,
    message: &Inspected,
    rulebook: &Rulebook,
    date: Date,
    console: &mut Console<'_>,
) -> Result<(), CliError> {
    let answer = Answer::of(message, rulebook, args.org_kind, args.profile.as_deref(), date);
    writeln!(console.out, "{}", answer.shown(args.json)?)?;
    Ok(())
}

/// Far more than a set of keys.
const LARGEST_KEY_FILE: u64 = 1024 * 1024;
