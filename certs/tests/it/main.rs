//! Integration tests of the certificates: independent verifiers check what the store makes.

#![expect(clippy::unwrap_used, reason = "a failed set-up fails the test")]

mod cache;
mod keys;
mod tls;

use jiff::Timestamp;

/// A fixed instant: 2026-08-03 12:00 UTC.
fn now() -> Timestamp {
    Timestamp::from_second(1_785_758_400).unwrap()
}
