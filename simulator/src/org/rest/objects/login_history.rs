//! `LoginHistory` (contract H1.1, H1.2, H1.9).

use std::collections::BTreeMap;

use super::object::{Caller, Cell, Field, Kind, Object, Row, everybody, field, selected_only};
use crate::org::Org;
use crate::org::attempt::login_type;
use crate::realm::LoginRecord;
use vestibule_model::OauthFlow;

pub(super) static LOGIN_HISTORY: Object = Object {
    name: "LoginHistory",
    label: "Login History",
    key_prefix: Some("0Ya"),
    fields: &FIELDS,
    parents: &[],
    children: &[],
    visible: everybody,
    rows,
};

/// `Status` and `SourceIp` can be selected but not filtered (contract H1.2).
const FIELDS: [Field; 23] = [
    field("Id", Kind::Id),
    field("UserId", Kind::Id),
    field("LoginTime", Kind::Time),
    field("LoginType", Kind::Text),
    selected_only("LoginSubType", Kind::Text),
    selected_only("Status", Kind::Text),
    selected_only("SourceIp", Kind::Text),
    selected_only("Browser", Kind::Text),
    selected_only("Platform", Kind::Text),
    selected_only("Application", Kind::Text),
    selected_only("ClientVersion", Kind::Text),
    selected_only("ApiType", Kind::Text),
    selected_only("ApiVersion", Kind::Text),
    field("LoginUrl", Kind::Text),
    selected_only("LoginGeoId", Kind::Id),
    field("CountryIso", Kind::Text),
    field("AuthenticationServiceId", Kind::Id),
    selected_only("AuthMethodReference", Kind::Text),
    field("NetworkId", Kind::Id),
    field("TlsProtocol", Kind::Text),
    field("CipherSuite", Kind::Text),
    field("OptionsIsGet", Kind::Flag),
    field("OptionsIsPost", Kind::Flag),
];

fn rows(org: &Org, caller: &Caller<'_>) -> Vec<Row> {
    let login_type = |label: String| match label.as_str() {
        login_type::PASSWORDLESS if caller.version >= PASSKEY_LOGIN_FROM => PASSKEY_LOGIN.to_owned(),
        _ => label,
    };
    let realm = &org.realm;
    let ids: BTreeMap<_, _> = realm.users.all().into_iter().map(|user| (user.key, user.id)).collect();
    let rows = (realm.login_history.dropped()..).zip(realm.login_history.all());
    rows.map(|(position, row)| {
        let user = row.user.as_ref().and_then(|key| ids.get(key)).cloned();
        let sub_type = sub_type(&row);
        let (api_type, api_version) = row.api.map(|api| (api.api_type, api.version)).unzip();
        Row::new([
            ("Id", id(position).into()),
            ("UserId", user.into()),
            ("LoginTime", row.time.into()),
            ("LoginType", login_type(row.login_type).into()),
            ("LoginSubType", sub_type.into()),
            ("Status", row.status.text().into()),
            ("SourceIp", org.settings().source_ip.to_string().into()),
            ("Application", row.application.into()),
            ("LoginUrl", row.login_url.into()),
            ("ApiType", api_type.into()),
            ("ApiVersion", api_version.into()),
            ("AuthMethodReference", Cell::from(row.auth_method_reference)),
        ])
    })
    .collect()
}

/// The flow of a login (contract H1.9). Of the flows without a value of their own, and of refreshes, nothing is known.
fn sub_type(row: &LoginRecord) -> Option<&'static str> {
    match row.flow {
        Some(OauthFlow::UsernamePassword) => Some("oauthpassword"),
        Some(OauthFlow::UserAgent) => Some("oauthtoken"),
        Some(OauthFlow::Hybrid) => Some("oauthhybridauthcode"),
        Some(OauthFlow::ClientCredentials) => Some("oauthclientcredential"),
        Some(OauthFlow::WebServer) => Some("oauthcode"),
        Some(OauthFlow::JwtBearer | OauthFlow::SamlBearer | OauthFlow::Device) => None,
        None => (row.login_type == login_type::APPLICATION).then_some("uiup"),
    }
}

/// The first version in which a login with a passkey and no password has a type of its own (contract H1.8).
const PASSKEY_LOGIN_FROM: u32 = 66;
const PASSKEY_LOGIN: &str = "PasswordlessPasskeyLogin";

/// The id of the row at this position.
pub(super) fn id(position: u64) -> String {
    format!("0Ya{position:012}AAA")
}
