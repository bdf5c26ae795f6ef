//! `/services/data/vNN.0/sobjects`: which objects there are, what fields they have, and single rows (contract H6.3, K1.3).

use std::sync::Arc;

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::answer::{error, fault};
use super::objects::{self, Field, Kind, Object};
use super::{select, version};
use crate::http::{Form, RequestContext};
use crate::org::{Org, not_simulated};
use crate::realm::User;

/// Every object that the caller sees.
pub(super) async fn list(
    Extension(org): Extension<Arc<Org>>,
    Path(version): Path<String>,
    request: RequestContext,
) -> Response {
    let user = match version::caller(&org, &request, &version) {
        Ok((user, _)) => user,
        Err(response) => return *response,
    };
    let seen = objects::ALL.into_iter().filter(|object| (object.visible)(&user));
    let objects: Vec<Value> = seen.map(|object| summary(object, &version)).collect();
    Json(json!({ "encoding": "UTF-8", "maxBatchSize": 200, "sobjects": objects })).into_response()
}

/// One object.
pub(super) async fn object(
    Extension(org): Extension<Arc<Org>>,
    Path((version, name)): Path<(String, String)>,
    request: RequestContext,
) -> Response {
    match seen(&org, &request, &version, &name) {
        Ok((object, _)) => {
            Json(json!({ "objectDescribe": summary(object, &version), "recentItems": [] })).into_response()
        }
        Err(response) => *response,
    }
}

/// One object with its fields and relationships.
pub(super) async fn describe(
    Extension(org): Extension<Arc<Org>>,
    Path((version, name)): Path<(String, String)>,
    request: RequestContext,
) -> Response {
    match seen(&org, &request, &version, &name) {
        Ok((object, _)) => Json(description(object, &version)).into_response(),
        Err(response) => *response,
    }
}

/// One row, with all fields or those that `fields` names.
pub(super) async fn row(
    Extension(org): Extension<Arc<Org>>,
    Path((version, name, id)): Path<(String, String, String)>,
    request: RequestContext,
) -> Response {
    let (object, user) = match seen(&org, &request, &version, &name) {
        Ok(seen) => seen,
        Err(response) => return *response,
    };
    match select::row(&org, &user, &version, object, (id.as_str(), request.query.get("fields"))) {
        Ok(Some(row)) => Json(row).into_response(),
        Ok(None) => not_found(),
        Err(wrong) => fault(&wrong, ""),
    }
}

/// A call that would change something.
pub(super) async fn change(
    Extension(org): Extension<Arc<Org>>,
    method: Method,
    request: RequestContext,
    Form { fields, .. }: Form,
) -> Response {
    let retired = super::retired(&request.path);
    retired.or_else(|| not_simulated::answer(&org, &request, &method, &fields)).unwrap_or_else(not_found)
}

/// The object with this name, and the caller, who sees it.
fn seen(
    org: &Org,
    request: &RequestContext,
    version: &str,
    name: &str,
) -> Result<(&'static Object, User), Box<Response>> {
    let (user, _) = version::caller(org, request, version)?;
    match objects::find(name) {
        Some(object) if (object.visible)(&user) => Ok((object, user)),
        Some(_) => Err(Box::new(not_found())),
        None => {
            let answer = not_simulated::answer(org, request, &Method::GET, &request.query);
            Err(Box::new(answer.unwrap_or_else(not_found)))
        }
    }
}

fn not_found() -> Response {
    error(StatusCode::NOT_FOUND, "NOT_FOUND", "The requested resource does not exist")
}

fn summary(object: &Object, version: &str) -> Value {
    let url = format!("/services/data/{version}/sobjects/{}", object.name);
    json!({
        "name": object.name,
        "label": object.label,
        "labelPlural": object.label,
        "keyPrefix": object.key_prefix,
        "custom": false,
        "queryable": true,
        "retrieveable": true,
        "createable": false,
        "updateable": false,
        "deletable": false,
        "urls": {
            "sobject": url,
            "describe": format!("{url}/describe"),
            "rowTemplate": format!("{url}/{{ID}}"),
        },
    })
}

fn description(object: &Object, version: &str) -> Value {
    let mut description = summary(object, version);
    let children: Vec<Value> = object
        .children
        .iter()
        .map(|child| json!({ "childSObject": child.object, "field": child.field, "relationshipName": child.name }))
        .collect();
    description["fields"] = object.fields.iter().map(|field| described(object, field)).collect();
    description["childRelationships"] = json!(children);
    description
}

fn described(object: &Object, field: &Field) -> Value {
    let parent = object.parents.iter().find(|parent| parent.field == field.name);
    let kind = match field.kind {
        Kind::Id if field.name == "Id" => "id",
        Kind::Id => "reference",
        Kind::Time => "datetime",
        other => other.name(),
    };
    json!({
        "name": field.name,
        "label": field.name,
        "type": kind,
        "filterable": field.filterable,
        "sortable": true,
        "groupable": field.kind != Kind::Time,
        "nillable": field.name != "Id",
        "custom": false,
        "createable": false,
        "updateable": false,
        "referenceTo": parent.map(|parent| vec![parent.object]).unwrap_or_default(),
        "relationshipName": parent.map(|parent| parent.name),
    })
}
