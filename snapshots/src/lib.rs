//! What the tests of all crates share: the settings and redactions of snapshots, the measure of [`growth`], and the
//! [`corpus`] of the fuzzers.
//!
//! The tests of every crate write to `snapshots/<area>/` with [`settings`]. Text that changes from run to run is
//! replaced only here, by a placeholder. `tests/stale.rs` finds files that no test refers to.

use insta::Settings;

pub mod corpus;
pub mod growth;

/// Settings for the snapshots of one area: the folder `snapshots/<area>/`, no module prefix, all redactions.
pub fn settings(area: &str) -> Settings {
    let mut settings = Settings::clone_current();
    settings.set_snapshot_path(format!("{}/{area}", env!("CARGO_MANIFEST_DIR")));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    for (pattern, replacement) in REDACTIONS {
        settings.add_filter(pattern, *replacement);
    }
    settings
}

const REDACTIONS: &[(&str, &str)] = &[
    (r"localhost:\d{2,5}", "localhost:[port]"),
    (r"127\.0\.0\.1:\d{2,5}", "127.0.0.1:[port]"),
    (r"\b\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z", "[timestamp]"),
    (r"\b\d+(\.\d+)? ?ms\b", "[duration]"),
];
