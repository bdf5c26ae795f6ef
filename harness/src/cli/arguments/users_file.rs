//! A file with users, written like the `users` of a scenario.

use std::collections::BTreeMap;
use std::path::Path;

use vestibule_model::UserSpec;
use vestibule_model::yaml::Spanned;

use crate::cli::output::error::CliError;
use crate::outcome::ExitCode;
use crate::scenario::{SourceFile, discover, load_users};

/// Reads a users file: the users by key.
///
/// # Errors
/// If the file is missing, has no users, or contains a mistake.
pub(in crate::cli) fn read(file: &Path) -> Result<BTreeMap<String, Spanned<UserSpec>>, CliError> {
    let files = discover(&[file.to_owned()]);
    let files = files.map_err(|error| CliError::failed_to(&error, ExitCode::Usage).hint_if(error.remedy()))?;
    let Some(file): Option<SourceFile> = files.into_iter().next() else {
        return Err(CliError::usage("the users file is empty"));
    };
    load_users(file).map_err(|found| CliError::diagnostics(found, "the users file cannot be read; nothing was done"))
}
