//! Integration tests of the harness.

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
mod webdriver_faults;
