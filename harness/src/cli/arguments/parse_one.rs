//! Reads the arguments of one command, as its tests write them.

use clap::Args;

/// The arguments after the name of the command; the error is what a user would see.
pub(crate) fn parse<A: Args>(words: &[&str]) -> Result<A, String> {
    let command = A::augment_args(clap::Command::new("vestibule").no_binary_name(true));
    let matches = command.try_get_matches_from(words).map_err(|error| error.to_string())?;
    A::from_arg_matches(&matches).map_err(|error| error.to_string())
}
