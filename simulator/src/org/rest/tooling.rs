//! `GET /services/data/vNN.0/tooling/query?q=SELECT Metadata FROM SecuritySettings`: of the Tooling API, the objects that say
//! how people may sign in (contract H4.6), and from where (contract H6.9).

use std::sync::Arc;

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use http::Method;
use serde_json::{Map, Value, json};

use super::answer::fault;
use super::soql::{Condition, Fault, FaultCode, Literal, Operator, Query, Selected, parse};
use super::version;
use crate::http::{RequestContext, excerpt};
use crate::org::{Org, not_simulated};
use crate::policy::mfa_setting;
use crate::realm::{IdpProtocol, User, profile_id};
use vestibule_model::{SessionTimeout, VerificationMethod};

/// Only somebody who may customize the org sees its settings.
pub(super) async fn query(
    Extension(org): Extension<Arc<Org>>,
    Path(version): Path<String>,
    request: RequestContext,
) -> Response {
    let user = match version::caller(&org, &request, &version) {
        Ok((user, _)) => user,
        Err(response) => return *response,
    };
    let text = request.query.text("q");
    let query = match parse(text) {
        Ok(query) => query,
        Err(wrong) => return fault(&wrong, text),
    };
    let is_profile = query.object.text.eq_ignore_ascii_case(PROFILE);
    if !is_profile && !query.object.text.eq_ignore_ascii_case(OBJECT) {
        let object = excerpt(&format!("FROM {}", query.object.text));
        not_simulated::record(&org, &request, &Method::GET, Some(object));
        return fault(&unsupported(&query, ": it is not simulated by Vestibule."), text);
    }
    let found = if is_profile {
        profile(&org, &user, &version, &query)
    } else {
        record(&org, &user, &version, &query).map(Some)
    };
    match found {
        Ok(record) => {
            let size = usize::from(record.is_some());
            let answer = json!({
                "size": size,
                "totalSize": size,
                "done": true,
                "queryLocator": null,
                "entityTypeName": if is_profile { PROFILE } else { OBJECT },
                "records": record.into_iter().collect::<Vec<_>>(),
            });
            Json(answer).into_response()
        }
        Err(wrong) => fault(&wrong, text),
    }
}

fn unsupported(query: &Query, why: &str) -> Fault {
    let message = format!("sObject type '{}' is not supported{why}", query.object.text);
    Fault { code: FaultCode::InvalidType, at: Some(query.object.at), message }
}

/// The only row.
fn record(org: &Org, user: &User, version: &str, query: &Query) -> Result<Value, Fault> {
    if !user.spec.is_administrator() {
        return Err(unsupported(query, "."));
    }
    if query.condition.is_some() || !query.groups.is_empty() {
        let message = "the simulated org has one row of SecuritySettings, and neither conditions on it nor groups";
        return Err(Fault::malformed(Some(query.object.at), message));
    }
    let url = format!("/services/data/{version}/tooling/sobjects/{OBJECT}/{FULL_NAME}");
    let mut record = Map::from_iter([("attributes".to_owned(), json!({ "type": OBJECT, "url": url }))]);
    for selected in &query.selected {
        let Selected::Field(name) = selected else {
            return Err(Fault::malformed(Some(query.object.at), "SecuritySettings has fields only"));
        };
        let field = FIELDS
            .iter()
            .find(|field| field.eq_ignore_ascii_case(&name.text))
            .ok_or_else(|| Fault::field(name.at, format!("No such column '{}' on entity '{OBJECT}'.", name.text)))?;
        let value = match *field {
            METADATA => metadata(org),
            FULL_NAME_FIELD => json!(FULL_NAME),
            _ => Value::Null,
        };
        record.insert((*field).to_owned(), value);
    }
    Ok(Value::Object(record))
}

/// The profile with the id that the query names. A query of `Metadata` has one row at most.
fn profile(org: &Org, user: &User, version: &str, query: &Query) -> Result<Option<Value>, Fault> {
    if !user.spec.is_administrator() {
        return Err(unsupported(query, "."));
    }
    let id = match &query.condition {
        Some(Condition::Compare { field, operator: Operator::Equal, value: Literal::Text(id) })
            if field.text.eq_ignore_ascii_case("Id") =>
        {
            id
        }
        _ => {
            let message = "the simulated org finds a Profile of the Tooling API by its Id only: WHERE Id = '00e…'";
            return Err(Fault::malformed(Some(query.object.at), message));
        }
    };
    let users = org.realm.users.all();
    let mut of_profile = users.iter().filter(|user| profile_id(&user.spec.profile) == *id).peekable();
    let Some(one) = of_profile.peek().copied() else { return Ok(None) };
    // A realm gives them to the users of a profile.
    let ranges =
        of_profile.map(|user| &user.spec.login_ip_ranges).find(|ranges| !ranges.is_empty()).into_iter().flatten();
    let ranges: Vec<Value> =
        ranges.map(|range| json!({ "startAddress": range.first(), "endAddress": range.last() })).collect();
    let url = format!("/services/data/{version}/tooling/sobjects/{PROFILE}/{id}");
    let mut record = Map::from_iter([("attributes".to_owned(), json!({ "type": PROFILE, "url": url }))]);
    for selected in &query.selected {
        let Selected::Field(name) = selected else {
            return Err(Fault::malformed(Some(query.object.at), "Profile of the Tooling API has fields only"));
        };
        let (field, value) = match name.text.to_ascii_lowercase().as_str() {
            "id" => ("Id", json!(id)),
            "name" => ("Name", json!(one.spec.profile)),
            "metadata" => (METADATA, json!({ "loginIpRanges": ranges })),
            _ => return Err(Fault::field(name.at, format!("No such column '{}' on entity '{PROFILE}'.", name.text))),
        };
        record.insert(field.to_owned(), value);
    }
    Ok(Some(Value::Object(record)))
}

/// The settings that the org has. Those that it lacks are left out.
fn metadata(org: &Org) -> Value {
    let (realm, settings) = (&org.realm, org.settings());
    let mfa = mfa_setting(&realm.rulebook, &realm.org_facts(), realm.date());
    let saml = realm.trusts.iter().filter(|trust| trust.spec.protocol == IdpProtocol::Saml).count();
    let ranges = settings.trusted_ip_ranges.iter();
    let ranges: Vec<Value> = ranges.map(|range| json!({ "start": range.first(), "end": range.last() })).collect();
    json!({
        "networkAccess": { "ipRanges": ranges },
        "passwordPolicies": { "maxLoginAttempts": attempts(settings.lockout_after) },
        "sessionSettings": {
            "enableMFADirectUILoginOptIn": mfa.active,
            "enableBuiltInAuthenticator": settings.methods.contains(&VerificationMethod::BuiltInAuthenticator),
            "enableU2F": settings.methods.contains(&VerificationMethod::SecurityKey),
            "sessionTimeout": timeout(settings.session_timeout),
        },
        "singleSignOnSettings": {
            "enableSamlLogin": saml > 0,
            "enableMultipleSamlConfigs": saml > 1,
            "isLoginWithSalesforceCredentialsDisabled": settings.salesforce_credentials_disabled,
        },
    })
}

/// The words of `MaxLoginAttempts`. A real org has no other numbers.
fn attempts(number: u32) -> Option<&'static str> {
    match number {
        0 => Some("NoLimit"),
        3 => Some("ThreeAttempts"),
        5 => Some("FiveAttempts"),
        10 => Some("TenAttempts"),
        _ => None,
    }
}

/// The words of `SessionTimeout`.
fn timeout(timeout: SessionTimeout) -> &'static str {
    match timeout {
        SessionTimeout::FifteenMinutes => "FifteenMinutes",
        SessionTimeout::ThirtyMinutes => "ThirtyMinutes",
        SessionTimeout::SixtyMinutes => "SixtyMinutes",
        SessionTimeout::TwoHours => "TwoHours",
        SessionTimeout::FourHours => "FourHours",
        SessionTimeout::EightHours => "EightHours",
        SessionTimeout::TwelveHours => "TwelveHours",
        SessionTimeout::TwentyFourHours => "TwentyFourHours",
    }
}

const OBJECT: &str = "SecuritySettings";
const PROFILE: &str = "Profile";
/// The name of the settings in the Metadata API.
const FULL_NAME: &str = "Security";
const METADATA: &str = "Metadata";
const FULL_NAME_FIELD: &str = "FullName";
/// The ids are not public, and are null here.
const FIELDS: [&str; 4] = ["Id", "DurableId", FULL_NAME_FIELD, METADATA];
