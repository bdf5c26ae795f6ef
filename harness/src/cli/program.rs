//! From the process's arguments to its exit code.

use std::ffi::OsString;
use std::io::{self, BufWriter};

use clap::Parser;

use super::args::{Cli, Command};
use super::bench::bench;
use super::causes::causes;
use super::check::check;
use super::chromedriver_shim::chromedriver_shim;
use super::completions::completions;
use super::console::{Console, TerminalTraits};
use super::doctor::doctor;
use super::env::env;
use super::error::CliError;
use super::explain::explain;
use super::init::init;
use super::last_failed::LastFailed;
use super::list::list;
use super::merge::merge;
use super::play::play;
use super::report::report;
use super::run::run;
use super::schema::schema;
use super::serve::serve;
use super::snapshots::snapshots;
use super::survive::survive;
use crate::outcome::ExitCode;
use crate::runner::cache_folder;
use crate::stopwatch;

/// Runs the program and returns its exit code.
pub fn main(args: impl IntoIterator<Item = OsString>) -> u8 {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        // Help and version are answers, on stdout; usage errors go to stderr. A closed pipe is no failure.
        Err(answer) => {
            let _closed = answer.print();
            return u8::try_from(answer.exit_code()).unwrap_or(code(ExitCode::Usage));
        }
    };
    let (mut out, mut err) = (BufWriter::new(io::stdout()), io::stderr());
    let terminal = TerminalTraits::detect(cli.color);
    let mut console = Console { out: &mut out, err: &mut err, terminal };

    let result = dispatch(cli.command, &mut console).and_then(|code| {
        console.out.flush()?;
        Ok(code)
    });
    match result {
        Ok(exit) => code(exit),
        Err(error) => {
            let _closed = error.write(&mut console);
            code(error.code())
        }
    }
}

fn dispatch(command: Command, console: &mut Console<'_>) -> Result<ExitCode, CliError> {
    match command {
        Command::Run(args) => {
            let ci = std::env::var("CI").ok();
            let options = args.options(ci.as_deref());
            let cases = args.cases()?;
            let memory = LastFailed::in_folder(&cache_folder());
            let cases = if args.only_last_failed() { memory.choose(cases, console)? } else { cases };
            run(&args, console, &options, Some(&memory), |sink| play(&options, cases, sink))
        }
        Command::Survive(args) => survive(&args, stopwatch::today(), console, play),
        Command::Report(args) => report(&args, console),
        Command::Merge(args) => merge(&args, console),
        Command::Check(args) => check(&args, console),
        Command::List(args) => list(&args, console),
        Command::Explain(args) => explain(&args, stopwatch::today(), console),
        Command::Causes(args) => causes(&args, console),
        Command::Env(args) => env(&args, console),
        Command::Serve(args) => serve(&args, console),
        Command::Bench(args) => bench(&args, console),
        Command::Snapshots(args) => snapshots(&args, console),
        Command::Init(args) => init(&args, console),
        Command::Doctor(args) => doctor(&args, console),
        Command::Schema(args) => schema(&args, console),
        Command::Completions(args) => completions(&args, console),
        Command::ChromeDriverShim(args) => chromedriver_shim(&args, console),
    }
}

fn code(exit: ExitCode) -> u8 {
    match exit {
        ExitCode::Passed => 0,
        ExitCode::Failed => 1,
        ExitCode::Usage => 2,
        ExitCode::Broken => 3,
        ExitCode::NothingSelected => 4,
        ExitCode::Interrupted => 130,
    }
}
