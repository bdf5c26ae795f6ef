//! The built-in suites with several workers, against one.

use std::num::NonZeroUsize;
use std::path::Path;
use std::process::{Command, Stdio};

use clap::Args;
use serde::Serialize;

use super::{Measured, broken, cpu};
use crate::cli::output::console::Console;
use crate::cli::output::error::CliError;
use crate::outcome::ExitCode;
use crate::stopwatch::Stopwatch;

/// The built-in suites with several workers, and how busy they keep the machine; baseline: one worker
#[derive(Debug, Args)]
pub(super) struct SuitesBenchArgs {
    /// How many workers are compared with one
    #[arg(long, value_name = "N", default_value = "2")]
    workers: NonZeroUsize,

    /// Only cases with this text in their id or title
    #[arg(short, long, value_name = "TEXT")]
    grep: Option<String>,

    /// One JSON line instead of text
    #[arg(long, help_heading = "Output")]
    json: bool,
}

#[derive(Debug, Serialize)]
struct More {
    workers: NonZeroUsize,
    /// The part of the machine's CPU time that was not idle while the workers ran, from 0 to 1.
    busy: f64,
    /// The same with one worker.
    baseline_busy: f64,
}

/// Measures, the workers first.
pub(super) fn bench(args: &SuitesBenchArgs, console: &mut Console<'_>) -> Result<ExitCode, CliError> {
    let (ours, busy) = run(args, args.workers)?;
    let (baseline, baseline_busy) = run(args, NonZeroUsize::MIN)?;
    let more = More { workers: args.workers, busy, baseline_busy };
    let measured = Measured { bench: "suites", ratio: ours / baseline, ours, baseline, unit: "s", more };
    if args.json {
        let line = serde_json::to_string(&measured).map_err(|error| broken("write the figures", &error))?;
        writeln!(console.out, "{line}")?;
    } else {
        let (many, out) = (args.workers, &mut console.out);
        writeln!(out, "{many:2} workers {ours:6.1} s, the machine {:3.0} % busy", busy * 100.0)?;
        writeln!(out, " 1 worker  {baseline:6.1} s, the machine {:3.0} % busy", baseline_busy * 100.0)?;
        writeln!(out, "ratio {:.2}", measured.ratio)?;
    }
    Ok(ExitCode::Passed)
}

/// One run in a process of its own: seconds, and the busy part of the machine.
fn run(args: &SuitesBenchArgs, workers: NonZeroUsize) -> Result<(f64, f64), CliError> {
    let program = std::env::current_exe().map_err(|error| broken("find its own program", &error))?;
    let reports = tempfile::tempdir().map_err(|error| broken("make a temporary folder", &error))?;
    let (before, clock) = (cpu::of_the_machine(), Stopwatch::start());
    let ended = command(args, &program, workers, reports.path()).status();
    let (after, seconds) = (cpu::of_the_machine(), clock.elapsed().as_secs_f64());
    let ended = ended.map_err(|error| broken("start the run", &error))?;
    if !ended.success() {
        return Err(CliError::broken("failed to measure: the built-in suites did not pass").hint("see `vestibule run`"));
    }
    Ok((seconds, before.busy_until(&after)))
}

fn command(args: &SuitesBenchArgs, program: &Path, workers: NonZeroUsize, reports: &Path) -> Command {
    let mut command = Command::new(program);
    command.args(["run", "--no-progress", "--workers", &workers.to_string(), "--report-dir"]).arg(reports);
    if let Some(text) = &args.grep {
        command.args(["--grep", text]);
    }
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}
