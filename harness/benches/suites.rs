//! The built-in scenarios with several workers, and how busy they keep the machine; baseline: one worker.

use std::num::NonZeroUsize;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use clap::Parser;
use serde::Serialize;
use vestibule::bench_internals::Stopwatch;

#[path = "support/figures.rs"]
mod figures;
#[path = "support/machine_cpu.rs"]
mod machine_cpu;
#[path = "support/program.rs"]
mod program;

use figures::{Common, Failure, Measured, failed_to};
use machine_cpu::MachineCpu;
use program::PROGRAM;

/// The built-in scenarios with several workers, and how busy they keep the machine; baseline: one worker
#[derive(Debug, Parser)]
struct SuitesBench {
    /// How many workers are compared with one
    #[arg(long, value_name = "N", default_value = "2")]
    workers: NonZeroUsize,

    /// Only cases with this text in their id or title
    #[arg(short, long, value_name = "TEXT")]
    grep: Option<String>,

    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Serialize)]
struct More {
    workers: NonZeroUsize,
    /// The busy share of the machine's CPU time while the workers ran, from 0 to 1.
    busy: f64,
    /// The same with one worker.
    baseline_busy: f64,
}

fn main() -> ExitCode {
    let args = SuitesBench::parse();
    figures::run(|| bench(&args))
}

/// Measures: first the workers, then one worker.
fn bench(args: &SuitesBench) -> Result<(), Failure> {
    let (ours, busy) = run(args, args.workers)?;
    let (baseline, baseline_busy) = run(args, NonZeroUsize::MIN)?;
    let more = More { workers: args.workers, busy, baseline_busy };
    let measured = Measured { bench: "suites", ratio: ours / baseline, ours, baseline, unit: "s", more };
    let (workers, busy, baseline_busy) = (args.workers, busy * 100.0, baseline_busy * 100.0);
    let text = format!(
        "{workers:2} workers {ours:6.1} s, the machine {busy:3.0} % busy\n \
         1 worker  {baseline:6.1} s, the machine {baseline_busy:3.0} % busy\n\
         ratio {:.2}",
        measured.ratio
    );
    measured.write(&args.common, &text)
}

/// One run in a separate process: seconds, and the busy share of the machine's CPU time.
fn run(args: &SuitesBench, workers: NonZeroUsize) -> Result<(f64, f64), Failure> {
    let reports = tempfile::tempdir().map_err(failed_to("make a temporary folder"))?;
    let (before, clock) = (MachineCpu::now(), Stopwatch::start());
    let ended = command(args, workers, reports.path()).status();
    let (after, seconds) = (MachineCpu::now(), clock.elapsed().as_secs_f64());
    let ended = ended.map_err(failed_to("start the run"))?;
    if !ended.success() {
        return Err("failed to measure: the built-in scenarios did not pass; see `vestibule run --built-in`".into());
    }
    Ok((seconds, before.busy_until(&after)))
}

fn command(args: &SuitesBench, workers: NonZeroUsize, reports: &Path) -> Command {
    let mut command = Command::new(PROGRAM);
    command.args(["run", "--built-in", "--no-progress", "--workers", &workers.to_string()]);
    command.arg("--report-dir").arg(reports);
    if let Some(text) = &args.grep {
        command.args(["--grep", text]);
    }
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}
