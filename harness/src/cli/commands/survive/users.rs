//! The people of a suite, written like the `users` of a scenario.

use std::collections::BTreeMap;
use std::path::Path;

use vestibule_model::UserSpec;

use crate::cli::output::error::CliError;
use crate::outcome::ExitCode;
use crate::scenario::{SourceFile, Spanned, discover, load_users};

/// The people, by key.
pub(super) struct Personas(pub(super) BTreeMap<String, Spanned<UserSpec>>);

/// Reads a users file.
///
/// # Errors
/// Where it is not there, holds nobody, or anything in it is wrong.
pub(super) fn read(file: &Path) -> Result<Personas, CliError> {
    let files = discover(&[file.to_owned()]).map_err(|error| CliError::failed_to(&error, ExitCode::Usage))?;
    let Some(file): Option<SourceFile> = files.into_iter().next() else {
        return Err(CliError::usage("the users file is empty"));
    };
    let users =
        load_users(file).map_err(|found| CliError::diagnostics(found, "the users file cannot be read; nothing ran"))?;
    Ok(Personas(users))
}
