//! Groups of arguments that several commands share, and the parsers of single values. Nothing here knows a command.

pub(super) mod external;
#[cfg(test)]
pub(super) mod parse_one;
pub(super) mod rerun;
pub(super) mod selection;
pub(super) mod value_parsers;
