//! `OauthToken` (contract H6.3): what users granted to apps. The tokens themselves are never shown.

use std::collections::BTreeMap;

use super::object::{Caller, Kind, Object, Row, everybody, field, selected_only};
use crate::org::Org;

pub(super) static OAUTH_TOKEN: Object = Object {
    name: "OauthToken",
    label: "OAuth Token",
    key_prefix: Some("0CQ"),
    fields: &[
        field("Id", Kind::Id),
        field("UserId", Kind::Id),
        field("AppName", Kind::Text),
        selected_only("AccessToken", Kind::Text),
        selected_only("RequestToken", Kind::Text),
    ],
    parents: &[],
    children: &[],
    visible: everybody,
    rows,
};

/// A user without "Manage Users" sees the own grants.
fn rows(org: &Org, Caller { user: caller, .. }: &Caller<'_>) -> Vec<Row> {
    let ids: BTreeMap<_, _> = org.realm.users.all().into_iter().map(|user| (user.key, user.id)).collect();
    let grants = org.realm.grants.all(org.now()).into_iter();
    let seen = grants.filter(|(_, grant)| caller.spec.manages_users() || grant.user == caller.key);
    seen.map(|(number, grant)| {
        Row::new([
            ("Id", format!("0CQ{number:0>12}AAA").into()),
            ("UserId", ids.get(&grant.user).cloned().into()),
            ("AppName", grant.app.into()),
        ])
    })
    .collect()
}
