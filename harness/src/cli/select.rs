//! Which cases: the options that `run`, `check` and `list` share.

use std::path::PathBuf;

use clap::Args;

use crate::runner::Selection;

/// Which cases. Every given criterion must hold.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct SelectArgs {
    /// Files and folders; without any, the built-in suites
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// Only cases whose title or id matches this regular expression
    #[arg(short = 'g', long, value_name = "REGEX", value_parser = regular_expression)]
    #[arg(help_heading = "Filter", env = "VESTIBULE_GREP", hide_env_values = true)]
    grep: Option<String>,

    /// Only cases with this tag; given several times, with any of them
    #[arg(long = "tag", value_name = "TAG", value_delimiter = ',')]
    #[arg(help_heading = "Filter", env = "VESTIBULE_TAG", hide_env_values = true)]
    tags: Vec<String>,
}

impl SelectArgs {
    /// The selection that they describe.
    pub(super) fn selection(&self) -> Selection {
        Selection { paths: self.paths.clone(), grep: self.grep.clone(), tags: self.tags.clone() }
    }
}

fn regular_expression(text: &str) -> Result<String, String> {
    regex::Regex::new(text).map(|_| text.to_owned()).map_err(|error| error.to_string())
}
