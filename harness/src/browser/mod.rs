//! Browsers: ChromeDriver or a WebDriver URL, sessions, virtual authenticators, pages and their names.
//!
//! Typing and clicking use the browser's input events only; scripts just read and wait. WebDriver commands drive a
//! browser behind a URL (`webdriver`). For a browser that was started here, ChromeDriver opens the session, takes
//! screenshots and keeps the authenticators, while the frequent actions of a login use a second connection, DevTools
//! (`cdp`). A Firefox is driven by commands, and by WebDriver BiDi (`bidi`) where there is none. Commands are slower: each command must be answered before the next one is sent, and pages must be polled.

mod bidi;
mod bounds;
mod cdp;
mod console_line;
mod driver;
mod error;
mod finder;
mod firefox;
mod http_client;
mod isolation;
mod kind;
mod locate;
mod open_sessions;
mod options;
mod page;
mod process;
pub(crate) mod sandbox;
mod server;
mod session;
mod webdriver;

pub(crate) use cdp::{CdpObserver, TabEvent};
pub use driver::{Driver, browser_arguments};
pub use error::BrowserError;
pub(crate) use http_client::client_to;
pub use isolation::Isolation;
pub use kind::BrowserKind;
pub use locate::{Binaries, Search, locate};
pub use options::SessionOptions;
pub(crate) use page::copy_expression;
pub(crate) use page::{Element, PageCopies, PageCopy, PageOutline, PageState};
pub(crate) use process::{DriverProcess, OF_OUR_DRIVER};
pub(crate) use server::{Geckodrivers, WebDriverServer};
pub use session::WebDriverSession;
pub(crate) use session::{AuthenticatorId, Document};

#[cfg(test)]
pub(crate) mod tests;
