//! Sends the browser back to the app (RFC 6749 4.1.2, 4.2.2).

use axum::response::Response;
use url::form_urlencoded;

use super::error::OauthError;
use crate::http::found;
use crate::org::Org;

/// Which part of the redirect URI carries the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// The query: a code, and every refusal of a request for one.
    Query,
    /// The fragment: tokens, and every refusal of a request for them.
    Fragment,
}

/// An answer with these fields.
pub(super) fn to_app<'a>(
    redirect_uri: &str,
    part: Part,
    state: Option<&'a str>,
    fields: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Response {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.extend_pairs(fields);
    if let Some(state) = state {
        form.append_pair("state", state);
    }
    let joint = match part {
        Part::Query if redirect_uri.contains('?') => '&',
        Part::Query => '?',
        Part::Fragment => '#',
    };
    found(&format!("{redirect_uri}{joint}{}", form.finish()))
}

/// A refusal.
pub(super) fn refuse(org: &Org, redirect_uri: &str, part: Part, state: Option<&str>, error: &OauthError) -> Response {
    error.record(org);
    to_app(redirect_uri, part, state, [("error", error.error), ("error_description", error.description)])
}
