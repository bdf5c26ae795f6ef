//! The vendor-management system: users pair an authenticator app, and the MSP disconnects it.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::StatusCode;
use serde_json::json;

use super::state::{Product, Stage};
use super::{page, paths};
use crate::http::routing::{get, post};
use crate::http::{Form, RequestContext, see_other, with_cookies};
use crate::policy::products::AfterPassword;
use crate::policy::products::vendor_management::{self as rules, Mfa};
use crate::realm::{Event, ProductUser};
use crate::{qr, totp};
use vestibule_model::{PageName, ProductProof, ProductRefusal};

/// The pages behind the password.
pub(super) fn routes() -> Router<Arc<Product>> {
    Router::new()
        .route(paths::HOME, get(home))
        .route(paths::PAIR, get(pairing).merge(post(pair)))
        .route("/disconnect", post(disconnect))
        .route("/api/v1/me", get(me))
}

/// What the system does with this text in the place of a password.
pub(super) fn after_password(product: &Product, user: &ProductUser, text: &str) -> AfterPassword {
    if !user.has_password(text) {
        return AfterPassword::Refuse(ProductRefusal::WrongPassword);
    }
    rules::after_password(user.spec.user_type(), user.totp_key.is_some(), product.realm.date())
}

async fn home(State(product): State<Arc<Product>>, context: RequestContext) -> Response {
    let Some(user) = product.user(&context, Stage::SignedIn) else { return see_other(paths::SIGN_IN) };
    let user_type = user.spec.user_type();
    let others = if rules::may_disconnect(user_type) { paired(&product) } else { Vec::new() };
    let template = HomeTemplate {
        page: PageName::ProductHome,
        product: &product.key,
        username: &user.username,
        paired: user.totp_key.is_some(),
        may_pair: may_pair(&product, &user),
        others,
    };
    page::show(&product, paths::HOME, PageName::ProductHome, &template)
}

/// The page with the QR code and the pairing code.
async fn pairing(State(product): State<Arc<Product>>, context: RequestContext) -> Response {
    match pairing_user(&product, &context) {
        Some((user, _)) => show_pairing(&product, &context, &user, None),
        None => see_other(paths::HOME),
    }
}

/// Pairs the app whose first code is right. Whoever had to pair it is then signed in.
async fn pair(
    State(product): State<Arc<Product>>,
    context: RequestContext,
    form: Result<Form, BytesRejection>,
) -> Response {
    let Some((user, stage)) = pairing_user(&product, &context) else { return see_other(paths::HOME) };
    let fields = form.map(|form| form.fields).unwrap_or_default();
    let Some(key) = product.offered_key(&context) else { return see_other(paths::SIGN_IN) };
    if !product.pair(&user, &key, fields.text("code")) {
        return show_pairing(&product, &context, &user, Some("This code is wrong or too old."));
    }
    product.realm.record(Event::AuthenticatorAppPaired { product: product.key.clone(), user: user.key.clone() });
    if stage == Stage::SignedIn {
        return see_other(paths::HOME);
    }
    product.record_sign_in(&user, ProductProof::LoginCode, None);
    with_cookies(see_other(paths::HOME), [product.begin(&context, &user, Stage::SignedIn)])
}

/// Disconnects the app of a user who lost the phone.
async fn disconnect(
    State(product): State<Arc<Product>>,
    context: RequestContext,
    form: Result<Form, BytesRejection>,
) -> Response {
    let Some(by) = product.user(&context, Stage::SignedIn) else { return see_other(paths::SIGN_IN) };
    if !rules::may_disconnect(by.spec.user_type()) {
        let why = "Only the MSP disconnects an authenticator app.";
        return page::refuse(&product, &context.path, StatusCode::FORBIDDEN, why);
    }
    let fields = form.map(|form| form.fields).unwrap_or_default();
    let user = fields.text("user").to_owned();
    let users = &product.realm.product_users;
    let disconnected = users.update(&product.key, &user, |user| {
        user.last_totp_step = None;
        user.totp_key.take().is_some()
    });
    if disconnected == Some(true) {
        product.realm.record(Event::AuthenticatorAppDisconnected { product: product.key.clone(), user, by: by.key });
    }
    see_other(paths::HOME)
}

/// Says how MFA stands for the user of this session, to a program.
async fn me(State(product): State<Arc<Product>>, context: RequestContext) -> Response {
    let Some(user) = product.user(&context, Stage::SignedIn) else {
        let body = json!({ "error": "not-signed-in", "message": "Sign in on the page, and send its cookie." });
        return (StatusCode::UNAUTHORIZED, Json(body)).into_response();
    };
    let user_type = user.spec.user_type();
    let body = json!({
        "user": user.username,
        "user-type": user_type,
        "mfa": rules::mfa(user_type, product.realm.date()),
        "paired": user.totp_key.is_some(),
    });
    Json(body).into_response()
}

/// The user of this browser who may pair an app now, and how far the sign-in has come.
fn pairing_user(product: &Product, context: &RequestContext) -> Option<(ProductUser, Stage)> {
    if let Some(user) = product.user(context, Stage::Pairing) {
        // Another browser may have been faster.
        return user.totp_key.is_none().then_some((user, Stage::Pairing));
    }
    let user = product.user(context, Stage::SignedIn)?;
    may_pair(product, &user).then_some((user, Stage::SignedIn))
}

fn may_pair(product: &Product, user: &ProductUser) -> bool {
    user.totp_key.is_none() && rules::mfa(user.spec.user_type(), product.realm.date()) != Mfa::NotAvailable
}

/// The users with a paired app.
fn paired(product: &Product) -> Vec<ProductUser> {
    product.realm.product_users.all(&product.key).into_iter().filter(|user| user.totp_key.is_some()).collect()
}

fn show_pairing(product: &Product, context: &RequestContext, user: &ProductUser, error: Option<&str>) -> Response {
    let key = product.offered_key(context);
    let url = key.as_ref().and_then(|key| totp::of_key(key, &product.key, &user.username)?.to_url().ok());
    let (Some(key), Some(picture)) = (key, url.as_deref().and_then(qr::svg)) else {
        return see_other(paths::SIGN_IN);
    };
    let template = PairingTemplate {
        page: PageName::ProductPairing,
        product: &product.key,
        error,
        qr: BASE64_STANDARD.encode(picture),
        pairing_code: key.reveal(),
    };
    page::show(product, paths::PAIR, PageName::ProductPairing, &template)
}

#[derive(Template)]
#[template(path = "products/vms_home.html")]
struct HomeTemplate<'a> {
    page: PageName,
    product: &'a str,
    username: &'a str,
    paired: bool,
    may_pair: bool,
    /// Users whose app may be disconnected here.
    others: Vec<ProductUser>,
}

#[derive(Template)]
#[template(path = "products/pairing.html")]
struct PairingTemplate<'a> {
    page: PageName,
    product: &'a str,
    error: Option<&'a str>,
    qr: String,
    pairing_code: &'a str,
}
