//! Integration tests of the harness.

mod layering;
mod scenarios;
