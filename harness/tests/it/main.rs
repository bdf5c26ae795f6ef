//! Integration tests of the harness.

#![expect(clippy::unwrap_used, reason = "what tests share may fail a test as the tests themselves may")]

mod actors;
mod authenticator;
mod browser;
mod chromium;
mod layering;
mod locate;
mod passkey_interop;
mod program;
mod relying_party;
mod scenarios;
mod simulated_org;
mod suites;
mod webdriver_faults;
