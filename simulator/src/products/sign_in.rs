//! The pages on the way in: the password, and the code of the paired authenticator app.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::response::Response;

use super::state::{Product, Stage};
use super::{crm, page, paths, vendor_management};
use crate::http::{Form, RequestContext, see_other, with_cookies};
use crate::policy::products::AfterPassword;
use crate::policy::products::crm::Client;
use crate::realm::{ProductKind, ProductUser};
use vestibule_model::{PageName, ProductProof, ProductRefusal};

/// The sign-in page.
pub(super) async fn get(State(product): State<Arc<Product>>) -> Response {
    show(&product, "", None)
}

/// Checks the password, and does what the rules of the product say.
pub(super) async fn post(
    State(product): State<Arc<Product>>,
    context: RequestContext,
    form: Result<Form, BytesRejection>,
) -> Response {
    let fields = form.map(|form| form.fields).unwrap_or_default();
    let (username, password) = (fields.text("username"), fields.text("password"));
    let user = product.named(username);
    let decided = user.as_ref().map(|user| (user, after_password(&product, user, password)));
    match decided {
        Some((user, AfterPassword::Open)) => sign_in(&product, &context, user, ProductProof::Password),
        Some((user, AfterPassword::AskForCode)) => {
            with_cookies(see_other(paths::CODE), [product.begin(&context, user, Stage::Code)])
        }
        Some((user, AfterPassword::Pair)) => {
            with_cookies(see_other(paths::PAIR), [product.begin(&context, user, Stage::Pairing)])
        }
        Some((user, AfterPassword::Refuse(why))) => refuse(&product, Some(user), username, why),
        None => refuse(&product, None, username, ProductRefusal::WrongPassword),
    }
}

/// The page that asks for a code.
pub(super) async fn code(State(product): State<Arc<Product>>, context: RequestContext) -> Response {
    match product.user(&context, Stage::Code) {
        Some(_) => show_code(&product, None),
        None => see_other(paths::SIGN_IN),
    }
}

/// Checks the code.
pub(super) async fn check_code(
    State(product): State<Arc<Product>>,
    context: RequestContext,
    form: Result<Form, BytesRejection>,
) -> Response {
    let Some(user) = product.user(&context, Stage::Code) else { return see_other(paths::SIGN_IN) };
    let fields = form.map(|form| form.fields).unwrap_or_default();
    if product.accepts_code(&user, fields.text("code")) {
        return sign_in(&product, &context, &user, ProductProof::LoginCode);
    }
    product.record_refusal(Some(&user), ProductRefusal::WrongCode, None);
    show_code(&product, Some(text(ProductRefusal::WrongCode)))
}

/// Ends the session of this browser.
pub(super) async fn sign_out(State(product): State<Arc<Product>>, context: RequestContext) -> Response {
    with_cookies(see_other(paths::SIGN_IN), [product.end(&context)])
}

/// What the rules of the product say to this text in the place of a password.
fn after_password(product: &Product, user: &ProductUser, text: &str) -> AfterPassword {
    match product.kind {
        ProductKind::Crm => crm::after_password(Client::Person, user, text),
        ProductKind::VendorManagement => vendor_management::after_password(product, user, text),
        // It has no users of its own.
        ProductKind::Integration => AfterPassword::Refuse(ProductRefusal::WrongPassword),
    }
}

fn sign_in(product: &Product, context: &RequestContext, user: &ProductUser, by: ProductProof) -> Response {
    product.record_sign_in(user, by, None);
    with_cookies(see_other(paths::HOME), [product.begin(context, user, Stage::SignedIn)])
}

fn refuse(product: &Product, user: Option<&ProductUser>, username: &str, why: ProductRefusal) -> Response {
    product.record_refusal(user, why, None);
    show(product, username, Some(text(why)))
}

fn show(product: &Product, username: &str, error: Option<&str>) -> Response {
    let template = SignInTemplate { page: PageName::ProductSignIn, product: &product.key, username, error };
    page::show(product, paths::SIGN_IN, PageName::ProductSignIn, &template)
}

fn show_code(product: &Product, error: Option<&str>) -> Response {
    let template = CodeTemplate { page: PageName::ProductCode, product: &product.key, error };
    page::show(product, paths::CODE, PageName::ProductCode, &template)
}

/// What a person is told.
fn text(why: ProductRefusal) -> &'static str {
    match why {
        ProductRefusal::WrongPassword => "Wrong username or password.",
        ProductRefusal::WrongCode => "This code is wrong, too old, or was used before.",
        ProductRefusal::AppPasswordOfPerson | ProductRefusal::AppPasswordRevoked => {
            "This is an app password. Sign in with your own password."
        }
        ProductRefusal::SecondFactorMissing => "A second factor is needed.",
    }
}

#[derive(Template)]
#[template(path = "products/sign_in.html")]
struct SignInTemplate<'a> {
    page: PageName,
    product: &'a str,
    username: &'a str,
    error: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "products/code.html")]
struct CodeTemplate<'a> {
    page: PageName,
    product: &'a str,
    error: Option<&'a str>,
}
