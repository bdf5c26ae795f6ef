//! Where a command writes: data to stdout, everything else to stderr.

use std::io::{self, IsTerminal, Write};

use clap::ValueEnum;

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
    /// For data.
    pub out: &'a mut dyn Write,
    /// For everything else.
    pub err: &'a mut dyn Write,
    /// What the streams can show.
    pub terminal: TerminalTraits,
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
            width: terminal_size::terminal_size_of(io::stderr())
                .map_or(DEFAULT_WIDTH, |(terminal_size::Width(columns), _)| usize::from(columns)),
        }
    }

    /// How the terminal report looks on stderr.
    pub(crate) fn looks(&self, progress: Progress) -> TerminalOptions {
        TerminalOptions { width: self.width, color: self.color_err, progress }
    }
}

/// The columns to assume if stderr is not a terminal.
const DEFAULT_WIDTH: usize = 120;
