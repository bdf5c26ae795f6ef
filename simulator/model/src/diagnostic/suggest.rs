//! The nearest valid word for a typo.

use super::value::Diagnostic;

/// The candidate that was probably meant, if one is near enough. A third of the letters may differ (of fewer than
/// three, none), a swapped pair of letters counts once, and case is ignored. Without such a candidate, the shortest that
/// begins with the word is meant: `production` by `prod`.
pub fn suggest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = plain(word);
    let letters = word.chars().count();
    let allowed = letters / 3;
    let ranked = candidates.into_iter().filter_map(|candidate| {
        let known = plain(candidate);
        let distance = strsim::damerau_levenshtein(&word, &known);
        let near = distance <= allowed;
        let begun = letters >= SHORTEST_BEGINNING && known.starts_with(&word);
        (near || begun).then_some((!near, distance, candidate))
    });
    ranked.min_by_key(|(begun, distance, _)| (*begun, *distance)).map(|(_, _, candidate)| candidate)
}

/// The diagnostic for a word that is not in the list of valid ones. `what` is its kind: `key`, `page`, `preset`.
pub fn unknown_word<'a>(
    code: &str,
    what: &str,
    word: &str,
    valid: impl IntoIterator<Item = &'a str> + Clone,
) -> Diagnostic {
    let list = valid.clone().into_iter().collect::<Vec<_>>().join(", ");
    let diagnostic = Diagnostic::new(code, format!("`{word}` is not a valid {what}"));
    let diagnostic = if list.is_empty() { diagnostic } else { diagnostic.note(format!("valid: {list}")) };
    match suggest(word, valid) {
        Some(near) => diagnostic.hint(format!("did you mean `{near}`?")),
        None => diagnostic,
    }
}

fn plain(text: &str) -> String {
    text.to_lowercase().replace(['_', ' '], "-")
}

/// Fewer letters begin too many words.
const SHORTEST_BEGINNING: usize = 3;

#[cfg(test)]
mod tests {
    use super::*;

    const PAGES: [&str; 4] = ["home", "verify-totp", "create-passkey", "login"];

    #[test]
    fn the_nearest_word_is_suggested_for_a_typo() {
        let table = [
            ("hmoe", Some("home")),
            ("Home", Some("home")),
            ("verify_totp", Some("verify-totp")),
            ("verify-otp", Some("verify-totp")),
            ("create-a-passkey", Some("create-passkey")),
            ("zzz", None),
            ("", None),
            ("inbox", None),
            ("create", Some("create-passkey")),
            ("verify", Some("verify-totp")),
            ("create passkey", Some("create-passkey")),
            ("ve", None),
            ("hom", Some("home")),
            ("hm", None),
        ];

        for (word, expected) in table {
            assert_eq!(suggest(word, PAGES), expected, "{word}");
        }
    }
}
