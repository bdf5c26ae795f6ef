//! The page that a browser is on: which one it is, what it says, and copies of it without secrets.

mod contract;
mod outline;
mod recorder;
mod script;
mod secrets;
mod state;

pub(crate) use outline::{Element, PageOutline};
pub(super) use recorder::PageRecorder;
pub(crate) use recorder::{PageCopies, PageCopy};
pub(crate) use script::copy_expression;
pub(super) use script::{DOM_TEXT, LOADED, OUTLINE, READ_AND_COPY, WAIT_FOR_CHANGE};
pub(super) use secrets::{UNMASK, mask};
pub(crate) use state::{PageState, Waited};
