//! The people of a suite, written like the `users` of a scenario.

use std::collections::BTreeMap;
use std::path::Path;

use vestibule_model::UserSpec;

use crate::cli::output::error::CliError;
use crate::outcome::ExitCode;
use crate::scenario::{SourceFile, Spanned, discover, load_users};

/// Reads a users file: the people by key.
///
/// # Errors
/// Where it is not there, holds nobody, or anything in it is wrong.
pub(super) fn read(file: &Path) -> Result<BTreeMap<String, Spanned<UserSpec>>, CliError> {
    let files = discover(&[file.to_owned()]).map_err(|error| CliError::failed_to(&error, ExitCode::Usage))?;
    let Some(file): Option<SourceFile> = files.into_iter().next() else {
        return Err(CliError::usage("the users file is empty"));
    };
    load_users(file).map_err(|found| CliError::diagnostics(found, "the users file cannot be read; nothing ran"))
}
