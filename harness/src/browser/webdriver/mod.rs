//! The W3C WebDriver protocol, with fantoccini. It opens sessions, is the only way to drive a browser behind a URL, and
//! does what only ChromeDriver can do for a browser that was started here (virtual authenticators, screenshots).

mod client;
mod command;
mod window;

pub(super) use client::WebDriverClient;
pub(super) use command::ExtensionCommand;
pub(super) use window::Window;
