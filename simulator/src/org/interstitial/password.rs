//! The forced change of an expired password (contract C1.10).

use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::response::Response;
use axum::routing::MethodRouter;
use vestibule_model::{LoginKind, PageName, PasswordExpiry, Secret};

use crate::http::routing::{get, post};
use crate::http::{Form, RequestContext};
use crate::org::dispatcher::{self, Login, Next};
use crate::org::flow::{Due, Interstitial, Step};
use crate::org::frame::Frame;
use crate::org::{Org, paths};
use crate::realm::{InterstitialExit, TokenRenewal, User};

pub(super) static PAGE: Interstitial = Interstitial {
    name: PageName::ChangePassword,
    path: paths::path_of(PageName::ChangePassword),
    query: "",
    // A login without a password does not ask for a new one.
    due: |user, login| {
        let by_password = *login == LoginKind::PasswordUi || login.is_front_door();
        let expiry = user.password_expired.filter(|_| by_password)?;
        Some(Due { leavable: expiry == PasswordExpiry::Leavable })
    },
};

/// Whether a user must change the password before anything else.
pub(in crate::org) fn is_expired(user: &User) -> bool {
    user.spec.password_expired.is_some() && !user.settled.contains(&PAGE.name)
}

pub(super) fn serve() -> MethodRouter {
    get(page).merge(post(answer))
}

async fn page(Extension(org): Extension<Arc<Org>>, request: RequestContext) -> Response {
    dispatcher::on_page(&org, &request, |login| show(login, None))
}

async fn answer(Extension(org): Extension<Arc<Org>>, request: RequestContext, Form { fields, .. }: Form) -> Response {
    dispatcher::on_form(&org, &request, &fields, |login| match login.flow.step {
        Step::Interstitial { leavable, .. } if login.flow.stands_at(&PAGE) => {
            if leavable && fields.has("cancel") {
                return Next::Leave(InterstitialExit::Declined);
            }
            match set(&org, &login.flow.attempt.user, fields.text("p5"), fields.text("p6")) {
                Ok(()) => Next::Leave(InterstitialExit::Answered),
                Err(why) => show(login, Some(why)),
            }
        }
        _ => Next::Stale,
    })
}

/// Sets the new password of a user, or says why not. The rules and their wording are inferred: no public source shows them.
pub(in crate::org) fn set(org: &Org, key: &str, new: &str, again: &str) -> Result<(), &'static str> {
    let mixed = new.chars().any(char::is_alphabetic) && new.chars().any(|char| char.is_ascii_digit());
    if new.chars().count() < SHORTEST || !mixed {
        return Err("Your new password must have at least 8 characters and mix letters and numbers.");
    }
    if new != again {
        return Err("The new passwords don't match.");
    }
    let changed = org.realm.users.update(key, |user| {
        let other = user.password.reveal() != new;
        if other {
            user.password = Secret::new(new);
            user.settled.insert(PAGE.name);
        }
        other.then_some(user.security_token.is_some())
    });
    let Some(had_token) = changed.flatten() else {
        return Err("Your new password can't be your old one.");
    };
    // A security token belongs to one password (contract G1.7). Who never had one gets no mail about it.
    if had_token {
        org.realm.renew_security_token(key, TokenRenewal::PasswordChanged);
    }
    Ok(())
}

fn show(login: &Login<'_>, error: Option<&str>) -> Next {
    match login.flow.step {
        Step::Interstitial { leavable, .. } if login.flow.stands_at(&PAGE) => {
            let frame = Frame::new(login, error);
            login.show(PAGE.name, &PasswordTemplate { page: PAGE.name, frame, leavable })
        }
        _ => Next::Resume,
    }
}

#[derive(Template)]
#[template(path = "org/change_password.html")]
struct PasswordTemplate {
    page: PageName,
    frame: Frame,
    leavable: bool,
}

const SHORTEST: usize = 8;
