//! The fields of a query string or a posted form.

use std::collections::BTreeSet;

use url::form_urlencoded;

/// Name and value pairs in the order in which they were sent; a name may occur more than once.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads `application/x-www-form-urlencoded` bytes. Never fails: bad percent-encoding and bad UTF-8 are replaced.
    pub(crate) fn parse(bytes: &[u8]) -> Self {
        Self(form_urlencoded::parse(bytes).into_owned().collect())
    }

    /// The first value of this name.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The first value of this name, or the empty string if it was not sent.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }

    /// Whether a field of this name was sent.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Whether any name was sent more than once.
    pub(crate) fn has_repeated(&self) -> bool {
        let mut seen = BTreeSet::new();
        self.0.iter().any(|(name, _)| !seen.insert(name))
    }

    /// The first of these names that was sent more than once.
    pub(crate) fn repeated<'a>(&self, names: &[&'a str]) -> Option<&'a str> {
        names.iter().copied().find(|name| self.0.iter().filter(|(key, _)| key == name).count() > 1)
    }
}

#[cfg(test)]
mod tests {
    use vestibule_snapshots::growth::assert_linear;

    use super::Fields;

    #[test]
    fn a_name_that_comes_twice_is_found() {
        for (form, repeated) in
            [("", false), ("a=1&b=1", false), ("a=1&b=2&a=1", true), ("%61=1&a=2", true), ("a=1&A=1", false)]
        {
            assert_eq!(Fields::parse(form.as_bytes()).has_repeated(), repeated, "{form}");
        }
    }

    #[test]
    fn eight_times_the_form_takes_about_eight_times_as_long() {
        type Row = (&'static str, fn(usize) -> String);
        let rows: [Row; 4] = [
            ("fields", |size| (0..size / 8).map(|number| format!("a{number}=1&")).collect()),
            ("one name", |size| "a=1&".repeat(size / 4)),
            ("escapes", |size| format!("a={}", "%41".repeat(size / 3))),
            ("separators", |size| "&".repeat(size)),
        ];
        for (name, input) in rows {
            assert_linear(name, 2_000, input, |form| {
                let fields = Fields::parse(form.as_bytes());
                assert_eq!((fields.has("none"), fields.repeated(&["none"])), (false, None));
            });
        }
    }
}
