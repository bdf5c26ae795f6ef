//! Groups of arguments that several commands share, the parsers of single values, and the tips of a wrong command line.
//! Nothing here knows a command.

pub(super) mod message;
pub(super) mod org_like;
pub(super) mod org_setting;
#[cfg(test)]
pub(super) mod parse_one;
pub(super) mod parties;
pub(super) mod report_files;
pub(super) mod rerun;
pub(super) mod rulebook;
pub(super) mod rules;
pub(super) mod selection;
pub(super) mod settings_file;
pub(super) mod suite;
pub(super) mod typed;
pub(super) mod usage_error;
pub(super) mod users_file;
pub(super) mod value_parsers;
pub(super) mod vault;
