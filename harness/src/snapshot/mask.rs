//! What changes from run to run is replaced before a text is compared.

use regex::Regex;

/// Something to replace.
#[derive(Debug, Clone)]
pub struct Mask {
    patterns: Vec<Regex>,
    replacement: String,
}

/// A mask that is neither a known name nor a regular expression.
#[derive(Debug, thiserror::Error)]
#[error("read the mask `{text}`: it is neither one of {} nor a regular expression", Mask::NAMES.join(", "))]
pub struct MaskError {
    /// What was written.
    text: String,
    /// Why it is no regular expression.
    #[source]
    source: regex::Error,
}

impl Mask {
    /// The masks that have a name.
    pub const NAMES: [&str; 4] = ["timestamps", "ids", "ports", "durations"];

    /// A named mask, or else a regular expression, whose matches become `[masked]`.
    ///
    /// # Errors
    /// Where the text is no regular expression.
    pub fn parse(text: &str) -> Result<Self, MaskError> {
        let built_in = NAMED.iter().find(|(name, ..)| *name == text);
        let given = [text];
        let (sources, replacement) = built_in.map_or((&given[..], "[masked]"), |(_, sources, text)| (*sources, *text));
        let patterns = sources
            .iter()
            .map(|source| Regex::new(source))
            .collect::<Result<_, _>>()
            .map_err(|source| MaskError { text: text.to_owned(), source })?;
        Ok(Self { patterns, replacement: replacement.to_owned() })
    }
}

/// The text with every match of every mask replaced, in the order of the masks.
pub fn apply_masks(text: &str, masks: &[Mask]) -> String {
    let mut text = text.to_owned();
    for mask in masks {
        for pattern in &mask.patterns {
            text = pattern.replace_all(&text, mask.replacement.as_str()).into_owned();
        }
    }
    text
}

/// Name, regular expressions, replacement. `$` of the replacement means a group of the expression.
const NAMED: &[(&str, &[&str], &str)] = &[
    (
        "timestamps",
        &[
            r"\b\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?",
            r"\b\d{1,2}/\d{1,2}/\d{4},? \d{1,2}:\d{2}(:\d{2})?( ?[AP]M)?( [A-Z]{3,4}\b)?",
        ],
        "[timestamp]",
    ),
    (
        "ids",
        &[
            // UUIDs, SAML ids, and the ids of an org's records: three characters of type, then twelve or fifteen.
            r"\b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\b",
            r"\b_[0-9a-fA-F]{16,}\b",
            r"\b0[0-9A-Za-z]{2}[0-9A-Z][0-9A-Za-z]{11}([0-9A-Z]{3})?\b",
        ],
        "[id]",
    ),
    ("ports", &[r"(?P<host>\blocalhost|127\.0\.0\.1|\[::1\]):\d{2,5}\b"], "${host}:[port]"),
    ("durations", &[r"\b\d+(\.\d+)? ?(ms|s|seconds?|minutes?)\b"], "[duration]"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(text: &str, masks: &[&str]) -> String {
        let masks: Vec<Mask> = masks.iter().map(|mask| Mask::parse(mask).unwrap()).collect();
        apply_masks(text, &masks)
    }

    #[test]
    fn every_name_masks_what_it_says_and_nothing_beside_it() {
        for (mask, text, expected) in [
            ("timestamps", "at 2026-08-03T12:30:01.5Z end", "at [timestamp] end"),
            ("timestamps", "8/3/2026, 12:30:01 PM PDT", "[timestamp]"),
            ("timestamps", "2026-08-03 is a date", "2026-08-03 is a date"),
            ("ids", "org 00D000000000001EAA of 005AB000001cDeF", "org [id] of [id]"),
            ("ids", "_0123456789abcdef0123", "[id]"),
            ("ids", "6fa459ea-ee8a-3ca4-894e-db77e160355e", "[id]"),
            ("ids", "a word of fifteen", "a word of fifteen"),
            ("ports", "https://acme.my.salesforce.localhost:39123/", "https://acme.my.salesforce.localhost:[port]/"),
            ("ports", "127.0.0.1:80 and 10:30", "127.0.0.1:[port] and 10:30"),
            ("durations", "took 12 ms, then 1.5 s", "took [duration], then [duration]"),
            (r"build \d+", "build 42 of 43", "[masked] of 43"),
        ] {
            assert_eq!(masked(text, &[mask]), expected, "{mask}");
        }
    }

    #[test]
    fn masks_apply_one_after_the_other() {
        assert_eq!(masked("12 ms at localhost:8080", &["durations", "ports"]), "[duration] at localhost:[port]");
    }

    #[test]
    fn a_broken_expression_names_the_known_masks() {
        let error = Mask::parse("time(stamps").unwrap_err();

        assert_eq!(
            error.to_string(),
            "read the mask `time(stamps`: it is neither one of timestamps, ids, ports, durations nor a regular expression"
        );
    }

    #[test]
    fn every_listed_name_is_known() {
        let names: Vec<&str> = NAMED.iter().map(|(name, ..)| *name).collect();

        assert_eq!(names, Mask::NAMES);
    }
}
