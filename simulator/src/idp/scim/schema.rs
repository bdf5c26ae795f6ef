//! What the service provider can do, and the attributes that it knows. Source: RFC 7643 5, 6, 7 and 8.7.

use serde_json::{Value, json};

/// The schema of a user (RFC 7643 4.1).
pub(super) const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
/// The schema of a group (RFC 7643 4.2).
pub(super) const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";

/// The most resources of one list.
pub(super) const MOST_RESULTS: usize = 200;

/// `/ServiceProviderConfig` (RFC 7643 5).
pub(super) fn service_provider_config(base: &str) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
        "patch": { "supported": true },
        "bulk": { "supported": false, "maxOperations": 0, "maxPayloadSize": 0 },
        "filter": { "supported": true, "maxResults": MOST_RESULTS },
        "changePassword": { "supported": true },
        "sort": { "supported": false },
        "etag": { "supported": false },
        "authenticationSchemes": [{
            "type": "oauthbearertoken",
            "name": "OAuth Bearer Token",
            "description": "The token of this identity provider, as a bearer token (RFC 6750)",
            "primary": true,
        }],
        "meta": { "resourceType": "ServiceProviderConfig", "location": format!("{base}/ServiceProviderConfig") },
    })
}

/// `/ResourceTypes` (RFC 7643 6).
pub(super) fn resource_types(base: &str) -> Vec<Value> {
    let of = |name: &str, endpoint: &str, schema: &str| {
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"],
            "id": name,
            "name": name,
            "endpoint": endpoint,
            "schema": schema,
            "meta": { "resourceType": "ResourceType", "location": format!("{base}/ResourceTypes/{name}") },
        })
    };
    vec![of("User", "/Users", USER), of("Group", "/Groups", GROUP)]
}

/// `/Schemas` (RFC 7643 7).
pub(super) fn schemas(base: &str) -> Vec<Value> {
    let text = |name: &str| attribute(name, "string", false, "readWrite");
    let several = |name: &str, sub: &[&str]| {
        let mut attribute = attribute(name, "complex", true, "readWrite");
        attribute["subAttributes"] = sub.iter().map(|name| text(name)).collect();
        attribute
    };
    let mut name = attribute("name", "complex", false, "readWrite");
    name["subAttributes"] = ["formatted", "familyName", "givenName"].map(text).to_vec().into();
    let mut username = text("userName");
    (username["required"], username["uniqueness"]) = (true.into(), "server".into());
    let mut password = attribute("password", "string", false, "writeOnly");
    password["returned"] = "never".into();
    let mut groups = several("groups", &["value", "display", "$ref"]);
    groups["mutability"] = "readOnly".into();
    let user = vec![
        username,
        text("externalId"),
        name,
        text("displayName"),
        attribute("active", "boolean", false, "readWrite"),
        several("emails", &["value", "type"]),
        password,
        groups,
    ];
    let mut display_name = text("displayName");
    display_name["required"] = true.into();
    let group = vec![display_name, text("externalId"), several("members", &["value", "display", "$ref", "type"])];
    let of = |id: &str, name: &str, attributes: Vec<Value>| {
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
            "id": id,
            "name": name,
            "attributes": attributes,
            "meta": { "resourceType": "Schema", "location": format!("{base}/Schemas/{id}") },
        })
    };
    vec![of(USER, "User", user), of(GROUP, "Group", group)]
}

fn attribute(name: &str, kind: &str, several: bool, mutability: &str) -> Value {
    json!({
        "name": name,
        "type": kind,
        "multiValued": several,
        "required": false,
        "caseExact": false,
        "mutability": mutability,
        "returned": "default",
        "uniqueness": "none",
    })
}
