//! `vestibule.toml`: options that are the same on every command line. A flag and a variable come before it; it comes before
//! a scenario and the defaults.
//!
//! A key is an option without its dashes. At the top it is for every command that has the option; in a table named by a
//! command, for that command alone:
//!
//! ```toml
//! report-dir = "out"
//!
//! [survive]
//! env = ["SF_URL={login-url}", "SF_USERNAME={user}"]
//! ```

use std::ops::Range;
use std::path::{Path, PathBuf};

use clap::builder::ValueParser;
use clap::{Arg, ArgAction, Command};
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};
use vestibule_model::diagnostic::{Diagnostic, Source, source_from_bytes, unknown_word};

use crate::cli::output::error::CliError;

mod schema;
#[cfg(test)]
mod tests;

pub(crate) use schema::schema;

/// What a file of settings says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct SettingsFile {
    /// The file, as people name it.
    name: String,
    settings: Vec<Setting>,
}

/// One option in it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Setting {
    /// `None` is for every command.
    command: Option<String>,
    /// Without its dashes.
    option: String,
    values: Vec<String>,
    /// From 1.
    line: u32,
}

impl SettingsFile {
    /// Reads `vestibule.toml` in this folder, or the file that the variable names, if there is one. Only then is the
    /// program described, which takes longer than the rest of a start.
    ///
    /// # Errors
    /// If it cannot be read, or has a mistake: each with a caret, exit code 2.
    pub(crate) fn find(program: impl FnOnce() -> Command) -> Result<Option<Self>, CliError> {
        let named = std::env::var_os(VARIABLE).filter(|path| !path.is_empty()).map(PathBuf::from);
        let path = named.clone().unwrap_or_else(|| PathBuf::from(FILE));
        if named.is_none() && !path.exists() {
            return Ok(None);
        }
        Self::read(&path, &program()).map(Some).map_err(|error| match &named {
            Some(_) => error.hint(format!("the variable {VARIABLE} names it")),
            None => error,
        })
    }

    fn read(path: &Path, program: &Command) -> Result<Self, CliError> {
        let shown = path.display().to_string();
        let bytes = std::fs::read(path).map_err(|error| CliError::usage(format!("failed to read {shown}: {error}")))?;
        let refused = |mistakes| CliError::diagnostics(mistakes, format!("{shown} is not valid; nothing was done"));
        let source = source_from_bytes(&shown, bytes).map_err(|mistake| refused(vec![mistake]))?;
        Self::parse(&source, program).map_err(refused)
    }

    /// Reads the text of a file of settings for this program.
    ///
    /// # Errors
    /// Every mistake, in the order of the lines.
    fn parse(source: &Source, program: &Command) -> Result<Self, Vec<Diagnostic>> {
        let document = DeTable::parse(source.text()).map_err(|error| {
            let place = source.place(error.span().unwrap_or(0..0), "here");
            let title = error.message().lines().next().unwrap_or_default().to_owned();
            vec![Diagnostic::new("invalid-toml", title).at(place)]
        })?;
        let mut reading = Reading { source, program, settings: Vec::new(), mistakes: Vec::new() };
        for (key, value) in document.get_ref() {
            match (value.get_ref(), program.find_subcommand(key.get_ref().as_ref())) {
                (DeValue::Table(table), Some(command)) => {
                    table.iter().for_each(|(key, value)| reading.option(Some(command), key, value));
                }
                _ => reading.option(None, key, value),
            }
        }
        let Reading { settings, mut mistakes, .. } = reading;
        if mistakes.is_empty() {
            return Ok(Self { name: source.name().to_owned(), settings });
        }
        mistakes.sort_by_key(|mistake| mistake.place.as_ref().map(|place| (place.line, place.column)));
        Err(mistakes)
    }

    /// The same program, for which what the file says is the default.
    pub(crate) fn applied_to(&self, program: Command) -> Command {
        let of_all = program.mut_args(|arg| self.default_of(None, arg));
        of_all.mut_subcommands(|command| {
            let name = command.get_name().to_owned();
            command.mut_args(|arg| self.default_of(Some(&name), arg))
        })
    }

    fn default_of(&self, command: Option<&str>, arg: Arg) -> Arg {
        match arg.get_long().and_then(|option| self.setting(command, option)) {
            Some(setting) => arg.required(false).default_values(setting.values.clone()),
            None => arg,
        }
    }

    /// The file, as people name it.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// What the file says about an option of a command: its values, and where.
    pub(crate) fn value(&self, command: Option<&str>, option: &str) -> Option<(&[String], String)> {
        let setting = self.setting(command, option)?;
        Some((&setting.values, format!("{}:{}", self.name, setting.line)))
    }

    /// What is said for the command alone comes first.
    fn setting(&self, command: Option<&str>, option: &str) -> Option<&Setting> {
        let of = |command: Option<&str>| {
            self.settings.iter().find(|one| one.option == option && one.command.as_deref() == command)
        };
        command.and_then(|command| of(Some(command))).or_else(|| of(None))
    }
}

/// The options of a command that a file can set: those that are the same every time.
pub(crate) fn settable(command: &Command) -> impl Iterator<Item = &Arg> {
    command.get_arguments().filter(|arg| {
        let long = arg.get_long().filter(|long| !ONCE.contains(long));
        long.is_some() && !arg.is_hide_set()
    })
}

/// The program itself, and every command that people may type.
pub(crate) fn commands(program: &Command) -> impl Iterator<Item = &Command> {
    std::iter::once(program).chain(program.get_subcommands().filter(|command| !command.is_hide_set()))
}

/// Whether an option takes several values.
pub(crate) fn takes_several(arg: &Arg) -> bool {
    matches!(arg.get_action(), ArgAction::Append) || arg.get_value_delimiter().is_some()
}

struct Reading<'a> {
    source: &'a Source,
    program: &'a Command,
    settings: Vec<Setting>,
    mistakes: Vec<Diagnostic>,
}

impl Reading<'_> {
    /// Reads an option of one command, or of every command that has it.
    fn option(&mut self, command: Option<&Command>, key: &Spanned<DeString<'_>>, value: &Spanned<DeValue<'_>>) {
        let name = key.get_ref().as_ref();
        let named: Vec<&Command> = match command {
            Some(command) => vec![command],
            None => commands(self.program).collect(),
        };
        let args: Vec<&Arg> = named.into_iter().flat_map(settable).filter(|arg| arg.get_long() == Some(name)).collect();
        // Options of one name may differ from command to command: the value must fit each.
        let read: Result<Vec<_>, _> = args.iter().map(|arg| values(arg, value)).collect();
        match read.map(|read| read.into_iter().next()) {
            Ok(Some(values)) => self.settings.push(Setting {
                command: command.map(|command| command.get_name().to_owned()),
                option: name.to_owned(),
                values,
                line: self.source.line(key.span().start),
            }),
            Ok(None) => {
                let place = self.source.place(key.span(), "no option has this name");
                let mistake = self.unknown(command, name).at(place);
                self.mistakes.push(mistake);
            }
            Err((range, mistake)) => self.mistakes.push(mistake.at(self.source.place(range, "this value"))),
        }
    }

    fn unknown(&self, command: Option<&Command>, name: &str) -> Diagnostic {
        let once = |command: &Command| command.get_arguments().any(|arg| arg.get_long() == Some(name));
        if ONCE.contains(&name) && commands(self.program).any(once) {
            let title = format!("`{name}` is for one command line, not for every one");
            return Diagnostic::new("not-a-setting", title).hint(format!("type `--{name}` where you want it"));
        }
        let mut valid: Vec<&str> = match command {
            Some(command) => settable(command).filter_map(Arg::get_long).collect(),
            None => commands(self.program).flat_map(settable).filter_map(Arg::get_long).collect(),
        };
        if command.is_none() {
            valid.extend(commands(self.program).skip(1).map(Command::get_name));
        }
        valid.sort_unstable();
        valid.dedup();
        unknown_word("unknown-key", "key here", name, valid)
    }
}

/// The values of an option as they would be typed.
fn values(arg: &Arg, value: &Spanned<DeValue<'_>>) -> Result<Vec<String>, (Range<usize>, Diagnostic)> {
    let option = arg.get_long().unwrap_or_default();
    let wrong =
        |range: Range<usize>, what: &str| (range, Diagnostic::new("wrong-type", format!("`{option}` is {what}")));
    if !arg.get_action().takes_values() {
        return match value.get_ref() {
            DeValue::Boolean(on) => Ok(vec![on.to_string()]),
            _ => Err(wrong(value.span(), "true or false")),
        };
    }
    let each: Vec<&Spanned<DeValue<'_>>> = match value.get_ref() {
        DeValue::Array(array) if takes_several(arg) => array.iter().collect(),
        DeValue::Array(_) => return Err(wrong(value.span(), "one value, not a list")),
        _ => vec![value],
    };
    let texts = each.into_iter().map(|one| {
        let text = match one.get_ref() {
            DeValue::String(text) => text.clone().into_owned(),
            DeValue::Integer(number) if number.radix() == 10 => number.as_str().replace('_', ""),
            DeValue::Float(number) => number.as_str().to_owned(),
            DeValue::Boolean(on) => on.to_string(),
            DeValue::Datetime(date) => date.to_string(),
            DeValue::Integer(_) | DeValue::Array(_) | DeValue::Table(_) => {
                return Err(wrong(one.span(), "a text, a number or a date"));
            }
        };
        refused(arg, option, &text).map_or(Ok(text), |mistake| Err((one.span(), mistake)))
    });
    texts.collect()
}

/// Why the option does not take this value.
fn refused(arg: &Arg, option: &str, text: &str) -> Option<Diagnostic> {
    let possible = arg.get_possible_values();
    let possible: Vec<&str> = possible.iter().map(|value| value.get_name()).collect();
    if !possible.is_empty() {
        let known = possible.contains(&text);
        return (!known).then(|| unknown_word("invalid-value", &format!("value of `{option}`"), text, possible));
    }
    let parser: ValueParser = arg.get_value_parser().clone();
    let alone = Arg::new("value").long("value").value_parser(parser).action(ArgAction::Set).allow_hyphen_values(true);
    let parsed =
        Command::new("vestibule").no_binary_name(true).arg(alone).try_get_matches_from([format!("--value={text}")]);
    let error = parsed.err()?;
    let why = std::error::Error::source(&error).map(ToString::to_string);
    let title = format!("`{text}` is not a valid value of `{option}`");
    Some(Diagnostic::new("invalid-value", why.map_or(title.clone(), |why| format!("{title}: {why}"))))
}

/// The file in the folder in which the program is started.
const FILE: &str = "vestibule.toml";
/// The variable that names another one.
const VARIABLE: &str = "VESTIBULE_CONFIG";

/// Options that are for one command line: a file that turned them on would change what a command is, or say again what
/// must be said on purpose.
const ONCE: [&str; 20] = [
    "all",
    "describe",
    "dry-run",
    "example",
    "force",
    "help",
    "hold",
    "json",
    "last-failed",
    "list",
    "must-fail",
    "open",
    "pause-on-failure",
    "production",
    "schema",
    "shard",
    "target",
    "update-snapshots",
    "version",
    "watch",
];
