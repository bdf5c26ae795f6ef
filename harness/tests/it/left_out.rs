//! Tests that not every machine can run.

/// Says aloud that a test is left out. In CI, which must run all of them, that is a failure.
#[expect(clippy::print_stderr, reason = "a test that is left out says so")]
pub(crate) fn left_out(why: &str) {
    let in_ci = std::env::var_os("CI").is_some_and(|value| !value.is_empty());
    assert!(!in_ci, "{why}");
    eprintln!("LEFT OUT: {why}");
}
