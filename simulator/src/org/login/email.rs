//! "Log In with Email": the email address, then the password (contract A4.4). A real org leads to a page of another host, which
//! finds the orgs of the address; here there is one.

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::response::Response;
use url::form_urlencoded;
use vestibule_model::PageName;

use super::submit;
use crate::http::{Fields, Form, RequestContext};
use crate::org::{Org, page, paths};

pub(super) async fn show(Extension(org): Extension<Arc<Org>>, request: RequestContext) -> Response {
    ask(&org, &request, "", None)
}

pub(super) async fn answer(
    Extension(org): Extension<Arc<Org>>,
    request: RequestContext,
    Form { fields, .. }: Form,
) -> Response {
    let identifier = fields.text("identifier").trim();
    match fields.get("password") {
        _ if identifier.is_empty() => ask(&org, &request, "", Some(NO_EMAIL)),
        None => ask(&org, &request, identifier, None),
        Some(password) => {
            // Nobody learns here whether there is such a user: the login form says what it always says.
            let user = org.realm.users.by_email(identifier);
            let username = user.map_or_else(|| identifier.to_owned(), |user| user.username);
            submit::submit(&org, &request, &login_form(&username, password))
        }
    }
}

/// What the login form of the org would post.
fn login_form(username: &str, password: &str) -> Fields {
    let form = form_urlencoded::Serializer::new(String::new())
        .append_pair("username", username)
        .append_pair("pw", password)
        .finish();
    Fields::parse(form.as_bytes())
}

/// Asks for the address, or for the password of one.
fn ask(org: &Org, request: &RequestContext, identifier: &str, error: Option<&str>) -> Response {
    let template =
        EmailTemplate { page: PageName::EmailLogin, identifier, error: error.map(|text| org.error_text(text)) };
    page::show(org, request, PageName::EmailLogin, &template)
}

#[derive(Template)]
#[template(path = "org/email_login.html")]
struct EmailTemplate<'a> {
    page: PageName,
    /// The address, once it is known.
    identifier: &'a str,
    error: Option<String>,
}

/// Inferred wording.
const NO_EMAIL: &str = "Please enter your email address.";
