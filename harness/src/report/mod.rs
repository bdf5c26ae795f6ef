//! Reports as functions of events and outcome: terminal, HTML, JUnit, JSON lines.
//!
//! Nothing here opens a file, reads the clock or the environment; a report writes to what it is given. A new
//! report is one file here and one line in `cli/reports.rs`.

mod github;
mod html;
mod jsonl;
mod junit;
mod styles;
mod survive;
mod terminal;
mod wording;

pub use github::{annotations as github_annotations, summary as github_summary};
pub use html::html;
pub use jsonl::{DamagedLine, OLDEST_SCHEMA, ReadError, Recording, event_line, read_events, write_event};
pub use junit::{JunitError, junit};
pub use styles::Styles;
pub use survive::{Headline, headline, write_condition_lines, write_matrix};
pub use terminal::{Progress, ReportFiles, Terminal, TerminalOptions};

#[cfg(test)]
mod sample;
