//! `LoginHistory` (contract H1.1, H1.2).

use std::collections::BTreeMap;

use serde_json::json;

use super::table::{Row, Table, date_time};
use crate::org::Org;

pub(super) fn table(org: &Org) -> Table {
    let realm = &org.realm;
    let ids: BTreeMap<_, _> = realm.users.all().into_iter().map(|user| (user.key, user.id)).collect();
    let rows = (realm.login_history.dropped()..).zip(realm.login_history.all()).map(|(position, row)| {
        let mut values = BTreeMap::from([
            ("Id", json!(id(position))),
            ("LoginTime", date_time(row.time)),
            ("LoginType", json!(row.login_type)),
            ("Status", json!(row.status)),
            ("SourceIp", json!(org.settings().source_ip)),
            ("Application", json!(row.application)),
            ("LoginUrl", json!(row.login_url)),
        ]);
        if let Some(id) = row.user.as_ref().and_then(|key| ids.get(key)) {
            values.insert("UserId", json!(id));
        }
        if let Some(api) = &row.api {
            values.insert("ApiType", json!(api.api_type));
            values.insert("ApiVersion", json!(api.version));
        }
        if let Some(amr) = &row.auth_method_reference {
            values.insert("AuthMethodReference", json!(amr));
        }
        Row { time: row.time, values }
    });
    Table {
        object: OBJECT,
        fields: &FIELDS,
        filterable: &FILTERABLE,
        time: Some("LoginTime"),
        key: "Id",
        rows: rows.collect(),
    }
}

/// The id of the row at this position.
pub(super) fn id(position: u64) -> String {
    format!("0Ya{position:012}AAA")
}

pub(super) const OBJECT: &str = "LoginHistory";

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
