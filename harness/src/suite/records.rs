//! What was recorded of a suite while it ran.

use crate::browser::PageCopy;
use crate::outcome::{Command, Proxied};

/// What was recorded on the way. Lists are oldest first.
#[derive(Debug, Clone, Default)]
pub struct Records {
    /// WebDriver commands.
    pub commands: Vec<Command>,
    /// Requests through the proxy.
    pub proxied: Vec<Proxied>,
    /// Copies of the pages, without secrets, to be drawn.
    pub copies: Vec<PageCopy>,
    /// Virtual authenticators in the suite's sessions, those it added itself among them: (session, credentials held).
    pub authenticators: Vec<(u32, usize)>,
}
