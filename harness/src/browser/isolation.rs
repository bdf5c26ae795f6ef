//! What separates one case from the next in a reused browser.

/// What separates one case from the next.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Isolation {
    /// A browser process of its own for each case.
    Session,
    /// A user context of its own for each case, in one browser: as a new window of a private profile.
    Context,
    /// A reused session, made as new between two cases. The quickest: nothing is started.
    #[default]
    Reset,
}
