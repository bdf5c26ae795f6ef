//! How often cases run, and which part of them: the options of `run` besides those that select cases.

use std::num::NonZeroU32;

use clap::Args;

use crate::cli::arguments::value_parsers::{at_least_one, at_least_zero};
use crate::outcome::Shard;
use crate::runner::RunOptions;

/// How often cases run, and which part of them.
#[derive(Debug, Clone, Args)]
pub(crate) struct RerunArgs {
    /// Only cases that did not pass last time; all cases if no such case is known
    #[arg(long, help_heading = "Filter")]
    last_failed: bool,

    /// Only this part of the selected cases, to split a run over machines; `vestibule merge` merges the reports
    #[arg(long, value_name = "M/N", value_parser = shard, help_heading = "Filter")]
    #[arg(env = "VESTIBULE_SHARD", hide_env_values = true)]
    shard: Option<Shard>,

    /// Retry a failed case up to N times, alone and in a fresh browser; a case that then passes is listed as flaky
    #[arg(long, value_name = "N", value_parser = at_least_zero::<u32>, allow_negative_numbers = true)]
    #[arg(default_value_t = 0, help_heading = "Run")]
    #[arg(env = "VESTIBULE_RETRIES", hide_env_values = true)]
    retries: u32,

    /// Run each case N times
    #[arg(long, value_name = "N", value_parser = at_least_one::<NonZeroU32>, allow_negative_numbers = true)]
    #[arg(default_value = "1", help_heading = "Run")]
    repeat: NonZeroU32,
}

impl RerunArgs {
    /// Whether to run only the cases that did not pass when they last ran.
    pub(crate) fn last_failed(&self) -> bool {
        self.last_failed
    }

    /// Adds these to the options of the run.
    pub(crate) fn apply(&self, options: RunOptions) -> RunOptions {
        RunOptions { retries: self.retries, repeat: self.repeat, shard: self.shard, ..options }
    }
}

/// `2/3`: the second of three parts.
fn shard(text: &str) -> Result<Shard, String> {
    let numbers = text.split_once('/').and_then(|(number, of)| Some((number.parse().ok()?, of.parse().ok()?)));
    match numbers {
        None => Err("write the part and the number of parts: 2/3".to_owned()),
        Some((_, 0)) => Err("a run cannot be split into 0 parts".to_owned()),
        Some((number, of)) if (1..=of).contains(&number) => Ok(Shard { number, of }),
        Some((number, of)) => Err(format!("there is no part {number} of {of}: the parts are numbered 1 to {of}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_one_of_as_many_as_there_are() {
        assert_eq!(shard("2/3"), Ok(Shard { number: 2, of: 3 }));
        assert_eq!(shard("1/1"), Ok(Shard { number: 1, of: 1 }));
        for (text, said) in [
            ("3/2", "there is no part 3 of 2: the parts are numbered 1 to 2"),
            ("0/2", "there is no part 0 of 2: the parts are numbered 1 to 2"),
            ("0/0", "a run cannot be split into 0 parts"),
            ("2", "write the part and the number of parts: 2/3"),
            ("a/b", "write the part and the number of parts: 2/3"),
            ("-1/2", "write the part and the number of parts: 2/3"),
        ] {
            assert_eq!(shard(text), Err(said.to_owned()), "{text}");
        }
    }
}
