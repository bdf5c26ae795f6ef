//! A user's page in Setup: what an admin sees of a user and does about one (contract C5.18, H7.1 to H7.5).

use std::sync::Arc;

use askama::Template;
use axum::response::Response;
use axum::{Extension, Router};
use http::{Method, StatusCode};
use vestibule_model::{PageName, UserState, VerificationMethod};

use super::{Org, dispatcher, page, paths};
use crate::http::routing::get;
use crate::http::{Fields, RequestContext, found};
use crate::realm::{Administered, AdministrativeAct, CodeHours, HostRole, OrgSession, User, passkey_id};

/// The page inside Lightning, and the address that deletes a record. The page itself has the id of its user as its path.
pub(super) fn routes() -> Router {
    Router::new()
        .route(paths::MANAGE_USERS, get(in_lightning))
        .route(paths::DELETE_RECORD, get(delete))
        .route(paths::REGISTRATION, get(register))
}

/// The user whose page this path is.
pub(super) fn subject(org: &Org, path: &str) -> Option<User> {
    let id = path.strip_prefix('/').filter(|id| id.starts_with("005"))?;
    org.realm.users.by_id(id)
}

/// Answers a request to the page of a user.
pub(super) fn answer(
    org: &Org,
    request: &RequestContext,
    method: &Method,
    fields: &Fields,
    subject: &User,
) -> Response {
    if let Err(response) = manager(org, request) {
        return *response;
    }
    let said = (*method == Method::POST).then(|| act(org, subject, fields.text("act")));
    match org.realm.users.get(&subject.key) {
        Some(user) => show(org, request, &user, said),
        None => page::refuse(org, request, StatusCode::NOT_FOUND, "there is no such user"),
    }
}

/// The session of somebody with the permission "Manage Users".
fn manager(org: &Org, request: &RequestContext) -> Result<OrgSession, Box<Response>> {
    let session = dispatcher::require_session(org, request)?;
    if org.realm.users.get(&session.user).is_some_and(|user| user.spec.manages_users()) {
        return Ok(session);
    }
    Err(Box::new(page::refuse(org, request, StatusCode::FORBIDDEN, INSUFFICIENT)))
}

async fn in_lightning(Extension(org): Extension<Arc<Org>>, request: RequestContext) -> Response {
    match manager(&org, &request) {
        Ok(session) => {
            let to = org.return_url(request.query.text("address"));
            dispatcher::redirect_with_session(&org, &request, &session.sid, &to)
        }
        Err(response) => *response,
    }
}

/// Registers one more passkey of whoever is signed in.
async fn register(Extension(org): Extension<Arc<Org>>, request: RequestContext) -> Response {
    match dispatcher::require_session(&org, &request) {
        Ok(session) => {
            let to = org.return_url(request.query.text("retURL"));
            dispatcher::begin_registration(&org, &request, &session, &to)
        }
        Err(response) => *response,
    }
}

/// Deletes the passkey that the link names.
async fn delete(Extension(org): Extension<Arc<Org>>, request: RequestContext) -> Response {
    let session = match manager(&org, &request) {
        Ok(session) => session,
        Err(response) => return *response,
    };
    let id = request.query.text("delID");
    if request.query.text(CONFIRMATION) != confirmation(&session, id) {
        return page::refuse(&org, &request, StatusCode::FORBIDDEN, "the link is not one of this session");
    }
    let holds = |user: &User| user.passkeys.iter().any(|(_, passkey)| passkey_id(passkey) == id);
    let Some(holder) = org.realm.users.find(holds) else {
        return page::refuse(&org, &request, StatusCode::NOT_FOUND, "there is no such record");
    };
    match org.realm.administer(&holder.key, AdministrativeAct::RemovePasskey(id.to_owned())) {
        Ok(_) => found(&org.realm.hosts.url(&HostRole::MyDomain, &format!("/{}", holder.id))),
        Err(refused) => page::refuse(&org, &request, StatusCode::NOT_FOUND, &refused.to_string()),
    }
}

/// Does what a button of the page says, if the page has it now, and returns what the page then says.
fn act(org: &Org, subject: &User, value: &str) -> String {
    let offered = rows(org, subject).into_iter().flat_map(|row| row.buttons).find(|button| button.value == value);
    let Some(act) = offered.and_then(|button| serde_json::from_str(&button.value).ok()) else {
        return "That is not possible any more.".to_owned();
    };
    match org.realm.administer(&subject.key, act) {
        Ok(Administered::Done) => "Done.".to_owned(),
        Ok(Administered::TemporaryCode { code, .. }) => format!("Temporary verification code: {}", code.reveal()),
        Ok(Administered::Password(_)) => "The password was reset. The user gets an email.".to_owned(),
        Ok(Administered::SecurityToken(_)) => "The security token was reset. The user gets an email.".to_owned(),
        Err(refused) => format!("That is not possible: {refused}."),
    }
}

fn show(org: &Org, request: &RequestContext, user: &User, said: Option<String>) -> Response {
    let session = match manager(org, request) {
        Ok(session) => session,
        Err(response) => return *response,
    };
    let passkeys = user.passkeys.iter().filter(|(method, _)| *method == VerificationMethod::BuiltInAuthenticator);
    let passkeys = passkeys.map(|(_, passkey)| {
        let id = passkey_id(passkey);
        let token = confirmation(&session, &id);
        format!("{}?delID={id}&retURL=%2F{}&{CONFIRMATION}={token}", paths::DELETE_RECORD, user.id)
    });
    let template = UserTemplate {
        page: PageName::UserDetail,
        action: format!("/{}", user.id),
        username: &user.username,
        rows: rows(org, user),
        passkeys: passkeys.collect(),
        registration: (session.user == user.key).then(|| format!("{}?retURL=%2F{}", paths::REGISTRATION, user.id)),
        said,
    };
    page::show(org, request, PageName::UserDetail, &template)
}

/// A row of "User Detail".
struct Row {
    label: &'static str,
    value: String,
    buttons: Vec<Button>,
}

/// A button that posts an act, in the words of the control API.
struct Button {
    label: &'static str,
    /// `id`; empty if tools look for none.
    id: &'static str,
    value: String,
}

fn rows(org: &Org, user: &User) -> Vec<Row> {
    let now = org.now();
    let verifiers = user.verifiers(now);
    let row = |label, value: &str, buttons| Row { label, value: value.to_owned(), buttons };
    let connected = |label, id, method| {
        let has = verifiers.contains(&method);
        let disconnect = has.then(|| button("Disconnect", id, &AdministrativeAct::Disconnect(method)));
        row(label, if has { "Connected" } else { "Not connected" }, disconnect.into_iter().collect())
    };
    let state = match user.spec.state {
        UserState::Active => vec![button("Freeze", "", &AdministrativeAct::Freeze)],
        UserState::Frozen => vec![button("Unfreeze", "", &AdministrativeAct::Unfreeze)],
        UserState::Inactive => Vec::new(),
    };
    let locked = user.is_locked(now);
    let unlock = locked.then(|| button("Unlock", "", &AdministrativeAct::Unlock));
    let has_code = verifiers.contains(&VerificationMethod::TemporaryCode);
    let expire =
        has_code.then(|| button("Expire Now", "", &AdministrativeAct::Disconnect(VerificationMethod::TemporaryCode)));
    let generate = button("Generate", "", &AdministrativeAct::GenerateTemporaryCode(CodeHours::LONGEST));
    vec![
        row("Username", &user.username, Vec::new()),
        row("Email", &user.email, Vec::new()),
        row("Profile", &user.spec.profile, Vec::new()),
        row("State", &user.spec.state.to_string(), state),
        row("Lockout", if locked { "Locked out" } else { "None" }, unlock.into_iter().collect()),
        row("Password", "********", vec![button("Reset Password", "", &AdministrativeAct::ResetPassword)]),
        row("Security Token", "********", vec![button("Reset", "", &AdministrativeAct::ResetSecurityToken)]),
        connected("App Registration: One-Time Password Authenticator", "", VerificationMethod::TotpApp),
        connected("App Registration: Salesforce Authenticator", "", VerificationMethod::SalesforceAuthenticator),
        connected("Security Key (U2F or WebAuthn)", "DisableU2FOrWebAuthn", VerificationMethod::SecurityKey),
        row(
            "Temporary Verification Code",
            if has_code { "Valid" } else { "None" },
            expire.into_iter().chain([generate]).collect(),
        ),
    ]
}

fn button(label: &'static str, id: &'static str, act: &AdministrativeAct) -> Button {
    // An act is plain data, so there is always JSON of it.
    Button { label, id, value: serde_json::to_string(act).unwrap_or_default() }
}

/// Binds a link that deletes a record to a session, so that no other page can make a browser follow it.
fn confirmation(session: &OrgSession, id: &str) -> String {
    let digest = openssl::sha::sha256(format!("{} {id}", session.sid.reveal()).as_bytes());
    digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

#[derive(Template)]
#[template(path = "org/user_detail.html")]
struct UserTemplate<'a> {
    page: PageName,
    action: String,
    username: &'a str,
    rows: Vec<Row>,
    /// The links that delete the passkeys.
    passkeys: Vec<String>,
    /// The link that registers one more, on the user's own page.
    registration: Option<String>,
    /// What came of the last act.
    said: Option<String>,
}

const CONFIRMATION: &str = "_CONFIRMATIONTOKEN";
const INSUFFICIENT: &str =
    "Insufficient Privileges: only somebody with the permission \"Manage Users\" sees the page of a user";
