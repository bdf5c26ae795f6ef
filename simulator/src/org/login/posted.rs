//! The fields that every login page posts, and what follows them: the same page again, or the dispatcher.

use axum::response::Response;

use super::combined::is_combined;
use super::form::{Filled, Shape, show};
use crate::http::{Fields, RequestContext, with_cookies};
use crate::org::attempt::LoginAttempt;
use crate::org::dispatcher::{begin, turn_away};
use crate::org::{Org, cookies};

/// The fields that every login page posts.
pub(super) struct Posted<'a> {
    /// The text of the username field; a script copies it into `un`.
    pub(super) typed: &'a str,
    /// The username.
    pub(super) username: &'a str,
    /// Whether "Remember me" was ticked.
    pub(super) remember: bool,
    /// The destination of the login.
    pub(super) start_url: &'a str,
}

impl<'a> Posted<'a> {
    pub(super) fn read(fields: &'a Fields) -> Self {
        let typed = Some(fields.text("username")).filter(|name| !name.is_empty()).unwrap_or(fields.text("un"));
        let (remember, start_url) = (fields.has("rememberUn"), fields.text("startURL"));
        Self { typed, username: typed.trim(), remember, start_url }
    }

    pub(super) fn filled(&self, error: Option<&'a str>) -> Filled<'a> {
        Filled {
            username: self.username,
            remember: self.remember,
            start_url: self.start_url,
            error,
            ..Filled::default()
        }
    }

    /// The same page again, with an error and the username (contract M1.7).
    pub(super) fn again(&self, org: &Org, request: &RequestContext, error: &'a str) -> Response {
        let shape = match (is_combined(org, request), self.username.is_empty()) {
            (true, _) => Shape::Both,
            (false, true) => Shape::Username,
            (false, false) => Shape::Password,
        };
        show(org, request, shape, self.filled(Some(error)))
    }

    /// Begins the login after its first proof, and remembers or forgets the username as ticked. A user who may not log in at
    /// all gets the page again.
    pub(super) fn begin(&self, org: &Org, request: &RequestContext, attempt: LoginAttempt) -> Response {
        let attempt = LoginAttempt { return_url: org.return_url(self.start_url), ..attempt };
        if let Some(error) = turn_away(org, request, &attempt) {
            return self.again(org, request, error);
        }
        let response = begin(org, request, attempt);
        let remembered = if self.remember {
            cookies::remember(self.username)
        } else {
            [cookies::remove(cookies::REMEMBER), cookies::remove(cookies::LOGIN)]
        };
        with_cookies(response, remembered)
    }
}
