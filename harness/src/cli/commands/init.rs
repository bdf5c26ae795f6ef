//! `vestibule init`: a commented scenario and a script that runs the suite of a folder.

use std::io::{self, BufRead};
use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::output::console::Console;
use crate::cli::output::error::CliError;
use crate::outcome::{EXAMPLE_SUITE, ExitCode};
use crate::scenario;

mod folder;
mod git_ignore;
mod jvm;
mod manifest;
mod names;
mod node;
mod python;
mod runners;
mod script;
mod suite;
#[cfg(test)]
mod tests;
mod variables;
mod written;

use suite::{Suite, Suites, in_shell};
use written::File;

/// Write a commented scenario and a script that runs the suite of this folder
#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  vestibule init                       into ./vestibule
  vestibule init --suite ~/e2e         for a suite in another folder
  vestibule init -- pytest -x login    with this command
  vestibule init --force               again, over what an earlier init wrote
  vestibule init --example             an example suite, to try `survive` on

Exit codes:
  0  written
  2  there is no such folder, or files with these names exist already
  3  the folder cannot be written")]
pub(crate) struct InitArgs {
    /// The command that runs your suite, after `--`; no shell
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<String>,

    /// The folder of your suite
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    suite: PathBuf,

    /// Overwrite the files of an earlier `init`, also where you edited them
    #[arg(long)]
    force: bool,

    /// Write only an example suite, `vestibule/example_login.py`
    #[arg(long, conflicts_with = "command")]
    example: bool,
}

/// Runs the command.
///
/// # Errors
/// If there is no such folder, a file already exists, or the folder cannot be written.
pub(crate) fn init(args: &InitArgs, console: &mut Console<'_>) -> Result<ExitCode, CliError> {
    init_from(args, console, &mut io::stdin().lock())
}

fn init_from(args: &InitArgs, console: &mut Console<'_>, input: &mut dyn BufRead) -> Result<ExitCode, CliError> {
    if !args.suite.is_dir() {
        let suite = args.suite.display();
        let what = if args.suite.exists() {
            format!("`{suite}` is a file, not a folder")
        } else {
            format!("the folder `{suite}` does not exist")
        };
        return Err(CliError::usage(format!("{what}; nothing was written")));
    }
    // `vestibule/login.yaml` is easier to read than `./vestibule/login.yaml`.
    let root = if args.suite == Path::new(".") { Path::new("") } else { args.suite.as_path() };
    if args.example {
        return example(args, root, console);
    }
    let folder = root.join(FOLDER);
    written::check_free(&folder, &[SCENARIO, SCHEMA, SURVIVE], args.force)?;

    let suites = suite::find(&args.suite);
    let command = command(args, &suites, console, input)?;
    let Suites { mappings, properties, times, in_doubt, .. } = &suites;
    let script = script::survive(command.as_deref(), mappings, properties, times, in_doubt);
    let files = [
        File::text(SCENARIO, "a scenario, with comments", include_str!("init/login.yaml").to_owned()),
        File::text(SCHEMA, "the schema for your editor's completion", format!("{:#}\n", scenario::schema())),
        File::program(SURVIVE, "your suite in every condition", script),
    ];
    written::write(&folder, &files, args.force, console)?;
    ignore_reports(root, console)?;
    tell(args, &suites, command.as_deref(), console)?;
    writeln!(console.out, "\nNext:\n  vestibule run {}\n  {}", folder.display(), folder.join(SURVIVE).display())?;
    Ok(ExitCode::Passed)
}

/// Writes the example, which nothing runs unless it is named.
fn example(args: &InitArgs, root: &Path, console: &mut Console<'_>) -> Result<ExitCode, CliError> {
    let name = EXAMPLE_SUITE.rsplit('/').next().unwrap_or(EXAMPLE_SUITE);
    let folder = root.join(FOLDER);
    written::check_free(&folder, &[name], args.force)?;
    let file = File::text(name, "an example suite", include_str!("init/example_login.py").to_owned());
    written::write(&folder, &[file], args.force, console)?;
    ignore_reports(root, console)?;
    let path = root.join(EXAMPLE_SUITE);
    writeln!(console.out, "\nNext:\n  vestibule survive --condition two-step -- python3 {}", path.display())?;
    Ok(ExitCode::Passed)
}

/// The command: as it was given, found, or answered; `None` if it is not known.
fn command(
    args: &InitArgs,
    suites: &Suites,
    console: &mut Console<'_>,
    input: &mut dyn BufRead,
) -> Result<Option<Vec<String>>, CliError> {
    if !args.command.is_empty() {
        return Ok(Some(args.command.clone()));
    }
    match suites.found.first() {
        Some(suite) => Ok(Some(suite.words())),
        None if console.terminal.interactive => ask(console, input),
        None => Ok(None),
    }
}

fn ask(console: &mut Console<'_>, input: &mut dyn BufRead) -> Result<Option<Vec<String>>, CliError> {
    writeln!(console.out, "{UNKNOWN}")?;
    write!(console.out, "Which command runs your suite? (Enter: put it in {SURVIVE} later) ")?;
    console.out.flush()?;
    let mut line = String::new();
    let read = input.read_line(&mut line);
    read.map_err(|error| CliError::broken(format!("failed to read the answer: {error}")))?;
    writeln!(console.out)?;
    let line = line.trim();
    // What only a shell understands is left to one.
    let words = shlex::split(line).filter(|_| !line.contains(OF_A_SHELL));
    let words = words.unwrap_or_else(|| ["sh", "-c", line].map(str::to_owned).to_vec());
    Ok((!line.is_empty()).then_some(words))
}

fn ignore_reports(root: &Path, console: &mut Console<'_>) -> Result<(), CliError> {
    let path = root.join(git_ignore::FILE);
    match git_ignore::add(&path) {
        Ok(true) => writeln!(console.out, "wrote {}: git ignores the reports", path.display())?,
        Ok(false) => {}
        Err(error) => writeln!(console.err, "failed to add {} to {}: {error}", git_ignore::REPORTS, path.display())?,
    }
    Ok(())
}

/// Says what was found, what was chosen, and how to choose something else.
fn tell(
    args: &InitArgs,
    suites: &Suites,
    command: Option<&[String]>,
    console: &mut Console<'_>,
) -> Result<(), CliError> {
    let place = if args.suite == Path::new(".") {
        String::new()
    } else {
        format!(" --suite {}", in_shell(&[args.suite.display().to_string()]))
    };
    let again = format!("vestibule init --force{place}");
    writeln!(console.out)?;
    let chosen = suites.found.first().filter(|_| args.command.is_empty());
    match (chosen, command) {
        (Some(suite), _) => {
            writeln!(
                console.out,
                "Your suite, according to {}: {}",
                suite.because.display(),
                in_shell(&suite.words())
            )?;
            for line in suite.notes.iter().flat_map(|note| note.lines()) {
                writeln!(console.out, "  {line}")?;
            }
        }
        (None, Some(command)) => writeln!(console.out, "Your suite: {}", in_shell(command))?,
        (None, None) => {
            writeln!(console.out, "{UNKNOWN}\nPut your command in {SURVIVE}, or give it here:\n  {again} -- COMMAND")?;
        }
    }
    for trouble in &suites.unread {
        writeln!(console.out, "{trouble}.")?;
    }
    let others: &[Suite] = if chosen.is_some() { &suites.found[1..] } else { &[] };
    for suite in others.iter().take(MOST_OTHERS) {
        let words = in_shell(&suite.words());
        writeln!(console.out, "Also here, according to {}: {words}", suite.because.display())?;
        writeln!(console.out, "  {again} -- {words}")?;
    }
    if !suites.mappings.is_empty() {
        let mapped = suites.mappings.iter().map(|(name, template)| format!("{name}={{{template}}}"));
        writeln!(console.out, "Variables: {}", mapped.collect::<Vec<_>>().join(", "))?;
    }
    if !suites.properties.is_empty() {
        let set = suites.properties.iter().map(|(name, template)| format!("{name}={{{template}}}"));
        writeln!(console.out, "Properties, in JAVA_TOOL_OPTIONS: {}", set.collect::<Vec<_>>().join(", "))?;
    }
    if !suites.in_doubt.is_empty() {
        let names: Vec<&str> = suites.in_doubt.iter().map(String::as_str).collect();
        writeln!(
            console.out,
            "Without a value: {}; give those that the login needs one in {SURVIVE}, as in `--env NAME={{VALUE}}`: \
             `vestibule env` lists the values",
            names.join(", ")
        )?;
    }
    Ok(())
}

const FOLDER: &str = "vestibule";
const SCENARIO: &str = "login.yaml";
const SCHEMA: &str = "scenario.schema.json";
const SURVIVE: &str = "survive.sh";
const UNKNOWN: &str = "No suite that init knows is in this folder.";
/// Signs in a command that need a shell.
const OF_A_SHELL: [char; 14] = ['|', '&', ';', '<', '>', '(', ')', '$', '`', '*', '?', '~', '=', '#'];
const MOST_OTHERS: usize = 5;
