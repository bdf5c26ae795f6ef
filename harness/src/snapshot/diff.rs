//! The difference between two texts, line by line, as a value.

use std::fmt;

use similar::{ChangeTag, TextDiff};

/// What changed from one text to another, with a few lines of context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Diff {
    /// The lines, top to bottom.
    pub lines: Vec<DiffLine>,
}

/// One line of a difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DiffLine {
    /// What happened to it.
    pub kind: ChangeKind,
    /// The line, without its line end.
    pub text: String,
}

/// What happened to a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ChangeKind {
    /// It is in both texts.
    Kept,
    /// It is only in the old text.
    Removed,
    /// It is only in the new text.
    Added,
    /// Lines that are in both texts were left out here.
    Gap,
}

impl Diff {
    /// From the old text to the new one.
    pub(crate) fn between(old: &str, new: &str) -> Self {
        let diff = TextDiff::from_lines(old, new);
        let mut lines = Vec::new();
        for (index, group) in diff.grouped_ops(CONTEXT).iter().enumerate() {
            if index > 0 {
                lines.push(DiffLine { kind: ChangeKind::Gap, text: String::new() });
            }
            for change in group.iter().flat_map(|operation| diff.iter_changes(operation)) {
                let kind = match change.tag() {
                    ChangeTag::Equal => ChangeKind::Kept,
                    ChangeTag::Delete => ChangeKind::Removed,
                    ChangeTag::Insert => ChangeKind::Added,
                };
                lines.push(DiffLine { kind, text: change.value().trim_end_matches(['\r', '\n']).to_owned() });
            }
        }
        Self { lines }
    }
}

impl ChangeKind {
    /// The mark in front of the line.
    pub(crate) fn mark(self) -> &'static str {
        match self {
            Self::Kept => "  ",
            Self::Removed => "- ",
            Self::Added => "+ ",
            Self::Gap => "...",
        }
    }
}

impl fmt::Display for Diff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines
            .iter()
            .try_for_each(|line| writeln!(f, "{}", format!("{}{}", line.kind.mark(), line.text).trim_end()))
    }
}

/// Unchanged lines shown on each side of a change.
const CONTEXT: usize = 3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unchanged_lines_far_from_a_change_are_left_out() {
        let old: Vec<String> = (1..=20).map(|n| n.to_string()).collect();
        let mut new = old.clone();
        new[0] = "first".to_owned();
        new.pop();

        let diff = Diff::between(&old.join("\n"), &format!("{}\n", new.join("\n")));

        assert_eq!(diff.to_string(), "- 1\n+ first\n  2\n  3\n  4\n...\n  17\n  18\n  19\n- 20\n");
    }

    #[test]
    fn equal_texts_have_no_difference() {
        assert!(Diff::between("a\nb", "a\nb").lines.is_empty());
    }
}
