//! The rules against tables that were written by hand from their texts.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its table has to stop")]

mod bad_rulebooks;
mod citations;
mod properties;
mod row;
mod settings;
mod tables;
