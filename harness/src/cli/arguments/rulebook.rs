//! The rulebook that a command follows.

use std::path::Path;

use vestibule_model::RulebookChoice;
use vestibule_simulator::policy::Rulebook;

use crate::cli::output::error::CliError;
use crate::rulebook_file::{RulebookFault, read_rulebook};

/// The chosen rulebook: a built-in one by its name, or that of a file.
///
/// # Errors
/// If nothing has this name, or the file or a setting is wrong; exit code 2.
pub(crate) fn chosen_rulebook(choice: &RulebookChoice) -> Result<Rulebook, CliError> {
    let mut choice = choice.clone();
    read_rulebook(&mut choice, Path::new("")).map_err(refused)?;
    Rulebook::resolve(&choice).map_err(|error| CliError::usage(error.to_string()))
}

fn refused(fault: RulebookFault) -> CliError {
    match fault {
        RulebookFault::Unreadable { name, source } => {
            CliError::usage(RulebookFault::title(&name, &source)).hint(RulebookFault::hint(&name))
        }
        RulebookFault::Invalid { name, mistakes } => {
            CliError::diagnostics(mistakes, format!("{name} is not a valid rulebook"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::ExitCode;

    #[test]
    fn a_rulebook_is_chosen_by_its_name_or_by_its_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("mine.yaml");
        let built_in = include_str!("../../../../simulator/rulebooks/salesforce-2022.yaml");
        std::fs::write(&file, built_in.replace("name: salesforce-2022", "name: mine")).unwrap();
        let chosen = |name: &str| {
            let choice = RulebookChoice { name: Some(name.to_owned()), ..RulebookChoice::default() };
            chosen_rulebook(&choice).map(|rulebook| rulebook.name().to_owned())
        };

        assert_eq!(chosen("salesforce-2022").unwrap(), "salesforce-2022");
        assert_eq!(chosen(file.to_str().unwrap()).unwrap(), "mine");
        assert_eq!(chosen("salesforce-1999").unwrap_err().code(), ExitCode::Usage);
        assert_eq!(chosen_rulebook(&RulebookChoice::default()).unwrap().name(), Rulebook::newest().name());
    }
}
