//! ChromeDriver or a WebDriver URL, sessions, virtual-authenticator commands, page detection.
//!
//! Fields are typed and buttons clicked by WebDriver input only; scripts read and wait.

mod command;
mod contract;
mod driver;
mod error;
mod film;
mod locate;
mod outline;
mod page;
mod process;
mod reset;
mod screenshot;
mod session;
mod webauthn;

pub use driver::{Driver, SessionOptions};
pub use error::BrowserError;
pub use film::PageCopy;
pub use locate::{Binaries, Search, locate};
pub use page::{PageState, Waited};
pub(crate) use page::{READ as READ_PAGE, page_name};
pub(crate) use screenshot::{MASK as MASK_SECRETS, UNMASK as UNMASK_SECRETS};
pub use session::WebDriverSession;
pub use webauthn::{AuthenticatorId, VirtualAuthenticator};
