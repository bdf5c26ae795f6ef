//! Why a login stopped: one table of causes over what was seen. Pure.
//!
//! ```text
//! Evidence (journal, Login History, actions, WebDriver commands, proxy, output) -> first row of the table -> Finding
//! ```

mod cause;
mod causes;
mod evidence;
mod reading;
mod table;

pub(crate) use cause::Cause;
pub(crate) use evidence::{Evidence, UserEvidence};
pub(crate) use table::{causes, diagnose};

#[cfg(test)]
mod tests;
