//! `/realms/{realm}/users/{user}/administration`: what an admin does about a user.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::asked::body;
use super::error::ControlError;
use super::operation::{Answer, Operation, Verb, schema};
use super::state::{Control, user};
use super::users::TemporaryCode;
use crate::http::routing::on;
use crate::realm::{Administered, AdministrativeAct};

pub(super) const OPERATIONS: &[Operation] = &[Operation {
    verb: Verb::Post,
    path: "/realms/{realm}/users/{user}/administration",
    id: "administer-user",
    summary: "Does what an admin, or the vendor's Support, does about a user.",
    query: &[],
    body: Some(schema::<Administration>),
    answer: Answer::Json(schema::<HandedOver>),
    conflicts: true,
    serve: |verb| on(verb, administer),
}];

/// What is done.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Administration {
    /// The act.
    act: AdministrativeAct,
}

/// What the act hands over, if anything.
#[derive(Default, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
struct HandedOver {
    /// The temporary verification code.
    #[serde(skip_serializing_if = "Option::is_none")]
    temporary_code: Option<TemporaryCode>,
    /// The new password.
    #[serde(skip_serializing_if = "Option::is_none")]
    password: Option<String>,
    /// The new security token.
    #[serde(skip_serializing_if = "Option::is_none")]
    security_token: Option<String>,
}

async fn administer(
    State(control): State<Arc<Control>>,
    Path((realm, key)): Path<(String, String)>,
    bytes: Bytes,
) -> Result<Json<HandedOver>, ControlError> {
    let realm = control.realm(&realm)?;
    user(&realm, &key)?;
    let Administration { act } = body(&bytes)?;
    let administered = realm.administer(&key, act).map_err(|refused| ControlError::conflict(refused.to_string()))?;
    Ok(Json(match administered {
        Administered::Done => HandedOver::default(),
        Administered::TemporaryCode { code, expires } => {
            HandedOver { temporary_code: Some(TemporaryCode::of(&code, expires)), ..HandedOver::default() }
        }
        Administered::Password(password) => {
            HandedOver { password: Some(password.reveal().to_owned()), ..HandedOver::default() }
        }
        Administered::SecurityToken(token) => {
            HandedOver { security_token: Some(token.reveal().to_owned()), ..HandedOver::default() }
        }
    }))
}
