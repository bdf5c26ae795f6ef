//! What a command writes: to its two streams, and to the files beside them. Nothing here knows an argument.

pub(super) mod case_list;
pub(super) mod console;
pub(super) mod decision_words;
pub(super) mod error;
mod event_log;
mod github_job;
pub(super) mod open_report;
pub(super) mod output_error;
mod page_copies;
pub(super) mod report_files;
pub(super) mod warning;
pub(super) mod whole_run;
