//! Tests the rules against tables written by hand from the published texts.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its table fails")]

mod apps;
mod bad_rulebooks;
mod citations;
mod properties;
mod row;
mod settings;
mod sources;
mod tables;
