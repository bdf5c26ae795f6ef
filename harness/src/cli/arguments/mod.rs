//! Groups of arguments that several commands share, and the parsers of single values. Nothing here knows a command.

#[cfg(test)]
pub(super) mod parse_one;
pub(super) mod report_files;
pub(super) mod rerun;
pub(super) mod rulebook;
pub(super) mod selection;
pub(super) mod suite;
pub(super) mod value_parsers;
