//! Parameters in `application/x-www-form-urlencoded`, read by the rules of RFC 6749 section 3.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use url::form_urlencoded;

/// The parameters of a query string or form body.
pub(super) struct Form {
    values: BTreeMap<String, String>,
    repeated: BTreeSet<String>,
}

impl Form {
    /// Reads parameters. A parameter without a value counts as omitted; one that appears twice counts as repeated.
    pub(super) fn parse(text: &str) -> Self {
        let mut form = Self { values: BTreeMap::new(), repeated: BTreeSet::new() };
        for (name, value) in form_urlencoded::parse(text.as_bytes()).into_owned() {
            match form.values.entry(name) {
                Entry::Vacant(place) => {
                    place.insert(value);
                }
                Entry::Occupied(place) => {
                    form.repeated.insert(place.key().clone());
                }
            }
        }
        form.values.retain(|_, value| !value.is_empty());
        form
    }

    /// The value of a parameter.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    /// The value of a parameter, owned.
    pub(super) fn owned(&self, name: &str) -> Option<String> {
        self.values.get(name).cloned()
    }

    /// Whether this parameter appeared more than once.
    pub(super) fn is_repeated(&self, name: &str) -> bool {
        self.repeated.contains(name)
    }

    /// A parameter that appeared more than once, which RFC 6749 3.1 and 3.2 forbid.
    pub(super) fn repeated(&self) -> Option<&str> {
        self.repeated.first().map(String::as_str)
    }
}

/// Writes parameters, leaving out those without a value.
pub(super) fn encode<'a>(fields: impl IntoIterator<Item = (&'a str, Option<&'a str>)>) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    for (name, value) in fields {
        if let Some(value) = value {
            form.append_pair(name, value);
        }
    }
    form.finish()
}
