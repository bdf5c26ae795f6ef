//! Pages and errors of the identity provider. Every page is recorded in the journal.

use std::sync::Arc;

use askama::Template;
use askama::filters::MaybeSafe;
use axum::Router;
use axum::response::{IntoResponse, Response};
use http::StatusCode;

use super::state::Idp;
use crate::http::routing::get;
use crate::http::{self as kit, ContentType, IDP_POLICY, asset, excerpt};
use crate::realm::Event;
use vestibule_model::PageName;

/// Answers with a page and records it.
pub(super) fn show(idp: &Idp, path: &str, page: PageName, status: StatusCode, template: &impl Template) -> Response {
    idp.realm.record(Event::PageServed { page, host: idp.role(), path: path.to_owned() });
    html(status, template)
}

/// Answers with a page that the browser leaves by itself, so it is not recorded.
pub(super) fn html(status: StatusCode, template: &impl Template) -> Response {
    kit::html(status, IDP_POLICY, template)
        .unwrap_or_else(|_| (StatusCode::NOT_ACCEPTABLE, "A page template did not render.").into_response())
}

/// Answers with the error page, where the sign-on ends.
pub(super) fn error(idp: &Idp, path: &str, code: &str, why: &str) -> Response {
    let why = &excerpt(why);
    let template = ErrorTemplate { page: PageName::IdpError, idp: &idp.trust.idp, code, why };
    show(idp, path, PageName::IdpError, StatusCode::BAD_REQUEST, &template)
}

/// The style sheet of every page, and the scripts that submit a form and follow a link.
pub(super) fn assets() -> Router<Arc<Idp>> {
    Router::new()
        .route("/assets/idp.css", get(|| asset(ContentType::Css, STYLE)))
        .route("/assets/submit.js", get(|| asset(ContentType::JavaScript, SUBMIT)))
        .route("/assets/leave.js", get(|| asset(ContentType::JavaScript, LEAVE)))
}

#[derive(Template)]
#[template(path = "idp/error.html")]
struct ErrorTemplate<'a> {
    page: PageName,
    idp: &'a str,
    code: &'a str,
    why: &'a str,
}

/// A page with a form that submits itself: the HTTP-POST binding, the form post response mode.
#[derive(Template)]
#[template(path = "idp/answer.html")]
pub(super) struct AnswerTemplate<'a> {
    /// Its name.
    pub(super) page: PageName,
    /// Where the form goes.
    pub(super) action: &'a str,
    /// Its hidden fields.
    pub(super) fields: Vec<(&'static str, String)>,
}

impl AnswerTemplate<'_> {
    /// A value as the page shows it. askama looks for what to escape one byte after the other; a response of SAML has ten
    /// thousand, and nothing to escape.
    fn shown<'a>(&self, value: &'a str) -> MaybeSafe<&'a str> {
        if is_plain(value) { MaybeSafe::Safe(value) } else { MaybeSafe::NeedsEscaping(value) }
    }
}

/// Whether a text has nothing to escape. A loop that does not end early looks at many bytes at once.
fn is_plain(text: &str) -> bool {
    let special = |byte: u8| b"\"&'<>".iter().fold(0, |found, one| found | u8::from(byte == *one));
    text.bytes().fold(0, |found, byte| found | special(byte)) == 0
}

const STYLE: &str = include_str!("../../templates/idp/idp.css");
const SUBMIT: &str = include_str!("../../templates/idp/submit.js");
const LEAVE: &str = include_str!("../../templates/idp/leave.js");

#[cfg(test)]
mod tests {
    use askama::Template as _;
    use vestibule_model::PageName;

    use super::AnswerTemplate;

    #[test]
    fn what_ends_a_value_or_begins_markup_is_escaped_in_each_value() {
        for (value, written) in [
            ("PHNhbWxwOlJlc3BvbnNl+/=", "PHNhbWxwOlJlc3BvbnNl+/="),
            ("\u{e4} b", "\u{e4} b"),
            ("\"><script>", "&#34;&#62;&#60;script&#62;"),
            ("a&b", "a&#38;b"),
            ("it's", "it&#39;s"),
        ] {
            let fields = vec![("SAMLResponse", "QQ==".to_owned()), ("RelayState", value.to_owned())];
            let page = AnswerTemplate { page: PageName::Unknown, action: "http://localhost/acs", fields }.render();

            let expected = format!("name=\"RelayState\" value=\"{written}\">");
            assert!(page.as_ref().unwrap().contains(&expected), "{page:?}");
        }
    }
}
