//! Which cases keep pictures of their pages.

use clap::ValueEnum;

use crate::outcome::Verdict;

/// Which cases keep their screenshots.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Shots {
    /// Those that did not pass.
    #[default]
    OnFailure,
    /// Every case; half a second slower for each.
    All,
    /// None.
    None,
}

impl Shots {
    /// Whether a case with this verdict keeps its screenshots.
    pub(crate) fn of(self, verdict: Verdict) -> bool {
        match self {
            Self::OnFailure => verdict != Verdict::Passed,
            Self::All => true,
            Self::None => false,
        }
    }

    /// Whether each page of a case is copied while it runs: its verdict is known only at its end.
    pub(crate) fn need_copies(self) -> bool {
        self != Self::None
    }
}
