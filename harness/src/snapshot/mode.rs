//! What to do with a snapshot that is missing or differs.

/// What to do with a snapshot that is missing or differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SnapshotMode {
    /// It is written as `.snap.new` for review, and the case fails.
    Record,
    /// Nothing is written, and the case fails.
    Verify,
    /// It is written as `.snap`, and the case goes on.
    Accept,
}

impl SnapshotMode {
    /// The mode of a run: `-u` before `--ci`, before the variable `CI`.
    ///
    /// `ci_flag` is `None` if the flag was not given; `ci_variable` is the value of `CI`, if it is set.
    pub(crate) fn choose(update: bool, ci_flag: Option<bool>, ci_variable: Option<&str>) -> Self {
        if update {
            Self::Accept
        } else if ci_flag.unwrap_or_else(|| ci_variable.is_some_and(says_yes)) {
            Self::Verify
        } else {
            Self::Record
        }
    }
}

/// Build services set `CI=true`, some `CI=1`; people switch it off with `CI=false` or `CI=`.
fn says_yes(value: &str) -> bool {
    !matches!(value.trim().to_ascii_lowercase().as_str(), "" | "0" | "false" | "no")
}

#[cfg(test)]
mod tests {
    use super::SnapshotMode::{Accept, Record, Verify};
    use super::*;

    #[test]
    fn the_flag_wins_over_the_variable_and_update_over_both() {
        for (update, flag, variable, expected) in [
            (false, None, None, Record),
            (false, None, Some("true"), Verify),
            (false, None, Some("1"), Verify),
            (false, None, Some("false"), Record),
            (false, None, Some(""), Record),
            (false, Some(true), None, Verify),
            (false, Some(false), Some("true"), Record),
            (true, None, Some("true"), Accept),
            (true, Some(true), None, Accept),
        ] {
            assert_eq!(SnapshotMode::choose(update, flag, variable), expected, "{update} {flag:?} {variable:?}");
        }
    }
}
