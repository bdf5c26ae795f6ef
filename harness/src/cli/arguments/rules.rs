//! The rules that a prediction asks: the rulebook, its settings, and the day.

use clap::Args;
use jiff::civil::Date;
use vestibule_model::{RulebookChoice, with_causes};
use vestibule_simulator::policy::Rulebook;

use super::rulebook::chosen_rulebook;
use super::value_parsers::{date, pair};
use crate::cli::output::error::CliError;

/// Which rules are asked.
#[derive(Debug, Clone, Args)]
pub(crate) struct RulesArgs {
    /// Name of a built-in rulebook, or a rulebook file [default: the newest]
    #[arg(long, value_name = "NAME|FILE", help_heading = "Rules")]
    pub rulebook: Option<String>,
    /// Override a setting of the rulebook; may be repeated
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair, help_heading = "Rules")]
    pub set: Vec<(String, String)>,
    /// The day of the login [default: today]
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date, help_heading = "Rules")]
    pub date: Option<Date>,
}

impl RulesArgs {
    /// The chosen rulebook, with the settings that were changed.
    ///
    /// # Errors
    /// If there is no such rulebook or setting, or one is not valid.
    pub(crate) fn rulebook(&self) -> Result<Rulebook, CliError> {
        let choice = RulebookChoice { name: self.rulebook.clone(), ..RulebookChoice::default() };
        let rulebook = chosen_rulebook(&choice)?;
        self.set.iter().try_fold(rulebook, |rulebook, (name, value)| {
            rulebook.with_setting(name, value).map_err(|error| {
                CliError::usage(format!("failed to {}", with_causes(&error)))
                    .hint("`vestibule explain --settings` lists every setting")
            })
        })
    }
}
