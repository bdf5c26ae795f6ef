//! Selects which cases of the loaded files run.

use super::case::Case;

/// `-g/--grep` and `--tag`. Each given condition must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Selection {
    /// Text that the id or the title contains, ignoring case.
    pub grep: Option<String>,
    /// Tags of which the case has at least one; empty selects every case.
    pub tags: Vec<String>,
}

impl Selection {
    /// The selected cases, in their order.
    pub(crate) fn apply(&self, cases: Vec<Case>) -> Vec<Case> {
        cases.into_iter().filter(|case| self.takes(case)).collect()
    }

    fn takes(&self, case: &Case) -> bool {
        let grep = self.grep.as_ref().map(|text| text.to_lowercase());
        let grepped =
            grep.is_none_or(|text| case.title.to_lowercase().contains(&text) || case.id.to_lowercase().contains(&text));
        grepped && (self.tags.is_empty() || self.tags.iter().any(|tag| case.tags.contains(tag)))
    }
}
