//! WebDriver BiDi (W3C): what the classic commands of a Firefox cannot do. User contexts, cookies of any host, the console,
//! small pictures.

mod connection;
mod console;
mod user_context;

pub(super) use user_context::Bidi;
