//! Reasons as sentences.

/// A reason, which completes other texts, as a sentence of its own: `there is no such page` becomes `There is no such
/// page.`
pub(crate) fn sentence(reason: &str) -> String {
    let reason = reason.trim();
    let mut rest = reason.chars();
    let first: String = rest.next().map(|first| first.to_uppercase().collect()).unwrap_or_default();
    let end = if reason.is_empty() || reason.ends_with(['.', '!', '?', '…']) { "" } else { "." };
    format!("{first}{}{end}", rest.as_str())
}

#[cfg(test)]
mod tests {
    use super::sentence;

    #[test]
    fn a_reason_becomes_a_sentence_and_a_sentence_stays_one() {
        for (reason, expected) in [
            ("there is no such page", "There is no such page."),
            ("You do not have access", "You do not have access."),
            ("There is no such page.", "There is no such page."),
            ("is it signed?", "Is it signed?"),
            ("too long…", "Too long…"),
            ("élan", "Élan."),
            ("", ""),
        ] {
            assert_eq!(sentence(reason), expected);
        }
    }
}
