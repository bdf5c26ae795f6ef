//! What separates one case from the next in a reused browser.

use clap::ValueEnum;

/// What separates one case from the next.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Isolation {
    /// A separate browser process for each case.
    Session,
    /// A separate user context for each case, in one browser: like a new incognito window.
    Context,
    /// One session, reset between cases. The fastest, because nothing is started.
    #[default]
    Reset,
}
