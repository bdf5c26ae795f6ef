//! Integration tests of the harness.

#![expect(clippy::unwrap_used, reason = "what cannot be set up fails the test")]

mod actors;
mod authenticator;
mod benchmarks;
mod browser;
mod build_service;
mod canary;
mod causes;
mod chromium;
#[path = "../../examples/ci_suite.rs"]
mod ci_suite;
mod clients;
mod docs;
mod endpoint;
mod film;
mod first_steps;
mod isolation;
mod layering;
mod locate;
mod passkey_interop;
mod program;
mod readme;
mod real_hosts;
mod recorded;
mod relying_party;
mod scenarios;
mod schema;
mod shims;
mod simulated_org;
mod suite_proxy;
mod suite_verdicts;
mod suites;
mod trouble;
mod webdriver_faults;
