//! The nearest valid word for a typo.

/// The candidate that was probably meant, if one is near enough. A third of the letters may differ, a swapped pair of
/// letters counts once, and case is ignored.
pub fn suggest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    let allowed = (word.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| (distance(&word, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

fn distance(word: &str, candidate: &str) -> usize {
    let plain = |text: &str| text.replace('_', "-");
    strsim::damerau_levenshtein(&plain(word), &plain(candidate))
}

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
        ];

        for (word, expected) in table {
            assert_eq!(suggest(word, PAGES), expected, "{word}");
        }
    }
}
