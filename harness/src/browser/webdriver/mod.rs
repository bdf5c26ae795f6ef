//! The W3C WebDriver protocol by fantoccini: sessions, the only way to a browser behind a URL, and what ChromeDriver alone
//! can do for one that was started here (virtual authenticators, screenshots).

mod client;
mod command;
mod window;

pub(super) use client::WebDriverClient;
pub(super) use command::ExtensionCommand;
pub(super) use window::Window;
