//! Browsers: ChromeDriver or a WebDriver URL, sessions, virtual authenticators, pages and their names.
//!
//! Fields are typed and buttons clicked by the browser's input events only; scripts read and wait. A browser behind a URL
//! is driven by WebDriver commands (`webdriver`). For one that was started here ChromeDriver opens the session, takes
//! screenshots and keeps the authenticators, and what a login does most goes over a DevTools connection beside it (`cdp`):
//! WebDriver commands alone take longer than half the time of the same login by Playwright, since each is answered before
//! the next may be sent and pages must be asked again and again.

mod bounds;
mod cdp;
mod driver;
mod error;
mod finder;
mod isolation;
mod locate;
mod options;
mod page;
mod process;
mod session;
mod webdriver;

pub(crate) use cdp::{CdpObserver, TabEvent};
pub use driver::Driver;
pub use error::BrowserError;
pub use isolation::Isolation;
pub use locate::{Binaries, Search, locate};
pub use options::SessionOptions;
pub(crate) use page::copy_expression;
pub(crate) use page::{PageCopy, PageState};
pub(crate) use session::AuthenticatorId;
pub use session::WebDriverSession;

#[cfg(test)]
pub(crate) mod tests;
