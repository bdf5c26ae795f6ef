//! Texts of others in sentences of ours.

/// The beginning of a sentence that quotes somebody else. What is quoted may be as long as a request, and the sentence goes to a
/// page, into an answer of a protocol, into the journal and into Login History.
pub fn excerpt(sentence: &str) -> String {
    match sentence.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &sentence[..end]),
        None => sentence.to_owned(),
    }
}

/// Characters. No sentence of ours comes near.
const LONGEST: usize = 600;

#[cfg(test)]
mod tests {
    use super::excerpt;

    #[test]
    fn a_long_sentence_is_cut_and_a_short_one_kept() {
        let long = "ü".repeat(601);

        assert_eq!(excerpt("short"), "short");
        assert_eq!(excerpt(&"ü".repeat(600)), "ü".repeat(600));
        assert_eq!(excerpt(&long), format!("{}…", "ü".repeat(600)));
    }
}
