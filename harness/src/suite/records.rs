//! What was recorded about a suite while it ran.

use crate::browser::PageCopy;
use crate::outcome::{Command, Proxied};

/// The commands, requests and pages of a suite, oldest first.
#[derive(Debug, Clone, Default)]
pub(crate) struct Records {
    /// WebDriver commands.
    pub commands: Vec<Command>,
    /// Requests through the proxy.
    pub proxied: Vec<Proxied>,
    /// Copies of the pages, without secrets.
    pub copies: Vec<PageCopy>,
    /// Virtual authenticators, including those that the suite added itself: (session, credentials held).
    pub authenticators: Vec<(u32, usize)>,
    /// Whether the WebDriver server behind the endpoint was gone when the suite sent a command.
    pub driver_gone: bool,
    /// Whether the suite was still sending commands a moment ago, or waited for the answer to one.
    pub commanding: bool,
}
