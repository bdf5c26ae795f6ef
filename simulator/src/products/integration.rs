//! The integration: an app of the org (OAuth web server flow), which reads data of the org as the user who connected it.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use axum_extra::extract::cookie::SameSite;
use http::StatusCode;
use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::json;
use url::Url;
use url::form_urlencoded::Serializer;

use super::connection::Connection;
use super::state::Product;
use super::{page, paths};
use crate::http::routing::{get, post};
use crate::http::{RequestContext, cookie, excerpt, removal, see_other, with_cookies};
use crate::oidc::CodeChallenge;
use crate::policy::products::integration as rules;
use crate::policy::{Evidence, decide};
use crate::realm::{Component, Event, HostRole, INTEGRATION_CALLBACK, Realm, UserIdentity, later};
use vestibule_model::{IntegrationFault, LoginKind, OutcomeKind, PageName, Secret};

/// The page, the connection, and the API.
pub(super) fn routes() -> Router<Arc<Product>> {
    Router::new()
        .route(paths::HOME, get(home))
        .route("/connect", get(connect))
        .route(INTEGRATION_CALLBACK, get(callback))
        .route("/sync", post(sync_on_page))
        .route("/api/v1/sync", post(sync_by_api))
}

async fn home(State(product): State<Arc<Product>>) -> Response {
    show(&product, None, None)
}

/// Sends the user to the org. The user logs in again there, so that the org asks for whatever it asks for now.
async fn connect(State(product): State<Arc<Product>>) -> Response {
    let (realm, now) = (&product.realm, product.now());
    let Some(app) = realm.apps.get(&product.key) else { return not_an_app(&product) };
    let (state, verifier) = (realm.entropy.token(), Secret::new(realm.entropy.token()));
    let challenge = CodeChallenge::of(verifier.reveal());
    let query = Serializer::new(String::new())
        .append_pair("response_type", "code")
        .append_pair("client_id", &app.client_id)
        .append_pair("redirect_uri", &own_callback(&product))
        .append_pair("state", &state)
        .append_pair("prompt", "login")
        .append_pair("code_challenge", challenge.as_str())
        .append_pair("code_challenge_method", "S256")
        .finish();
    product.connections.waiting.put(&state, verifier, later(now, REQUEST_LIFETIME), now);
    let to_org = see_other(&realm.hosts.url(&HostRole::MyDomain, &format!("/services/oauth2/authorize?{query}")));
    with_cookies(to_org, [cookie(STATE_COOKIE, state, REQUEST_LIFETIME, SameSite::Lax)])
}

/// Takes the answer of the org, and gets the tokens.
async fn callback(State(product): State<Arc<Product>>, context: RequestContext) -> Response {
    let state = context.query.text("state");
    let verifier = product.connections.waiting.take(state, product.now());
    let Some(verifier) = verifier.filter(|_| context.cookie(STATE_COOKIE) == Some(state)) else {
        let why = "This answer of the org belongs to no request of this browser.";
        return page::refuse(&product, &context.path, StatusCode::BAD_REQUEST, why);
    };
    let Some(code) = context.query.get("code") else {
        let why = context.query.get("error_description").or_else(|| context.query.get("error")).unwrap_or_default();
        return show(&product, None, Some(&excerpt(&format!("The org allowed nothing: {why}"))));
    };
    let callback = own_callback(&product);
    let grant = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", callback.as_str()),
        ("code_verifier", verifier.reveal()),
    ];
    let _turn = product.connections.turn().await;
    let tokens = tokens(&product, &grant).await;
    let Some(connection) = tokens.and_then(|tokens| connection(&product.realm, tokens, None)) else {
        return show(&product, None, Some(text(IntegrationFault::TokensRefused)));
    };
    product.realm.record(Event::IntegrationConnected {
        product: product.key.clone(),
        user: connection.user.clone(),
        level: connection.level,
    });
    product.connections.keep(connection);
    with_cookies(see_other(paths::HOME), [removal(STATE_COOKIE, SameSite::Lax)])
}

async fn sync_on_page(State(product): State<Arc<Product>>) -> Response {
    match sync(&product).await {
        Ok(users) => show(&product, Some(users), None),
        Err(why) => show(&product, None, Some(text(why))),
    }
}

async fn sync_by_api(State(product): State<Arc<Product>>) -> Response {
    match sync(&product).await {
        Ok(users) => Json(json!({ "users": users })).into_response(),
        Err(why) => (StatusCode::CONFLICT, Json(json!({ "error": why, "message": text(why) }))).into_response(),
    }
}

/// Reads how many users the org has, and records how that went.
async fn sync(product: &Product) -> Result<u64, IntegrationFault> {
    let _turn = product.connections.turn().await;
    let connection = product.connections.get();
    let user = connection.as_ref().map(|connection| connection.user.clone());
    let users = match connection {
        Some(connection) => read_users(product, connection).await,
        None => Err(IntegrationFault::NotConnected),
    };
    product.realm.record(match (&users, user) {
        (Ok(_), Some(user)) => Event::IntegrationSynced { product: product.key.clone(), user },
        (Ok(_), None) => return users,
        (Err(why), user) => Event::IntegrationStopped { product: product.key.clone(), user, why: *why },
    });
    users
}

/// Calls the org with the access token, and with a new one where it has ended.
async fn read_users(product: &Product, connection: Connection) -> Result<u64, IntegrationFault> {
    if !rules::works(connection.level, is_asked(&product.realm, &connection.user)) {
        return Err(IntegrationFault::MfaTurnedOn);
    }
    if let Some(users) = query(product, &connection.access_token).await {
        return Ok(users);
    }
    let refused = IntegrationFault::TokensRefused;
    let refresh_token = connection.refresh_token.ok_or(refused)?;
    let grant = [("grant_type", "refresh_token"), ("refresh_token", refresh_token.reveal())];
    let tokens = tokens(product, &grant).await.ok_or(refused)?;
    let renewed = self::connection(&product.realm, tokens, Some(refresh_token)).ok_or(refused)?;
    product.connections.keep(renewed.clone());
    query(product, &renewed.access_token).await.ok_or(refused)
}

/// Whether the org asks this user for a second factor now, after the right password.
fn is_asked(realm: &Realm, user: &str) -> bool {
    let Some(user) = realm.users.get(user) else { return true };
    let evidence = Evidence {
        login: LoginKind::OauthWebServer,
        through_sso: false,
        verified_with: None,
        signals: Vec::new(),
        salesforce_mfa_for_sso: false,
        origin: realm.login_origin(),
    };
    let facts = user.facts(realm.clock.now(Component::Org));
    let decision = decide(&realm.rulebook, &realm.org_facts(), &facts, &evidence, realm.date());
    matches!(decision.outcome.kind(), OutcomeKind::Verify | OutcomeKind::Enrol)
}

/// A successful answer of the token endpoint.
#[derive(Deserialize)]
struct Tokens {
    access_token: String,
    refresh_token: Option<String>,
    /// The identity URL, which ends with the id of the user.
    id: String,
}

/// The tokens that the org gives for this grant, if it gives any.
async fn tokens(product: &Product, grant: &[(&str, &str)]) -> Option<Tokens> {
    let realm = &product.realm;
    let app = realm.apps.get(&product.key)?;
    let client = [("client_id", app.client_id.as_str()), ("client_secret", app.client_secret.as_ref()?.reveal())];
    let body = Serializer::new(String::new()).extend_pairs(grant).extend_pairs(client).finish();
    let url = org_url(realm, "/services/oauth2/token")?;
    let reply = product.connections.channel(realm).ok()?.post_form(&url, body, None).await.ok()?;
    serde_json::from_slice(&reply.body).ok().filter(|_| reply.status == StatusCode::OK)
}

/// The connection of these tokens. An answer without a refresh token leaves the earlier one valid.
fn connection(realm: &Realm, tokens: Tokens, earlier: Option<Secret>) -> Option<Connection> {
    let user = realm.users.identified(UserIdentity::UserId, tokens.id.rsplit('/').next()?)?;
    let level = realm.sessions.find(&tokens.access_token)?.level;
    Some(Connection {
        user: user.key,
        access_token: Secret::new(tokens.access_token),
        refresh_token: tokens.refresh_token.map(Secret::new).or(earlier),
        level,
    })
}

/// How many users the org says it has; `None` if it refuses the access token.
async fn query(product: &Product, access_token: &Secret) -> Option<u64> {
    let realm = &product.realm;
    let url = org_url(realm, "/services/data/v60.0/query?q=SELECT+Id+FROM+User")?;
    let channel = product.connections.channel(realm).ok()?;
    let reply = channel.get_authorized(&url, format!("Bearer {}", access_token.reveal())).await.ok()?;
    let answer: Count = serde_json::from_slice(&reply.body).ok().filter(|_| reply.status == StatusCode::OK)?;
    Some(answer.total_size)
}

/// The answer of a query, without its records.
#[derive(Deserialize)]
struct Count {
    #[serde(rename = "totalSize")]
    total_size: u64,
}

fn org_url(realm: &Realm, path: &str) -> Option<Url> {
    Url::parse(&realm.hosts.url(&HostRole::MyDomain, path)).ok()
}

fn own_callback(product: &Product) -> String {
    product.realm.hosts.url(&product.role(), INTEGRATION_CALLBACK)
}

fn not_an_app(product: &Product) -> Response {
    let why = "The org has no app for this integration.";
    page::refuse(product, "/connect", StatusCode::NOT_FOUND, why)
}

fn text(why: IntegrationFault) -> &'static str {
    match why {
        IntegrationFault::NotConnected => "The integration is not connected to the org.",
        IntegrationFault::MfaTurnedOn => {
            "MFA has gone on for the user who connected the integration. Connect it again, with the code."
        }
        IntegrationFault::TokensRefused => "The org refuses the tokens of the integration. Connect it again.",
    }
}

fn show(product: &Product, users: Option<u64>, error: Option<&str>) -> Response {
    let connection = product.connections.get();
    let connected_as = connection.as_ref().map(|connection| connection.user.as_str());
    let notice = connection.as_ref().and_then(|connection| rules::notice(connection.level, product.realm.date()));
    let template = HomeTemplate {
        page: PageName::ProductHome,
        product: &product.key,
        connected_as,
        notice: notice.filter(|_| error.is_none()),
        users,
        error,
    };
    page::show(product, paths::HOME, PageName::ProductHome, &template)
}

#[derive(Template)]
#[template(path = "products/integration_home.html")]
struct HomeTemplate<'a> {
    page: PageName,
    product: &'a str,
    connected_as: Option<&'a str>,
    notice: Option<&'static str>,
    users: Option<u64>,
    error: Option<&'a str>,
}

/// Cookie that binds a request to the browser which began it.
const STATE_COOKIE: &str = "integration_state";
/// How long the user may take at the org.
const REQUEST_LIFETIME: SignedDuration = SignedDuration::from_mins(30);
