//! "Forgot Your Password": asks for the username, sends a link by email, and takes the new password behind it (contract A4.1,
//! A4.2). Only the first page is public; what follows it is ours.

use std::sync::Arc;

use askama::Template;
use axum::response::Response;
use axum::{Extension, Router};
use jiff::SignedDuration;
use vestibule_model::{PageName, UserState};

use super::interstitial::set_password;
use super::{Org, page, paths};
use crate::http::routing::{get, post};
use crate::http::{Fields, Form, RequestContext, found};
use crate::realm::{User, later};

/// The page, and the one behind its link.
pub(super) fn routes() -> Router {
    Router::new().route(paths::FORGOT_PASSWORD, get(show).merge(post(answer)))
}

async fn show(Extension(org): Extension<Arc<Org>>, request: RequestContext) -> Response {
    match request.query.get(LINK) {
        // The link works once; what it carried goes on in the form.
        Some(link) => match user_behind(&org, link) {
            Some(user) => ask_for_password(&org, &request, &user, None),
            None => ask_for_username(&org, &request, Asked::Again(LINK_IS_OVER)),
        },
        None => ask_for_username(&org, &request, Asked::First),
    }
}

async fn answer(Extension(org): Extension<Arc<Org>>, request: RequestContext, Form { fields, .. }: Form) -> Response {
    if fields.has("cancel") {
        return found("/");
    }
    if fields.has(CONFIRMATION) {
        return set(&org, &request, &fields);
    }
    let username = fields.text("un").trim();
    if username.is_empty() {
        return ask_for_username(&org, &request, Asked::Again(NO_USERNAME));
    }
    send_link(&org, username);
    ask_for_username(&org, &request, Asked::Sent)
}

/// Sends the link. Nobody learns whether there is such a user.
fn send_link(org: &Org, username: &str) {
    let user = org.realm.users.by_username(username).filter(|user| user.spec.state == UserState::Active);
    let Some(user) = user else { return };
    let link = keep(org, &user);
    let body = format!(
        "Somebody asked for a new password for {}.\n\
         To set it, open this link within a day: {}\n\
         This email was sent by a simulated org of Vestibule.",
        user.username,
        org.my_domain_url(&format!("{}?{LINK}={link}", paths::FORGOT_PASSWORD)),
    );
    org.realm.send_email(&user.email, "Finish resetting your Salesforce password", body);
}

fn set(org: &Org, request: &RequestContext, fields: &Fields) -> Response {
    let Some(user) = user_behind(org, fields.text(CONFIRMATION)) else {
        return ask_for_username(org, request, Asked::Again(LINK_IS_OVER));
    };
    match set_password(org, &user.key, fields.text("p5"), fields.text("p6")) {
        Ok(()) => found(&org.my_domain_url("/")),
        Err(why) => ask_for_password(org, request, &user, Some(why)),
    }
}

/// Keeps a user under a new secret.
fn keep(org: &Org, user: &User) -> String {
    let (secret, now) = (org.realm.entropy.token(), org.now());
    org.password_links.put(&secret, (user.key.clone(), user.password.clone()), later(now, LIFETIME), now);
    secret
}

/// The user under a secret, which works once, and only until the password is another one: whoever got hold of an older mail
/// must not set the next.
fn user_behind(org: &Org, secret: &str) -> Option<User> {
    let (key, password) = org.password_links.take(secret, org.now())?;
    org.realm.users.get(&key).filter(|user| user.password == password)
}

/// Why the page asks for the username.
enum Asked {
    /// It was opened.
    First,
    /// Something was wrong.
    Again(&'static str),
    /// It was given: the link is on its way.
    Sent,
}

fn ask_for_username(org: &Org, request: &RequestContext, asked: Asked) -> Response {
    let template = UsernameTemplate {
        page: PageName::ForgotPassword,
        sent: matches!(asked, Asked::Sent),
        error: if let Asked::Again(why) = asked { Some(org.error_text(why)) } else { None },
    };
    page::show(org, request, PageName::ForgotPassword, &template)
}

fn ask_for_password(org: &Org, request: &RequestContext, user: &User, error: Option<&str>) -> Response {
    let template = PasswordTemplate {
        page: PageName::ChangePassword,
        confirmation: keep(org, user),
        username: user.username.clone(),
        error: error.map(|why| org.error_text(why)),
    };
    page::show(org, request, PageName::ChangePassword, &template)
}

#[derive(Template)]
#[template(path = "org/forgot_password.html")]
struct UsernameTemplate {
    page: PageName,
    /// Whether the link is on its way.
    sent: bool,
    error: Option<String>,
}

#[derive(Template)]
#[template(path = "org/new_password.html")]
struct PasswordTemplate {
    page: PageName,
    confirmation: String,
    username: String,
    error: Option<String>,
}

/// The parameter of the link in the mail.
const LINK: &str = "r";
const CONFIRMATION: &str = "_CONFIRMATIONTOKEN";
const LIFETIME: SignedDuration = SignedDuration::from_hours(24);
const NO_USERNAME: &str = "Please enter your username.";
const LINK_IS_OVER: &str = "The link was used or is too old. Ask for a new one.";
