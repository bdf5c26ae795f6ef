//! The options of a command as they were typed, so that a line that repeats the run can be printed.

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command};

/// The options that were typed on the command line, each value after its option, without those with these ids. What the
/// environment set still stands there and is left out.
pub(crate) fn typed_options(command: &Command, matches: &ArgMatches, left_out: &[&str]) -> Vec<String> {
    let is_typed = |arg: &&Arg| {
        let id = arg.get_id().as_str();
        !left_out.contains(&id) && matches.value_source(id) == Some(ValueSource::CommandLine)
    };
    command.get_arguments().filter(is_typed).flat_map(|arg| words(arg, matches)).collect()
}

fn words(arg: &Arg, matches: &ArgMatches) -> Vec<String> {
    let Some(long) = arg.get_long() else { return Vec::new() };
    let option = format!("--{long}");
    if !arg.get_action().takes_values() {
        return vec![option];
    }
    let values = matches.get_raw(arg.get_id().as_str()).into_iter().flatten();
    values.flat_map(|value| [option.clone(), value.to_string_lossy().into_owned()]).collect()
}
