//! Integration tests of the harness.

#![expect(clippy::unwrap_used, reason = "a failed set-up fails the test")]

mod accessibility;
mod attack;
mod audit;
mod authenticator;
mod benchmarks;
mod build_service;
mod canary;
mod causes;
mod chromedriver_shim;
#[path = "../../examples/ci_suite.rs"]
mod ci_suite;
mod clients;
mod docs;
mod files;
mod firefox;
mod first_steps;
mod fuzzed;
mod grid;
mod idp;
mod interop;
mod layering;
mod left_out;
mod name_constraints;
mod nothing_leaves;
mod program;
mod readme;
mod recorded;
mod run_jsonl;
mod schemathesis;
mod serve;
mod small_shared_memory;
mod snippets;
mod suite_verdicts;
mod suites;
mod trouble;
mod vault;
mod with;
