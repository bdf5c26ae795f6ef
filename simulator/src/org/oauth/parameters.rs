//! The parameters of a call of an OAuth endpoint: those of the form, and beside them those of the query.

use super::error::OauthError;
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

    /// Checks that no parameter is there twice, so that nobody has to guess which one counts (RFC 6749 3.1, 3.2).
    ///
    /// # Errors
    /// If one is.
    pub(super) fn check(&self) -> Result<(), OauthError> {
        if self.form.has_repeated() || self.query.has_repeated() { Err(Self::repeated()) } else { Ok(()) }
    }

    /// The same for those that say who asks and where the answer goes.
    ///
    /// # Errors
    /// If one of them is there twice.
    pub(super) fn check_addressee(&self) -> Result<(), OauthError> {
        let repeated = |fields: &Fields| fields.repeated(&["client_id", "redirect_uri"]).is_some();
        if repeated(self.form) || repeated(self.query) { Err(Self::repeated()) } else { Ok(()) }
    }

    fn repeated() -> OauthError {
        OauthError::invalid_request("parameter given more than once", "a parameter is given more than once")
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
