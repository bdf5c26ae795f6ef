//! The option `--like`: a file with the settings of the user's own org.

use std::path::PathBuf;

use clap::Args;

use crate::cli::output::error::CliError;
use crate::org_file::{self, OrgFileFault, org_settings_of_file};
use crate::scenario::OrgSettings;

/// The file with the settings of the user's own org.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct LikeArgs {
    /// Make the simulated org look like yours, by the settings that `vestibule probe --output` wrote; other settings win
    #[arg(long, value_name = "FILE", help_heading = "Org", env = "VESTIBULE_LIKE", hide_env_values = true)]
    like: Option<PathBuf>,
}

impl LikeArgs {
    /// The settings in the file, if one is named.
    ///
    /// # Errors
    /// If it cannot be read or has a mistake; exit code 2.
    pub(crate) fn settings(&self) -> Result<Option<OrgSettings>, CliError> {
        self.like.as_deref().map(|file| org_settings_of_file(file).map_err(refused)).transpose()
    }
}

fn refused(fault: OrgFileFault) -> CliError {
    match fault {
        OrgFileFault::Unreadable { name, source } => {
            CliError::usage(OrgFileFault::title(&name, &source)).hint(org_file::HINT)
        }
        OrgFileFault::Invalid(mistakes) => {
            CliError::diagnostics(mistakes, "the settings of the org cannot be used; nothing was done")
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::cli::arguments::parse_one::parse;
    use crate::outcome::ExitCode;

    #[test]
    fn a_file_of_settings_is_read_and_a_wrong_one_is_a_wrong_usage() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("org.yaml");
        let settings = || parse::<LikeArgs>(&["--like", file.to_str().unwrap()]).unwrap().settings();

        assert_eq!(settings().unwrap_err().code(), ExitCode::Usage, "it is not there");
        fs::write(&file, "gate: open\n").unwrap();
        assert_eq!(settings().unwrap_err().code(), ExitCode::Usage);
        fs::write(&file, "gate: hard\n").unwrap();
        assert!(settings().unwrap().is_some());
        assert_eq!(parse::<LikeArgs>(&[]).unwrap().settings().unwrap(), None);
    }
}
