//! Integration tests of the harness.

#![expect(clippy::unwrap_used, reason = "a failed set-up fails the test")]

mod benchmarks;
mod build_service;
mod canary;
mod causes;
mod chromedriver_shim;
#[path = "../../examples/ci_suite.rs"]
mod ci_suite;
mod clients;
mod docs;
mod firefox;
mod files;
mod first_steps;
mod layering;
mod name_constraints;
mod left_out;
mod nothing_leaves;
mod program;
mod readme;
mod recorded;
mod run_jsonl;
mod small_shared_memory;
mod suite_verdicts;
mod suites;
mod trouble;
