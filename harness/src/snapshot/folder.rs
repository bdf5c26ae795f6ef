//! Where the snapshots of a scenario file are.

use std::path::{Path, PathBuf};

/// The folder of the snapshots of a scenario file: `snapshots` beside it.
pub(crate) fn folder_beside(scenario_file: &Path) -> PathBuf {
    scenario_file.parent().unwrap_or(Path::new("")).join("snapshots")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn snapshots_lie_beside_the_file() {
        assert_eq!(folder_beside(Path::new("suites/sso/okta.yaml")), Path::new("suites/sso/snapshots"));
        assert_eq!(folder_beside(Path::new("okta.yaml")), Path::new("snapshots"));
    }
}
