//! Reports as functions of events and outcome: terminal, HTML, JUnit, CTRF, SARIF, a badge, JSON lines.
//!
//! Nothing here opens a file, reads the clock or looks at the environment; a report writes to the writer that it gets.
//! A new report is one file here and one row of [`FORMATS`]; the options of the command line and the report files
//! follow from that row.

mod attack;
mod audit;
mod badge;
mod case_facts;
mod case_text;
mod ctrf;
mod diff;
mod format;
mod github;
mod html;
mod jsonl;
mod junit;
mod sarif;
mod start_page;
mod styles;
mod survive;
mod terminal;
mod wording;

pub(crate) use attack::{ATTACK_FORMATS, json as attack_json, write_case_line, write_results};
pub(crate) use audit::{AUDIT_FORMATS, audit_json, write_audit};
pub(crate) use diff::{ComparedRun, Comparison, write_diff, write_diff_json};
pub(crate) use format::ReportFormat;
pub(crate) use github::{annotations as github_annotations, summary as github_summary};
pub(crate) use jsonl::{ReadError, Recording, event_line, read_events, write_event};
pub(crate) use start_page::{StartPage, StartUser};
pub(crate) use styles::Styles;
pub(crate) use survive::{write_condition_lines, write_matrix};
pub(crate) use terminal::{Progress, ReportFiles, Terminal, TerminalOptions};
pub(crate) use wording::plural;

/// Every report that is written to a file of its own when the run is over.
pub(crate) const FORMATS: &[ReportFormat] = &[html::FORMAT, junit::FORMAT, ctrf::FORMAT, sarif::FORMAT, badge::FORMAT];

/// The one that a person opens.
pub(crate) const FOR_PEOPLE: &ReportFormat = &html::FORMAT;

#[cfg(test)]
mod sample;
