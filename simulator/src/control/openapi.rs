//! The OpenAPI 3.1 document, from the table of operations and the schemas of their types.
//!
//! Its schemas are JSON Schema 2020-12, so they are those that the types have anyway, for scenario files and for events.

use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::error::Refusal;
use super::operation::{Answer, Operation, Parameter, schema};

/// The document that describes these operations, which are served below this prefix.
pub(super) fn document<'a>(prefix: &str, operations: impl Iterator<Item = &'a Operation>) -> Value {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    let mut generator = settings.into_generator();
    let mut paths = Map::new();
    for operation in operations {
        let described = described(operation, &mut generator);
        let methods = paths.entry(operation.path).or_insert_with(|| json!({}));
        methods[operation.verb.word()] = described;
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Vestibule control API",
            "description": "Controls a running simulator: its realms, users, inboxes, clocks and journals.",
            "version": env!("CARGO_PKG_VERSION"),
        },
        "servers": [{ "url": prefix }],
        "security": [{ "token": [] }],
        "paths": paths,
        "components": {
            "schemas": generator.take_definitions(true),
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "The token in the address that the program prints at its start.",
                },
            },
        },
    })
}

fn described(operation: &Operation, generator: &mut SchemaGenerator) -> Value {
    let in_path = names_in(operation.path).map(|name| {
        let about = match name {
            "realm" => "My Domain name of the realm.",
            "idp" => "Key of the identity provider in the realm.",
            _ => "Key of the user in the realm.",
        };
        json!({ "name": name, "in": "path", "required": true, "description": about, "schema": { "type": "string" } })
    });
    let mut parameters: Vec<Value> = in_path.collect();
    parameters.extend(operation.query.iter().map(|Parameter { name, about, holds }| {
        let holds = holds(generator);
        json!({ "name": name, "in": "query", "required": false, "description": about, "schema": holds })
    }));
    let mut described = json!({
        "operationId": operation.id,
        "summary": operation.summary,
        "parameters": parameters,
        "responses": responses(operation, generator),
    });
    if let Some(body) = operation.body {
        let schema = body(generator);
        described["requestBody"] = json!({ "required": true, "content": { "application/json": { "schema": schema } } });
    }
    described
}

fn responses(operation: &Operation, generator: &mut SchemaGenerator) -> Value {
    let (media_type, answer) = match operation.answer {
        Answer::Json(answer) => ("application/json", answer(generator)),
        Answer::Events(data) => ("text/event-stream", data(generator)),
    };
    // A body may name a realm too: the one to copy.
    let names_something = operation.path.contains('{') || operation.body.is_some();
    let mut responses = json!({ "200": { "description": "Done.", "content": { media_type: { "schema": answer } } } });
    for (status, description, applies) in [
        ("400", "The request cannot be read.", true),
        ("401", "The token is missing or wrong.", true),
        ("403", "A page of another origin sent the request.", true),
        ("404", "There is no such realm, user or identity provider.", names_something),
        ("408", "The body did not come in time.", operation.body.is_some()),
        ("409", "The present state does not allow it.", operation.conflicts),
        ("413", "The body is too large.", true),
        ("415", "The body is not `application/json`.", true),
    ] {
        if applies {
            let refusal = schema::<Refusal>(generator);
            responses[status] =
                json!({ "description": description, "content": { "application/json": { "schema": refusal } } });
        }
    }
    responses
}

/// The names in a path: `realm` and `user` of `/realms/{realm}/users/{user}`.
fn names_in(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}
