//! Source text with a line index, diagnostics with carets, suggestions for typos. Imports nothing of the project.
//!
//! A [`Diagnostic`] answers three questions: where, what, and what to do. It is a plain value; [`render()`] formats it
//! for the terminal, and each other report formats it its own way.

mod render;
mod source;
mod suggest;
mod value;

pub use render::render;
pub use source::{MAX_FILE_BYTES, Source, source_from_bytes};
pub use suggest::{suggest, unknown_word};
pub use value::{Diagnostic, Place};
