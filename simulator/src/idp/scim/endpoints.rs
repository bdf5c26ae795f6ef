//! The endpoints. Source: RFC 7644 3 and 4.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::{CONTENT_TYPE, LOCATION};
use openssl::memcmp;
use openssl::sha::sha256;
use serde_json::{Value, json};
use vestibule_model::Secret;

use super::error::{MEDIA_TYPE, ScimError};
use super::filter::Filter;
use super::schema::{self, MOST_RESULTS};
use super::{patch, resource};
use crate::http::RequestContext;
use crate::http::routing::{delete, get, patch, post, put};
use crate::idp::directory::DirectoryFault;
use crate::idp::state::Idp;

/// The routes below `/scim/v2`.
pub(in crate::idp) fn router() -> Router<Arc<Idp>> {
    Router::new()
        .route("/scim/v2/Users", get(list_users).merge(post(create_user)))
        .route(
            "/scim/v2/Users/{id}",
            get(read_user).merge(put(replace_user)).merge(patch(patch_user)).merge(delete(delete_user)),
        )
        .route("/scim/v2/Groups", get(list_groups).merge(post(create_group)))
        .route(
            "/scim/v2/Groups/{id}",
            get(read_group).merge(put(replace_group)).merge(patch(patch_group)).merge(delete(delete_group)),
        )
        .route("/scim/v2/ServiceProviderConfig", get(service_provider_config))
        .route("/scim/v2/ResourceTypes", get(resource_types))
        .route("/scim/v2/ResourceTypes/{id}", get(resource_type))
        .route("/scim/v2/Schemas", get(schemas))
        .route("/scim/v2/Schemas/{id}", get(one_schema))
        .route(
            "/scim/v2/{*rest}",
            get(nothing).merge(post(nothing)).merge(put(nothing)).merge(patch(nothing)).merge(delete(nothing)),
        )
}

type Body = Result<Bytes, BytesRejection>;
type Answer = Result<Response, ScimError>;

async fn list_users(State(idp): State<Arc<Idp>>, context: RequestContext) -> Answer {
    let base = admitted(&idp, &context)?;
    let groups = idp.directory.groups();
    let memberships = resource::memberships(&groups);
    let users = idp.directory.users(&idp.realm, idp.now());
    list(&context, users.iter().map(|user| resource::shown_user(user, &base, &memberships)))
}

async fn read_user(State(idp): State<Arc<Idp>>, Path(id): Path<String>, context: RequestContext) -> Answer {
    let base = admitted(&idp, &context)?;
    let user = idp.directory.user(&idp.realm, &id, idp.now()).ok_or_else(|| ScimError::unknown(&id))?;
    Ok(sent(StatusCode::OK, &resource::shown_user(&user, &base, &resource::memberships(&idp.directory.groups()))))
}

async fn create_user(State(idp): State<Arc<Idp>>, context: RequestContext, body: Body) -> Answer {
    let base = admitted(&idp, &context)?;
    let user = resource::user(&json_of(body)?)?;
    learn_password(&idp, &user);
    let user = idp.directory.create_user(&idp.realm, user, idp.now()).map_err(|fault| refused(&fault, ""))?;
    Ok(created(&resource::shown_user(&user, &base, &BTreeMap::new())))
}

async fn replace_user(
    State(idp): State<Arc<Idp>>,
    Path(id): Path<String>,
    context: RequestContext,
    body: Body,
) -> Answer {
    let base = admitted(&idp, &context)?;
    let user = resource::user(&json_of(body)?)?;
    write_user(&idp, &base, &id, user)
}

async fn patch_user(
    State(idp): State<Arc<Idp>>,
    Path(id): Path<String>,
    context: RequestContext,
    body: Body,
) -> Answer {
    let base = admitted(&idp, &context)?;
    let before = idp.directory.user(&idp.realm, &id, idp.now()).ok_or_else(|| ScimError::unknown(&id))?;
    let user = resource::user(&patch::apply(&before.resource, &json_of(body)?)?)?;
    write_user(&idp, &base, &id, user)
}

fn write_user(idp: &Idp, base: &str, id: &str, user: Value) -> Answer {
    learn_password(idp, &user);
    let user = idp.directory.change_user(&idp.realm, id, user, idp.now()).map_err(|fault| refused(&fault, id))?;
    Ok(sent(StatusCode::OK, &resource::shown_user(&user, base, &resource::memberships(&idp.directory.groups()))))
}

async fn delete_user(State(idp): State<Arc<Idp>>, Path(id): Path<String>, context: RequestContext) -> Answer {
    admitted(&idp, &context)?;
    idp.directory.delete_user(&idp.realm, &id, idp.now()).map_err(|fault| refused(&fault, &id))?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn list_groups(State(idp): State<Arc<Idp>>, context: RequestContext) -> Answer {
    let base = admitted(&idp, &context)?;
    let users = idp.directory.users(&idp.realm, idp.now());
    let users = resource::by_id(&users);
    list(&context, idp.directory.groups().iter().map(|group| resource::shown_group(group, &base, &users)))
}

async fn read_group(State(idp): State<Arc<Idp>>, Path(id): Path<String>, context: RequestContext) -> Answer {
    let base = admitted(&idp, &context)?;
    let group = idp.directory.group(&id).ok_or_else(|| ScimError::unknown(&id))?;
    let users = idp.directory.users(&idp.realm, idp.now());
    Ok(sent(StatusCode::OK, &resource::shown_group(&group, &base, &resource::by_id(&users))))
}

async fn create_group(State(idp): State<Arc<Idp>>, context: RequestContext, body: Body) -> Answer {
    let base = admitted(&idp, &context)?;
    let users = idp.directory.users(&idp.realm, idp.now());
    let users = resource::by_id(&users);
    let group = resource::group(&json_of(body)?, |id| users.contains_key(id))?;
    let id = format!("group-{}", idp.realm.entropy.alphanumeric(12));
    let group = idp.directory.create_group(id, group, idp.now()).map_err(|fault| refused(&fault, ""))?;
    Ok(created(&resource::shown_group(&group, &base, &users)))
}

async fn replace_group(
    State(idp): State<Arc<Idp>>,
    Path(id): Path<String>,
    context: RequestContext,
    body: Body,
) -> Answer {
    let base = admitted(&idp, &context)?;
    write_group(&idp, &base, &id, &json_of(body)?)
}

async fn patch_group(
    State(idp): State<Arc<Idp>>,
    Path(id): Path<String>,
    context: RequestContext,
    body: Body,
) -> Answer {
    let base = admitted(&idp, &context)?;
    let before = idp.directory.group(&id).ok_or_else(|| ScimError::unknown(&id))?;
    write_group(&idp, &base, &id, &patch::apply(&before.resource, &json_of(body)?)?)
}

fn write_group(idp: &Idp, base: &str, id: &str, group: &Value) -> Answer {
    let users = idp.directory.users(&idp.realm, idp.now());
    let users = resource::by_id(&users);
    let group = resource::group(group, |id| users.contains_key(id))?;
    let group = idp.directory.change_group(id, group, idp.now()).map_err(|fault| refused(&fault, id))?;
    Ok(sent(StatusCode::OK, &resource::shown_group(&group, base, &users)))
}

async fn delete_group(State(idp): State<Arc<Idp>>, Path(id): Path<String>, context: RequestContext) -> Answer {
    admitted(&idp, &context)?;
    idp.directory.delete_group(&id).map_err(|fault| refused(&fault, &id))?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn service_provider_config(State(idp): State<Arc<Idp>>, context: RequestContext) -> Answer {
    let base = admitted(&idp, &context)?;
    Ok(sent(StatusCode::OK, &schema::service_provider_config(&base)))
}

async fn resource_types(State(idp): State<Arc<Idp>>, context: RequestContext) -> Answer {
    let base = admitted(&idp, &context)?;
    list(&context, schema::resource_types(&base))
}

async fn resource_type(State(idp): State<Arc<Idp>>, Path(id): Path<String>, context: RequestContext) -> Answer {
    let base = admitted(&idp, &context)?;
    one(schema::resource_types(&base), &id)
}

async fn schemas(State(idp): State<Arc<Idp>>, context: RequestContext) -> Answer {
    let base = admitted(&idp, &context)?;
    list(&context, schema::schemas(&base))
}

async fn one_schema(State(idp): State<Arc<Idp>>, Path(id): Path<String>, context: RequestContext) -> Answer {
    let base = admitted(&idp, &context)?;
    one(schema::schemas(&base), &id)
}

async fn nothing(State(idp): State<Arc<Idp>>, context: RequestContext) -> Answer {
    admitted(&idp, &context)?;
    Err(ScimError::of(StatusCode::NOT_FOUND, format!("There is nothing at {}", context.path)))
}

/// The base of all addresses, for whoever has the token.
fn admitted(idp: &Idp, context: &RequestContext) -> Result<String, ScimError> {
    let digest = |token: &Secret| sha256(token.reveal().as_bytes());
    // Digests have one length, so that the comparison takes the same time for each guess.
    let known = context.bearer().zip(idp.trust.spec.scim_token.as_ref());
    if !known.is_some_and(|(given, own)| memcmp::eq(&digest(&given), &digest(own))) {
        let why = "The bearer token is missing or is not that of this identity provider";
        return Err(ScimError::of(StatusCode::UNAUTHORIZED, why));
    }
    Ok(format!("{}/scim/v2", idp.realm.hosts.origin(&idp.role())))
}

/// A page of the resources for which the filter holds (RFC 7644 3.4.2).
fn list(context: &RequestContext, all: impl IntoIterator<Item = Value>) -> Answer {
    let filter = context.query.get("filter").map(Filter::parse).transpose()?;
    let found: Vec<Value> =
        all.into_iter().filter(|resource| filter.as_ref().is_none_or(|filter| filter.holds(resource))).collect();
    let number = |name: &str, default: usize| match context.query.get(name) {
        None => Ok(default),
        // 3.4.2.4: less than the least counts as the least.
        Some(text) => text
            .parse::<i64>()
            .map(|number| usize::try_from(number).unwrap_or(0))
            .map_err(|_| ScimError::bad("invalidValue", format!("{name} `{text}` is not a number"))),
    };
    let start = number("startIndex", 1)?.max(1);
    let count = number("count", MOST_RESULTS)?.min(MOST_RESULTS);
    let page: Vec<&Value> = found.iter().skip(start - 1).take(count).collect();
    let body = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults": found.len(),
        "startIndex": start,
        "itemsPerPage": page.len(),
        "Resources": page,
    });
    Ok(sent(StatusCode::OK, &body))
}

fn one(all: Vec<Value>, id: &str) -> Answer {
    let found = all.into_iter().find(|one| one["id"] == *id).ok_or_else(|| ScimError::unknown(id))?;
    Ok(sent(StatusCode::OK, &found))
}

fn json_of(body: Body) -> Result<Value, ScimError> {
    let body = body.map_err(|_| ScimError::of(StatusCode::PAYLOAD_TOO_LARGE, "The body is too large"))?;
    let unreadable = |error| ScimError::bad("invalidSyntax", format!("The body is not JSON: {error}"));
    serde_json::from_slice(&body).map_err(|error: serde_json::Error| unreadable(error))
}

/// What a client sets as a password is a secret of the realm, even if the user is then refused.
fn learn_password(idp: &Idp, user: &Value) {
    if let Some(password) = user["password"].as_str() {
        idp.realm.secrets.learn(&Secret::new(password));
    }
}

fn refused(fault: &DirectoryFault, id: &str) -> ScimError {
    match fault {
        DirectoryFault::Unknown => ScimError::unknown(id),
        DirectoryFault::Taken => ScimError::taken("Another user has this userName"),
        DirectoryFault::Full => ScimError::of(StatusCode::FORBIDDEN, "The directory is full"),
    }
}

fn created(body: &Value) -> Response {
    let location = body["meta"]["location"].as_str().unwrap_or_default().to_owned();
    ([(LOCATION, location)], sent(StatusCode::CREATED, body)).into_response()
}

fn sent(status: StatusCode, body: &Value) -> Response {
    (status, [(CONTENT_TYPE, MEDIA_TYPE)], body.to_string()).into_response()
}
