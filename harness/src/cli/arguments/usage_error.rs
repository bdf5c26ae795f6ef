//! What clap says about a wrong command line, with the tips of this project: the nearest valid word by the rule that
//! every other message follows, and where the command of a suite goes. Clap's own tips fall away: it would pass an
//! unknown option as a path, and finds words alike that are not.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command, Error};
use vestibule_model::diagnostic::suggest;

/// The same error with better tips. `words` is the whole command line, beginning with the program, and `program` is
/// what it was parsed with.
pub(crate) fn with_tips(mut error: Error, program: &mut Command, words: &[OsString]) -> Error {
    program.build();
    let mut command = named_command(program, words);
    match error.kind() {
        ErrorKind::InvalidSubcommand => suggest_subcommand(&mut error, &command),
        ErrorKind::UnknownArgument => suggest_argument(&mut error, &mut command, words),
        ErrorKind::InvalidValue => suggest_value(&mut error),
        _ => {}
    }
    error
}

/// The innermost command that the words name.
fn named_command(program: &Command, words: &[OsString]) -> Command {
    let named = |command: &Command, word: &OsString| command.find_subcommand(word).cloned();
    words.iter().skip(1).fold(program.clone(), |command, word| named(&command, word).unwrap_or(command))
}

fn suggest_subcommand(error: &mut Error, command: &Command) {
    let Some(wrong) = text(error, ContextKind::InvalidSubcommand) else { return };
    error.remove(ContextKind::Suggested);
    error.remove(ContextKind::SuggestedSubcommand);
    let shown = command.get_subcommands().filter(|command| !command.is_hide_set());
    let names: Vec<&str> = shown.map(Command::get_name).collect();
    match suggest(&wrong, names.iter().copied()) {
        Some(near) => error.insert(ContextKind::SuggestedSubcommand, ContextValue::String(near.to_owned())),
        None => tip(error, format!("the commands are {}", names.join(", "))),
    };
}

fn suggest_argument(error: &mut Error, command: &mut Command, words: &[OsString]) {
    let Some(wrong) = text(error, ContextKind::InvalidArg) else { return };
    error.remove(ContextKind::Suggested);
    error.remove(ContextKind::SuggestedArg);
    if let Some(name) = wrong.strip_prefix("--") {
        let options = command.get_arguments().filter(|arg| !arg.is_hide_set()).filter_map(Arg::get_long);
        if let Some(near) = suggest(name, options) {
            error.insert(ContextKind::SuggestedArg, ContextValue::String(format!("--{near}")));
        }
    } else if let Some(line) = with_dashes(&wrong, command, words) {
        tip(error, format!("write your command after `--`: {line}"));
    }
    // The one that clap made names the option that it had suggested.
    error.insert(ContextKind::Usage, ContextValue::StyledStr(command.render_usage()));
}

fn suggest_value(error: &mut Error) {
    let Some(wrong) = text(error, ContextKind::InvalidValue) else { return };
    error.remove(ContextKind::SuggestedValue);
    let Some(ContextValue::Strings(valid)) = error.get(ContextKind::ValidValue) else { return };
    let near = suggest(&wrong, valid.iter().map(String::as_str)).map(str::to_owned);
    if let Some(near) = near {
        error.insert(ContextKind::SuggestedValue, ContextValue::String(near));
    }
}

/// The command line with `--` before the word that is not expected, for a command that runs one of the user's own.
fn with_dashes(wrong: &str, command: &Command, words: &[OsString]) -> Option<String> {
    command.get_positionals().find(|positional| positional.is_last_set())?;
    let words: Vec<&str> = words.iter().skip(1).map(|word| word.to_str()).collect::<Option<_>>()?;
    let (before, own) = words.split_at(words.iter().position(|word| *word == wrong)?);
    shlex::try_join([&["vestibule"][..], before, &["--"], own].concat()).ok()
}

fn text(error: &Error, kind: ContextKind) -> Option<String> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        _ => None,
    }
}

fn tip(error: &mut Error, text: String) -> Option<ContextValue> {
    error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![text.into()]))
}
