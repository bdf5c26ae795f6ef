//! Keeps the sign-in page of a listener that other machines reach to those who know its token. The endpoints of the
//! protocols stay open: apps have no token.

use askama::Template;
use axum::response::Response;
use http::StatusCode;
use openssl::memcmp;
use openssl::sha::sha256;
use vestibule_model::PageName;

use super::page;
use super::state::{Idp, SignOn};

/// Whether the page of this sign-on may be shown.
pub(super) fn admits(idp: &Idp, sign_on: &SignOn) -> bool {
    idp.realm.guard.is_none() || sign_on.admitted
}

/// Whether this is the token.
pub(super) fn knows(idp: &Idp, given: &str) -> bool {
    // Digests have one length, so that the comparison takes the same time for each guess.
    let digest = |text: &str| sha256(text.as_bytes());
    idp.realm.guard.as_ref().is_some_and(|token| memcmp::eq(&digest(token.reveal()), &digest(given)))
}

/// The page that asks for the token.
pub(super) fn ask(idp: &Idp, path: &str, request: &str, wrong: bool) -> Response {
    let page = PageName::IdpSignIn;
    let template = GuardTemplate { page, idp: &idp.trust.idp, request, wrong };
    page::show(idp, path, page, StatusCode::UNAUTHORIZED, &template)
}

#[derive(Template)]
#[template(path = "idp/guard.html")]
struct GuardTemplate<'a> {
    page: PageName,
    idp: &'a str,
    request: &'a str,
    wrong: bool,
}
