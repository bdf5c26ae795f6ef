//! `ConnectedApplication` and `ExtlClntAppOauthPlcyCnfg` (contract H6.7, H6.8): the policies of connected apps, and of external
//! client apps.

use super::object::{Caller, Field, Kind, Object, Row, everybody, field};
use crate::org::Org;
use crate::realm::named_id;
use vestibule_model::{AppKind, ConnectedApp, PermittedUsers};

pub(super) static CONNECTED_APPLICATION: Object = Object {
    name: "ConnectedApplication",
    label: "Connected App",
    key_prefix: Some("0H4"),
    fields: &CONNECTED_FIELDS,
    parents: &[],
    children: &[],
    visible: everybody,
    rows: connected,
};

pub(super) static EXTERNAL_CLIENT_APP_POLICY: Object = Object {
    name: "ExtlClntAppOauthPlcyCnfg",
    label: "External Client App OAuth Policies Configuration",
    key_prefix: Some("0xP"),
    fields: &EXTERNAL_FIELDS,
    parents: &[],
    children: &[],
    visible: everybody,
    rows: external,
};

const CONNECTED_FIELDS: [Field; 6] = [
    field("Id", Kind::Id),
    field("Name", Kind::Text),
    field("OptionsAllowAdminApprovedUsersOnly", Kind::Flag),
    field("OptionsHasSessionLevelPolicy", Kind::Flag),
    field("OptionsRefreshTokenValidityMetric", Kind::Flag),
    field("RefreshTokenValidityPeriod", Kind::Number),
];

const EXTERNAL_FIELDS: [Field; 8] = [
    field("Id", Kind::Id),
    field("DeveloperName", Kind::Text),
    field("PermittedUsersPolicyType", Kind::Text),
    field("IpRelaxationPolicyType", Kind::Text),
    field("RefreshTokenPolicyType", Kind::Text),
    field("RefreshTokenValidityPeriod", Kind::Number),
    field("RefreshTokenValidityUnit", Kind::Text),
    field("RequiredSessionLevel", Kind::Text),
];

/// Their names and whether only users whom an admin approved may use them.
fn apps(org: &Org, kind: AppKind) -> Vec<(String, bool)> {
    let of_kind = |app: &ConnectedApp| app.kind == kind;
    let apps = org.settings().connected_apps.iter().filter(|(_, app)| of_kind(app));
    apps.map(|(name, app)| (name.clone(), app.permitted_users == PermittedUsers::AdminApproved)).collect()
}

/// No app here has a policy of session levels, and no refresh token ends by itself.
fn connected(org: &Org, _: &Caller<'_>) -> Vec<Row> {
    let row = |(name, approved): (String, bool)| {
        Row::new([
            ("Id", format!("{}AAA", named_id("0H4", &name)).into()),
            ("Name", name.into()),
            ("OptionsAllowAdminApprovedUsersOnly", approved.into()),
            ("OptionsHasSessionLevelPolicy", false.into()),
            ("OptionsRefreshTokenValidityMetric", false.into()),
        ])
    };
    apps(org, AppKind::ConnectedApp).into_iter().map(row).collect()
}

/// The same, in the words of the other object.
fn external(org: &Org, _: &Caller<'_>) -> Vec<Row> {
    let row = |(name, approved): (String, bool)| {
        let permitted = if approved { "AdminApprovedPreAuthorized" } else { "AllSelfAuthorized" };
        Row::new([
            ("Id", format!("{}AAA", named_id("0xP", &name)).into()),
            ("DeveloperName", name.into()),
            ("PermittedUsersPolicyType", permitted.into()),
            ("IpRelaxationPolicyType", "Enforce".into()),
            ("RefreshTokenPolicyType", "Infinite".into()),
            ("RequiredSessionLevel", "STANDARD".into()),
        ])
    };
    apps(org, AppKind::ExternalClientApp).into_iter().map(row).collect()
}
