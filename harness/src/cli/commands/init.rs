//! `vestibule init`: a commented scenario and a script that runs the suite of this folder.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::output::console::Console;
use crate::cli::output::error::CliError;
use crate::outcome::ExitCode;
use crate::scenario;

mod names;
mod suite;
#[cfg(test)]
mod tests;

use suite::Suite;

/// Write a commented scenario and a script that runs the suite of this folder
///
/// Asks no questions and overwrites nothing. Looks for a suite in the files here and for the variables that it reads; if
/// there is none, it writes an example that works as it is.
#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  vestibule init                       into ./vestibule
  vestibule init --suite ~/e2e         for a suite in another folder

Exit codes:
  0  written
  2  files with these names exist already
  3  the folder cannot be written")]
pub(crate) struct InitArgs {
    /// The folder of your suite
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    suite: PathBuf,
}

/// Runs the command.
///
/// # Errors
/// If a file already exists, or the folder cannot be written.
pub(crate) fn init(args: &InitArgs, console: &mut Console<'_>) -> Result<ExitCode, CliError> {
    // `vestibule/login.yaml` is easier to read than `./vestibule/login.yaml`.
    let folder = if args.suite == Path::new(".") { PathBuf::from(FOLDER) } else { args.suite.join(FOLDER) };
    let suite = suite::find(&args.suite);
    let files = files(&suite);
    let there: Vec<_> = files.iter().map(|file| folder.join(file.name)).filter(|path| path.exists()).collect();
    if let Some(first) = there.first() {
        return Err(CliError::usage(format!("`{}` exists already; nothing was written", first.display()))
            .hint("move it away, or edit it; `vestibule check` checks a scenario"));
    }
    fs::create_dir_all(&folder).map_err(|error| not_written(&folder, &error))?;
    for file in &files {
        let path = folder.join(file.name);
        write(&path, file).map_err(|error| not_written(&path, &error))?;
        writeln!(console.out, "wrote {}: {}", path.display(), file.about)?;
    }
    let found = if suite.command.is_empty() {
        "No suite was found here, so an example was written; put your own command in survive.sh.".to_owned()
    } else {
        format!("Your suite, according to {}: {}", suite.because, suite.command.join(" "))
    };
    let survive = folder.join("survive.sh");
    writeln!(console.out, "\n{found}\n\nNext:\n  vestibule run {}\n  {}", folder.display(), survive.display())?;
    Ok(ExitCode::Passed)
}

struct File {
    name: &'static str,
    about: &'static str,
    text: String,
    executable: bool,
}

fn files(suite: &Suite) -> Vec<File> {
    let file = |name, about, text: String| File { name, about, text, executable: false };
    let mut files = vec![
        file("login.yaml", "a scenario, with comments", include_str!("init/login.yaml").to_owned()),
        file("scenario.schema.json", "the schema for your editor's completion", format!("{:#}\n", scenario::schema())),
        File { executable: true, ..file("survive.sh", "your suite in every condition", survive_script(suite)) },
    ];
    if suite.command.is_empty() {
        files.push(file(
            "example_login.py",
            "an example login script",
            include_str!("init/example_login.py").to_owned(),
        ));
    }
    files
}

/// The script that runs the suite. Variables that it already reads under our names need no mapping.
fn survive_script(suite: &Suite) -> String {
    let mappings: String =
        suite.mappings.iter().map(|(name, template)| format!("  --env {name}={{{template}}} \\\n")).collect();
    let command = if suite.command.is_empty() {
        "python3 \"$(dirname \"$0\")/example_login.py\"".to_owned()
    } else {
        suite.command.join(" ")
    };
    format!(
        "#!/bin/sh\n\
         # Runs your suite in every login condition. `vestibule survive --list` shows the conditions,\n\
         # `vestibule env` the values that --env can name. Arguments go to vestibule: survive.sh --condition two-step\n\
         set -eu\n\
         exec vestibule survive \"$@\" \\\n{mappings}  -- {command}\n"
    )
}

fn write(path: &Path, file: &File) -> std::io::Result<()> {
    // `create_new`: a file that was created in the meantime is not overwritten.
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, if file.executable { 0o755 } else { 0o644 });
    options.open(path)?.write_all(file.text.as_bytes())
}

fn not_written(path: &Path, error: &std::io::Error) -> CliError {
    CliError::broken(format!("failed to write `{}`: {error}", path.display()))
}

const FOLDER: &str = "vestibule";
