//! `vestibule config`: the values of the options where nothing is typed, and where each comes from.

use std::ffi::OsStr;

use clap::{Arg, Args, Command};
use serde::Serialize;
use serde_json::json;
use url::Url;
use vestibule_model::diagnostic::suggest;

use crate::cli::arguments::settings_file::{SettingsFile, commands, schema, settable};
use crate::cli::arguments::value_parsers::shown_url;
use crate::cli::output::console::Console;
use crate::cli::output::error::CliError;
use crate::outcome::ExitCode;
use crate::report::Styles;

#[cfg(test)]
mod tests;

/// Print the value of each option that you leave out, and where the value comes from
///
/// A flag wins over a VESTIBULE_* variable, the variable over vestibule.toml in this folder, the file over the scenario, and
/// the scenario over the default. In vestibule.toml, a key is an option without its dashes: at the top for every command that
/// has it, in a table such as `survive` for that command alone. VESTIBULE_CONFIG names another file. Values that may be
/// secrets are not printed.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  vestibule config                                  every command
  vestibule config survive                          one command
  vestibule config --json                           for programs
  vestibule config --schema > vestibule.schema.json

  In the first line of vestibule.toml, for editors that check TOML:
  #:schema ./vestibule.schema.json

Exit codes:
  0  the values were printed
  2  wrong usage, or a mistake in vestibule.toml")]
pub(crate) struct ConfigArgs {
    /// Only this command
    #[arg(value_name = "COMMAND")]
    command: Option<String>,

    /// Write one JSON document to stdout
    #[arg(long, help_heading = "Output")]
    json: bool,

    /// Print the JSON Schema of vestibule.toml instead
    #[arg(long, conflicts_with_all = ["json", "command"], help_heading = "Output")]
    pub(crate) schema: bool,
}

/// One option of one command.
#[derive(Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Line<'a> {
    /// `None` where it is an option of every command.
    command: Option<&'a str>,
    option: &'a str,
    /// Several where the option takes several.
    values: Vec<String>,
    source: Origin,
    /// The variable, or the file and the line.
    from: Option<String>,
}

/// Where a value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Origin {
    Variable,
    File,
    Default,
}

/// Runs the command. `program` is the whole command line, as it is without a file.
///
/// # Errors
/// If the file has a mistake, or there is no such command.
pub(crate) fn config(args: &ConfigArgs, program: &Command, console: &mut Console<'_>) -> Result<ExitCode, CliError> {
    if args.schema {
        writeln!(console.out, "{:#}", schema(program))?;
        return Ok(ExitCode::Passed);
    }
    let file = SettingsFile::find(|| program.clone())?;
    let variable = |name: &OsStr| std::env::var(name).ok();
    let shown: Vec<&Command> = commands(program).collect();
    let shown = match &args.command {
        None => shown,
        Some(name) => shown.into_iter().filter(|command| is_shown(command, program, name)).collect(),
    };
    if let (Some(name), true) = (&args.command, shown.len() < 2) {
        return Err(unknown(name, program));
    }
    let lines = shown.into_iter().flat_map(|command| {
        let name = (command.get_name() != program.get_name()).then(|| command.get_name());
        settable(command).filter_map(|arg| line(name, arg, file.as_ref(), &variable)).collect::<Vec<_>>()
    });
    let lines: Vec<Line<'_>> = lines.collect();
    if args.json {
        let found = file.as_ref().map(SettingsFile::name);
        console.out.json_line(&json!({ "schema": SCHEMA, "file": found, "options": lines }))?;
    } else {
        table(&lines, console)?;
    }
    Ok(ExitCode::Passed)
}

/// The options of the program itself are options of every command.
fn is_shown(command: &Command, program: &Command, name: &str) -> bool {
    command.get_name() == name || command.get_name() == program.get_name()
}

fn unknown(name: &str, program: &Command) -> CliError {
    let names: Vec<&str> = commands(program).skip(1).map(Command::get_name).collect();
    let near = suggest(name, names.iter().copied()).map(|near| format!("did you mean `{near}`?"));
    let hint = near.unwrap_or_else(|| format!("the commands are {}", names.join(", ")));
    CliError::usage(format!("there is no command `{name}`")).hint(hint)
}

/// The value of an option; `None` where it has none.
fn line<'a>(
    command: Option<&'a str>,
    arg: &'a Arg,
    file: Option<&SettingsFile>,
    variable: &dyn Fn(&OsStr) -> Option<String>,
) -> Option<Line<'a>> {
    let option = arg.get_long()?;
    let line = |values: Vec<String>, source, from| {
        let values = values.iter().map(|value| shown(option, value)).collect();
        Some(Line { command, option, values, source, from })
    };
    if let Some((name, value)) = arg.get_env().and_then(|name| Some((name, variable(name)?))) {
        return line(vec![value], Origin::Variable, name.to_str().map(str::to_owned));
    }
    if let Some((values, from)) = file.and_then(|file| file.value(command, option)) {
        return line(values.to_vec(), Origin::File, Some(from));
    }
    let values: Vec<String> =
        arg.get_default_values().iter().map(|value| value.to_string_lossy().into_owned()).collect();
    if values.is_empty() { None } else { line(values, Origin::Default, None) }
}

/// The value, unless it may be a secret: a template of a suite's variable names one, and any other text may be one.
fn shown(option: &str, value: &str) -> String {
    let name = value.split_once('=').map_or("", |(name, _)| name);
    match option {
        "env" if !value.contains('{') => format!("{name}=…"),
        _ if SECRET.iter().any(|word| option.contains(word)) => "…".to_owned(),
        _ => {
            let with_password = Url::parse(value).ok().filter(|url| url.password().is_some());
            with_password.map_or_else(|| value.to_owned(), |url| shown_url(&url))
        }
    }
}

fn table(lines: &[Line<'_>], console: &mut Console<'_>) -> Result<(), CliError> {
    let styles = Styles::new(console.terminal.color_out);
    let width = |of: fn(&Line<'_>) -> usize| lines.iter().map(of).max().unwrap_or(0);
    let option = width(|line| line.option.len());
    let value = width(|line| line.values.join(", ").chars().count()).min(WIDEST_VALUE);
    for (number, line) in lines.iter().enumerate() {
        let before = number.checked_sub(1).and_then(|before| lines.get(before));
        if before.is_none_or(|before| before.command != line.command) {
            let gap = if before.is_some() { "\n" } else { "" };
            let heading = line.command.unwrap_or("every command");
            writeln!(console.out, "{gap}{}{heading}{:#}", styles.strong, styles.strong)?;
        }
        let style = if line.source == Origin::Default { styles.dim } else { styles.path };
        let from = line.from.as_deref().unwrap_or("default");
        let values = line.values.join(", ");
        writeln!(console.out, "  {:<option$}  {values:<value$}  {style}{from}{style:#}", line.option)?;
    }
    Ok(())
}

/// Options whose names hold one of these words are secrets.
const SECRET: [&str; 5] = ["password", "passphrase", "secret", "token", "pin"];
/// The column of the values is not wider than this.
const WIDEST_VALUE: usize = 40;
/// The form of the document.
const SCHEMA: u32 = 1;
