//! Why a login stopped: one table of causes over what was seen. Pure.
//!
//! ```text
//! Evidence (journal, actions, WebDriver commands, proxy, output) -> first row of the table -> Finding
//! ```

mod cause;
mod causes;
mod evidence;
mod message;
mod near_miss;
mod reading;
mod sign_ins;
mod snippets;
mod table;
mod trouble;

pub(crate) use cause::Cause;
pub(crate) use causes::session::only_refusals;
pub(crate) use evidence::{Evidence, SsoEvidence, UserEvidence, VariableWithoutValue};
pub(crate) use message::diagnose_message;
pub(crate) use near_miss::{Visible, joined, misspelt, name_difference};
pub(crate) use sign_ins::SignIns;
pub(crate) use snippets::{Language, languages, snippet, why_no_code, written_for};
pub(crate) use table::{causes, diagnose};
pub(crate) use trouble::{Trouble, trouble};

#[cfg(test)]
mod tests;
