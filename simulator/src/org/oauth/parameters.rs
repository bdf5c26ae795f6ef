//! The parameters of a call of an OAuth endpoint: those of the form, and beside them those of the query.

use crate::http::{Fields, RequestContext};

/// The parameters of a call.
pub(super) struct Parameters<'a> {
    form: &'a Fields,
    query: &'a Fields,
}

impl<'a> Parameters<'a> {
    pub(super) fn new(form: &'a Fields, request: &'a RequestContext) -> Self {
        Self { form, query: &request.query }
    }

    /// The value of a parameter. One without a value counts as omitted (RFC 6749 3.1).
    pub(super) fn get(&self, name: &str) -> Option<&'a str> {
        let given = self.form.get(name).or_else(|| self.query.get(name));
        given.filter(|value| !value.is_empty())
    }

    /// The value of a parameter, or the empty text.
    pub(super) fn text(&self, name: &str) -> &'a str {
        self.get(name).unwrap_or_default()
    }
}
