//! The program that is measured.

/// Built in the same profile as the benchmark.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_vestibule");
