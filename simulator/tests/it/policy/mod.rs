//! The rules against tables that were written by hand from their texts.

mod bad_rulebooks;
mod citations;
mod properties;
mod row;
mod settings;
mod tables;
