//! `vestibule env`: the variables that a suite is given.

use clap::Args;
use serde::Serialize;

use crate::cli::output::console::Console;
use crate::cli::output::error::CliError;
use crate::cli::output::output_error::OutputError;
use crate::outcome::ExitCode;
use crate::report::Styles;
use crate::suite::{STANDARD, VARIABLES, Variable};

#[cfg(test)]
mod tests;

/// List the variables that a suite is given
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  vestibule env                                   every variable with its description
  vestibule env --json | jq -r .name              one JSON object per line
  vestibule survive --env SF_USER={user} --env SF_PASS={password} -- npx playwright test
  vestibule survive --env 'ADMIN={user.admin}:{password.admin}' --users users.yaml -- pytest

Exit codes:
  0  the variables were listed
  2  wrong usage")]
pub(crate) struct EnvArgs {
    /// One JSON object per line
    #[arg(long, help_heading = "Output")]
    json: bool,
}

/// A variable as `--json` prints it.
#[derive(Debug, Serialize)]
struct Listed {
    name: &'static str,
    template: Option<&'static str>,
    about: &'static str,
    secret: bool,
    #[serde(rename = "persona")]
    per_user: bool,
}

/// Runs the command.
///
/// # Errors
/// If stdout cannot be written to.
pub(crate) fn env(args: &EnvArgs, console: &mut Console<'_>) -> Result<ExitCode, CliError> {
    if args.json { write_json(console) } else { write_text(console) }?;
    Ok(ExitCode::Passed)
}

fn write_json(console: &mut Console<'_>) -> Result<(), OutputError> {
    let ours = VARIABLES.iter().map(|variable| {
        let Variable { name, template, about, secret, per_user } = *variable;
        Listed { name, template: Some(template), about, secret, per_user }
    });
    let standard = STANDARD.iter().map(|variable| Listed {
        name: variable.name,
        template: None,
        about: variable.about,
        secret: false,
        per_user: false,
    });
    for listed in ours.chain(standard) {
        console.out.json_line(&listed)?;
    }
    Ok(())
}

fn write_text(console: &mut Console<'_>) -> Result<(), OutputError> {
    let of_realm = VARIABLES.iter().filter(|variable| !variable.per_user);
    table(console, "The org of a case", of_realm.map(row))?;
    let of_users = VARIABLES.iter().filter(|variable| variable.per_user);
    table(
        console,
        "\nThe first user; for the user `admin`, use VESTIBULE_USERNAME_ADMIN and {user.admin}",
        of_users.map(row),
    )?;
    let standard = STANDARD.iter().map(|variable| (variable.name, String::new(), variable.about));
    table(console, "\nVariables that clients already read; the proxy variables are also set in lower case", standard)
}

fn row(variable: &Variable) -> (&'static str, String, &'static str) {
    (variable.name, format!("{{{}}}", variable.template), variable.about)
}

/// Name, template, sentence.
fn table(
    console: &mut Console<'_>,
    title: &str,
    rows: impl Iterator<Item = (&'static str, String, &'static str)>,
) -> Result<(), OutputError> {
    let Styles { strong, path, dim, .. } = Styles::new(console.terminal.color_out);
    let rows: Vec<_> = rows.collect();
    let widest = |length: fn(&(&str, String, &str)) -> usize| rows.iter().map(length).max().unwrap_or(0);
    let (names, templates) = (widest(|row| row.0.len()), widest(|row| row.1.len()));
    writeln!(console.out, "{strong}{title}{strong:#}")?;
    for (name, template, about) in &rows {
        let gap = if templates == 0 { "" } else { "  " };
        writeln!(console.out, "  {path}{name:names$}{path:#}{gap}{dim}{template:templates$}{dim:#}  {about}")?;
    }
    Ok(())
}
