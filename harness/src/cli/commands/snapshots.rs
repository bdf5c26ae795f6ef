//! `vestibule snapshots`: reviews what a run recorded, without cargo.

use std::collections::BTreeSet;
use std::io::{self, BufRead};
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use crate::cli::arguments::selection;
use crate::cli::output::console::Console;
use crate::cli::output::error::CliError;
use crate::cli::output::output_error::OutputError;
use crate::outcome::ExitCode;
use crate::report::Styles;
use crate::snapshot::{ChangeKind, Diff, Pending, SnapshotError, folder_beside, pending, prune};

#[cfg(test)]
mod tests;

/// Review, accept or prune recorded snapshots
///
/// A run writes what differs from its recorded text as `NAME.snap.new` beside `NAME.snap`. The files are insta's, so
/// `cargo insta review` works as well.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  vestibule snapshots review                      look at each change, and accept or reject it
  vestibule snapshots accept home-page            accept one by name
  vestibule snapshots accept --all --in logins/   accept everything below a folder
  vestibule snapshots prune logins/               remove snapshots that no scenario uses

Exit codes:
  0  no snapshot is pending
  1  pending snapshots are left
  2  wrong usage, or a file that is not a snapshot
  3  a file cannot be read or written
  4  no pending snapshot has that name")]
pub(crate) struct SnapshotsArgs {
    #[command(subcommand)]
    command: SnapshotsCommand,
}

#[derive(Debug, Subcommand)]
enum SnapshotsCommand {
    /// Show the difference of each pending snapshot and ask; without a terminal, only list them
    Review {
        /// Folders to look in
        #[arg(value_name = "FOLDER", default_value = ".")]
        folders: Vec<PathBuf>,
    },
    /// Accept pending snapshots
    Accept {
        /// Names of the snapshots
        #[arg(value_name = "NAME", required_unless_present = "all", conflicts_with = "all")]
        names: Vec<String>,
        /// Accept every one
        #[arg(long)]
        all: bool,
        /// Folder to look in
        #[arg(long = "in", value_name = "FOLDER", default_value = ".")]
        folder: PathBuf,
    },
    /// Remove recorded snapshots that no scenario uses
    Prune {
        /// Folders of scenarios
        #[arg(value_name = "FOLDER", required = true)]
        folders: Vec<PathBuf>,
        /// Only list them
        #[arg(long)]
        dry_run: bool,
    },
}

/// Runs the command.
///
/// # Errors
/// If a file is not a snapshot, or cannot be read or written.
pub(crate) fn snapshots(args: &SnapshotsArgs, console: &mut Console<'_>) -> Result<ExitCode, CliError> {
    match &args.command {
        SnapshotsCommand::Review { folders } => {
            let found = find(folders)?;
            if console.terminal.interactive {
                review(&found, console, &mut io::stdin().lock())
            } else {
                list(&found, console)
            }
        }
        SnapshotsCommand::Accept { names, all, folder } => {
            let found = find(std::slice::from_ref(folder))?;
            if let Some(unknown) = names.iter().find(|name| !found.iter().any(|pending| pending.name() == **name)) {
                return Err(no_such(unknown, &found));
            }
            let chosen: Vec<Pending> =
                found.into_iter().filter(|pending| *all || names.contains(&pending.name())).collect();
            accept(&chosen, console)
        }
        SnapshotsCommand::Prune { folders, dry_run } => remove_stale(folders, *dry_run, console),
    }
}

/// Stops at a scenario that cannot be read: its snapshots would look stale.
fn remove_stale(folders: &[PathBuf], dry_run: bool, console: &mut Console<'_>) -> Result<ExitCode, CliError> {
    let cases = selection::all_cases(folders)?;
    let in_use: BTreeSet<PathBuf> = cases
        .iter()
        .filter(|case| case.records_snapshot())
        .map(|case| folder_beside(Path::new(&case.file)).join(format!("{}.snap", case.snapshot_name())))
        .collect();
    let verb = if dry_run { "would remove" } else { "removed" };
    for folder in folders {
        for path in prune(folder, &in_use, dry_run).map_err(snapshot_error)? {
            writeln!(console.err, "{verb} {}", path.display())?;
        }
    }
    Ok(ExitCode::Passed)
}

fn list(found: &[Pending], console: &mut Console<'_>) -> Result<ExitCode, CliError> {
    for pending in found {
        writeln!(console.out, "{}", pending.snap.display())?;
        write_diff(&pending.diff().map_err(snapshot_error)?, console)?;
    }
    Ok(left(found.len()))
}

fn accept(found: &[Pending], console: &mut Console<'_>) -> Result<ExitCode, CliError> {
    for pending in found {
        pending.accept().map_err(snapshot_error)?;
        writeln!(console.err, "accepted {}", pending.snap.display())?;
    }
    if found.is_empty() {
        writeln!(console.err, "no snapshot is pending")?;
    }
    Ok(ExitCode::Passed)
}

/// Shows each difference and carries out the answer; at the end of the input, the rest stays pending.
fn review(found: &[Pending], console: &mut Console<'_>, input: &mut dyn BufRead) -> Result<ExitCode, CliError> {
    let mut skipped = 0;
    for (index, pending) in found.iter().enumerate() {
        writeln!(console.out, "\n[{}/{}] {}", index + 1, found.len(), pending.snap.display())?;
        write_diff(&pending.diff().map_err(snapshot_error)?, console)?;
        match ask(console, input)? {
            Some(Answer::Accept) => pending.accept().map_err(snapshot_error)?,
            Some(Answer::Reject) => pending.reject().map_err(snapshot_error)?,
            Some(Answer::Skip) => skipped += 1,
            None => {
                skipped += found.len() - index;
                break;
            }
        }
    }
    Ok(left(skipped))
}

enum Answer {
    Accept,
    Reject,
    Skip,
}

fn ask(console: &mut Console<'_>, input: &mut dyn BufRead) -> Result<Option<Answer>, CliError> {
    loop {
        write!(console.out, "(a)ccept, (r)eject, (s)kip? ")?;
        console.out.flush()?;
        let mut line = String::new();
        let read = input.read_line(&mut line);
        if read.map_err(|error| CliError::broken(format!("failed to read the answer: {error}")))? == 0 {
            writeln!(console.out)?;
            return Ok(None);
        }
        match line.trim().to_ascii_lowercase().as_str() {
            "a" | "accept" => return Ok(Some(Answer::Accept)),
            "r" | "reject" => return Ok(Some(Answer::Reject)),
            "s" | "skip" => return Ok(Some(Answer::Skip)),
            _ => {}
        }
    }
}

fn write_diff(diff: &Diff, console: &mut Console<'_>) -> Result<(), OutputError> {
    let styles = Styles::new(console.terminal.color_out);
    for line in &diff.lines {
        let style = match line.kind {
            ChangeKind::Added => styles.good,
            ChangeKind::Removed => styles.bad,
            ChangeKind::Kept | ChangeKind::Gap => styles.dim,
        };
        writeln!(console.out, "  {style}{}{}{style:#}", line.kind.mark(), line.text)?;
    }
    Ok(())
}

fn find(folders: &[PathBuf]) -> Result<Vec<Pending>, CliError> {
    let mut found = Vec::new();
    for folder in folders {
        found.extend(pending(folder).map_err(snapshot_error)?);
    }
    Ok(found)
}

fn left(count: usize) -> ExitCode {
    if count == 0 { ExitCode::Passed } else { ExitCode::Failed }
}

fn no_such(name: &str, found: &[Pending]) -> CliError {
    let names: Vec<String> = found.iter().map(Pending::name).collect();
    let hint = match names.as_slice() {
        [] => "nothing is pending; run the scenarios first".to_owned(),
        names => format!("pending snapshots: {}", names.join(", ")),
    };
    CliError::nothing_selected(format!("no pending snapshot is called `{name}`")).hint(hint)
}

fn snapshot_error(error: SnapshotError) -> CliError {
    let code = match &error {
        SnapshotError::Name(_) | SnapshotError::Format { .. } => ExitCode::Usage,
        SnapshotError::Read { .. } | SnapshotError::Write { .. } => ExitCode::Broken,
    };
    CliError::failed_to(&error, code)
}
