//! Which cases: the options that `run`, `check` and `list` share.

use std::path::PathBuf;

use clap::Args;

use crate::scenario::Selection;

/// Which cases. Every given criterion must hold.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct SelectArgs {
    /// Files and folders; without any, the built-in suites
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// Only cases whose title or id contains this text, in upper or lower case
    #[arg(short = 'g', long, value_name = "TEXT")]
    #[arg(help_heading = "Filter", env = "VESTIBULE_GREP", hide_env_values = true)]
    grep: Option<String>,

    /// Only cases with this tag; given several times, with any of them
    #[arg(long = "tag", value_name = "TAG", value_delimiter = ',')]
    #[arg(help_heading = "Filter", env = "VESTIBULE_TAG", hide_env_values = true)]
    tags: Vec<String>,
}

impl SelectArgs {
    /// Files and folders; empty means the built-in suites.
    pub(super) fn paths(&self) -> &[PathBuf] {
        &self.paths
    }

    /// What is taken of the cases in them.
    pub(super) fn selection(&self) -> Selection {
        Selection { grep: self.grep.clone(), tags: self.tags.clone() }
    }
}
