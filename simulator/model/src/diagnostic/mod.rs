//! Source text with a line index, diagnostics with carets, suggestions for typos. Imports nothing of the project.
//!
//! A [`Diagnostic`] answers three questions: where, what, and what to do. It is a plain value; [`render()`] formats it
//! for the terminal, and each other report formats it its own way.

mod render;
mod source;
mod suggest;
mod value;
mod yaml;

pub use render::render;
pub use source::Source;
pub use suggest::suggest;
pub use value::{Diagnostic, Place};
pub use yaml::{
    MAX_FILE_BYTES, from_yaml_error, parse_yaml, source_from_bytes, unknown_word, yaml_options, yaml_range,
};
