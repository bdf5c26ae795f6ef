//! ChromeDriver or a WebDriver URL, sessions, virtual-authenticator commands, page detection.
//!
//! Fields are typed and buttons clicked by the browser's input events only; scripts read and wait. A browser behind a URL
//! is driven by WebDriver commands. For one that was started here ChromeDriver opens the session, takes screenshots and
//! keeps the authenticators, and what a login does most goes over a DevTools connection beside it: measured against the
//! same login by Playwright, WebDriver commands alone take longer than half its time, since each is answered before the
//! next may be sent and pages must be asked again and again.

mod attendant;
mod command;
mod console;
mod contract;
mod devtools;
mod driver;
mod error;
mod film;
mod isolation;
mod keys;
mod locate;
mod outline;
mod page;
mod process;
mod reset;
mod screenshot;
mod session;
mod tab;
mod user_context;
mod webauthn;

pub(crate) use attendant::{Attendant, TabEvent};
pub use driver::{Driver, SessionOptions};
pub use error::BrowserError;
pub use film::PageCopy;
pub(crate) use film::copy_expression;
pub use isolation::Isolation;
pub use locate::{Binaries, Search, locate};
pub use page::{PageState, Waited};
pub use session::WebDriverSession;
pub use webauthn::{AuthenticatorId, VirtualAuthenticator};
