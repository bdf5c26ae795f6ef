//! The CRM: its users generate app passwords, with which programs sign in through the API.

use std::collections::BTreeSet;
use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::header::{USER_AGENT, WWW_AUTHENTICATE};
use http::{HeaderMap, StatusCode};
use serde_json::json;

use super::state::{Product, Stage};
use super::{page, paths};
use crate::http::routing::{get, post};
use crate::http::{Form, RequestContext, see_other};
use crate::policy::products::AfterPassword;
use crate::policy::products::crm::{self as rules, Client, Given, NotGenerated};
use crate::realm::{AppPassword, Event, ProductUser};
use vestibule_model::{PageName, ProductProof, ProductRefusal, Secret};

/// The pages behind the sign-in, and the API.
pub(super) fn routes() -> Router<Arc<Product>> {
    Router::new()
        .route(paths::HOME, get(home))
        .route("/app-passwords", post(generate))
        .route("/app-passwords/revoke", post(revoke))
        .route("/api/v1/me", get(me))
}

/// What the CRM does with this text in the place of a password.
pub(super) fn after_password(client: Client, user: &ProductUser, text: &str) -> AfterPassword {
    let given = match user.app_password(text) {
        _ if user.has_password(text) => Given::Password,
        Some(one) if one.revoked => Given::RevokedAppPassword,
        Some(_) => Given::AppPassword,
        None => return AfterPassword::Refuse(ProductRefusal::WrongPassword),
    };
    rules::after_password(client, given, user.totp_key.is_some())
}

async fn home(State(product): State<Arc<Product>>, context: RequestContext) -> Response {
    match product.user(&context, Stage::SignedIn) {
        Some(user) => show(&product, &user, None, None),
        None => see_other(paths::SIGN_IN),
    }
}

/// Generates an app password and shows it, this once.
async fn generate(
    State(product): State<Arc<Product>>,
    context: RequestContext,
    form: Result<Form, BytesRejection>,
) -> Response {
    let Some(user) = product.user(&context, Stage::SignedIn) else { return see_other(paths::SIGN_IN) };
    let fields = form.map(|form| form.fields).unwrap_or_default();
    let application = fields.text("application").trim().to_owned();
    let secret = product.realm.entropy.app_password();
    let users = &product.realm.product_users;
    let generated = users.update(&product.key, &user.key, |user| {
        let have: BTreeSet<String> = user.valid_app_passwords().map(|one| one.application.clone()).collect();
        rules::generate(&application, &have).map(|()| user.add_app_password(application.clone(), Secret::new(&secret)))
    });
    let Some(user) = users.get(&product.key, &user.key) else { return see_other(paths::SIGN_IN) };
    match generated {
        Some(Err(why)) => show(&product, &user, None, Some(not_generated(why))),
        _ => {
            product.realm.record(Event::AppPasswordGenerated {
                product: product.key.clone(),
                user: user.key.clone(),
                application: application.clone(),
            });
            let shown = Generated { application: &application, secret: &secret };
            show(&product, &user, Some(shown), None)
        }
    }
}

async fn revoke(
    State(product): State<Arc<Product>>,
    context: RequestContext,
    form: Result<Form, BytesRejection>,
) -> Response {
    let Some(user) = product.user(&context, Stage::SignedIn) else { return see_other(paths::SIGN_IN) };
    let fields = form.map(|form| form.fields).unwrap_or_default();
    let application = fields.text("application").to_owned();
    let users = &product.realm.product_users;
    if users.update(&product.key, &user.key, |user| user.revoke_app_password(&application)) == Some(true) {
        let (product_key, user) = (product.key.clone(), user.key);
        product.realm.record(Event::AppPasswordRevoked { product: product_key, user, application });
    }
    see_other(paths::HOME)
}

/// Says who signed in, to a program: HTTP Basic (RFC 7617), and the name of the application in `User-Agent`.
async fn me(State(product): State<Arc<Product>>, context: RequestContext, headers: HeaderMap) -> Response {
    let application = application(&headers);
    let Some((username, given)) = credentials(&context) else { return unauthorized(&product, None) };
    let user = product.named(&username);
    let decided = user.as_ref().map(|user| (user, after_password(Client::Program, user, &given)));
    let (user, why) = match decided {
        Some((user, AfterPassword::Open)) => {
            let_in(&product, user, &given, &application);
            return Json(json!({ "user": user.username, "application": application })).into_response();
        }
        Some((user, AfterPassword::Refuse(why))) => (Some(user), why),
        // There is nobody who could give a code.
        Some((user, AfterPassword::AskForCode | AfterPassword::Pair)) => {
            (Some(user), ProductRefusal::SecondFactorMissing)
        }
        None => (None, ProductRefusal::WrongPassword),
    };
    product.record_refusal(user, why, Some(application));
    unauthorized(&product, Some(why))
}

fn let_in(product: &Product, user: &ProductUser, given: &str, application: &str) {
    let by = if user.has_password(given) { ProductProof::Password } else { ProductProof::AppPassword };
    product.record_sign_in(user, by, Some(application.to_owned()));
    // The password itself is none of the app passwords.
    let shared = product.realm.product_users.update(&product.key, &user.key, |user| {
        let used = user.app_password(given)?;
        let shared = rules::is_shared(&used.used_by, application).then(|| used.application.clone());
        user.note_use(given, application);
        shared
    });
    if let Some(of) = shared.flatten() {
        product.realm.record(Event::AppPasswordShared {
            product: product.key.clone(),
            user: user.key.clone(),
            application: of,
            other: application.to_owned(),
        });
    }
}

/// The product token of `User-Agent` without its version (RFC 9110, 10.1.5).
fn application(headers: &HeaderMap) -> String {
    let agent = headers.get(USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let name = agent.split(['/', ' ']).next().unwrap_or_default();
    if rules::is_name(name) { name.to_owned() } else { "unknown".to_owned() }
}

/// Username and password of HTTP Basic. A password may contain a colon.
fn credentials(context: &RequestContext) -> Option<(String, String)> {
    let (scheme, encoded) = context.authorization.as_deref()?.split_once(' ')?;
    let decoded = BASE64_STANDARD.decode(encoded.trim()).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    let (username, password) = std::str::from_utf8(&decoded).ok()?.split_once(':')?;
    Some((username.to_owned(), password.to_owned()))
}

fn unauthorized(product: &Product, why: Option<ProductRefusal>) -> Response {
    let message = match why {
        None => "Send username and password by HTTP Basic.",
        Some(ProductRefusal::SecondFactorMissing) => {
            "The second factor of this user is on, and a program cannot give it. Use an app password."
        }
        Some(ProductRefusal::AppPasswordRevoked) => "This app password was revoked.",
        Some(ProductRefusal::WrongPassword | ProductRefusal::WrongCode | ProductRefusal::AppPasswordOfPerson) => {
            "Wrong username or password."
        }
    };
    let challenge = format!("Basic realm=\"{}\", charset=\"UTF-8\"", product.key);
    let body = Json(json!({ "error": why, "message": message }));
    (StatusCode::UNAUTHORIZED, [(WWW_AUTHENTICATE, challenge)], body).into_response()
}

fn not_generated(why: NotGenerated) -> &'static str {
    match why {
        NotGenerated::NoName => "An application has a name of letters, digits, dots, dashes and underscores.",
        NotGenerated::HasOne => "This application has an app password. Revoke it first.",
        NotGenerated::TooMany => "You have too many app passwords. Revoke one first.",
    }
}

fn show(product: &Product, user: &ProductUser, generated: Option<Generated<'_>>, error: Option<&str>) -> Response {
    let template = HomeTemplate {
        page: PageName::ProductHome,
        product: &product.key,
        username: &user.username,
        error,
        generated,
        app_passwords: user.valid_app_passwords().map(Row::of).collect(),
    };
    page::show(product, paths::HOME, PageName::ProductHome, &template)
}

/// An app password that was generated just now.
struct Generated<'a> {
    application: &'a str,
    secret: &'a str,
}

/// An app password, which is not shown again.
struct Row<'a> {
    application: &'a str,
    used_by: String,
    shared: bool,
}

impl<'a> Row<'a> {
    fn of(one: &'a AppPassword) -> Self {
        let used_by: Vec<&str> = one.used_by.iter().map(String::as_str).collect();
        Self { application: &one.application, shared: used_by.len() > 1, used_by: used_by.join(", ") }
    }
}

#[derive(Template)]
#[template(path = "products/crm_home.html")]
struct HomeTemplate<'a> {
    page: PageName,
    product: &'a str,
    username: &'a str,
    error: Option<&'a str>,
    generated: Option<Generated<'a>>,
    app_passwords: Vec<Row<'a>>,
}
