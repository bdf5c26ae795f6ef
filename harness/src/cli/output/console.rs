//! Where a command writes: results and data to stdout, progress and errors to stderr.

use std::fmt;
use std::io::{self, IsTerminal, Write};

use clap::ValueEnum;
use serde::Serialize;

use crate::cli::output::output_error::OutputError;
use crate::report::{Progress, TerminalOptions};

/// When to colour the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorArg {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The two streams of a command and what is known about them.
pub(crate) struct Console<'a> {
    /// For results and data.
    pub out: Output<'a>,
    /// For everything else.
    pub err: Output<'a>,
    /// What the streams can show.
    pub terminal: TerminalTraits,
}

impl<'a> Console<'a> {
    /// Of these streams.
    pub(crate) fn new(out: &'a mut dyn Write, err: &'a mut dyn Write, terminal: TerminalTraits) -> Self {
        Self { out: Output(out), err: Output(err), terminal }
    }

    /// The stream for results that people read, and how they look there: stdout, unless that is for data.
    pub(crate) fn results(&mut self, stdout_is_for_data: bool) -> (&mut Output<'a>, TerminalOptions) {
        let TerminalTraits { color_out, color_err, width, .. } = self.terminal;
        let (stream, color) = if stdout_is_for_data { (&mut self.err, color_err) } else { (&mut self.out, color_out) };
        (stream, TerminalOptions { width, color, progress: Progress::Quiet })
    }
}

/// One of the two streams. What goes wrong in writing to it is an [`OutputError`], and no other I/O error is one.
pub(crate) struct Output<'a>(&'a mut dyn Write);

impl Output<'_> {
    /// For `write!` and `writeln!`.
    pub(crate) fn write_fmt(&mut self, text: fmt::Arguments<'_>) -> Result<(), OutputError> {
        self.with(|stream| stream.write_fmt(text))
    }

    /// Writes one line of JSON.
    pub(crate) fn json_line(&mut self, value: &impl Serialize) -> Result<(), OutputError> {
        self.with(|stream| {
            serde_json::to_writer(&mut *stream, value)?;
            writeln!(stream)
        })
    }

    /// Writes what waits in a buffer.
    pub(crate) fn flush(&mut self) -> Result<(), OutputError> {
        self.with(|stream| stream.flush())
    }

    /// Hands the stream to something that does nothing else than write to it.
    pub(crate) fn with(&mut self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), OutputError> {
        write(self.0).map_err(OutputError::of)
    }

    /// The stream, for something that keeps it; its errors are given to [`OutputError::of`].
    pub(crate) fn stream(&mut self) -> &mut dyn Write {
        self.0
    }
}

/// What the streams can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TerminalTraits {
    /// Whether to colour what goes to stdout.
    pub color_out: bool,
    /// Whether to colour what goes to stderr.
    pub color_err: bool,
    /// Whether stderr is a terminal, on which a bar can be drawn.
    pub err_is_terminal: bool,
    /// Whether a person can be asked: stdin and stdout are terminals.
    pub interactive: bool,
    /// Columns of the terminal.
    pub width: usize,
}

impl TerminalTraits {
    /// Asks the process's own streams. `auto` follows NO_COLOR, CLICOLOR, CLICOLOR_FORCE and TERM.
    pub(crate) fn detect(color: ColorArg) -> Self {
        let decide = |auto: anstream::ColorChoice| match color {
            ColorArg::Auto => auto != anstream::ColorChoice::Never,
            ColorArg::Always => true,
            ColorArg::Never => false,
        };
        Self {
            color_out: decide(anstream::AutoStream::choice(&io::stdout())),
            color_err: decide(anstream::AutoStream::choice(&io::stderr())),
            err_is_terminal: io::stderr().is_terminal(),
            interactive: io::stdin().is_terminal() && io::stdout().is_terminal(),
            width: terminal_size::terminal_size_of(io::stdout())
                .or_else(|| terminal_size::terminal_size_of(io::stderr()))
                .map_or(DEFAULT_WIDTH, |(terminal_size::Width(columns), _)| usize::from(columns)),
        }
    }

    /// How progress looks on stderr.
    pub(crate) fn looks(&self, progress: Progress) -> TerminalOptions {
        TerminalOptions { width: self.width, color: self.color_err, progress }
    }
}

/// The columns to assume if neither stream is a terminal.
const DEFAULT_WIDTH: usize = 120;
