//! A SAML response or an ID token that a person brings: in a file, on stdin, or in place of a file.

use std::fs::File;
use std::io::{self, IsTerminal as _, Read};
use std::path::Path;

use vestibule_simulator::inspect::{self as messages, Inspected, Keys, NotAMessage};

use crate::cli::output::console::Console;
use crate::cli::output::error::CliError;
use crate::cli::output::warning::warn;
use crate::outcome::ExitCode;

/// The message in a file, on stdin where the file is called `-`, or the one that stands in place of a file.
///
/// # Errors
/// If there is none, or it cannot be read.
pub(crate) fn message(file: &Path, keys: &Keys, console: &mut Console<'_>) -> Result<Inspected, CliError> {
    if file.as_os_str() == "-" {
        return messages::inspect_with(&of_stdin(console)?, keys).map_err(no_message);
    }
    let unreadable = match File::open(file).and_then(read) {
        Ok(pasted) => return messages::inspect_with(&pasted, keys).map_err(no_message),
        Err(error) => error,
    };
    let given = file.to_string_lossy();
    match messages::inspect_with(&given, keys) {
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

fn of_stdin(console: &mut Console<'_>) -> Result<String, CliError> {
    let stdin = io::stdin();
    if stdin.is_terminal() {
        writeln!(console.err, "paste the message, then press Enter and Ctrl-D")?;
    }
    read(stdin.lock()).map_err(|error| CliError::usage(format!("failed to read stdin: {error}")))
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
