//! `vestibule inspect`: what a SAML response or an ID token will do at the org.

use std::fs::File;
use std::io::{self, IsTerminal as _, Read};
use std::path::{Path, PathBuf};

use clap::Args;
use jiff::civil::Date;
use vestibule_model::OrgKind;
use vestibule_simulator::inspect::{self as messages, Inspected, NotAMessage};
use vestibule_simulator::policy::Rulebook;

use crate::cli::arguments::rules::RulesArgs;
use crate::cli::arguments::value_parsers::word;
use crate::cli::output::console::Console;
use crate::cli::output::error::CliError;
use crate::cli::output::warning::warn;
use crate::outcome::ExitCode;

mod answer;
#[cfg(test)]
mod tests;
mod text;

use answer::Answer;

/// Say what a SAML response or an ID token will do at the org
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  vestibule inspect response.xml                        a SAML response as a tracer shows it
  vestibule inspect - < copied.txt                      the value of SAMLResponse, an address, a token response
  vestibule inspect --date 2026-05-01 export.json       on that day; of several messages, the last
  vestibule inspect --org-kind sandbox --json token.txt

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
    let message = if args.file.as_os_str() == "-" {
        messages::inspect(&of_stdin(console)?).map_err(no_message)?
    } else {
        of_argument(&args.file, console)?
    };
    write_answer(args, &message, &rulebook, date, console)?;
    Ok(ExitCode::Passed)
}

fn write_answer(
    args: &InspectArgs,
    message: &Inspected,
    rulebook: &Rulebook,
    date: Date,
    console: &mut Console<'_>,
) -> Result<(), CliError> {
    let answer = Answer::of(message, rulebook, args.org_kind, date);
    let shown = if args.json {
        let json = serde_json::to_string_pretty(&answer);
        json.map_err(|error| CliError::broken(format!("failed to write JSON: {error}")))?
    } else {
        text::answer(&answer)
    };
    writeln!(console.out, "{}", shown.trim_end())?;
    Ok(())
}

fn of_stdin(console: &mut Console<'_>) -> Result<String, CliError> {
    let stdin = io::stdin();
    if stdin.is_terminal() {
        writeln!(console.err, "paste the message, then press Enter and Ctrl-D")?;
    }
    read(stdin.lock()).map_err(|error| CliError::usage(format!("failed to read stdin: {error}")))
}

/// The message in a file, or the one that stands in place of a file.
fn of_argument(file: &Path, console: &mut Console<'_>) -> Result<Inspected, CliError> {
    let unreadable = match File::open(file).and_then(read) {
        Ok(pasted) => return messages::inspect(&pasted).map_err(no_message),
        Err(error) => error,
    };
    let given = file.to_string_lossy();
    match messages::inspect(&given) {
        Ok(message) => {
            warn(&ON_THE_COMMAND_LINE, console)?;
            Ok(message)
        }
        Err(NotAMessage::Empty | NotAMessage::NotFound) if may_be_a_name(&given) => {
            // Part of a message may have been pasted here; the log of a build service must not show it.
            let shown = if given.len() > LONGEST_NAME { "this file" } else { &given };
            Err(CliError::usage(format!("failed to read {shown}: {unreadable}"))
                .hint("a message is read from a file, or from stdin: `vestibule inspect - < FILE`"))
        }
        Err(error) => Err(no_message(error)),
    }
}

/// Whether this can be meant as the name of a file, and not as XML or JSON.
fn may_be_a_name(given: &str) -> bool {
    !given.trim_start().starts_with(['<', '{', '[']) && !given.contains('\n')
}

/// At most as much as is searched, and one byte more, which is then too much.
fn read(stream: impl Read) -> io::Result<String> {
    let mut bytes = Vec::new();
    stream.take(MOST_BYTES).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn no_message(error: NotAMessage) -> CliError {
    let hint = match &error {
        NotAMessage::Encrypted => {
            "take an ID token from before its encryption, or from the identity provider's own log"
        }
        NotAMessage::OtherMessage(_) => "take the answer of the identity provider, in the field SAMLResponse",
        NotAMessage::TooLarge => "cut out the one request that carries the answer of the identity provider",
        NotAMessage::Empty | NotAMessage::NotFound => {
            "copy the form field SAMLResponse from the browser's network tab or a SAML tracer, or the `id_token` of the token response"
        }
    };
    CliError::failed_to(&error, ExitCode::Usage).hint(hint)
}

const MOST_BYTES: u64 = 8 * 1024 * 1024 + 1;
const ON_THE_COMMAND_LINE: &str = "the message was read from the command line, which the history of a shell keeps; \
                                   `vestibule inspect -` reads it from stdin";
/// Of a file whose name is repeated in a message, in bytes.
const LONGEST_NAME: usize = 100;
