//! What a value that the org does not know was probably meant to be: several values in one, or another spelling of one.

use std::fmt;

use vestibule_model::Strength;

/// The values of which this one consists, where one of them is in a tier above `floor`. `FIDO 2` is one value.
pub(crate) fn joined<'v>(value: &'v str, listed: &[(String, Strength)], floor: Strength) -> Option<Vec<&'v str>> {
    let whole: String = value.chars().filter(|char| !is_blank(*char)).collect();
    if listed.iter().any(|(known, _)| known.eq_ignore_ascii_case(&whole)) {
        return None;
    }
    let tier =
        |part: &&str| listed.iter().find(|(known, _)| known.eq_ignore_ascii_case(short(part))).map(|known| known.1);
    let counts_for_more = |part: &&str| tier(part).is_some_and(|tier| tier > floor);
    let separated = parts(value);
    let several = separated.len() > 1 || value.contains(['[', '{', '(']);
    if several && separated.iter().any(counts_for_more) {
        return Some(separated);
    }
    // What also stands in a name separates only where every part is a value: `pwd-mfa-swk`.
    let in_a_name: Vec<_> = value.trim_matches(is_blank).split(['-', '_', '.']).collect();
    let is_a_value = |part: &&str| tier(part).is_some() || part.eq_ignore_ascii_case(MULTI_FACTOR);
    let all = in_a_name.len() > 1 && in_a_name.iter().all(is_a_value);
    (all && in_a_name.iter().any(counts_for_more)).then_some(in_a_name)
}

/// The known value in a tier above `floor` that this one almost is, and how they differ.
pub(crate) fn misspelt<'k>(
    value: &str,
    listed: &'k [(String, Strength)],
    floor: Strength,
) -> Option<(&'k str, &'static str)> {
    let near = || {
        let stronger = listed.iter().filter(|(_, tier)| *tier > floor);
        stronger.filter_map(|(known, _)| Some((known.as_str(), difference(value, known)?)))
    };
    near().find(|(_, how)| *how != ONE_LETTER).or_else(|| near().next())
}

/// How a text differs from one that the org knows, where that is little.
fn difference(value: &str, known: &str) -> Option<&'static str> {
    if value == known {
        return None;
    }
    let sent: String = short(value).chars().filter(|char| !is_blank(*char)).collect();
    if sent == known && short(value) != known {
        return Some("they differ by blanks or line breaks");
    }
    let unquoted = value.trim_matches(|char| is_blank(char) || QUOTATION_MARKS.contains(char));
    let bare = unquoted.trim_end_matches(['/', ':', '#']);
    if short(value) != known && short(bare) == known {
        let ends_later = bare.len() < unquoted.len();
        return Some(if ends_later {
            "they differ in what comes after the name"
        } else {
            "they differ by quotation marks"
        });
    }
    let (sent, known) = (sent.to_lowercase(), known.to_lowercase());
    if sent == known {
        let behind_a_prefix = short(value).len() < value.trim().len();
        return Some(if behind_a_prefix {
            "they differ in what comes before the name, which the org does not know"
        } else {
            "they differ by upper and lower case"
        });
    }
    let long_enough = known.chars().count() >= SHORTEST_NAME && sent.chars().count() >= SHORTEST_NAME;
    (long_enough && strsim::damerau_levenshtein(&sent, &known) == 1).then_some(ONE_LETTER)
}

/// How the name of an attribute differs from that of one in which the org looks, where that is little.
pub(crate) fn name_difference(name: &str, known: &str) -> Option<&'static str> {
    if name != known && short(name) == short(known) {
        return Some("they differ in what comes before the last part");
    }
    difference(short(name), short(known))
}

/// The last segment of a URN or URL, which is what counts.
pub(super) fn short(value: &str) -> &str {
    value.rsplit(['/', ':']).next().unwrap_or(value)
}

/// A value in which everything can be seen: line breaks, blanks of no width, letters of another script.
pub(crate) struct Visible<'a>(pub(crate) &'a str);

impl fmt::Display for Visible<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|char| match char {
            char if char.is_ascii() && !char.is_control() => write!(f, "{char}"),
            char => write!(f, "{}", char.escape_default()),
        })
    }
}

/// What a list, an array or a sentence in one text consists of.
fn parts(value: &str) -> Vec<&str> {
    let in_a_uri = is_uri(value);
    let separates =
        |char: char| is_blank(char) || SEPARATORS.contains(char) || (!in_a_uri && URI_SEPARATORS.contains(char));
    value.split(separates).filter(|part| !part.is_empty()).collect()
}

/// A URL or a URN.
fn is_uri(value: &str) -> bool {
    let value = value.trim().to_ascii_lowercase();
    value.contains("://") || value.starts_with("urn:")
}

/// White space, or a character of no width.
fn is_blank(char: char) -> bool {
    char.is_whitespace()
        || ('\u{200b}'..='\u{200f}').contains(&char)
        || matches!(char, '\u{2060}' | '\u{feff}' | '\u{ad}')
}

/// RFC 8176, 2: several factors, whichever; registered, and in no tier.
const MULTI_FACTOR: &str = "mfa";
const QUOTATION_MARKS: &str = "\"'`\u{201c}\u{201d}\u{201e}";
const SEPARATORS: &str = ",;|+&[](){}\"'";
/// They separate where they are no part of a URI.
const URI_SEPARATORS: &str = "/:\\";
/// The weakest likeness: any other goes before it.
const ONE_LETTER: &str = "they differ by one letter";
/// In a shorter name one letter is too much of it.
const SHORTEST_NAME: usize = 3;
