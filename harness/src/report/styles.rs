//! Colours as values: plain unless asked for, so that a text is the same in a test and in a file.

use anstyle::{AnsiColor, Style};

use crate::outcome::Verdict;

/// The styles of the terminal report. Colour only repeats what the text says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Styles {
    /// Success.
    pub good: Style,
    /// Failure.
    pub bad: Style,
    /// Trouble that is not about the login.
    pub warning: Style,
    /// Less important text.
    pub dim: Style,
    /// Paths and commands.
    pub path: Style,
    /// Headings.
    pub strong: Style,
}

impl Styles {
    /// Coloured, or without any escape sequence.
    pub(crate) fn new(color: bool) -> Self {
        if !color {
            return Self::default();
        }
        Self {
            good: AnsiColor::Green.on_default().bold(),
            bad: AnsiColor::Red.on_default().bold(),
            warning: AnsiColor::Yellow.on_default().bold(),
            dim: Style::new().dimmed(),
            path: AnsiColor::Cyan.on_default(),
            strong: Style::new().bold(),
        }
    }

    /// The style of a verdict.
    pub(crate) fn verdict(&self, verdict: Verdict) -> Style {
        match verdict {
            Verdict::Passed => self.good,
            Verdict::Failed => self.bad,
            Verdict::Broken => self.warning,
            Verdict::Skipped => self.dim,
        }
    }
}

/// The text between the escape sequences of a style.
pub(super) fn paint(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}
