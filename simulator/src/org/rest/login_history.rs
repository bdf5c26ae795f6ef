//! `SELECT … FROM LoginHistory` (contract H1.1).

use std::cmp::{Ordering, Reverse};
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::{Method, StatusCode};
use serde_json::{Map, Value, json};

use super::soql::{Condition, Operator, Query, parse};
use super::{caller, error, is_served};
use crate::http::RequestContext;
use crate::org::{Org, not_simulated};
use crate::realm::LoginRecord;

pub(super) async fn query(
    State(org): State<Arc<Org>>,
    Path(version): Path<String>,
    request: RequestContext,
) -> Response {
    if !is_served(&version) {
        return error(StatusCode::NOT_FOUND, "NOT_FOUND", "The requested resource does not exist");
    }
    if let Err(response) = caller(&org, &request) {
        return *response;
    }
    let query = match parse(request.query.text("q")) {
        Ok(query) => query,
        Err(message) => return error(StatusCode::BAD_REQUEST, "MALFORMED_QUERY", &message),
    };
    if !query.object.eq_ignore_ascii_case(OBJECT) {
        not_simulated::record(&org, &request, &Method::GET, Some(format!("FROM {}", query.object)));
        let message = format!("sObject type '{}' is not supported: it is not simulated by Vestibule.", query.object);
        return error(StatusCode::BAD_REQUEST, "INVALID_TYPE", &message);
    }
    match select(&org, &version, &query) {
        Ok(records) => Json(json!({ "totalSize": records.len(), "done": true, "records": records })).into_response(),
        Err((code, message)) => error(StatusCode::BAD_REQUEST, code, &message),
    }
}

fn select(org: &Org, version: &str, query: &Query) -> Result<Vec<Value>, (&'static str, String)> {
    let fields = query.fields.iter().map(|field| known(field, &FIELDS)).collect::<Result<Vec<_>, _>>()?;
    if let Some(twice) = fields.iter().enumerate().find(|(at, field)| fields[..*at].contains(field)) {
        return Err(("INVALID_FIELD", format!("duplicate field selected: {}", twice.1)));
    }
    for condition in &query.conditions {
        known(&condition.field, &FIELDS)?;
        known(&condition.field, &FILTERABLE).map_err(|_| {
            let message = format!("field '{}' can not be filtered in a query call", condition.field);
            ("INVALID_FIELD", message)
        })?;
    }
    let order =
        query.order.as_ref().map(|(field, descending)| Ok((known(field, &FIELDS)?, *descending))).transpose()?;

    let ids: BTreeMap<_, _> = org.realm.users.all().into_iter().map(|user| (user.key, user.id)).collect();
    let rows = org.realm.login_history.all();
    let positions = org.realm.login_history.dropped()..;
    let source_ip = org.settings().source_ip;
    let mut rows: Vec<_> =
        positions.zip(&rows).map(|(position, row)| Row { ids: &ids, position, row, source_ip }).collect();
    rows.retain(|row| query.conditions.iter().all(|condition| row.holds(condition)));
    if let Some((field, descending)) = order {
        match descending {
            true => rows.sort_by_cached_key(|row| Reverse(row.text(field))),
            false => rows.sort_by_cached_key(|row| row.text(field)),
        }
    }
    rows.truncate(query.limit.unwrap_or(usize::MAX));
    Ok(rows.iter().map(|row| row.json(version, &fields)).collect())
}

/// The field name as the object spells it.
fn known(field: &str, among: &[&'static str]) -> Result<&'static str, (&'static str, String)> {
    let found = among.iter().copied().find(|known| known.eq_ignore_ascii_case(field));
    found.ok_or_else(|| ("INVALID_FIELD", format!("No such column '{field}' on entity '{OBJECT}'.")))
}

struct Row<'a> {
    /// Ids of the users, by their key.
    ids: &'a BTreeMap<String, String>,
    position: u64,
    row: &'a LoginRecord,
    /// The address from which every login comes.
    source_ip: IpAddr,
}

impl Row<'_> {
    fn value(&self, field: &str) -> Value {
        let row = self.row;
        match field {
            "Id" => json!(format!("0Ya{:012}AAA", self.position)),
            "UserId" => row.user.as_ref().and_then(|key| self.ids.get(key)).map_or(Value::Null, |id| json!(id)),
            "LoginTime" => json!(row.time.strftime("%Y-%m-%dT%H:%M:%S%.3f+0000").to_string()),
            "LoginType" => json!(row.login_type),
            "Status" => json!(row.status),
            "SourceIp" => json!(self.source_ip),
            "Application" => json!(row.application),
            "LoginUrl" => json!(row.login_url),
            "AuthMethodReference" => row.auth_method_reference.as_deref().map_or(Value::Null, |amr| json!(amr)),
            _ => Value::Null,
        }
    }

    fn text(&self, field: &str) -> String {
        match self.value(field) {
            Value::String(text) => text,
            _ => String::new(),
        }
    }

    fn json(&self, version: &str, fields: &[&'static str]) -> Value {
        let id = self.text("Id");
        let mut record = Map::new();
        let url = format!("/services/data/{version}/sobjects/{OBJECT}/{id}");
        record.insert("attributes".to_owned(), json!({ "type": OBJECT, "url": url }));
        for field in fields {
            record.insert((*field).to_owned(), self.value(field));
        }
        Value::Object(record)
    }

    fn holds(&self, condition: &Condition) -> bool {
        let order = self.compare(condition);
        match condition.operator {
            Operator::Equal => order == Some(Ordering::Equal),
            Operator::NotEqual => order != Some(Ordering::Equal),
            Operator::Less => order == Some(Ordering::Less),
            Operator::LessOrEqual => matches!(order, Some(Ordering::Less | Ordering::Equal)),
            Operator::Greater => order == Some(Ordering::Greater),
            Operator::GreaterOrEqual => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
        }
    }

    fn compare(&self, condition: &Condition) -> Option<Ordering> {
        if condition.field.eq_ignore_ascii_case("LoginTime") {
            let value: jiff::Timestamp = condition.value.parse().ok()?;
            return Some(self.row.time.cmp(&value));
        }
        let field = known(&condition.field, &FIELDS).ok()?;
        Some(self.text(field).to_lowercase().cmp(&condition.value.to_lowercase()))
    }
}

const OBJECT: &str = "LoginHistory";

const FIELDS: [&str; 23] = [
    "Id",
    "UserId",
    "LoginTime",
    "LoginType",
    "LoginSubType",
    "Status",
    "SourceIp",
    "Browser",
    "Platform",
    "Application",
    "ClientVersion",
    "ApiType",
    "ApiVersion",
    "LoginUrl",
    "LoginGeoId",
    "CountryIso",
    "AuthenticationServiceId",
    "AuthMethodReference",
    "NetworkId",
    "TlsProtocol",
    "CipherSuite",
    "OptionsIsGet",
    "OptionsIsPost",
];

/// `Status` and `SourceIp` can be selected but not filtered (contract H1.2).
const FILTERABLE: [&str; 12] = [
    "AuthenticationServiceId",
    "CipherSuite",
    "CountryIso",
    "Id",
    "LoginTime",
    "LoginType",
    "LoginUrl",
    "NetworkId",
    "OptionsIsGet",
    "OptionsIsPost",
    "TlsProtocol",
    "UserId",
];
