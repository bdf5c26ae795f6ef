//! White space at the edges of a value. It counts, since texts are compared character by character (saml-core 1.3.1), and
//! nobody sees it in a message.

/// Where a value has white space at its edges; `None` if it has none.
pub fn blanks(value: &str) -> Option<&'static str> {
    let before = value.starts_with(char::is_whitespace);
    let after = value.ends_with(char::is_whitespace);
    match (before, after) {
        (true, true) => Some("white space around it"),
        (true, false) => Some("white space before it"),
        (false, true) => Some("white space after it"),
        (false, false) => None,
    }
}

/// A value in a sentence, between backticks, with its blanks named.
pub fn quoted(value: &str) -> String {
    match blanks(value) {
        None => format!("`{value}`"),
        Some(blanks) => format!("`{}` (with {blanks})", value.escape_debug()),
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn blanks_are_named_where_they_are() {
        for (value, expected) in [
            ("swk", "`swk`"),
            ("s wk", "`s wk`"),
            (" swk", "` swk` (with white space before it)"),
            ("swk\t", "`swk\\t` (with white space after it)"),
            ("\n  swk\n", "`\\n  swk\\n` (with white space around it)"),
        ] {
            assert_eq!(quoted(value), expected);
        }
    }
}
