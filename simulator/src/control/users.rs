//! `/realms/{realm}/users`: who can sign in, and with what. Passwords, codes and keys are shown on purpose: they belong to
//! simulated users.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::error::ControlError;
use super::operation::{Answer, Operation, Verb, schema};
use super::state::{Control, user};
use crate::http::routing::on;
use crate::org::totp_code;
use crate::realm::{Component, Realm, User, passkey_id};
use vestibule_model::{Secret, UserState, UserType, VerificationMethod, Waiver};

pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        verb: Verb::Get,
        path: "/realms/{realm}/users",
        id: "list-users",
        summary: "Every user, with what signs the user in.",
        query: &[],
        body: None,
        answer: Answer::Json(schema::<Vec<UserShown>>),
        conflicts: false,
        serve: |verb| on(verb, list),
    },
    Operation {
        verb: Verb::Get,
        path: "/realms/{realm}/users/{user}",
        id: "read-user",
        summary: "One user, by the key in the realm.",
        query: &[],
        body: None,
        answer: Answer::Json(schema::<UserShown>),
        conflicts: false,
        serve: |verb| on(verb, show),
    },
];

/// A user as the realm has the user now.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
struct UserShown {
    /// Key in the realm.
    key: String,
    /// 18-character user id.
    id: String,
    /// Username.
    username: String,
    /// Password.
    password: String,
    /// Email address.
    email: String,
    /// Profile.
    profile: String,
    /// Audience by licence.
    user_type: UserType,
    /// Whether the user is active, frozen or inactive.
    state: UserState,
    /// Whether the user is locked out.
    locked: bool,
    /// The waiver permission.
    waiver: Waiver,
    /// The verifiers registered now.
    verifiers: BTreeSet<VerificationMethod>,
    /// Secret of the TOTP app, base32.
    totp_secret: Option<String>,
    /// What the TOTP app shows.
    totp_code: Option<TotpCode>,
    /// The temporary verification code.
    temporary_code: Option<TemporaryCode>,
    /// The security token, which follows the password in a login through the API.
    security_token: Option<String>,
    /// The passkeys that the org knows.
    registered_passkeys: Vec<RegisteredPasskey>,
    /// What a virtual authenticator holds: parameters of "Add Credential" (WebAuthn Level 3, 11.5), with the private keys.
    passkeys: Vec<Value>,
}

/// A passkey that the org knows.
#[derive(Serialize, JsonSchema)]
struct RegisteredPasskey {
    /// Record id: `0mo…`.
    id: String,
    /// What it counts as.
    method: VerificationMethod,
}

/// The code of a TOTP app.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
struct TotpCode {
    /// Six digits.
    code: String,
    /// How long the app shows it, 1 to 30.
    seconds_left: u64,
}

/// A temporary verification code.
#[derive(Serialize, JsonSchema)]
pub(super) struct TemporaryCode {
    /// The code.
    code: String,
    /// When it expires.
    #[schemars(with = "String", extend("format" = "date-time"))]
    expires: Timestamp,
}

impl TemporaryCode {
    pub(super) fn of(code: &Secret, expires: Timestamp) -> Self {
        Self { code: code.reveal().to_owned(), expires }
    }
}

async fn list(
    State(control): State<Arc<Control>>,
    Path(realm): Path<String>,
) -> Result<Json<Vec<UserShown>>, ControlError> {
    let realm = control.realm(&realm)?;
    Ok(Json(realm.users.all().iter().map(|user| shown(&control, &realm, user)).collect()))
}

async fn show(
    State(control): State<Arc<Control>>,
    Path((realm, key)): Path<(String, String)>,
) -> Result<Json<UserShown>, ControlError> {
    let realm = control.realm(&realm)?;
    let user = user(&realm, &key)?;
    Ok(Json(shown(&control, &realm, &user)))
}

fn shown(control: &Control, realm: &Realm, user: &User) -> UserShown {
    let revealed = |secret: &Secret| secret.reveal().to_owned();
    let now = realm.clock.now(Component::Org);
    let unix = realm.clock.unix(Component::Authenticator);
    UserShown {
        key: user.key.clone(),
        id: user.id.clone(),
        username: user.username.clone(),
        password: revealed(&user.password),
        email: user.email.clone(),
        profile: user.spec.profile.clone(),
        user_type: user.spec.user_type,
        state: user.spec.state,
        locked: user.is_locked(now),
        waiver: user.spec.waiver,
        verifiers: user.verifiers(now),
        totp_secret: user.totp_secret.as_ref().map(revealed),
        totp_code: totp_code(user, unix)
            .map(|code| TotpCode { code: revealed(&code), seconds_left: STEP - unix % STEP }),
        temporary_code: user.temporary_code.as_ref().map(|(code, expires)| TemporaryCode::of(code, *expires)),
        security_token: user.security_token.as_ref().map(revealed),
        registered_passkeys: user
            .passkeys
            .iter()
            .map(|(method, passkey)| RegisteredPasskey { id: passkey_id(passkey), method: *method })
            .collect(),
        passkeys: control.passkeys(realm, &user.key),
    }
}

/// Seconds of a TOTP step (RFC 6238, 4.1).
const STEP: u64 = 30;
