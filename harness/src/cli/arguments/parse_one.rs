//! Parses the arguments of one command, for tests.

use clap::Args;

/// Parses the arguments that follow the name of the command; the error is the text that a user would see.
pub(crate) fn parse<A: Args>(words: &[&str]) -> Result<A, String> {
    let command = A::augment_args(clap::Command::new("vestibule").no_binary_name(true));
    let matches = command.try_get_matches_from(words).map_err(|error| error.to_string())?;
    A::from_arg_matches(&matches).map_err(|error| error.to_string())
}
